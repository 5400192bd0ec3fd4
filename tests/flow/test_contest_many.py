"""tests/flow/test_contest_many.py - contests beside one another, above and below one another, and one round held twice."""
import collections

import chain
import judged
import pytest
from base import until
from ctl import Ctl
from judged import base, stack  # noqa: F401 (a system of their own)
from sangkien_client import uuid7

Contest = collections.namedtuple("Contest", "edition council round sheets entries")


def everything(world, name, type, field, **more):
    """All pages of a list, as an officer sees it."""
    token, found = None, []
    while token != "":
        answer = world.ask(name, type, {"page_size": 200, "page_token": token or ""}, **more).answer
        token, found = answer.next_page_token, found + list(getattr(answer, field))
    return found


def entry_of(world, entry):
    return world.ask("owner", "submissions.GetEntry", {}, entry).answer.entry


def parked(world):
    return world.base.one("SELECT count(*) FROM runtime.parked WHERE programme = %s", world.programme)


# ------------------------------------------------------------------ two at once


@pytest.fixture(scope="module")
def two(world):
    """Open at the same time, judged at the same time, by councils that share their members but one."""
    opened = [judged.opened(world) for _ in range(2)]
    entries = [[judged.entry(world, edition) for _ in range(3)] for edition, _ in opened]
    councils = [judged.council(world, opened[0][0]), judged.council(
        world, opened[1][0], seats=[seat for seat in judged.SEATS if seat[0] != "expert1"])]
    for edition, closes in opened:
        judged.closed(world, edition, closes)
    return [Contest(edition, council, *judged.started(world, edition, council, judged.PRELIMINARY, theirs), theirs)
            for (edition, _), council, theirs in zip(opened, councils, entries)]


def test_a_judge_of_both_sees_the_sheets_of_both_and_another_those_of_one(world, two):
    def mine(name):
        listed = everything(world, name, "appraisal.ListMySheets", "score_sheets", actor=world.person(name))
        return {(sheet.round_id, sheet.entry_id) for sheet in listed}

    both = [{(contest.round, entry) for entry in contest.entries} for contest in two]
    assert mine("expert2") == both[0] | both[1]
    assert mine("expert1") == both[0]
    assert mine("secretary") == mine("member") == set()


def test_entries_sheets_and_progress_of_one_are_not_those_of_the_other(world, base, two):
    for contest in two:
        rows = base.run("SELECT DISTINCT c.edition_id::text, e.edition_id::text FROM appraisal.score_sheet AS s"
                        " JOIN appraisal.contender AS c ON c.id = s.entry_id JOIN submissions.entry AS e"
                        " ON e.id = s.entry_id WHERE s.round_id = %s", contest.round)
        assert rows == [(contest.edition, contest.edition)]
        round = world.ask("owner", "appraisal.GetRound", {}, contest.round).answer.round
        assert [entry.entry_id for entry in round.entries] == contest.entries
        assert {entry_of(world, entry).edition_id for entry in contest.entries} == {contest.edition}
        progress = world.ask("owner", "appraisal.ListRoundProgress", {"page_size": 200}, contest.round).answer.progress
        assert sum(line.assigned for line in progress) == len(contest.sheets)


def test_nothing_of_one_can_be_used_in_the_other(world, two):
    ours, theirs = two
    body = {"round_id": theirs.round, "scores": judged.points(5000)}
    mine = next(s for s in ours.sheets if s.judge == "expert2")
    assert world.say("expert2", "appraisal.SaveSheet", body, mine.id).reason == "UNKNOWN_ROUND"
    assert world.say("chair", "appraisal.ReopenSheet", {"round_id": theirs.round, "reason": "?"},
                     mine.id).reason == "UNKNOWN_ROUND"
    assert world.say("standing", "appraisal.PlanRound", {
        "edition_id": ours.edition, "council_id": theirs.council, "round_code": judged.PRELIMINARY}).reason in (
            "UNKNOWN_COUNCIL", "NOT_THE_NEXT_ROUND")
    edition, closes = judged.opened(world)
    judged.closed(world, edition, closes)
    council = judged.council(world, edition)
    plan = {"edition_id": edition, "council_id": ours.council, "round_code": judged.PRELIMINARY}
    assert world.say("standing", "appraisal.PlanRound", plan).reason == "UNKNOWN_COUNCIL"
    round = uuid7()
    world.do("standing", "appraisal.PlanRound", {**plan, "council_id": council}, round)
    assert world.say("standing", "appraisal.AssignToRound", {"entry_ids": [ours.entries[0]]}, round).reason == (
        "NOT_A_CONTENDER")
    assert world.say("standing", "appraisal.StartRound", {"due": judged.ends_at(4070908800)}, round).reason == "NO_ENTRIES"


def test_the_rankings_are_each_of_the_own_sheets(world, two):
    totals = [{entry: 9000 - 1000 * n for n, entry in enumerate(contest.entries)} for contest in two]
    for contest, given in zip(two, totals):
        judged.lock(world, contest.sheets, given)
    proposals = [judged.proposed(world, contest.round) for contest in two]
    assert world.say("chair", "appraisal.ConfirmRound", {"ranking_digest": proposals[1].ranking_digest},
                     two[0].round).reason == "OTHER_RANKING"
    for contest, given, proposal in zip(two, totals, proposals):
        judged.confirmed(world, contest.edition, contest.round, proposal)
        ranking = world.ask("owner", "appraisal.GetRound", {}, contest.round).answer.round.ranking
        assert [(line.entry_id, line.score_centi) for line in ranking.lines] == list(given.items())


# ------------------------------------------------------------------ one round twice


def test_a_round_that_was_annulled_is_held_again_and_only_the_second_one_counts(world, base):
    edition, closes = judged.opened(world)
    good, bad, third = (judged.entry(world, edition) for _ in range(3))
    council = judged.council(world, edition)
    judged.closed(world, edition, closes)
    first = judged.held(world, edition, council, judged.PRELIMINARY, {good: 5000, bad: 9000, third: 8000})
    assert [entry_of(world, entry).state for entry in (good, bad, third)] == [5, 6, 6]  # ELIMINATED, FINALIST

    document = {"reason": "Bài bị tráo", "document": world.document()}
    world.do("owner", "appraisal.AnnulRound", document, first)
    until(lambda: not base.unheard(world.programme), "submissions has heard of it")
    assert [(e.state, e.score_centi, e.reached_final) for e in map(lambda entry: entry_of(world, entry),
            (good, bad, third))] == [(3, 0, False)] * 3
    second, sheets = judged.started(world, edition, council, judged.PRELIMINARY, [good, bad, third])
    assert world.ask("owner", "appraisal.GetRound", {}, second).answer.round.instance == 2
    judged.lock(world, sheets, {good: 9000, bad: 5000, third: 8000})
    judged.confirmed(world, edition, second, judged.proposed(world, second))

    assert [entry_of(world, entry).state for entry in (good, bad, third)] == [6, 5, 6]
    assert not judged.recompute(world, first, "chair").ok  # of the first one nothing is made any more
    judged.held(world, edition, council, judged.FINAL, {good: 9000, third: 8000})
    assert world.say("owner", "appraisal.AnnulRound", document, second).reason == "LATER_ROUND_BEGAN"
    judged.results(world, edition, {good: "FIRST", third: "SECOND"})
    assert entry_of(world, good).award == 2


def test_a_final_is_held_again_when_the_owner_opens_judging_again(world, base):
    edition, closes = judged.opened(world)
    good, third = (judged.entry(world, edition) for _ in range(2))
    council = judged.council(world, edition)
    judged.closed(world, edition, closes)
    judged.held(world, edition, council, judged.PRELIMINARY, {good: 9000, third: 8000})
    first = judged.held(world, edition, council, judged.FINAL, {good: 9000, third: 8000})
    digest = judged.ended(world, edition)
    document = {"reason": "Cộng nhầm điểm", "document": world.document()}
    assert world.say("standing", "submissions.ReopenJudging", document, edition).reason == "NOT_ALLOWED"

    world.do("owner", "submissions.ReopenJudging", document, edition)
    stale = judged.report(world, digest, {good: "FIRST", third: "SECOND"})
    assert world.say("owner", "submissions.ConfirmResults", stale, edition).reason == "NO_RESULTS_YET"
    assert world.say("owner", "submissions.ReopenJudging", document, edition).reason == "JUDGING_OPEN"
    world.hear("appraisal.ContestReopened", edition)
    world.do("owner", "appraisal.AnnulRound", document, first)
    second = judged.held(world, edition, council, judged.FINAL, {good: 8000, third: 9000})
    world.do("standing", "appraisal.CloseJudging", {"document": world.document()}, edition)
    until(lambda: not base.unheard(world.programme), "submissions has heard of it")

    assert world.say("owner", "submissions.ConfirmResults", stale, edition).reason == "OTHER_RANKING"
    digest = judged.recomputed(world, second).ranking_digest
    world.do("owner", "submissions.ConfirmResults", judged.report(world, digest, {good: "SECOND", third: "FIRST"}), edition)
    assert [entry_of(world, entry).award for entry in (third, good)] == [2, 3]
    assert world.say("owner", "submissions.ReopenJudging", document, edition).reason == "NOT_NOW"


def test_no_sheet_is_filled_in_once_the_edition_is_called_off_and_its_round_waits_for_the_owner(world):
    edition, closes = judged.opened(world)
    entries = [judged.entry(world, edition) for _ in range(2)]
    council = judged.council(world, edition)
    judged.closed(world, edition, closes)
    round, sheets = judged.started(world, edition, council, judged.PRELIMINARY, entries)

    def open_work():
        work = world.ask("owner", "appraisal.ListOpenJudging", {"page_size": 200}).answer.open_work
        return {(item.kind, item.waiting_for) for item in work if item.subject in {round, *(s.id for s in sheets)}}

    assert open_work() == {("round", "MEMBER"), ("score_sheet", "MEMBER")}
    world.do("owner", "submissions.CancelEdition", {"reason": "Không tổ chức"}, edition)
    world.hear("appraisal.RoundCalledOff", round)
    late = world.say(sheets[0].judge, "appraisal.LockSheet", {"round_id": round, "scores": judged.points(9000)}, sheets[0].id)
    assert (late.final, late.reason) == (True, "NOT_SCORING")
    assert open_work() == {("round", "OWNER")}
    world.do("owner", "appraisal.AnnulRound", {"reason": "Không tổ chức", "document": world.document()}, round)
    assert open_work() == set()


# ------------------------------------------------------------------ above and below


@pytest.fixture
def parent(world):
    now = judged.next_minute(world)
    edition = judged.published(world, now - 10 * judged.MINUTE, 4102444800)
    world.hear("submissions.RegistrationOpened", edition)
    return edition


def test_the_winner_of_a_local_contest_goes_on_in_the_contest_above(world, base, parent):
    edition, closes = judged.local(world, parent, rounds=[judged.round_rules(judged.FINAL, "FINAL", top_entries=10)])
    winner, second = (judged.entry(world, edition, by="clerk") for _ in range(2))
    assert world.say("standing", "appraisal.ConstituteCouncil", {
        "edition_id": edition, "document": world.document(), "members": [
            {"person_id": world.person(name), "seat": "PANEL_SEAT_" + seat}
            for name, seat in (("chair", "CHAIR"), ("secretary", "SECRETARY"), ("member", "MEMBER"))]}
                     ).reason == "NOT_YOUR_CONTEST"
    council = judged.council(world, edition, "clerk")
    judged.closed(world, edition, closes, "clerk")
    judged.held(world, edition, council, judged.FINAL, {winner: 9000, second: 8000}, "clerk")
    judged.results(world, edition, {winner: "FIRST", second: "SECOND"}, "head")
    world.do("head", "submissions.ReportLocalResults", {"cost_vnd": 30_000_000, "document": world.document(
        kind="REPORT")}, edition)

    above, body = uuid7(), {"promoted_from_id": winner, "promoted_from_edition_id": edition}
    assert world.say("other_clerk", "submissions.CreateEntry", chain.draft(world, parent, **body)).reason == (
        "NOT_PROMOTABLE")
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, parent, **body), above)
    world.do("head", "submissions.SubmitEntry", {}, above)
    world.do("standing", "submissions.RegisterEntry", {"entry_code": "MS-UP"}, above)
    world.hear("appraisal.ContenderNoted", above)

    assert entry_of(world, above).promoted_from_id == winner
    again = world.say("clerk", "submissions.CreateEntry", chain.draft(world, parent, **body))
    more = world.say("clerk", "submissions.CreateEntry", chain.draft(
        world, parent, promoted_from_id=second, promoted_from_edition_id=edition))
    assert (again.reason, more.reason) == ("NOT_PROMOTABLE", "TOO_MANY_PROMOTIONS")
    shown = world.ask("owner", "submissions.GetEdition", {}, edition).answer.edition
    assert (shown.cost_vnd, shown.parent_edition_id) == (30_000_000, parent)


def test_two_winners_at_once_let_one_pass(world, parent):
    edition, closes = judged.local(world, parent, rounds=[judged.round_rules(judged.FINAL, "FINAL", top_entries=10)])
    entries = [judged.entry(world, edition, by="clerk") for _ in range(2)]
    council = judged.council(world, edition, "clerk")
    judged.closed(world, edition, closes, "clerk")
    judged.held(world, edition, council, judged.FINAL, dict(zip(entries, (9000, 8000))), "clerk")
    judged.results(world, edition, dict(zip(entries, ("FIRST", "SECOND"))), "head")

    replies = world.post_all([("entrant", world.request("clerk", "submissions.CreateEntry", chain.draft(
        world, parent, promoted_from_id=entry, promoted_from_edition_id=edition))) for entry in entries])

    assert sorted(reply.reason for reply in replies) == ["", "TOO_MANY_PROMOTIONS"]

    assert world.say("standing", "submissions.ArchiveEdition", {}, edition).reason == "RESULTS_UNPUBLISHED"
    world.do("head", "submissions.PublishResults", {}, edition)
    world.do("standing", "submissions.ArchiveEdition", {}, edition)
    late = world.say("head", "submissions.WithdrawEntry", {"reason": "Muộn"}, entries[0])
    assert (late.final, late.reason) == (True, "EDITION_ARCHIVED")
    assert world.say("head", "submissions.PublishResults", {}, edition).reason == "ALREADY_PUBLISHED"


def test_all_of_it_is_told_alike_by_journal_and_tables(world, stack, base, two):
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")
    assert parked(world) == 0
    assert Ctl(stack)("verify", "--programme", world.programme).splitlines()[-1] == "verify: ok"
