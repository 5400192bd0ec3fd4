"""tests/flow/test_contest_clock.py - what is in time and what is not, to the microsecond; a hundred who want a code at once.

A request counts by when it arrived at a gateway. The tests know the gateways' key, and so make receipts for a moment.
"""
import chain
import judged
import pytest
from judged import base, stack  # noqa: F401 (a system of their own)
from sangkien_client import uuid7

SECOND = 10**6
CROWD, CODES = 100, 60


def created(world, edition, second, microsecond):
    """The clock is at the second; it arrives at the microsecond."""
    with judged.at(world, second):
        return judged.say_at(world, microsecond, "clerk", "submissions.CreateEntry", chain.draft(world, edition))


def test_registration_opens_by_itself_and_entries_come_in_from_the_first_microsecond(world):
    opens = judged.next_minute(world)
    edition = judged.published(world, opens, opens + judged.DAY)
    assert world.say("clerk", "submissions.CreateEntry", chain.draft(world, edition)).reason == "EDITION_NOT_OPEN"
    assert world.say("standing", "submissions.OpenRegistration", {}, edition).reason == "TOO_EARLY"
    with judged.at(world, opens):
        world.hear("submissions.RegistrationOpened", edition)
        assert world.say("standing", "submissions.CloseRegistration", {}, edition).reason == "TOO_EARLY"

    assert created(world, edition, opens, opens * SECOND - 1).reason == "EDITION_NOT_OPEN"
    assert created(world, edition, opens, opens * SECOND).ok


@pytest.fixture(scope="module")
def moments(world):
    """An edition that closed by itself, and the second at which it did: (edition, closes, draft)."""
    edition, closes = judged.opened(world)
    draft = uuid7()
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition), draft)
    judged.registration_over(world, edition, closes)
    return edition, closes, draft


def test_an_entry_comes_in_until_the_last_microsecond(world, moments):
    edition, closes, _ = moments

    assert created(world, edition, closes, closes * SECOND - 1).ok
    assert created(world, edition, closes, closes * SECOND).reason == "REGISTRATION_CLOSED"


def test_an_entry_is_handed_in_until_the_last_microsecond_whenever_its_turn_comes(world, moments):
    _, closes, draft = moments
    with judged.at(world, closes):
        late = judged.say_at(world, closes * SECOND, "head", "submissions.SubmitEntry", {}, draft)
        in_time = judged.say_at(world, closes * SECOND - 1, "head", "submissions.SubmitEntry", {}, draft)

    assert (late.final, late.reason) == (True, "REGISTRATION_CLOSED")
    assert in_time.ok
    entry = world.ask("clerk", "submissions.GetEntry", {}, draft).answer.entry
    assert entry.submitted_at.ToMicroseconds() == closes * SECOND - 1


def test_an_entry_is_mended_until_the_last_microsecond(world):
    edition, _ = judged.opened(world)
    entry, cure = judged.handed_in(world, edition), judged.next_minute(world)
    world.do("standing", "submissions.ReturnEntry", {"faults": ["ENTRY_FAULT_INCOMPLETE"], "reason": "Thiếu",
                                                     "cure": judged.ends_at(cure)}, entry)
    with judged.at(world, cure):
        late = judged.say_at(world, cure * SECOND, "head", "submissions.SubmitEntry", {}, entry)
        in_time = judged.say_at(world, cure * SECOND - 1, "head", "submissions.SubmitEntry", {}, entry)

    assert (late.final, late.reason) == (True, "CURE_PASSED")
    assert in_time.ok


def test_who_is_accused_is_heard_until_the_last_microsecond(world):
    edition, _ = judged.opened(world)
    entry, due = judged.entry(world, edition), judged.next_minute(world)
    world.do("standing", "submissions.ProposeDisqualification", {
        "reason": "Sao chép", "answer_due": judged.ends_at(due)}, entry)
    verdict = {"reason": "Sao chép", "document": world.document()}
    assert world.say("owner", "submissions.DisqualifyEntry", verdict, entry).reason == "HEARING_OPEN"
    with judged.at(world, due):
        early = judged.say_at(world, due * SECOND - 1, "owner", "submissions.DisqualifyEntry", verdict, entry)
        assert (early.final, early.reason) == (True, "HEARING_OPEN")
        assert judged.say_at(world, due * SECOND, "owner", "submissions.DisqualifyEntry", verdict, entry).ok
    world.hear("appraisal.ContenderGone", entry)


def test_registration_that_was_extended_closes_at_the_later_moment(world):
    edition, closes = judged.opened(world)
    later = closes + 2 * judged.MINUTE
    world.do("owner", "submissions.ExtendRegistration",
             {"closes": judged.ends_at(later, document=world.document())}, edition)
    with judged.at(world, closes):
        world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition))
        assert world.ask("clerk", "submissions.GetEdition", {}, edition).answer.edition.state == 3  # OPEN
    judged.closed(world, edition, later)


def test_of_many_who_are_registered_at_once_each_code_is_given_once(world, base):
    edition, _ = judged.opened(world)
    drafts = [uuid7() for _ in range(CROWD)]
    assert all(reply.ok for reply in world.post_all([("entrant", world.request(
        "clerk", "submissions.CreateEntry", chain.draft(world, edition), entry)) for entry in drafts]))
    assert all(reply.ok for reply in world.post_all([("entrant", world.request(
        "head", "submissions.SubmitEntry", {}, entry)) for entry in drafts]))

    requests = [world.request("standing", "submissions.RegisterEntry", {"entry_code": f"MS-{n % CODES}"}, entry)
                for n, entry in enumerate(drafts)]
    replies = [reply if reply.final else world.client("home").ask(request) for request, reply in
               zip(requests, world.post_all([("home", request) for request in requests]))]

    assert sorted(reply.reason for reply in replies) == [""] * CODES + ["CODE_USED"] * (CROWD - CODES)
    codes = [code for code, in base.run("SELECT entry_code FROM submissions.entry WHERE programme = %s"
                                        " AND edition_id = %s AND entry_code <> ''", world.programme, edition)]
    assert sorted(codes) == sorted(f"MS-{n}" for n in range(CODES))
    left = next(entry for entry, reply in zip(drafts, replies) if not reply.ok)
    world.do("standing", "submissions.RegisterEntry", {"entry_code": f"MS-{CROWD}"}, left)
