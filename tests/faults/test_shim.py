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


@pytest.fixture(scope="session")
def shim(tmp_path_factory):
    """The library, built for just this."""
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = __file__.replace("test_shim.py", "shim.c")
    subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    library.parent.chmod(0o755)
    return library


@pytest.fixture
def shimmed(breakable, shim, request):
    """Every process runs with calls that fail; afterwards none does."""
    for nth, service in enumerate(KILLABLE):
        breakable.settings.setdefault(service, {}).update(
            LD_PRELOAD=str(shim), SHIM=f"seed={nth + 1} {SHIMS[request.param]}")
        breakable.end(service)
        breakable.launch(service)
    yield request.param
    for service in KILLABLE:
        del breakable.settings[service]["LD_PRELOAD"], breakable.settings[service]["SHIM"]
        breakable.end(service)
        breakable.launch(service)
    breakable.wait_ready()


def test_the_shim_strikes(shim):
    words = "import socket; a, b = socket.socketpair(); b.send(b'x'); a.recv(1)"
    done = subprocess.run(["/usr/bin/python3", "-c", words], text=True, capture_output=True, check=False,
                          env={"LD_PRELOAD": str(shim), "SHIM": "quiet=0 reset=10000"})

    assert "ConnectionResetError" in done.stderr


@pytest.mark.parametrize("shimmed", SHIMS, indirect=True)
def test_the_promises_hold_while_calls_fail(own_world, shimmed, rng, tmp_path, breakable, long):
    if not long and shimmed == "interrupted":
        pytest.skip("in a long run only: resets come with interruptions")
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
    print(f"{shimmed}: {deaths} processes died")
    assert deaths == 0 or shimmed == "out of memory"
    assert trial.load.broken == []
    assert checker.breaches(facts) == {}
