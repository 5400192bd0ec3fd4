"""tests/flow/test_replicas.py - several processes of one service: no gap, nothing twice."""
import time

import chain
import pytest
from base import until
from inner import InnerGateway
from sangkien_client import uuid7
from stack import first_operator_id


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def doubled(stack):
    """Every service runs twice."""
    extra = [f"{name}-2" for name in stack.services if name != "gateway"]
    for name in extra:
        stack.launch(name)
    stack.wait_ready(extra)
    yield
    for name in extra:
        stack.end(name)


def test_two_workers_given_the_same_new_request_at_once_have_one_effect(world, stack, edition):
    now_us = int(time.time() * 1e6)
    with InnerGateway(stack) as gateway:
        workers = [gateway.hire("submissions"), gateway.hire("submissions")]
        for _ in range(20):
            entry = uuid7()
            request = world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition), entry)
            for worker in workers:
                gateway.work(worker, request, world.systems["entrant"], world.agencies["entrant"], now_us)
            replies = list(gateway.answers(2).values())

            assert replies[0][1].final and replies[0][1].code == 0
            assert replies[0][0] == replies[1][0]
            assert [e[3] for e in world.base.events(world.programme) if e[2] == entry] == [1]


def test_two_workers_given_one_id_with_two_contents_accept_one(world, stack, edition):
    now_us = int(time.time() * 1e6)
    with InnerGateway(stack) as gateway:
        workers = [gateway.hire("submissions"), gateway.hire("submissions")]
        for _ in range(10):
            entry, request_id = uuid7(), uuid7()
            for worker, title in zip(workers, ("Một", "Hai")):
                request = world.request("clerk", "submissions.CreateEntry",
                                        chain.draft(world, edition, title=title), entry, id=request_id)
                gateway.work(worker, request, world.systems["entrant"], world.agencies["entrant"], now_us)
            reasons = sorted(reply.reason for _, reply in gateway.answers(2).values())

            assert reasons == ["", "REUSED_ID"]


def test_a_right_that_ends_while_another_replica_waits_for_its_turn_is_gone_when_it_has_it(world, stack, base):
    operators = first_operator_id("agency")
    second = world.direct("RegisterPerson", {"agency_id": operators, "full_name": "Người vận hành thứ hai"})
    binding = world.direct("BindRole", {"role": "ROLE_OPERATOR", "agency_id": operators, "person_id": second,
                                        "programme": "directory"})

    def request(type, body, subject, actor):
        return world.operator.request("directory." + type, body, programme="directory", subject=subject, actor=actor)

    def waiting():
        return base.one("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        " AND usename = 'sangkien_directory'")
    ends = request("EndRole", {"reason": "Hết nhiệm kỳ"}, binding, first_operator_id("person"))
    speaks = request("RegisterPerson", {"agency_id": operators, "full_name": "Người thứ ba"}, uuid7(), second)
    with InnerGateway(stack) as gateway, base.connection() as head:
        workers = [gateway.hire("directory"), gateway.hire("directory")]
        head.autocommit = False
        head.cursor().execute("SELECT FROM runtime.journal_head WHERE programme = 'directory' FOR UPDATE")
        for nth, (worker, said) in enumerate(zip(workers, (ends, speaks)), 1):
            gateway.work(worker, said, first_operator_id("system"), operators, int(time.time() * 1e6))
            until(lambda: waiting() == nth, "its batch waits for the head")  # pylint: disable=W0640
        head.rollback()
        replies = sorted(reply.reason for _, reply in gateway.answers(2).values())

    assert replies == ["", "NOT_ALLOWED"]


def test_replicas_share_their_cursor_without_gap_or_repetition(world, base, edition, doubled):
    dossiers = [chain.entry(world, edition) for _ in range(6)]
    for dossier in dossiers:
        chain.dossier(world, dossier)
    for dossier in dossiers:
        world.hear("appraisal.DossierNoted", dossier)

    noted = [e[2] for e in base.events(world.programme, "DossierNoted")]
    assert sorted(noted) == sorted(dossiers)
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")
    told = base.run("SELECT event_position, agency_id, template, count(*) FROM notifications.notification"
                    " WHERE programme = %s GROUP BY 1, 2, 3 HAVING count(*) > 1", world.programme)
    assert told == []


def test_two_processes_carry_out_many_commands_at_once_in_gapless_order(world, base, edition, doubled):
    first, _ = world.head()
    requests = [("entrant", world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition)))
                for _ in range(200)]

    replies = world.post_all(requests)

    assert all(reply.ok for reply in replies)
    positions = sorted(position for reply in replies for position in reply.positions)
    assert len(set(positions)) == 200 and positions[0] > first
    rows = base.events(world.programme)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))


def test_commands_of_one_subject_keep_their_order(world, edition, doubled):
    entries = [uuid7() for _ in range(20)]
    requests = []
    for entry in entries:
        requests.append(("entrant", world.request("clerk", "submissions.CreateEntry",
                                                  chain.draft(world, edition), entry)))
        requests.append(("entrant", world.request("head", "submissions.SubmitEntry", {}, entry)))

    replies = world.post_all(requests)

    assert [(reply.reason, reply.version) for reply in replies] == [("", 1), ("", 2)] * len(entries)
