"""tests/faults/test_shim.py - system calls fail now and then, in every service and in the gateway: the promises hold.

Who runs out of memory may die; what starts him again is the administrator's supervisor, and here this file.
"""
import subprocess

import checker
import pytest
from storm import KILLABLE
from trial import Trial

SHIMS = {  # of ten thousand calls
    "interrupted": "interrupt=300 short=300",
    "reset": "interrupt=50 short=50 reset=5",
    "out of descriptors": "nofile=2000",
    "out of memory": "memory=5",
}


def test_the_shim_strikes(shim):
    words = "import socket; a, b = socket.socketpair(); b.send(b'x'); a.recv(1)"
    done = subprocess.run(["/usr/bin/python3", "-c", words], text=True, capture_output=True, check=False,
                          env={"LD_PRELOAD": str(shim), "SHIM": "quiet=0 reset=10000"})

    assert "ConnectionResetError" in done.stderr


class Deaths:
    """Starts again whoever has died, as an administrator's supervisor does."""

    def __init__(self, stack):
        self.stack, self.count = stack, 0

    def look(self):
        """False, so that it can stand in a condition that goes on."""
        for service in KILLABLE:
            if self.stack.pid(service) is None:
                self.count += 1
                self.stack.launch(service)
        return False


@pytest.mark.parametrize("what", SHIMS)
def test_the_promises_hold_while_calls_fail(own_world, preloaded, what, rng, tmp_path, breakable, long):
    if not long and what in ("interrupted", "out of descriptors"):
        pytest.skip("in a long run only: resets come with interruptions, and new connections")
    preloaded({service: {"SHIM": f"seed={nth + 1} {SHIMS[what]}"} for nth, service in enumerate(KILLABLE)})
    trial = Trial(own_world, rng, tmp_path, most=10, rate=200)
    deaths = Deaths(breakable)
    wanted = trial.load.answered + (20_000 if long else 150)
    trial.storm.until(lambda: deaths.look() or trial.load.answered >= wanted, "enough answers", 3000 if long else 120)
    for service in KILLABLE:  # all may end in peace
        del breakable.settings[service]["SHIM"]
        breakable.end(service)
        breakable.launch(service)
        breakable.settings[service]["SHIM"] = ""

    facts = trial.facts()
    facts.kills += deaths.count + len(KILLABLE)

    trial.report(facts)
    print(f"{what}: {deaths.count} processes died")
    assert deaths.count == 0 or what == "out of memory"
    assert trial.load.broken == []
    assert checker.breaches(facts) == {}


@pytest.fixture
def forgetful(own_world, shim):
    """Of a thousand fsyncs of the database two fail. It gives up, reads its log again and goes on; if one fails there,
    too, somebody must start it: forgetful.look()."""
    variables = {"LD_PRELOAD": str(shim), "SHIM": "seed=1 sync=20"}
    base = own_world.base

    class Forgetful:
        @staticmethod
        def look():
            if not base.is_up():
                base.start(**variables)
            return False

        @staticmethod
        def panics():
            return (own_world.stack.cluster / "log").read_text(errors="replace").count("PANIC:")
    base.restart(**variables)
    yield Forgetful
    if base.is_up():
        base.kill()
    base.start()


def test_the_promises_hold_while_the_disk_now_and_then_keeps_nothing(own_world, forgetful, rng, tmp_path, long):
    trial = Trial(own_world, rng, tmp_path, most=10, rate=200)
    first = forgetful.panics()
    enough = first + (100 if long else 2)
    trial.storm.until(lambda: forgetful.look() or forgetful.panics() >= enough, "fsyncs fail", 3000 if long else 120)
    own_world.base.kill()
    own_world.base.start()

    facts = trial.facts()
    facts.kills += forgetful.panics() - first + 1
    trial.report(facts)
    assert trial.load.broken == []
    assert checker.breaches(facts) == {}
