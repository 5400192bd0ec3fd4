"""tests/faults/test_overload.py - five times as many commands as can be taken: refused, not suffered.

Eight systems of one agency keep 10,240 commands in flight (`tests/bench/load.c`), each refusal followed by the next one
at once. Meanwhile others enter, sign off and ask. Nothing that was answered is lost, and nobody grows.
"""
import json
import subprocess
import time

import chain
import pytest
import steady
from base import until
from hostile import MIB, forget_peak, status_bytes
from stack import write_file

SYSTEMS, IN_FLIGHT = 8, 5 * 2048  # a service takes 2,048
MOST_MIB = {"gateway": 192}  # of resident memory, at any time
MOST_ELSEWHERE_MIB = 64


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


class Flood:
    def __init__(self, world, stack, edition, folder, seconds):
        self.names = [f"flood-{nth}" for nth in range(SYSTEMS)]
        keys = []
        for name in self.names:
            world.add_system(name, "other")
            public, secret = (key.decode() for key in world.keys[name])
            keys.append(folder / name)
            write_file(keys[-1], f"public = {public}\nsecret = {secret}\n")
        world.client(self.names[-1]).close()  # the door knows the last of them, so it knows them all
        self.process = subprocess.Popen(
            [str(word) for word in (
                stack.build / "bin/load", "--endpoint", stack.endpoint, "--server-key", stack.public_key("gateway"),
                "--programme", world.programme, "--person", world.person("other_clerk"), "--create", edition,
                "--seconds", seconds, f"all={IN_FLIGHT}:" + ",".join(map(str, keys)))],
            stdout=subprocess.PIPE, text=True)

    def is_on(self):
        return self.process.poll() is None

    def found(self):
        said = self.process.communicate()[0]
        assert self.process.returncode == 0
        return json.loads(said)["groups"][0]


def test_what_is_too_much_is_refused_and_everything_else_goes_on(world, base, stack, edition, tmp_path, long, tell):
    neighbours = [steady.enters(world, edition, 2), steady.sets_ceilings(world, 2)]
    for neighbour in neighbours:
        neighbour.start()
        neighbour.served()
    pids = {name: stack.pid(name) for name in stack.services}
    for pid in pids.values():
        forget_peak(pid)
    case, digest = chain.proposed(world, chain.appraised(world, edition), chain.ceiling(world))
    began = time.monotonic()
    flood = Flood(world, stack, edition, tmp_path, 600 if long else 8)
    for neighbour in neighbours:
        neighbour.served(50)
    chain.agreed(world, case, digest)
    signed_meanwhile = flood.is_on()
    while flood.is_on():
        assert world.ask("standing", "funding.GetFundingCase", {}, case).ok
    found, ended = flood.found(), time.monotonic()
    for neighbour in neighbours:
        neighbour.served()
        neighbour.stop()
        neighbour.assert_kept(base)
    stored = base.one("SELECT count(*) FROM runtime.inbox WHERE source = ANY(%s::uuid[])",
                      [world.systems[name] for name in flood.names])

    assert signed_meanwhile
    assert set(found["refused"]) <= {"SYSTEM_BUSY", "GATEWAY_BUSY"}
    assert found["refused"]["SYSTEM_BUSY"]["count"] > found["count"] > 0
    assert stored >= found["count"]
    assert {name: stack.pid(name) for name in stack.services} == pids
    for name, pid in pids.items():
        assert status_bytes(pid, "VmHWM") < MOST_MIB.get(name, MOST_ELSEWHERE_MIB) * MIB
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")
    busy = found["refused"]["SYSTEM_BUSY"]
    tell(f"overload: {found['count']} carried out, {found['rate']:.0f} a second; "
         f"{busy['count']} refused, p99 {busy['p99_us'] / 1000:.0f} ms; "
         f"a neighbour's p99 {neighbours[0].p99(began, ended) * 1000:.0f} ms meanwhile, "
         f"{neighbours[0].p99(ended) * 1000:.0f} ms afterwards")
