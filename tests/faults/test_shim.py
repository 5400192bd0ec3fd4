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
    "out of memory": "memory=20",
}


def test_the_shim_strikes(shim):
    words = "import socket; a, b = socket.socketpair(); b.send(b'x'); a.recv(1)"
    done = subprocess.run(["/usr/bin/python3", "-c", words], text=True, capture_output=True, check=False,
                          env={"LD_PRELOAD": str(shim), "SHIM": "quiet=0 reset=10000"})

    assert "ConnectionResetError" in done.stderr


@pytest.mark.parametrize("what", SHIMS)
def test_the_promises_hold_while_calls_fail(own_world, preloaded, what, rng, tmp_path, breakable, long):
    if not long and what in ("interrupted", "out of descriptors"):
        pytest.skip("in a long run only: resets come with interruptions, and new connections")
    preloaded({service: {"SHIM": f"seed={nth + 1} {SHIMS[what]}"} for nth, service in enumerate(KILLABLE)})
    trial = Trial(own_world, rng, tmp_path, most=10, rate=200)
    deaths = 0
    wanted = trial.load.answered + (20_000 if long else 250)
    while trial.load.answered < wanted:
        trial.storm.calm(1)
        for service in KILLABLE:
            if breakable.pid(service) is None:
                deaths += 1
                breakable.launch(service)
    for service in KILLABLE:  # all may end in peace
        del breakable.settings[service]["SHIM"]
        breakable.end(service)
        breakable.launch(service)
        breakable.settings[service]["SHIM"] = ""

    facts = trial.facts()
    facts.kills += deaths + len(KILLABLE)

    trial.report(facts)
    print(f"{what}: {deaths} processes died")
    assert deaths == 0 or what == "out of memory"
    assert trial.load.broken == []
    assert checker.breaches(facts) == {}


def test_the_promises_hold_while_the_disk_now_and_then_keeps_nothing(own_world, shim, rng, tmp_path, breakable, long):
    """Of a thousand fsyncs two fail: PostgreSQL gives up, reads its log again, and goes on."""
    trial = Trial(own_world, rng, tmp_path, most=10, rate=200)
    own_world.base.restart(LD_PRELOAD=str(shim), SHIM="seed=1 sync=20")
    log = breakable.cluster / "log"
    for _ in range(100 if long else 1):
        gave_up = panics(log)
        trial.storm.until(lambda: panics(log) > gave_up, "an fsync fails", 120)  # pylint: disable=W0640
        trial.storm.calm()
    own_world.base.restart()

    facts = trial.facts()
    facts.kills += panics(log)
    trial.report(facts)
    assert trial.load.broken == []
    assert checker.breaches(facts) == {}


def panics(log):
    """How often PostgreSQL has given up so far."""
    return log.read_text(errors="replace").count("PANIC:")
