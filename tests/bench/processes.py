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


def cpu_seconds(stack):
    """Processor time so far: of every service, and of PostgreSQL with all of its processes."""
    postmaster = int((stack.cluster / "data/postmaster.pid").read_text().split()[0])
    found = {name: _stat(pathlib.Path(f"/proc/{stack.pid(name)}/stat"))[1] for name in stack.services}
    ended = _stat(pathlib.Path(f"/proc/{postmaster}/stat"))[2]
    every = (_stat(path) for path in pathlib.Path("/proc").glob("[0-9]*/stat"))
    found["postgresql"] = ended + sum(stat[1] for stat in every if stat and stat[0] == postmaster)
    return found
