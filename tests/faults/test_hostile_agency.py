"""tests/faults/test_hostile_agency.py - an agency that means harm, with a key that is good, hurts only itself.

It floods, never reads, sends messages without end. At most the gateway dies of it, alone, and is back at once; every
other process goes on, others are served, and nothing that was answered is lost.
"""
import chain
import pytest
from hostile import MIB, MOST_GROWTH, ROOM, Peers, Siege

PART = 65536
LONG_S = 300


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture
def hostile(world, stack, edition):
    """What every process of the hostile agency is given: the key, which the door knows by now."""
    assert world.client("other")
    return {"endpoint": stack.endpoint, "server_key": stack.public_key("gateway"),
            "keys": [key.decode() for key in world.keys["other"]]}


@pytest.fixture
def command(world, edition):
    return world.request("other_clerk", "submissions.CreateEntry", chain.draft(world, edition)).hex()


@pytest.fixture
def query(world):
    return world.client("other").request("submissions.ListEntries", {}, programme=world.programme).hex()


def test_a_message_without_end_meets_the_limit_and_loses_nothing(world, base, stack, edition, hostile, long, tell):
    """libzmq keeps the parts of a message until the last one has come. What it can keep no more makes it cut the
    connection, or makes the gateway fall; an administrator's system starts it again."""
    times = 20 if long else 2
    with Siege(world, base, edition, long, tell, times, ROOM + MOST_GROWTH) as siege:
        for _ in range(times):
            with Peers(stack, "multipart", parts=512 * MIB // PART, size=PART, **hostile) as endless:
                assert endless.found()["cut"]
            siege.neighbour.served()


def test_a_flood_by_a_good_key_is_answered_busy_and_others_are_served(world, base, stack, edition, hostile, command,
                                                                     query, long, tell):
    seconds = LONG_S if long else 3
    with Siege(world, base, edition, long, tell) as siege:
        with Peers(stack, "flood", request=command, seconds=seconds, **hostile) as one, \
                Peers(stack, "flood", request=query, seconds=seconds, **hostile) as two, \
                Peers(stack, "flood", request=query, seconds=seconds, deaf=True, **hostile) as deaf:
            found = [one.found(), two.found()]
            deaf.found()
    if long:
        assert siege.factor <= 6  # promised: three times

    for flood in found:
        assert flood["strange"] == []
        assert set(flood["answers"]) <= {"OK", "SYSTEM_BUSY", "GATEWAY_BUSY"}
        assert flood["answers"]["OK"] > 0


def test_many_connections_by_one_key_hurt_nobody(world, base, stack, edition, hostile, query, long, tell):
    count = 3000 if long else 300
    with Siege(world, base, edition, long, tell) as siege:
        with Peers(stack, "claim", request=query, ids=[""] * count, patience=LONG_S if long else 3, **hostile) as crowd:
            siege.neighbour.served(50)
            found = crowd.found()

    assert found["strange"] == [] and found["answered"]["OK"] > 0
