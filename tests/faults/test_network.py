"""tests/faults/test_network.py - packets are lost, connections reset, hosts cut off from each other: the promises hold.

Runs in a network namespace of its own, where nothing but the system under test speaks; `run-alone` makes it. What
goes to a port is lost by nftables' rules, and TCP has to cope with it as it would on a bad line.
"""
import os
import subprocess
import time

import checker
import pytest
from trial import Trial

pytestmark = pytest.mark.skipif("FAULTS_ALONE" not in os.environ, reason="not in a network namespace of its own")


def nft(*rules):
    subprocess.run(["nft", "-f", "-"], input="\n".join(rules), text=True, check=True)


class Line:
    """Between clients and gateway ("listen"), and between gateway and services ("inner")."""

    def __init__(self, stack):
        self.stack = stack

    def __enter__(self):
        nft("table ip faults {", " chain in { type filter hook input priority 0; }", "}")
        return self

    def __exit__(self, *error):
        nft("delete table ip faults")

    def is_well(self):
        nft("flush chain ip faults in")

    def does(self, what, *ports):
        self.is_well()
        for port in ports:
            for side in ("dport", "sport"):
                nft(f"add rule ip faults in tcp {side} {self.stack.port(port)} {what}")


def bad_for(trial, line, seconds, what, *ports):
    line.does(what, *ports)
    end = time.monotonic() + seconds
    trial.storm.until(lambda: time.monotonic() > end, "the line was bad for a while", seconds + 5)
    line.is_well()
    trial.storm.calm()


def test_the_promises_hold_on_a_bad_line(own_world, rng, tmp_path, breakable, long):
    trial = Trial(own_world, rng, tmp_path, most=10, rate=100)
    times = 20 if long else 1
    with Line(breakable) as line:
        for _ in range(times):
            for percent in (1, 5, 20):
                bad_for(trial, line, 4, f"numgen random mod 100 < {percent} drop", "listen", "inner")
            for ports in (("listen",), ("inner",), ("listen", "inner")):
                bad_for(trial, line, 1, "reject with tcp reset", *ports)
                bad_for(trial, line, 60 if long else 6, "drop", *ports)

    facts = trial.facts()
    trial.report(facts)
    assert trial.load.broken == []
    assert checker.breaches(facts) == {}
