"""tests/faults/test_shim.py - system calls fail now and then, in every service and in the gateway: the promises hold.

Who runs out of memory may die; what starts him again is the administrator's supervisor, and here this file.
"""
import re
import secrets
import struct
import subprocess
import sys

import pytest
from storm import KILLABLE
from trial import Trial, seed

SHIMS = {  # of ten thousand calls
    "interrupted": "interrupt=300 short=300",
    "reset": "interrupt=50 short=50 reset=5",
    "out of descriptors": "nofile=2000",
    "out of memory": "memory=5",
}


PAGE = 4096
PAIR = "import socket; a, b = socket.socketpair(); "
ALLOCATE = """
#include <errno.h>
#include <stdlib.h>
static int fails(void *block) { return !block && errno == ENOMEM; }
int main(void)
{
    void *small = malloc(64);
    return small && fails(malloc(65)) && fails(calloc(1, 65)) && fails(realloc(small, 65)) ? 0 : 1;
}
"""

# what is done, what it says, how often of ten thousand: {fault: [...]}
STRUCK = {
    "interrupt": [("import ctypes, os; c = ctypes.CDLL(None, use_errno=True)\nwhile c.poll(None, 0, 0) == 0: pass\n"
                   "print(os.strerror(ctypes.get_errno()))", "Interrupted system call", 5000)],  # python tries again
    "short": [(PAIR + "print(a.send(b'xyz'), 'of three')", "1 of three", 10000),
              (PAIR + "print(a.sendmsg([b'', b'xyz', b'z']), 'of four', b.recv(9))", "1 of four b'x'", 10000)],
    "reset": [(PAIR + "b.send(b'x'); a.recv(1)", "ConnectionResetError", 10000),
              (PAIR + "b.sendmsg([b'x'])", "ConnectionResetError", 10000)],
    "nofile": [("import socket; socket.socket()", "Too many open files", 10000)],
    "sync": [("import os; os.fsync(1)", "Input/output error", 10000)],
}


class Strikes:
    """How often the shim let a call fail, as it counts itself."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(PAGE))
        path.chmod(0o666)  # the database's, too

    def variables(self, shim):
        return {"SHIM": shim, "SHIM_STRIKES": str(self.path)}

    def counts(self):
        """{fault: how often}, of those that struck."""
        rows = struct.iter_unpack("16sQ", self.path.read_bytes()[:PAGE // 24 * 24])
        return {name.rstrip(b"\0").decode(): count for name, count in rows if count}

    def has_all_of(self, shim):
        return set(self.counts()) == faults_of(shim)


def faults_of(shim):
    return set(re.findall(r"([a-z]+)=", shim))


@pytest.fixture
def strikes(shim):
    return Strikes(shim.parent / f"strikes-{secrets.token_hex(4)}")


def struck(shim, strikes, command, faults):
    done = subprocess.run(command, text=True, capture_output=True, check=False,
                          env={"LD_PRELOAD": str(shim), **strikes.variables(faults)})
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("fault, words, said, rate", [(fault, *row) for fault, rows in STRUCK.items() for row in rows])
def test_the_shim_strikes_and_says_so(shim, strikes, fault, words, said, rate):
    assert said in struck(shim, strikes, [sys.executable, "-c", words], f"quiet=0 {fault}={rate}")[1]
    assert set(strikes.counts()) == {fault}


def test_the_shim_gives_no_memory_whoever_asks(shim, strikes, tmp_path):
    program = tmp_path / "allocate"
    subprocess.run(["gcc", "-O0", "-x", "c", "-o", program, "-"], input=ALLOCATE, text=True, check=True)

    assert struck(shim, strikes, [program], "quiet=0 memory=10000") == (0, "")
    assert strikes.counts() == {"memory": 3}


def test_a_shim_that_may_not_strike_counts_nothing(shim, strikes):
    words = PAIR + "b.send(b'x'); a.recv(1)"

    assert struck(shim, strikes, [sys.executable, "-c", words], "quiet=600 reset=10000") == (0, "")
    assert strikes.counts() == {}


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
def test_the_promises_hold_while_calls_fail(own_world, preloaded, strikes, what, rng, tmp_path, breakable, long):
    if not long and what in ("interrupted", "out of descriptors"):
        pytest.skip("in a long run only: resets come with interruptions, and new connections")
    trial = Trial(own_world, rng, tmp_path, most=10, rate=200)  # before anybody can die: nobody would start him again
    preloaded({service: strikes.variables(f"seed={seed(rng)} {SHIMS[what]}") for service in KILLABLE})
    deaths = Deaths(breakable)
    wanted = trial.load.answered + (20_000 if long else 150)
    trial.storm.until(lambda: deaths.look() or trial.load.answered >= wanted and strikes.has_all_of(SHIMS[what]),
                      "enough answers, and each fault", 3000 if long else 240)
    for service in KILLABLE:  # all may end in peace
        del breakable.settings[service]["SHIM"]
        breakable.end(service)
        breakable.launch(service)
        breakable.settings[service]["SHIM"] = ""

    print(f"{what}: {deaths.count} processes died, struck {strikes.counts()}")
    assert deaths.count == 0 or what == "out of memory"
    trial.judge(kills=deaths.count + len(KILLABLE))


@pytest.fixture
def forgetful(own_world, shim, strikes, rng):
    """Of a thousand fsyncs of the database two fail. It gives up, reads its log again and goes on; if one fails there,
    too, somebody must start it: forgetful.look()."""
    variables = {"LD_PRELOAD": str(shim), **strikes.variables(f"seed={seed(rng)} sync=20")}
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


def test_the_promises_hold_while_the_disk_now_and_then_keeps_nothing(own_world, forgetful, strikes, rng, tmp_path,
                                                                     long):
    trial = Trial(own_world, rng, tmp_path, most=10, rate=200)
    first = forgetful.panics()
    enough = first + (100 if long else 2)
    trial.storm.until(lambda: forgetful.look() or forgetful.panics() >= enough, "fsyncs fail", 3000 if long else 120)
    own_world.base.kill()
    own_world.base.start()

    print(f"struck {strikes.counts()}")
    assert strikes.counts()["sync"] >= forgetful.panics() - first > 0
    trial.judge(kills=forgetful.panics() - first + 1)
