"""tests/wire/test_admission.py - whoever floods the door is told so; the others are served all the same."""
import os
import signal
import time

import chain
import pytest
from base import halt
from sangkien_client import uuid7

FLOOD = 700  # more than one system may have under way: conftest.py says how many


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture
def flooded(world, stack, edition):
    """One system has sent more than it may, while nobody works."""
    client = world.connect("entrant")
    requests = [world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition), uuid7())
                for _ in range(FLOOD)]
    pid = stack.pid("submissions")
    halt(pid)
    try:
        for request in requests:
            client.post(request)
        yield client, requests, lambda: os.kill(pid, signal.SIGCONT)
    finally:
        os.kill(pid, signal.SIGCONT)
        client.close()


def test_a_flood_is_answered_busy_and_everything_is_done_when_it_is_sent_again(world, flooded):
    client, requests, go_on = flooded
    busy = client.take(requests[-1])
    go_on()

    replies = [client.ask(request, timeout=60) for request in requests]

    assert (busy.code, busy.reason, busy.final) == (8, "SYSTEM_BUSY", False)
    assert busy.proto.HasField("receipt")
    assert all(reply.ok and reply.final for reply in replies)


def test_the_flood_of_one_system_is_not_anothers_trouble(world, flooded):
    client, requests, go_on = flooded
    client.take(requests[-1])  # it is in
    other = world.client("finance")
    began = time.monotonic()

    assert other.call("funding.ListFundingCases", {}, programme=world.programme, resend=False).ok
    assert time.monotonic() - began < 1.0
    go_on()


@pytest.mark.disturbs
def test_without_a_service_the_sender_is_told_at_once_and_gets_a_receipt(world, stack, edition):
    stack.end("submissions")
    client = world.client("entrant")
    request = world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition), uuid7())
    began = time.monotonic()

    client.post(request)
    reply = client.take(request)

    assert (reply.code, reply.reason, reply.final) == (14, "NO_WORKER", False)
    assert reply.proto.HasField("receipt") and len(reply.proto.receipt.mac) == 32
    assert time.monotonic() - began < 0.5
