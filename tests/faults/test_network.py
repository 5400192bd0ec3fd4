"""tests/faults/test_network.py - packets lost, late, out of order, connections reset, hosts cut off: the promises hold.

Runs in a network namespace of its own, where nothing but the system under test speaks; `run-alone` makes it. What
goes to a port is lost by nftables' rules, or kept for a while by late.c, and TCP has to cope with it as it would on a
bad line.
"""
import contextlib
import os
import pathlib
import re
import subprocess
import time

import pytest
from base import until
from storm import KILLABLE
from trial import Trial, dice, new_world

pytestmark = pytest.mark.skipif("FAULTS_ALONE" not in os.environ, reason="not in a network namespace of its own")
LINES = ("listen", "inner", "base")


def nft(*rules):
    subprocess.run(["nft", "-f", "-"], input="\n".join(rules), text=True, check=True)


class Line:
    """Between clients and gateway ("listen"), gateway and services ("inner"), and those and the database ("base")."""

    def __init__(self, stack, late):
        self.stack, self.late_program = stack, late

    def __enter__(self):
        nft("table ip faults {", " chain in { type filter hook input priority 0; }", "}")
        return self

    def __exit__(self, *error):
        nft("delete table ip faults")

    def is_well(self):
        nft("flush chain ip faults in")

    @contextlib.contextmanager
    def does(self, which, what, *lines):
        """Each of these lines, for as long as this lasts."""
        for line in lines:
            for side in ("dport", "sport"):
                nft(f"add rule ip faults in tcp {side} {self.stack.port(line)} {which} counter {what}")
        yield
        assert self.packets() > 0
        self.is_well()

    def packets(self):
        """To how many that was done."""
        listed = subprocess.run(["nft", "list", "chain", "ip", "faults", "in"], text=True, check=True,
                                stdout=subprocess.PIPE)
        return sum(int(packets) for packets in re.findall(r"counter packets (\d+)", listed.stdout))

    def may_be_late(self):
        return subprocess.run(["iptables-legacy", "-A", "INPUT", "-s", "192.0.2.1", "-j", "NFQUEUE"],
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    @contextlib.contextmanager
    def late(self, most_ms, *lines):
        keeper = subprocess.Popen([self.late_program, str(most_ms)], stdout=subprocess.PIPE)
        try:
            assert keeper.stdout.readline() == b"ready\n"
            for line in lines:
                for side in ("--dport", "--sport"):
                    subprocess.run(["iptables-legacy", "-A", "INPUT", "-p", "tcp", side, str(self.stack.port(line)),
                                    "-j", "NFQUEUE", "--queue-num", "0"], check=True)
            yield
            assert keeper.poll() is None and packets_kept() > 100
        finally:
            subprocess.run(["iptables-legacy", "-F", "INPUT"], check=True)
            keeper.terminate()
            keeper.wait()
            keeper.stdout.close()


def packets_kept():
    """The numbers of what the kernel handed over, as it tells of each queue that is listened to."""
    return int(pathlib.Path("/proc/net/netfilter/nfnetlink_queue").read_text().split()[7])


@pytest.fixture(scope="session")
def late(tmp_path_factory):
    program = tmp_path_factory.mktemp("late") / "late"
    source = pathlib.Path(__file__).with_name("late.c")
    subprocess.run(["gcc", "-O1", "-o", program, source, "-lnetfilter_queue"], check=True)
    return program


@pytest.fixture(scope="session")
def far_from_the_base(breakable):
    """All processes speak TCP to their database: what is otherwise on a socket of the same machine."""
    port = breakable.port("base")
    bridge = subprocess.Popen(["socat", f"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,keepalive,keepidle=5",
                               f"UNIX-CONNECT:{breakable.cluster}/socket/.s.PGSQL.5432"], stderr=subprocess.DEVNULL)
    until(lambda: port_is_open(port), "the bridge to the database is there")
    for service in KILLABLE:
        there, dsn = f"host={breakable.cluster}/socket", breakable.dsn(service)
        assert there in dsn
        dsn = dsn.replace(there, f"host=127.0.0.1 port={port}")
        breakable.settings.setdefault(service, {})["SANGKIEN_DB_DSN"] = dsn
        breakable.end(service)
        breakable.launch(service)
    breakable.wait_ready()
    yield breakable
    bridge.terminate()
    bridge.wait()


def port_is_open(port):
    rows = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(row.split()[1].endswith(f":{port:04X}") and row.split()[3] == "0A" for row in rows)


@pytest.fixture(scope="module")
def trial(request, far_from_the_base, tmp_path_factory):
    """One for all that is done to the line: it is judged when the line is well again for good."""
    with new_world(far_from_the_base) as world:
        trial = Trial(world, dice(request), tmp_path_factory.mktemp("line"), most=10, rate=100)
        yield trial
        trial.judge()


@pytest.fixture
def line(far_from_the_base, late, trial):
    with Line(far_from_the_base, late) as line:
        yield line


def bad_for(trial, seconds):
    """The mailer may lose its database meanwhile, and with it the word that a mail was sent."""
    trial.storm.blows["line"] += 1
    end = time.monotonic() + seconds
    trial.storm.until(lambda: time.monotonic() > end, "the line was bad for a while", seconds + 5)


def test_the_promises_hold_while_packets_are_lost(trial, line, long):
    for percent in (1, 5, 20) * (5 if long else 1):
        with line.does(f"numgen random mod 100 < {percent}", "drop", *LINES):
            bad_for(trial, 20 if long else 4)
        trial.storm.calm()


def test_the_promises_hold_while_packets_come_late_and_out_of_order(trial, line, long):
    if not line.may_be_late():
        pytest.skip("this kernel hands over no packets")
    for most_ms in (20, 200) * (5 if long else 1):
        with line.late(most_ms, *LINES):
            bad_for(trial, 20 if long else 4)
        trial.storm.calm()


def test_the_promises_hold_while_hosts_are_cut_off(trial, line, long):
    for lines in (("listen",), ("inner",), ("base",), LINES) * (3 if long else 1):
        for what, seconds in (("reject with tcp reset", 1), ("drop", 60 if long else 5)):
            with line.does("", what, *lines):
                bad_for(trial, seconds)
            trial.storm.calm()
