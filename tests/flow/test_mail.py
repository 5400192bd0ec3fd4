"""tests/flow/test_mail.py - who must know is told by mail: later if it must be, but once."""
import collections
import email
import email.policy
import secrets

import chain
import pytest
from base import until
from world import World


def mails(stack):
    """Every mail that the relay took, oldest first."""
    files = sorted((stack.folder / "mail").glob("*.eml"), key=lambda file: int(file.stem))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def to(stack, world, agency):
    return [mail for mail in mails(stack) if f"{agency}-{world.programme}@khanhhoa.example" in mail["To"]]


def all_is_sent(world):
    """Waits until everything that happened was told."""
    until(lambda: not world.base.unheard(world.programme) and not world.base.one(
        "SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 1", world.programme),
        "every notification is sent", 30)


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


def test_the_entrant_agency_is_told_of_its_prize(world, stack, edition):
    chain.entry(world, edition)

    all_is_sent(world)

    about = [mail for mail in to(stack, world, "entrant")
             if "Một cửa điện tử" in mail.get_body(("plain",)).get_content()]
    assert about
    for mail in about:
        assert mail["Message-ID"].endswith("@khanhhoa.example>")
        assert mail["Date"] and mail["From"] and mail["Subject"]


@pytest.mark.disturbs
def test_while_the_mail_server_is_down_business_goes_on_and_mail_comes_later_once(world, stack, base, edition):
    all_is_sent(world)
    stack.end("mail")
    before = len(to(stack, world, "entrant"))
    entry = chain.entry(world, edition)
    chain.dossier(world, entry)
    waiting = until(lambda: base.one(
        "SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 1", world.programme),
        "notifications wait")
    assert len(to(stack, world, "entrant")) == before

    stack.launch("mail")
    stack.wait_ready(["mail"])
    all_is_sent(world)

    ids = collections.Counter(mail["Message-ID"] for mail in mails(stack))
    assert waiting and len(to(stack, world, "entrant")) > before
    assert [message_id for message_id, count in ids.items() if count > 1] == []


@pytest.mark.disturbs
def test_the_mailer_killed_in_the_middle_keeps_its_message_ids(world, stack, base, edition):
    all_is_sent(world)
    stack.end("mail")
    chain.dossier(world, chain.entry(world, edition))
    stack.end("notifications", 9)
    stack.launch("mail")
    stack.launch("notifications")
    stack.wait_ready()
    all_is_sent(world)

    sent = base.one("SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 4"
                    " AND address LIKE '%%' || %s || '@%%'", world.programme, world.programme)
    ours = [mail for mail in mails(stack) if f"{world.programme}@" in mail["To"]]
    assert len({mail["Message-ID"] for mail in ours}) == sent


def test_every_event_was_told_to_an_agency_once(world, base):
    twice = base.run("SELECT event_position, agency_id, count(*) FROM notifications.notification"
                     " WHERE programme = %s GROUP BY 1, 2 HAVING count(*) > 1", world.programme)
    assert twice == []


def test_a_mail_of_which_nothing_can_be_recorded_keeps_nobody_elses_waiting(world, stack, base, edition):
    """The head of its programme is locked: it waits, and between its tries the others' mail goes out."""
    all_is_sent(world)
    other = World(stack, base, "kh-" + secrets.token_hex(4))
    with base.connection() as queue, base.connection() as head:
        queue.autocommit = head.autocommit = False
        queue.cursor().execute("LOCK TABLE notifications.delivery IN EXCLUSIVE MODE")
        chain.require(world, chain.entry(world, edition))
        until(lambda: not base.unheard(world.programme), "there is something to be told")
        queue.cursor().execute(
            "INSERT INTO notifications.delivery (programme, notification, due_at) SELECT programme, id,"
            " CASE row_number() OVER () WHEN 1 THEN '-infinity' ELSE now() + interval '1 day' END"
            " FROM notifications.notification WHERE programme = %s AND state = 1", (world.programme,))
        head.cursor().execute("SET idle_in_transaction_session_timeout = 0")
        head.cursor().execute("SELECT FROM runtime.journal_head WHERE programme = %s FOR UPDATE", (world.programme,))
        queue.commit()
        until(lambda: base.one("SELECT count(*) FROM notifications.delivery WHERE outcome = 1"), "it was sent", 30)

        chain.edition(other)
        all_is_sent(other)

        assert base.one("SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 4",
                        other.programme)
        assert base.one("SELECT count(*) FROM notifications.delivery WHERE programme = %s AND outcome = 1",
                        world.programme) == 1
    base.run("UPDATE notifications.delivery SET due_at = '-infinity'")
    all_is_sent(world)
    other.close()
