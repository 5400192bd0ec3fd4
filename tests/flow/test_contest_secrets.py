"""tests/flow/test_contest_secrets.py - while a contest is judged nobody learns points, and no blind judge whose an entry is.

Points and remarks are made so that their bytes stand out, and everything that anybody can hear or ask is searched for them:
every feed, every list, every Get, every refusal.
"""
import contextlib

import judged
import pytest
from base import until
from judged import base, stack  # noqa: F401 (a system of their own)
from sangkien_client import uuid7

POINTS, REMARK = 487_654_321, "ĐIỂM-KÍN"  # no other number or text looks like these
QUESTIONS = {
    "submissions": ["GetEntry", "GetEdition", "ListEntries", "ListEditions", "ListDossiers", "ListOpenDossiers",
                    "ListResults", "ListRecognitions", "ListLookalikes", "ListOpenEntries"],
    "appraisal": ["GetCouncil", "GetRound", "GetScoreSheet", "GetJudgedEntry", "RecomputeRanking", "ListRounds", "ListMySheets",
                  "ListRoundProgress", "ListOpenJudging", "ListOpenAppraisals", "ListAppraisalCases"],
    "notifications": ["ListNotifications"],
}
SUMMARY = "Trả kết quả trong ngày"
FILM = {"kind": "EVIDENCE_KIND_VIDEO", "name": "Phim", "uri": "https://khanhhoa.example/phim", "sha256": bytes(range(32)),
        "size_bytes": 1, "media_type": "video/mp4"}
BLIND = ["chair", *judged.EXPERTS]  # of agencies that read the whole programme, but for two
MARKS = ("score_centi", "total_centi", "scores", "spread_centi", "leaning_centi", "rank")  # fields that tell points


def varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes(found) + bytes([number])


def secret_points(world, sheet):
    scores = [{"part": "model", "criterion": code, "score_centi": POINTS, "remark": REMARK} for code in judged.CRITERIA]
    return {"round_id": sheet.round, "scores": {"scores": scores}}


def tells(message):
    """The names of the fields that tell points, anywhere in a message. What the rules are is no secret."""
    found = set()
    for field, value in message.ListFields():
        if field.name in MARKS:
            found.add(field.name)
        if field.message_type and field.message_type.name not in ("EditionRules", "RoundRules"):
            for part in value if field.label == field.LABEL_REPEATED else [value]:
                found |= tells(part)
    return found


@pytest.fixture(scope="module")
def blind(world):
    """A blind round of two agencies' entries, of which every sheet is locked or drafted, and the ranking proposed once."""
    criteria = [{"code": code, "name": code, "max_centi": 500_000_000, "step_centi": 1, "weight": 1}
                for code in judged.CRITERIA]
    first = judged.round_rules(judged.PRELIMINARY, "PRELIMINARY", is_blind=True, top_entries=1)
    first["parts"][0]["criteria"] = criteria
    edition, closes = judged.opened(world, rounds=[first, judged.round_rules(judged.FINAL, "FINAL", top_entries=1)])
    entries = [judged.entry(world, edition, team="Của Sở", summary=SUMMARY, evidence=[FILM]),
               judged.entry(world, edition, "other")]
    council = judged.council(world, edition)
    judged.closed(world, edition, closes)
    round, sheets = judged.started(world, edition, council, judged.PRELIMINARY, entries)
    world.hear("submissions.JudgesBlinded", edition)
    for sheet in sheets:
        world.do(sheet.judge, "appraisal.SaveSheet", secret_points(world, sheet), sheet.id)
        world.do(sheet.judge, "appraisal.LockSheet", secret_points(world, sheet), sheet.id)
    world.do("secretary", "appraisal.ProposeRanking", judged.session(world, round), round)
    another = next(sheet for sheet in sheets if sheet.judge == "expert3")
    world.do("chair", "appraisal.ReopenSheet", {"round_id": round, "reason": "Viết nhầm"}, another.id)
    world.do(another.judge, "appraisal.SaveSheet", secret_points(world, another), another.id)
    until(lambda: not world.base.unheard(world.programme), "everybody has heard everything")
    return edition, council, round, sheets, entries


def fed(world, agency):
    """Every event that an agency is shown, from the first to the last."""
    feed = world.client(agency).subscribe(world.programme, until=world.head()[0])
    with contextlib.closing(feed):
        return [event for _, event in feed]


def answers(world, blind, agency):
    """(type, Reply) of everything that an agency's system may ask, in the name of nobody, and of each of its persons."""
    edition, council, round, sheets, entries = blind
    subjects = [edition, council, round, *entries, *(sheet.id for sheet in sheets)]
    officers = [None] + [name for name, o in world.officers.items() if o.agency == agency]
    for name in officers:
        actor = {"actor": world.person(name)} if name else {}
        for service, types in QUESTIONS.items():
            for type in types:
                for subject in subjects if type.startswith(("Get", "Recompute", "ListRoundProgress")) else [""]:
                    yield f"{service}.{type}", name, world.client(agency).call(
                        f"{service}.{type}", {"page_size": 200} if type.startswith("List") else {},
                        programme=world.programme, subject=subject, **actor)


@pytest.mark.parametrize("agency", ["home", "committee", "finance", "treasury", "science", "entrant", "other"])
def test_no_event_of_any_feed_tells_points(world, blind, agency):
    events = fed(world, agency)
    shown = [event.type for event in events]

    assert not [type for type in shown if ".Sheet" in type]
    for event in events:
        raw = event.SerializeToString()
        assert varint(POINTS) not in raw and REMARK.encode() not in raw, event.type
        assert not tells(judged.data(world, event)), event.type
    assert "sangkien.appraisal.v1.RoundStarted" in shown or agency not in ("home", "committee", "finance", "treasury")


@pytest.mark.parametrize("agency", ["home", "committee", "finance", "treasury", "science", "entrant", "other"])
def test_no_answer_tells_another_persons_points(world, blind, agency):
    own = ("appraisal.ListMySheets", "appraisal.GetScoreSheet")
    asked = 0
    for type, name, reply in answers(world, blind, agency):
        asked += reply.ok
        if type in own and name:
            for sheet in reply.answer.score_sheets if type == own[0] else [reply.answer.score_sheet] if reply.ok else []:
                assert sheet.person_id == world.person(name)
            continue
        assert varint(POINTS) not in reply.raw and REMARK.encode() not in reply.raw, (type, name)
        assert reply.answer is None or not tells(reply.answer), (type, name)
    assert asked > 5


def test_the_search_finds_points_where_they_may_be(world, blind):
    reply = world.ask("expert1", "appraisal.ListMySheets", {}, actor=world.person("expert1"))

    assert varint(POINTS) in reply.raw and REMARK.encode() in reply.raw
    assert {"scores", "score_centi", "total_centi"} <= tells(reply.answer)


def whose(world, blind):
    """Ids and names that tell whose the entries are."""
    ids = [world.agencies["entrant"], world.agencies["other"], world.person("author"), world.person("head"),
           world.person("clerk"), world.person("other_head"), world.person("other_clerk")]
    return [id.encode() for id in ids] + ["Cơ quan entrant".encode(), "Cơ quan other".encode(), "Của Sở".encode()]


def test_a_judge_is_not_shown_whose_the_entries_are(world, blind):
    """Of an agency that has no part in the programme but its judge."""
    for event in fed(world, "science"):
        assert not [mark for mark in whose(world, blind) if mark in event.SerializeToString()], event.type
    for type, name, reply in answers(world, blind, "science"):
        assert not [mark for mark in whose(world, blind) if mark in reply.raw], (type, name)


@pytest.mark.parametrize("judge", ["expert1", "expert2", "expert3", "expert5"])
def test_what_a_judge_is_to_judge_names_no_agency_and_no_author(world, blind, judge):
    """Also of agencies that read the whole programme."""
    actor = {"actor": world.person(judge)}
    for type in ("ListMySheets", "ListRounds", "ListRoundProgress"):
        reply = world.ask(judge, "appraisal." + type, {}, blind[2] if "Progress" in type else "", **actor)
        assert reply.ok and not [mark for mark in whose(world, blind) if mark in reply.raw], type
    for subject, type in ((blind[1], "GetCouncil"), (blind[2], "GetRound")):
        reply = world.ask(judge, "appraisal." + type, {}, subject, **actor)
        assert reply.ok and not [mark for mark in whose(world, blind) if mark in reply.raw], type


@pytest.mark.parametrize("judge", BLIND)
def test_a_judge_is_told_by_no_answer_whose_an_entry_is(world, blind, judge):
    """Whatever is asked in a judge's own name, also through a system of an agency that reads the whole programme. What
    notifications answer names agencies to which mail went, and no entry."""
    shown = set()
    for type, name, reply in answers(world, blind, world.officers[judge].agency):
        if name == judge and not type.startswith("notifications"):
            assert not [mark for mark in whose(world, blind) if mark in reply.raw], type
            shown |= {type} if reply.ok else set()

    assert "submissions.GetEntry" not in shown
    assert {"appraisal.GetRound", "appraisal.GetCouncil", "submissions.ListEntries"} <= shown


def test_whoever_else_reads_the_whole_programme_sees_entries_as_before(world, blind):
    for name in ("standing", "secretary", "owner"):
        seen = world.ask(name, "submissions.ListEntries", {"page_size": 200}, actor=world.person(name)).answer.entries
        assert set(blind[4]) <= {entry.id for entry in seen}
        assert world.ask(name, "submissions.GetEntry", {}, blind[4][0], actor=world.person(name)).ok


def test_a_judge_sees_the_entries_of_other_editions(world, blind):
    other, _ = judged.opened(world)
    entry = judged.handed_in(world, other)
    seen = world.ask("chair", "submissions.ListEntries", {"page_size": 200}, actor=world.person("chair")).answer.entries
    waiting = world.ask("chair", "submissions.ListOpenEntries", {"page_size": 200}, actor=world.person("chair"))

    assert entry in {e.id for e in seen} and not set(blind[4]) & {e.id for e in seen}
    assert entry in {work.subject for work in waiting.answer.open_work}


def test_what_there_is_to_judge_is_shown_to_whoever_has_the_sheet(world, blind):
    mine = next(s for s in blind[3] if s.judge == "expert1" and s.entry == blind[4][0])
    shown = world.ask("expert1", "appraisal.GetJudgedEntry", {}, mine.id, actor=world.person("expert1")).answer.judged_entry

    assert shown.summary == SUMMARY and shown.evidence[0].uri == FILM["uri"]
    assert not shown.entrant_agency_id and not shown.team and not shown.co_entrants
    for name in ("expert2", "chair", "secretary", "standing", "owner", "clerk"):
        assert not world.ask(name, "appraisal.GetJudgedEntry", {}, mine.id, actor=world.person(name)).ok
    assert not world.ask("expert1", "appraisal.GetJudgedEntry", {}, mine.id).ok  # in nobody's name


def test_an_auditor_is_shown_no_sheet_of_a_round_under_way(world, blind):
    if "auditor" not in world.officers:
        world.add_officer("auditor", "finance")
        world.bind("auditor", "AUDITOR")
    auditor = {"actor": world.person("auditor")}

    assert not world.ask("auditor", "appraisal.GetScoreSheet", {}, blind[3][1].id, **auditor).ok


def test_refusals_tell_no_points_and_no_names(world, blind):
    edition, council, round, sheets, entries = blind
    mine = next(s for s in sheets if s.judge == "expert1")
    theirs, session = next(s for s in sheets if s.judge == "expert2"), judged.session(world, round)
    said = [
        ("expert1", "appraisal.LockSheet", secret_points(world, theirs), theirs.id, "NOT_YOUR_SHEET"),
        ("expert1", "appraisal.LockSheet", secret_points(world, mine), mine.id, "NOT_NOW"),
        ("expert1", "appraisal.ReopenSheet", {"round_id": round, "reason": "?"}, theirs.id, "NOT_THE_CHAIR"),
        ("expert1", "appraisal.ProposeRanking", session, round, "NOT_THE_CHAIR"),
        ("secretary", "appraisal.ProposeRanking", session, round, "SHEETS_OUTSTANDING"),
        ("secretary", "appraisal.ProposeRanking", {**session, "present_person_ids": [world.person("secretary")]}, round,
         "NO_QUORUM"),
        ("expert1", "appraisal.SaveSheet", secret_points(world, theirs), theirs.id, "NOT_YOUR_SHEET"),
        ("expert1", "appraisal.ExcuseSheet", {"round_id": round, "reason": "?"}, theirs.id, "NOT_YOUR_SHEET"),
        ("expert1", "appraisal.DecideTie", {"entry_ids": entries, "minutes": world.document()}, round, "NOT_THE_CHAIR"),
        ("expert1", "appraisal.ConfirmRound", {"ranking_digest": bytes(32)}, round, "NOT_THE_CHAIR"),
        ("expert1", "appraisal.AnnulRound", {"reason": "?", "document": world.document()}, round, "NOT_ALLOWED"),
        ("expert1", "appraisal.DissolveCouncil", {"reason": "?"}, council, "NOT_ALLOWED"),
        ("expert1", "appraisal.StartRound", {"due": judged.ends_at(4070908800)}, round, "NOT_ALLOWED"),
        ("expert1", "appraisal.PlanRound", {"edition_id": edition, "council_id": council, "round_code": judged.FINAL}, None,
         "NOT_ALLOWED"),
        ("expert1", "appraisal.DeclareConflicts", {"entry_ids": [uuid7() for _ in range(72)]}, council, "TOO_MANY_ENTRIES"),
        ("expert1", "submissions.RegisterEntry", {"entry_code": "MS-X"}, entries[0], "NOT_ALLOWED"),
        ("expert1", "submissions.WithdrawEntry", {"reason": "?"}, entries[0], "NOT_ALLOWED"),
        ("expert1", "submissions.ProposeDisqualification", {"reason": "?", "answer_due": judged.ends_at(4070908800)},
         entries[0], "NOT_ALLOWED"),
        ("chair", "appraisal.DecideTie", {"entry_ids": entries, "minutes": world.document()}, round, "NOT_TIED"),
        ("chair", "appraisal.ConfirmRound", {"ranking_digest": bytes(32)}, round, "OTHER_RANKING"),
        ("owner", "submissions.ConfirmResults", {"document": world.document(), "prizewinners": [
            {"entry_id": entries[0], "award": "AWARD_FIRST"}]}, edition, "NO_RESULTS_YET"),
        ("standing", "appraisal.AssignToRound", {"entry_ids": entries}, round, "ALREADY_IN_A_ROUND"),
    ]
    for name, type, body, subject, reason in said:
        reply = world.say(name, type, body, subject)
        assert reply.reason == reason, (type, reply)
        assert varint(POINTS) not in reply.raw and REMARK.encode() not in reply.raw
        assert not [mark for mark in whose(world, blind) if mark in reply.raw]


def test_a_conflict_that_is_known_only_from_the_directory_keeps_the_sheet_from_being_made(world, base):
    """A bureau under the entrant agency, and an agency that entered together with it."""
    world.agencies["bureau"] = world.direct("RegisterAgency", {
        "name": "Phòng", "short_name": "bureau", "agency_class": "AGENCY_CLASS_DEPARTMENT", "level": "AGENCY_LEVEL_PROVINCE",
        "agency_code": "bureau-" + world.programme, "email": f"bureau-{world.programme}@khanhhoa.example",
        "parent_agency_id": world.agencies["entrant"]})
    world.add_system("bureau", "bureau")
    world.add_officer("underling", "bureau")
    edition, closes = judged.opened(world, rounds=[judged.round_rules(judged.FINAL, "FINAL", top_entries=1, min_sheets=2)])
    mine = judged.entry(world, edition, co_entrants=[{"agency_id": world.agencies["science"]}])
    theirs = judged.entry(world, edition, "other")
    council = judged.council(world, edition, seats=[*judged.SEATS, ("underling", "MEMBER")])
    judged.closed(world, edition, closes)
    round, sheets = judged.started(world, edition, council, judged.FINAL, [mine, theirs])

    judges = {entry: {s.judge for s in sheets if s.entry == entry} for entry in (mine, theirs)}
    assert judges[mine] == set(judged.JUDGES) - {"expert1"}
    assert judges[theirs] == {*judged.JUDGES, "underling"} - {"expert4"}
    rows = base.run("SELECT entry_id::text, person_id::text FROM appraisal.score_sheet WHERE round_id = %s", round)
    assert sorted(rows) == sorted((s.entry, world.person(s.judge)) for s in sheets)
    listed = world.ask("underling", "appraisal.ListMySheets", {}, actor=world.person("underling")).answer.score_sheets
    assert [sheet.entry_id for sheet in listed] == [theirs]


def test_a_recused_secretary_sees_how_far_the_others_are_and_has_no_sheets(world):
    """The secretary is of an agency that has no role in the programme."""
    seats = [("chair", "CHAIR"), ("expert1", "SECRETARY"),
             *((name, "MEMBER") for name in ("expert2", "expert3", "expert4", "expert5"))]
    edition, closes = judged.opened(world, rounds=[judged.round_rules(judged.FINAL, "FINAL", top_entries=1, min_sheets=2)])
    entries = [judged.entry(world, edition) for _ in range(2)]
    council = judged.council(world, edition, seats=seats, conflicts=[("expert1", entries[0])])
    judged.closed(world, edition, closes)
    round, sheets = judged.started(world, edition, council, judged.FINAL, entries)
    barred, gone = (next(s for s in sheets if s.judge == "expert3" and s.entry == entry) for entry in entries)
    ill = {"round_id": round, "reason": "Ốm"}
    assert world.say("expert1", "appraisal.ExcuseSheet", ill, barred.id).reason == "IN_CONFLICT"
    world.do("expert1", "appraisal.ExcuseSheet", ill, gone.id)
    judged.lock(world, [s for s in sheets if s.judge == "expert2"], dict.fromkeys(entries, 5000))
    me = {"actor": world.person("expert1")}
    progress = world.ask("expert1", "appraisal.ListRoundProgress", {}, round, **me).answer.progress

    assert not [s for s in world.ask("expert1", "appraisal.ListMySheets", {"page_size": 200}, **me).answer.score_sheets
                if s.round_id == round]
    assert {p.person_id: (p.assigned, p.locked, p.excused) for p in progress} == {
        world.person(name): (2, 2 if name == "expert2" else 0, 1 if name == "expert3" else 0)
        for name in ("chair", "expert2", "expert3", "expert4", "expert5")}
    assert round in {r.id for r in world.ask("expert1", "appraisal.ListRounds", {"page_size": 200}, **me).answer.rounds}
    assert not world.ask("member", "appraisal.ListRoundProgress", {}, round, actor=world.person("member")).answer.progress


def test_judging_that_is_over_hides_nothing_from_judges_and_auditors(world):
    edition, closes = judged.opened(world, rounds=[
        judged.round_rules(judged.FINAL, "FINAL", is_blind=True, top_entries=1, min_sheets=2)])
    entries = [judged.entry(world, edition), judged.entry(world, edition)]
    council = judged.council(world, edition, conflicts=[("expert1", entries[0])])
    judged.closed(world, edition, closes)
    round, sheets = judged.started(world, edition, council, judged.FINAL, entries)
    world.hear("submissions.JudgesBlinded", edition)
    judge, auditor = {"actor": world.person("expert5")}, {"actor": world.person("auditor")}
    mine = next(s for s in sheets if s.judge == "expert5")

    def conflicts(name):
        return len(world.ask(name, "appraisal.GetCouncil", {}, council, actor=world.person(name)).answer.council.conflicts)

    assert not world.ask("expert5", "submissions.GetEntry", {}, entries[0], **judge).ok
    assert [conflicts(name) for name in ("expert1", "expert5", "standing", "auditor")] == [1, 0, 1, 0]
    judged.lock(world, sheets, {entries[0]: 8000, entries[1]: 7000})
    judged.confirmed(world, edition, round, judged.proposed(world, round))
    assert not world.ask("expert5", "submissions.GetEntry", {}, entries[0], **judge).ok
    shown = world.ask("expert5", "appraisal.GetJudgedEntry", {}, mine.id, **judge).answer.judged_entry
    assert shown.entry_code and not shown.entrant_agency_id
    judged.ended(world, edition)
    assert world.ask("expert5", "submissions.GetEntry", {}, entries[0], **judge).ok
    listed = world.ask("expert5", "submissions.ListEntries", {"page_size": 200}, **judge).answer.entries
    assert set(entries) <= {entry.id for entry in listed}
    sheet = world.ask("auditor", "appraisal.GetScoreSheet", {}, mine.id, **auditor).answer.score_sheet
    assert sheet.total_centi == {entries[0]: 8000, entries[1]: 7000}[mine.entry]
    assert [conflicts(name) for name in ("expert5", "standing", "auditor")] == [0, 1, 1]
    assert not world.ask("owner", "appraisal.GetScoreSheet", {}, mine.id, actor=world.person("owner")).ok


def test_a_chair_with_a_conflict_leaves_sheets_and_ties_to_the_vice_chair(world):
    seats = [("chair", "CHAIR"), ("secretary", "SECRETARY"), ("expert1", "VICE_CHAIR"),
             *((name, "MEMBER") for name in ("expert2", "expert3", "expert5"))]
    edition, closes = judged.opened(world, rounds=[
        judged.round_rules(judged.FINAL, "FINAL", top_entries=1, min_sheets=2)])
    entries = [judged.entry(world, edition), judged.entry(world, edition)]
    council = judged.council(world, edition, seats=seats, conflicts=[("chair", entries[0])])
    judged.closed(world, edition, closes)
    round, sheets = judged.started(world, edition, council, judged.FINAL, entries)
    judged.lock(world, sheets, dict.fromkeys(entries, 8000))
    theirs = next(s for s in sheets if s.judge == "expert2" and s.entry == entries[0])
    reopens = {"round_id": round, "reason": "Viết nhầm"}
    decides = {"entry_ids": entries, "minutes": world.document(kind="MINUTES")}

    world.do("secretary", "appraisal.ProposeRanking", judged.session(world, round), round)
    assert world.say("chair", "appraisal.ReopenSheet", reopens, theirs.id).reason == "IN_CONFLICT"
    assert world.say("secretary", "appraisal.ReopenSheet", reopens, theirs.id).reason == "NOT_THE_CHAIR"
    world.do("expert1", "appraisal.ReopenSheet", reopens, theirs.id)
    voided = judged.data(world, world.hear("appraisal.RankingVoided", round)[1])
    assert (voided.sheet_id, voided.reason) == (theirs.id, "Viết nhầm")
    judged.lock(world, [theirs], {theirs.entry: 8000})
    world.do("chair", "appraisal.ProposeRanking", judged.session(world, round), round)
    assert world.say("chair", "appraisal.DecideTie", decides, round).reason == "IN_CONFLICT"
    world.do("expert1", "appraisal.DecideTie", decides, round)
    judged.confirmed(world, edition, round, judged.proposed(world, round), "chair")
