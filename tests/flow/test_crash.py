"""tests/flow/test_crash.py - whatever dies, and whenever: one effect, one answer, one event."""
import signal

import chain
import pytest
from base import Gate, halt, until
from sangkien_client import uuid7

pytestmark = pytest.mark.disturbs


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture
def create(world, edition):
    """A CreateEntry that nobody has sent yet: (entry, request id, bytes)."""
    entry, request_id = uuid7(), uuid7()
    return entry, request_id, world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition), entry,
                                            id=request_id)


def assert_happened_once(world, entry, request_id, reply):
    """One effect, one stored answer, one event, and they agree; and asking again changes nothing."""
    footprint = world.footprint()
    again = world.client_of("clerk").ask(reply.request)
    events = [e for e in world.base.events(world.programme) if e[2] == entry]
    delivered = [position for position, event in world.client("committee").subscribe(
        world.programme, types=["submissions.EntryDrafted"], until=world.head()[0])
        if event.attributes["subject"].ce_string == entry]

    assert reply.ok and reply.final and again.raw == reply.raw
    assert [(position, version) for position, _, _, version in events] == [(reply.positions[0], 1)]
    assert delivered == list(reply.positions)
    assert world.base.is_stored(request_id) and world.footprint() == footprint


def test_killed_between_commit_and_reply_the_answer_and_the_event_still_come_once(world, stack, base, create):
    entry, request_id, request = create
    client, listener = world.client_of("clerk"), world.connect("committee")
    listener.send(world.words["wire.ClientFrame"](subscribe=dict(
        subscription="s", programme=world.programme, after_position=world.head()[0], credit=10,
        types=["sangkien.submissions.v1.EntryDrafted"])))
    pid = stack.pid("submissions")

    with Gate(base) as gate:
        client.post(request)
        gate.wait()
        halt(pid)  # it waits for its COMMIT, and will never see it done
        gate.open()
        until(lambda: base.is_stored(request_id), "the transaction is committed")
        stack.end("submissions", signal.SIGKILL)

    frames = iter(listener.receive, None)
    heard = next(frame for frame in frames if frame.HasField("deliveries"))  # nobody announced it, and yet it comes
    last = world.base.events(world.programme, "EntryDrafted")[-1][0]
    assert [delivery.position for delivery in heard.deliveries.list] == [last]
    lost = client.take(request)
    assert (lost.final, lost.reason) == (False, "NO_WORKER")
    stack.launch("submissions")
    assert_happened_once(world, entry, request_id, client.ask(request))
    listener.close()


def test_killed_before_its_commit_is_through_there_is_one_effect(world, stack, base, create):
    entry, request_id, request = create
    client = world.client_of("clerk")

    with Gate(base) as gate:
        client.post(request)
        gate.wait()
        stack.end("submissions", signal.SIGKILL)
        gate.open()
    stack.launch("submissions")

    assert_happened_once(world, entry, request_id, client.ask(request))


def test_killed_before_it_could_write_there_is_one_effect(world, stack, base, create):
    entry, request_id, request = create
    client = world.client_of("clerk")

    with base.connection() as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN; SELECT FROM runtime.journal_head WHERE programme = %s FOR UPDATE",
                       (world.programme,))
        client.post(request)
        until(lambda: base.one("SELECT count(*) FROM pg_locks WHERE NOT granted"), "it waits for the head")
        stack.end("submissions", signal.SIGKILL)
        cursor.execute("ROLLBACK")
    assert not base.is_stored(request_id)
    stack.launch("submissions")

    assert_happened_once(world, entry, request_id, client.ask(request))


def test_when_postgresql_is_killed_in_the_middle_of_a_commit_there_is_one_effect(world, base, create):
    entry, request_id, request = create
    client = world.client_of("clerk")

    with Gate(base) as gate:
        client.post(request)
        gate.wait()
        base.kill()
        base.start()

    assert_happened_once(world, entry, request_id, client.ask(request))


def test_when_postgresql_is_killed_just_after_a_commit_there_is_one_effect(world, stack, base, create):
    entry, request_id, request = create
    client = world.client_of("clerk")
    pid = stack.pid("submissions")

    with Gate(base) as gate:
        client.post(request)
        gate.wait()
        halt(pid)
        gate.open()
        until(lambda: base.is_stored(request_id), "the transaction is committed")
        base.kill()
        base.start()
        stack.end("submissions", signal.SIGKILL)
    stack.launch("submissions")

    assert_happened_once(world, entry, request_id, client.ask(request))


def test_while_the_database_is_away_the_sender_is_told_so_and_nothing_is_lost(world, base, create):
    entry, request_id, request = create
    client = world.client_of("clerk")

    base.kill()
    client.post(request)
    away = client.take(request)
    base.start()

    assert (away.code, away.final) == (14, False) and away.proto.HasField("receipt")
    assert_happened_once(world, entry, request_id, client.ask(request))


def test_a_gateway_that_is_killed_loses_nothing_that_was_answered(world, stack, base, create):
    entry, request_id, request = create
    client = world.client_of("clerk")

    with Gate(base) as gate:
        client.post(request)
        gate.wait()
        stack.end("gateway", signal.SIGKILL)
        gate.open()
    stack.launch("gateway")

    assert_happened_once(world, entry, request_id, client.ask(request))


def test_an_event_that_was_not_heard_when_its_hearer_died_is_heard_once(world, stack, base, edition):
    dossier = chain.entry(world, edition)
    stack.end("appraisal", signal.SIGKILL)
    chain.dossier(world, dossier)
    stack.launch("appraisal")

    world.hear("appraisal.DossierNoted", dossier)

    assert len([e for e in base.events(world.programme, "DossierNoted") if e[2] == dossier]) == 1


def sent_while_nobody_was_there(world, stack, edition):
    """A dossier in time, not taken: (seconds to its deadline, client, request, receipt)."""
    dossier = chain.entry(world, edition)
    left = chain.require_today(world, dossier, stack.clock())
    client = world.client_of("head")
    request = world.request("head", "submissions.SubmitDossier", chain.dossier_body(world), dossier)
    stack.end("submissions")
    client.post(request)
    return left, client, request, client.take(request).proto.receipt, dossier


def test_a_receipt_keeps_the_first_arrival_so_that_a_deadline_is_not_missed(world, stack, edition):
    left, client, request, receipt, dossier = sent_while_nobody_was_there(world, stack, edition)
    with chain.later(world, edition, left + 1):
        stack.launch("submissions")
        stack.wait_ready()
        late = world.request("head", "submissions.SubmitDossier", chain.dossier_body(world), dossier)
        refused = client.ask(late)
        client.post(request, receipt)
        accepted = client.take(request)

    assert (refused.final, refused.reason) == (True, "DEADLINE_PASSED")
    assert accepted.ok and accepted.final


def test_a_receipt_is_good_for_a_day_and_no_longer(world, stack, edition):
    _, client, request, receipt, _ = sent_while_nobody_was_there(world, stack, edition)
    with chain.later(world, edition, 86400 + 60):
        stack.launch("submissions")
        stack.wait_ready()
        client.post(request, receipt)
        reply = client.take(request)

    assert (reply.final, reply.reason) == (True, "DEADLINE_PASSED")


def test_a_forged_receipt_counts_for_nothing(world, stack, base, edition):
    dossier = chain.entry(world, edition)
    chain.require(world, dossier)
    client = world.client_of("head")
    request = world.request("head", "submissions.SubmitDossier", chain.dossier_body(world), dossier)
    receipt = world.words["wire.Receipt"](mac=b"\x01" * 32)
    receipt.received_at.seconds = int(stack.clock())
    with chain.later(world, edition, 90 * 366 * 86400):
        client.post(request, receipt)
        reply = client.take(request)

    assert (reply.final, reply.reason) == (True, "DEADLINE_PASSED")
