"""processes.py - memory and processor time of our services and of PostgreSQL, read from /proc."""
import os
import pathlib
import re

TICKS = os.sysconf("SC_CLK_TCK")


def _status_mib(pid, word):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{word}:\s+(\d+)", text, re.M)[1]) / 1024


def resident_mib(stack):
    """Resident memory of every service."""
    return {name: _status_mib(stack.pid(name), "VmRSS") for name in stack.services}


def forget_peaks(stack):
    """What follows has peaks of its own."""
    for name in stack.services:
        pathlib.Path(f"/proc/{stack.pid(name)}/clear_refs").write_text("5")


def peak_mib(stack):
    """The most that every service had at once since forget_peaks."""
    return {name: _status_mib(stack.pid(name), "VmHWM") for name in stack.services}


def _stat(path):
    """(parent, seconds of processor time, the same of children that ended) of a process; None when it is gone."""
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:
        return None
    own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return int(fields[1]), own / TICKS, ended / TICKS


def _postmaster(stack):
    return int((stack.cluster / "data/postmaster.pid").read_text().split()[0])


def _children(parent):
    """{process id: its _stat}."""
    every = {int(path.parent.name): _stat(path) for path in pathlib.Path("/proc").glob("[0-9]*/stat")}
    return {pid: stat for pid, stat in every.items() if stat and stat[0] == parent}


def own_mib(stack):
    """Memory that a process shares with none and no file: of every service, its sessions, the rest of PostgreSQL."""
    found = {name: _status_mib(stack.pid(name), "RssAnon") for name in stack.services}
    found |= {f"sessions of {name}": 0.0 for name in stack.services} | {"the rest of PostgreSQL": 0.0}
    for pid in _children(_postmaster(stack)):
        try:
            title = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            own = _status_mib(pid, "RssAnon")
        except (OSError, TypeError):
            continue  # it ended meanwhile
        role = re.match(r"postgres: sangkien_(\w+) ", title)
        if " worker" not in title:  # of autovacuum: they come and go
            found[f"sessions of {role[1]}" if role else "the rest of PostgreSQL"] += own
    return found


def cpu_seconds(stack):
    """Processor time so far: of every service, and of PostgreSQL with all of its processes."""
    postmaster = _postmaster(stack)
    found = {name: _stat(pathlib.Path(f"/proc/{stack.pid(name)}/stat"))[1] for name in stack.services}
    ended = _stat(pathlib.Path(f"/proc/{postmaster}/stat"))[2]
    found["postgresql"] = ended + sum(stat[1] for stat in _children(postmaster).values())
    return found
