"""tests/faults/test_overload.py - five times as many commands as can be taken: refused, not suffered.

Eight systems of one agency keep 10,240 commands in flight (`tests/bench/load.c`), each refusal followed by the next one
at once. Meanwhile others enter, sign off and ask. Each command of the flood was carried out once or refused, as its
diary and the tables tell of each id; and nobody grows.
"""
import json
import subprocess
import time

import chain
import pytest
import steady
from base import until
from hostile import MIB, forget_peak, status_bytes
from stack import REPO, write_file

LOAD = REPO / "build/bin/load"  # whatever the system was built from
SYSTEMS, TAKEN = 8, 2048  # TAKEN: by a service at a time
AT_PEAK, TOO_MUCH = 256, 5 * TAKEN  # in flight
LEAST_OF_PEAK = 0.8
MOST_MIB = {"gateway": 192}  # of resident memory, at any time
MOST_ELSEWHERE_MIB = 64
# What the diary says of an id, how often it is stored, how many events it caused: how many ids
FATES = """
    SELECT coalesce(said.reason, 'never sent'), stored.times, caused.events, count(*)
    FROM said
    FULL JOIN (SELECT id, count(*) FROM runtime.inbox WHERE source = ANY(%(systems)s::uuid[]) GROUP BY id)
        AS stored (id, times) USING (id)
    FULL JOIN (SELECT cause, count(*) FROM runtime.journal WHERE source = ANY(%(systems)s::uuid[]) GROUP BY cause)
        AS caused (id, events) USING (id)
    GROUP BY 1, 2, 3"""
DONE, REFUSED = ("", 1, 1), ("SYSTEM_BUSY", None, None)


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


class Systems:
    """Of one agency, with what a load must be told of them."""

    def __init__(self, world, stack, edition, folder):
        self.folder, self.ids, self.diaries, keys = folder, [], [], []
        for name in (f"flood-{nth}" for nth in range(SYSTEMS)):
            world.add_system(name, "other")
            self.ids.append(world.systems[name])
            public, secret = (key.decode() for key in world.keys[name])
            keys.append(folder / name)
            write_file(keys[-1], f"public = {public}\nsecret = {secret}\n")
        world.client(name).close()  # the door knows the last of them, so it knows them all
        self.words = [LOAD, "--endpoint", stack.endpoint, "--server-key", stack.public_key("gateway"), "--programme",
                      world.programme, "--person", world.person("other_clerk"), "--create", edition]
        self.keys = ",".join(map(str, keys))

    def flood(self, in_flight, seconds):
        self.diaries.append(self.folder / f"diary-{in_flight}")
        return Flood([*self.words, "--diary", self.diaries[-1], "--seconds", seconds, f"all={in_flight}:{self.keys}"])

    def fates(self, base):
        """{(why it was refused or "", times stored, events): how many ids}"""
        with base.connection() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE said (id uuid, reason text)")
            for path in self.diaries:
                with open(path, "rb") as diary:
                    cursor.copy_expert("COPY said FROM STDIN", diary)
            cursor.execute(FATES, {"systems": self.ids})
            return {tuple(row[:3]): row[3] for row in cursor.fetchall()}


class Flood:
    def __init__(self, words):
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)

    def is_on(self):
        return self.process.poll() is None

    def found(self):
        """Of its one group, and how many were sent."""
        said = self.process.communicate()[0]
        assert self.process.returncode == 0
        found = json.loads(said)
        assert found["unanswered"] == 0
        return found["groups"][0], found["sent"]


def peak(systems, ask, seconds):
    """When as many are in flight as do best, and somebody asks all the while: commands a second, and how many."""
    flood = systems.flood(AT_PEAK, seconds)
    while flood.is_on():
        ask()
    found, sent = flood.found()
    return found["rate"], sent


def test_what_is_too_much_is_refused_and_everything_else_goes_on(world, base, stack, edition, tmp_path, long, tell):
    neighbours = [steady.enters(world, edition, 2), steady.sets_ceilings(world, 2)]
    for neighbour in neighbours:
        neighbour.start()
        neighbour.served()
    case, digest = chain.proposed(world, chain.appraised(world, edition), chain.ceiling(world))

    def ask():
        time.sleep(0.05)  # the flood needs the processors: no faster than this
        assert world.ask("standing", "funding.GetFundingCase", {}, case).ok

    systems = Systems(world, stack, edition, tmp_path)
    best, sent_before = peak(systems, ask, 20 if long else 2)
    pids = {name: stack.pid(name) for name in stack.services}
    for pid in pids.values():
        forget_peak(pid)
    began = time.monotonic()
    flood = systems.flood(TOO_MUCH, 600 if long else 8)
    for neighbour in neighbours:
        neighbour.served(50)
    chain.agreed(world, case, digest)
    signed_meanwhile = flood.is_on()
    while flood.is_on():
        ask()
    (found, sent), ended = flood.found(), time.monotonic()
    most = {name: status_bytes(pid, "VmHWM") / MIB for name, pid in pids.items()}
    for neighbour in neighbours:
        neighbour.served()
        neighbour.stop()
        neighbour.assert_kept(base)
    fates = systems.fates(base)

    busy = found["refused"]["SYSTEM_BUSY"]
    tell(f"overload: {found['count']} carried out, {found['rate']:.0f} a second, {found['rate'] / best:.2f} of the peak; "
         f"{busy['count']} refused, p99 {busy['p99_us'] / 1000:.0f} ms; "
         f"a neighbour's p99 {neighbours[0].p99(began, ended) * 1000:.0f} ms meanwhile, "
         f"{neighbours[0].p99(ended) * 1000:.0f} ms afterwards; "
         f"at most {', '.join(f'{name} {mib:.0f}' for name, mib in most.items())} MiB")
    assert signed_meanwhile
    assert set(fates) - {("GATEWAY_BUSY", None, None)} == {DONE, REFUSED}
    assert sum(fates.values()) == sent_before + sent
    assert fates[REFUSED] > fates[DONE] > 0
    assert {name: stack.pid(name) for name in stack.services} == pids
    for name, mib in most.items():
        assert mib < MOST_MIB.get(name, MOST_ELSEWHERE_MIB)
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")
    if long:
        assert found["rate"] >= LEAST_OF_PEAK * best
