"""tests/faults/test_hostile_identity.py - whoever takes another's name, or another's words, gets nothing of it.

Who speaks is known from the key alone: not from the name of a connection, which a client may choose; not from what a
message says of itself. A key that was revoked is good for nothing, on connections that are open too.
"""
import json
import struct
import subprocess
import sys

import chain
import pytest
import steady
from base import until
from hostile import Peers, Siege

REVOKED_S = 1.0
CONNECTIONS = 20


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture
def hostile(world, stack):
    query = world.client("other").request("submissions.ListEntries", {}, programme=world.programme).hex()
    return {"endpoint": stack.endpoint, "server_key": stack.public_key("gateway"), "request": query,
            "keys": [key.decode() for key in world.keys["other"]]}


def named(world, system, routing_id):
    """A client whose connection has the name that it chose."""
    client = world.connect(system)
    client.socket.disconnect(world.stack.endpoint)
    client.socket.routing_id = routing_id
    client.socket.connect(world.stack.endpoint)
    return client


# ------------------------------------------------------------------ names of connections

def test_whoever_takes_the_names_of_others_connections_gets_nothing_of_theirs(world, base, stack, edition, hostile,
                                                                             long, tell, rng):
    rounds = 10 if long else 1
    names = [b"\0" + rng.randbytes(4) for _ in range(10)]
    victims = []
    for name in names:
        victim = steady.enters(world, edition, window=2)
        victim.connect = lambda name=name: named(world, "entrant", name)
        victim.start()
        victims.append(victim)
    claims = [name for name in names for _ in range(85)] + [b"\0" + rng.randbytes(4) for _ in range(100)]
    claims += [rng.randbytes(rng.randint(1, 255)) for _ in range(50)] + [b"agency", b"agency", b"\0", b"\0" * 255]
    with Siege(world, base, edition, long, tell):
        for victim in victims:
            victim.served(5)
        for _ in range(rounds):
            with Peers(stack, "claim", ids=[name.hex() for name in claims], patience=4, **hostile) as claimers:
                for victim in victims:
                    victim.served(10)
                found = claimers.found()
            assert found["strange"] == []
    for victim in victims:
        victim.stop()
        victim.assert_kept(base)


def foreseen(count):
    """Names that libzmq would give to the next connections if nobody had told it where to begin."""
    draw = "import ctypes, json; c = ctypes.CDLL(None); print(json.dumps([c.rand() for _ in range(16)]))"
    drawn = json.loads(subprocess.run([sys.executable, "-c", draw], check=True, stdout=subprocess.PIPE).stdout)
    firsts = [low | (high << 31) & 0xFFFFFFFF for low, high in zip(drawn, drawn[1:])]
    return [struct.pack(">BI", 0, first + n & 0xFFFFFFFF) for first in firsts for n in range(count)]


@pytest.mark.disturbs
def test_nobody_can_foresee_the_name_of_anothers_connection(world, base, stack, edition, hostile, long, tell):
    stack.restart("gateway")  # so that its count of connections is still low
    with Siege(world, base, edition, long, tell) as siege:
        names = [name.hex() for name in foreseen(200 if long else 40)]
        with Peers(stack, "claim", ids=names, patience=60, **hostile):
            for _ in range(20):
                with world.connect("finance") as client:
                    assert client.call("funding.ListFundingCases", {}, programme=world.programme).ok
            siege.neighbour.served()


# ------------------------------------------------------------------ words of others

def test_the_words_of_another_agency_count_as_ones_own(world, base, edition):
    requests = [world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition)) for _ in range(50)]
    first = [world.client("entrant").ask(request) for request in requests]
    position = base.head(world.programme)[0]

    replayed = [world.client("other").ask(request) for request in requests]

    assert all(reply.ok for reply in first)
    assert {(reply.final, reply.reason, reply.body) for reply in replayed} == {(True, "WRONG_ACTOR", b"")}
    assert [world.client("entrant").ask(request).raw for request in requests] == [reply.raw for reply in first]
    for reply in first:
        sources = base.run("SELECT source::text FROM runtime.inbox WHERE id = %s", reply.request_id)
        assert sorted(row[0] for row in sources) == sorted([world.systems["entrant"], world.systems["other"]])
    assert [e for e in base.events(world.programme) if e[0] > position and e[1].endswith("EntryDrafted")] == []


# ------------------------------------------------------------------ a key that was lost

def test_of_a_key_that_was_revoked_nothing_is_accepted_a_second_later(world, base, stack, edition, long):
    for n in range(20 if long else 1):
        system = f"lost-{n}"
        world.add_system(system, "entrant")
        loads = [steady.Steady(lambda: world.connect(system), world.systems[system], lambda: world.request(
            "clerk", "submissions.CreateEntry", chain.draft(world, edition)), window=2) for _ in range(CONNECTIONS)]
        for load in loads:
            load.start()
        for load in loads:
            load.served(2)

        world.direct("RevokeSystem", {"reason": "Khóa bị lộ"}, world.systems[system])
        revoked = stack.clock()
        for load in loads:
            until(lambda load=load: load.trouble, "it was told")

        assert {load.trouble.reply.reason for load in loads} == {"UNKNOWN_SYSTEM"}
        last = base.one("SELECT max(extract(epoch FROM i.received_at)) FROM runtime.inbox i JOIN runtime.journal j"
                        " ON (j.cause, j.source, j.programme) = (i.id, i.source, i.programme) WHERE i.source = %s",
                        world.systems[system])
        assert float(last) < revoked + REVOKED_S
        for load in loads:
            load.assert_kept(base)
