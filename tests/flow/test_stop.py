"""tests/flow/test_stop.py - told to stop under load, a process ends well and loses nothing it answered for."""
import os
import signal

import chain
import pytest
from sangkien_client import uuid7

LOAD = 300


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture
def load(world, edition):
    """Requests that nobody has sent yet."""
    return [world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition), uuid7())
            for _ in range(LOAD)]


@pytest.mark.disturbs
@pytest.mark.parametrize("name", ["submissions", "gateway"])
def test_stopped_under_load_it_ends_with_0_and_everything_answered_is_kept(world, stack, base, load, name):
    client = world.connect("entrant")
    for request in load:
        client.post(request)
    first = client.take(load[0])
    process = stack.children[name]

    stack.end(name)
    assert process.returncode == 0
    stack.launch(name)
    stack.wait_ready()
    replies = [client.ask(request) for request in load]
    client.close()

    assert first.ok and first.raw == replies[0].raw
    assert all(reply.ok and reply.final for reply in replies)
    stored = base.one("SELECT count(*) FROM runtime.inbox WHERE id = ANY(%s::uuid[])",
                      [reply.request_id for reply in replies])
    assert stored == LOAD
    positions = [row[0] for row in base.events(world.programme)]
    assert positions == list(range(1, len(positions) + 1))


@pytest.mark.parametrize("name", ["gateway", "directory", "submissions", "appraisal", "funding", "notifications"])
@pytest.mark.parametrize("harmless", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE])
def test_a_signal_that_means_nothing_here_does_no_harm(world, stack, edition, name, harmless):
    pid = stack.pid(name)

    os.kill(pid, harmless)

    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition))
    assert stack.pid(name) == pid and stack.readiness(name) == "ready"


@pytest.mark.disturbs
@pytest.mark.parametrize("name", ["directory", "appraisal", "funding", "notifications", "gateway"])
def test_told_to_stop_an_idle_process_ends_with_0(stack, name):
    process = stack.children[name]

    stack.end(name)

    assert process.returncode == 0


@pytest.mark.disturbs
@pytest.mark.parametrize("name", ["gateway", "funding"])
def test_told_to_stop_while_the_database_is_away_it_ends_all_the_same(stack, base, name):
    process = stack.children[name]
    base.kill()
    try:
        stack.end(name)
    finally:
        base.start()

    assert process.returncode == 0
