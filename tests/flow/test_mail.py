"""tests/flow/test_mail.py - who must know is told by mail: later if it must be, but once."""
import collections
import email
import email.policy

import chain
import pytest
from base import until


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
