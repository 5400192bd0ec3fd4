"""tests/flow/test_contest.py - a contest from its rules to its results, as everybody who has a part in it lives through it."""
import collections
import contextlib
import hashlib
import secrets

import chain
import judged
import pytest
from base import until
from ctl import Ctl
from judged import base, stack  # noqa: F401 (a system of their own)
from sangkien_client import uuid7

Story = collections.namedtuple("Story", "edition closes best tied late theirs refused council")
Round = collections.namedtuple("Round", "id proposal ranking")



def entry_of(world, entry):
    return world.ask("owner", "submissions.GetEntry", {}, entry).answer.entry


def words(world, base, subject):
    return [row[1].split(".")[-1] for row in base.events(world.programme) if row[2] == subject]


def confirm_entrants(world, edition):
    return world.say("standing", "submissions.ConfirmEntrants", {}, edition[0])


@pytest.fixture(scope="module")
def edition(world):
    return judged.opened(world)


@pytest.fixture(scope="module")
def cured(world, edition):
    """Drafted, drafted anew, handed in, sent back, mended, handed in again, registered."""
    entry, anew = uuid7(), chain.draft(world, edition[0], title="Một cửa liên thông")
    anew = {name: value for name, value in anew.items() if name != "edition_id"}
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition[0]), entry)
    world.do("clerk", "submissions.ReviseEntry", anew, entry)
    world.do("head", "submissions.SubmitEntry", {}, entry)
    world.do("standing", "submissions.ReturnEntry", {
        "faults": ["ENTRY_FAULT_INCOMPLETE"], "reason": "Thiếu minh chứng", "cure": judged.ends_at(edition[1] + 86400)}, entry)
    world.do("clerk", "submissions.ReviseEntry", {**anew, "summary": "Có minh chứng."}, entry)
    world.do("head", "submissions.SubmitEntry", {}, entry)
    world.do("standing", "submissions.RegisterEntry", {"entry_code": "MS-CURED"}, entry)
    world.hear("appraisal.ContenderNoted", entry)
    return entry


@pytest.fixture(scope="module")
def refused(world, edition):
    entry = judged.handed_in(world, edition[0])
    world.do("standing", "submissions.RefuseEntry", {
        "fault": "ENTRY_FAULT_DUPLICATE", "reason": "Đã dự thi"}, entry)
    return entry


@pytest.fixture(scope="module")
def story(world, edition, cured, refused):
    """Registration is over, and a council has said which conflicts it has."""
    tied, late = judged.entry(world, edition[0]), judged.entry(world, edition[0])
    theirs, forgotten = judged.entry(world, edition[0], "other"), judged.handed_in(world, edition[0])
    council = judged.council(world, edition[0], conflicts=[("expert1", cured), ("secretary", tied)])
    judged.registration_over(world, *edition)
    assert confirm_entrants(world, edition).reason == "ENTRIES_OPEN"
    world.do("standing", "submissions.ReturnEntry", {
        "faults": ["ENTRY_FAULT_INCOMPLETE"], "reason": "Thiếu", "cure": judged.ends_at(edition[1] + 86400)}, forgotten)
    assert confirm_entrants(world, edition).reason == "ENTRIES_OPEN"
    world.do("head", "submissions.WithdrawEntry", {"reason": "Không dự thi"}, forgotten)
    judged.complete(world, edition[0])
    assert confirm_entrants(world, edition).reason == "ENTRANTS_CONFIRMED"
    return Story(*edition, cured, tied, late, theirs, refused, council)


@pytest.fixture(scope="module")
def scored(world, story):
    """Two of four share the last place that advances; expert2 was excused."""
    totals = {story.best: 9000, story.tied: 8000, story.late: 8000, story.theirs: 6000}
    round, sheets = judged.started(world, story.edition, story.council, judged.PRELIMINARY, list(totals))
    mine = next(s for s in sheets if (s.judge, s.entry) == ("expert2", story.best))
    world.do("expert2", "appraisal.SaveSheet", {"round_id": round, "scores": judged.points(100)}, mine.id)
    assert world.say("secretary", "appraisal.ProposeRanking", judged.session(world, round), round
                     ).reason == "SHEETS_OUTSTANDING"
    world.do("expert2", "appraisal.ExcuseSheet", {"round_id": round, "reason": "Tôi đã góp ý cho bài này"}, mine.id)
    judged.lock(world, [s for s in sheets if s != mine], totals)
    return round, sheets


@pytest.fixture(scope="module")
def preliminary(world, story, scored):
    """The chair put the later one of the two first."""
    round, _ = scored
    first = judged.proposed(world, round)
    assert world.say("chair", "appraisal.ConfirmRound",
                     {"ranking_digest": first.ranking_digest}, round).reason == "TIE_UNDECIDED"
    world.do("chair", "appraisal.DecideTie", {
        "entry_ids": [story.late, story.tied], "minutes": world.document(kind="MINUTES")}, round)
    proposal = judged.proposed(world, round)
    assert world.say("secretary", "appraisal.ConfirmRound",
                     {"ranking_digest": proposal.ranking_digest}, round).reason == "SAME_PERSON"
    judged.confirmed(world, story.edition, round, proposal)
    return Round(round, proposal, world.ask("owner", "appraisal.GetRound", {}, round).answer.round.ranking)


@pytest.fixture(scope="module")
def final(world, story, preliminary):
    """The one that won the tie is the best."""
    round = judged.held(world, story.edition, story.council, judged.FINAL, {story.best: 8500, story.late: 9500})
    return Round(round, judged.recomputed(world, round), world.ask("owner", "appraisal.GetRound", {}, round)
                 .answer.round.ranking)


@pytest.fixture(scope="module")
def results(world, story, final):
    """Of the ranking with which judging was closed, and of no other."""
    def confirm(digest, best, late):
        return world.say("owner", "submissions.ConfirmResults", judged.report(world, digest, {
            story.best: best, story.late: late}), story.edition)

    digest = final.proposal.ranking_digest
    assert confirm(digest, "SECOND", "FIRST").reason == "NO_RESULTS_YET"
    assert judged.ended(world, story.edition) == digest
    assert confirm(digest, "FIRST", "SECOND").reason == "PRIZES_NOT_BY_RANK"
    assert confirm(bytes(32), "SECOND", "FIRST").reason == "OTHER_RANKING"
    reply = world.say("owner", "appraisal.AnnulRound", {"reason": "Muộn", "document": world.document()}, final.id)
    assert reply.reason == "UNKNOWN_CONTEST"
    assert confirm(digest, "SECOND", "FIRST").ok


def test_an_entry_is_mended_as_often_as_it_takes_and_every_version_is_kept(world, base, story, cured):
    entry = entry_of(world, cured)

    assert words(world, base, cured)[:8] == [
        "EntryDrafted", "EntryRevised", "EntrySubmitted", "EntryReturned", "EntryRevised", "EntrySubmitted",
        "EntryRegistered", "ContenderNoted"]
    assert (entry.entry_version, entry.summary) == (2, "Có minh chứng.")
    assert {row.draft for row in [*entry.authors, *entry.evidence]} == {entry.draft}
    handed_in = base.one("SELECT array_agg(body ORDER BY position) FROM runtime.journal WHERE aggregate = %s AND type ="
                         " 'sangkien.submissions.v1.EntrySubmitted'", cured)
    digests = [world.stack.words["submissions.EntrySubmitted"].FromString(bytes(body)).digest for body in handed_in]
    assert digests[0] != digests[1] == entry.content_digest
    assert world.say("clerk", "submissions.ReviseEntry", {"entry_kind": "ENTRY_KIND_MODEL", "title": "Khác"},
                     cured).reason == "NOT_NOW"


def test_a_refused_entry_is_nobody_in_the_contest(world, base, story, refused):
    assert words(world, base, refused) == ["EntryDrafted", "EntrySubmitted", "EntryRefused"]
    assert base.one("SELECT count(*) FROM appraisal.contender WHERE id = %s", refused) == 0


def test_whoever_has_a_conflict_has_no_sheet_declared_or_not(world, story, scored):
    _, sheets = scored
    judges = {entry: sorted(s.judge for s in sheets if s.entry == entry) for entry in story[2:6]}

    assert judges[story.best] == ["chair", "expert2", "expert3", "expert4", "expert5"]
    assert judges[story.tied] == judges[story.late] == sorted(judged.JUDGES)
    assert judges[story.theirs] == ["chair", "expert1", "expert2", "expert3", "expert5"]  # expert4 works there
    assert all(s.id == judged.sheet_id(s.round, s.entry, world.person(s.judge)) for s in sheets)


def test_the_order_is_that_of_the_points_and_of_what_the_chair_decided(world, story, preliminary):
    lines = preliminary.ranking.lines

    assert [(line.entry_id, line.rank, line.score_centi, line.sheets, line.advances) for line in lines] == [
        (story.best, 1, 9000, 4, True), (story.late, 2, 8000, 6, True), (story.tied, 3, 8000, 6, False),
        (story.theirs, 4, 6000, 5, False)]
    assert lines[1].tie_rule == "decision"


def test_the_best_are_finalists_and_the_others_are_told_their_place(world, base, story, final):
    assert words(world, base, story.late)[-1] != "EntryEliminated"
    assert [word for word in words(world, base, story.tied) if word.startswith("Entry")][-2:] == [
        "EntryAssigned", "EntryEliminated"]
    entry = entry_of(world, story.tied)
    assert (entry.score_centi, entry.rank, entry.reached_final) == (8000, 3, False)
    finalist = entry_of(world, story.late)
    assert (finalist.score_centi, finalist.rank, finalist.reached_final, finalist.round_code) == (
        9500, 1, True, judged.FINAL)


def test_prizes_are_those_of_the_confirmed_results(world, base, story, results):
    assert [entry_of(world, entry).award for entry in (story.late, story.best)] == [2, 3]  # FIRST, SECOND
    assert words(world, base, story.late)[-1] == "EntryAwarded"
    assert world.ask("clerk", "submissions.GetEdition", {}, story.edition).answer.edition.state == 6
    until(lambda: not base.unheard(world.programme), "everybody has heard the results")
    reply = world.say("owner", "appraisal.AnnulRound", {"reason": "Muộn", "document": world.document()}, uuid7())
    assert reply.reason == "NOT_FOUND"


def test_the_results_are_public_once_they_are_published(world, story, results):
    def seen_by(name):
        return [(r.entry_id, r.award) for r in world.ask(name, "submissions.ListResults", {}, story.edition).answer.results]

    assert seen_by("member") == seen_by("clerk") == []
    assert seen_by("owner")[:2] == [(story.late, 2), (story.best, 3)]
    world.do("owner", "submissions.PublishResults", {"url": "https://khanhhoa.example/ket-qua"}, story.edition)
    assert seen_by("member") == seen_by("clerk") == seen_by("owner")
    again = world.say("owner", "submissions.PublishResults", {}, story.edition)
    assert (again.final, again.reason) == (True, "ALREADY_PUBLISHED")
    edition = world.ask("member", "submissions.GetEdition", {}, story.edition).answer.edition
    assert edition.results_published_at.seconds > 0 and edition.results_url == "https://khanhhoa.example/ket-qua"


def test_what_an_entry_is_remembered_for_is_its_agencys(world, story, results):
    mine = world.ask("clerk", "submissions.ListRecognitions", {"page_size": 200})
    theirs = world.ask("other_clerk", "submissions.ListRecognitions", {"page_size": 200})

    assert {r.entry_id for r in mine.answer.recognitions} == {story.late, story.best, story.tied}
    assert {r.entry_id for r in theirs.answer.recognitions} == {story.theirs}


def test_nothing_is_judged_any_more_once_the_results_stand(world, base, story, final, results):
    until(lambda: "ContestEnded" in words(world, base, story.edition), "appraisal has heard of the results")
    reply = world.say("owner", "appraisal.AnnulRound", {"reason": "Muộn", "document": world.document()}, final.id)

    assert (reply.final, reply.reason) == (True, "UNKNOWN_CONTEST")


def test_every_finalist_owes_a_dossier_from_the_follow_up_on_and_nobody_else(world, base, story, results):
    due = judged.ends_at(4102444800, document=world.document())
    assert world.say("standing", "submissions.ArchiveEdition", {}, story.edition).reason == "FOLLOW_UP_FIRST"
    world.do("standing", "submissions.StartFollowUp", {"due": due}, story.edition)
    for finalist in (story.late, story.best):
        dossier = world.ask("clerk", "submissions.GetDossier", {}, finalist).answer.dossier
        assert (dossier.state, dossier.due_at.seconds) == (1, 4102444800)
        assert base.one("SELECT count(*) FROM runtime.timer WHERE programme = %s AND kind = 'dossier' AND subject = %s",
                        world.programme, finalist) == 1
    assert world.say("standing", "submissions.RequireDossier", {"due": due}, story.tied).reason == "NOT_A_FINALIST"
    open_cases = world.say("standing", "submissions.ArchiveEdition", {}, story.edition)
    assert (open_cases.final, open_cases.reason) == (True, "OPEN_CASES")
    assert [v.field for v in open_cases.field_violations] == ["dossiers"]


def test_the_edition_keeps_the_programmes_rules_under_which_it_was_published(world, story, results):
    shown = world.ask("clerk", "submissions.GetProgramme", {}, world.programme_id).answer.programme
    edition = world.ask("clerk", "submissions.GetEdition", {}, story.edition).answer.edition

    assert (shown.rules.time_zone, shown.rules.currency) == ("Asia/Ho_Chi_Minh", "VND")
    assert (shown.name, shown.utc_offset_minutes) == (f"Thử nghiệm {world.programme}", 420)
    assert (edition.programme_rules_version, edition.programme_rules_digest) == (shown.rules_version, shown.rules_digest)
    world.set_programme_rules(420)
    later = world.ask("clerk", "submissions.GetProgramme", {}, world.programme_id).answer.programme
    assert later.rules_version == shown.rules_version + 1
    assert world.ask("clerk", "submissions.GetEdition", {}, story.edition).answer.edition.programme_rules_version == (
        shown.rules_version)


@pytest.mark.disturbs
def test_a_ranking_made_anew_has_the_very_bytes_that_were_stored_also_after_a_restart(world, stack, results, preliminary,
                                                                                     final):
    for round in (preliminary, final):
        stored = round.ranking.SerializeToString()
        assert judged.recomputed(world, round.id).ranking.SerializeToString() == stored
        assert hashlib.sha256(stored).digest() == round.proposal.ranking_digest
    for name in stack.services:
        stack.restart(name)
    for round in (preliminary, final):
        again = judged.recomputed(world, round.id)
        assert again.is_same and again.ranking_digest == round.proposal.ranking_digest
        assert again.ranking.SerializeToString() == round.ranking.SerializeToString()


def test_all_of_it_is_told_alike_by_journal_and_tables(world, stack, base, results):
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")
    assert base.one("SELECT count(*) FROM runtime.parked WHERE programme = %s", world.programme) == 0
    assert Ctl(stack)("verify", "--programme", world.programme).splitlines()[-1] == "verify: ok"


def test_an_agency_that_left_an_entry_or_was_left_out_is_shown_it_no_more(world):
    edition, _ = judged.opened(world)
    left, dropped, theirs = uuid7(), uuid7(), [{"agency_id": world.agencies["other"]}]
    anew = {name: value for name, value in chain.draft(world, edition).items() if name != "edition_id"}
    for entry in (left, dropped):
        world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition, co_entrants=theirs), entry)
        chain.join(world, entry, theirs)

    def shown(name):
        listed = world.ask(name, "submissions.ListEntries", {"page_size": 200}).answer.entries
        found = {entry for entry in (left, dropped) if world.ask(name, "submissions.GetEntry", {}, entry).ok}
        assert found == {entry.id for entry in listed} & {left, dropped}
        return found

    assert shown("other_head") == {left, dropped}
    world.do("other_head", "submissions.LeaveEntry", {"reason": "Không tham gia"}, left)
    world.do("clerk", "submissions.ReviseEntry", {**anew, "co_entrants": theirs}, dropped)
    assert shown("other_head") == {dropped}
    world.do("clerk", "submissions.ReviseEntry", anew, dropped)
    assert shown("other_head") == set()
    assert shown("head") == {left, dropped} == shown("standing")


def test_an_agency_that_left_an_entry_or_was_left_out_hears_of_that_and_of_nothing_later(world, base):
    edition, _ = judged.opened(world)
    left, dropped, theirs = uuid7(), uuid7(), [{"agency_id": world.agencies["other"]}]
    anew = {name: value for name, value in chain.draft(world, edition).items() if name != "edition_id"}
    for entry in (left, dropped):
        world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition, co_entrants=theirs), entry)
        chain.join(world, entry, theirs)
    world.do("other_head", "submissions.LeaveEntry", {"reason": "Không tham gia"}, left)
    world.do("clerk", "submissions.ReviseEntry", anew, dropped)
    for entry in (left, dropped):
        world.do("head", "submissions.SubmitEntry", {}, entry)
        world.do("standing", "submissions.RegisterEntry", {"entry_code": "MS-" + secrets.token_hex(4)}, entry)
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")

    def heard(agency, entry):
        """What an agency's subscription is told of an entry, from the first event to the last."""
        feed = world.client(agency).subscribe(world.programme, until=world.head()[0])
        with contextlib.closing(feed):
            return [event.type.split(".")[-1] for _, event in feed if ".submissions." in event.type
                    and event.attributes["subject"].ce_string == entry]

    said = ["EntrySubmitted", "EntryRegistered"]
    assert heard("other", left) == ["EntryDrafted", "CoEntrantJoined", "CoEntrantLeft"]
    assert heard("other", dropped) == ["EntryDrafted", "CoEntrantJoined", "EntryRevised"]
    assert heard("entrant", left) == ["EntryDrafted", "CoEntrantJoined", "CoEntrantLeft", *said]
    assert heard("entrant", dropped) == ["EntryDrafted", "CoEntrantJoined", "EntryRevised", *said]


def test_a_silent_co_entrant_is_shown_to_itself_to_the_entrant_and_to_the_organiser(world):
    edition, closes = judged.opened(world)
    entry, other = uuid7(), world.agencies["other"]
    theirs = [{"agency_id": other}]
    anew = {name: value for name, value in chain.draft(world, edition, co_entrants=theirs).items() if name != "edition_id"}

    def silent(agency):
        """The row of open work that an agency is shown, or none."""
        shown = world.client(agency).call("submissions.ListOpenEntries", {"page_size": 200}, programme=world.programme)
        return [(work.state, work.waiting_for, work.agency_id, work.since_us, work.until_us)
                for work in shown.answer.open_work if (work.subject, work.kind) == (entry, "co_entrant")]

    def all_see():
        assert silent("other") == silent("entrant") == silent("home")
        assert silent("science") == []
        return silent("other")

    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition, co_entrants=theirs), entry)
    [first] = all_see()
    assert first == ("DRAFT", "ENTRANT_HEAD", other, first[3], closes * 10**6)
    world.do("other_head", "submissions.JoinEntry", {"draft": 1}, entry)
    assert all_see() == []
    world.do("clerk", "submissions.ReviseEntry", anew, entry)
    [second] = all_see()
    assert first[3] < second[3] and second[:3] == first[:3]
    world.do("head", "submissions.SubmitEntry", {}, entry)
    assert all_see() == [("SUBMITTED", "ENTRANT_HEAD", other, second[3], 0)]
    world.do("standing", "submissions.ReturnEntry", {"faults": ["ENTRY_FAULT_INCOMPLETE"], "reason": "Thiếu",
                                                     "cure": judged.ends_at(closes + judged.DAY)}, entry)
    assert all_see() == [("RETURNED", "ENTRANT_HEAD", other, second[3], (closes + judged.DAY) * 10**6)]
    world.do("other_head", "submissions.LeaveEntry", {"reason": "Không tham gia"}, entry)
    assert all_see() == []
