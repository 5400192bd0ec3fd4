"""tests/faults/test_hostile_strangers.py - who has no key gets nowhere, holds nothing, and hurts nobody.

Thousands of connections that say nothing, half of something, or far too much: each is cut, and a system that works
meanwhile is served.
"""
import contextlib
import secrets
import socket
import struct

import chain
import pytest
from hostile import MIB, Peers, Siege, Wiretap
from sangkien_client import Client
from trial import seed

CROWD = {"idle": 1000, "greeting": 300, "half a greeting": 200, "half a hello": 300, "forged hello": 200,
         "no encryption": 50, "noise": 100, "noise after the greeting": 100, "HTTP": 20, "giant": 15,
         "giant message": 15}
TAKEN = 16 * MIB  # that the kernel's buffers may have taken of a giant's bytes before the door cuts it
LONG_S = 600
LESS_THAN_A_REPLY = 90
GIANT = struct.pack(">Q", 200_000_000)


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture
def siege(world, base, edition, long, tell):
    return Siege(world, base, edition, long, tell)


def test_a_crowd_without_a_key_is_cut_off_and_hurts_nobody(stack, siege, rng):
    with siege, Peers(stack, "crowd", port=stack.port("listen"), kinds=CROWD, patience=60, seed=seed(rng)) as crowd:
        siege.neighbour.served(100)
        found = crowd.found()

    assert found["open"] == 0  # who says nothing too, when the time for a handshake is over
    assert {kind: mark["cut"] for kind, mark in found["found"].items()} == CROWD
    assert max(mark["most_sent"] for mark in found["found"].values()) < TAKEN


def test_a_crowd_that_comes_again_and_again_hurts_nobody(stack, siege, long, rng):
    with siege, Peers(stack, "crowd", port=stack.port("listen"), until_told=True, patience=LONG_S,
                      kinds={**CROWD, "idle": 200, "greeting": 100}, seed=seed(rng)) as crowd:
        siege.neighbour.served(100)
        if long:
            crowd.found()
    if long:
        assert siege.factor <= 4  # promised: twice


@pytest.fixture
def tapped(world, stack):
    """(what stands between, a client that speaks through it and has been let in)"""
    tap = Wiretap(stack.port("listen"))
    client = Client(tap.endpoint, stack.public_key("gateway"), *world.keys["other"], words=world.words)
    assert client.call("submissions.ListEntries", {}, programme=world.programme).ok
    yield tap, client
    tap.close()
    client.close()


@pytest.mark.parametrize("flag", [2, 3, 6], ids=["a message", "a part of one", "a command"])
def test_a_giant_that_comes_behind_a_good_handshake_is_cut(siege, tapped, flag):
    tap, _ = tapped
    with siege:
        with contextlib.suppress(OSError):  # it may be cut before we have said all of it
            tap.say(bytes([flag]) + GIANT + bytes(MIB))

        assert tap.is_cut.wait(15)
        siege.neighbour.served()


def test_a_frame_that_was_heard_on_the_wire_is_not_taken_twice(world, tapped):
    tap, client = tapped
    request = client.request("submissions.ListEntries", {}, programme=world.programme)
    client.ask(request)
    frame = max(tap.frames[-2:], key=len)  # not a sign of life

    answered = tap.answered
    tap.say(frame)

    assert tap.is_cut.wait(15) and tap.answered - answered < LESS_THAN_A_REPLY


def test_a_frame_that_was_changed_on_the_wire_is_not_taken(tapped):
    tap, _ = tapped
    answered = tap.answered

    tap.say(b"\0" + bytes([100]) + b"\7MESSAGE" + secrets.token_bytes(92))

    assert tap.is_cut.wait(15) and tap.answered - answered < LESS_THAN_A_REPLY


def test_a_whole_conversation_played_again_is_not_let_in(stack, world, edition):
    first = Wiretap(stack.port("listen"))
    with Client(first.endpoint, stack.public_key("gateway"), *world.keys["entrant"], words=world.words) as client:
        request = world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition))
        assert client.ask(request).ok
    first.close()
    footprint = world.footprint()

    again = Wiretap(stack.port("listen"))
    with contextlib.closing(again), contextlib.suppress(OSError):
        player = socket.create_connection(("127.0.0.1", int(again.endpoint.rpartition(":")[2])))
        player.sendall(b"".join(first.frames))
        assert again.is_cut.wait(15)

    assert again.answered < 64 + 200  # a greeting and a welcome, and nothing that only a client may read
    assert world.footprint() == footprint
