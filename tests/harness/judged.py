"""tests/harness/judged.py - a contest that is judged here, one step after the other, each by whom it belongs to.

Every function goes on from what the one before it made. Registration ends at a whole minute that is near, and the clock is
moved there and back: what is said afterwards is said at the machine's own time.
"""
import collections
import contextlib
import hashlib
import hmac
import secrets
import time
import uuid

import pytest
from base import Base, until
from chain import draft, join
from sangkien_client import uuid7
from systems import system

EXPERTS = {"expert1": "science", "expert2": "treasury", "expert3": "finance", "expert4": "other", "expert5": "home"}
SEATS = [("chair", "CHAIR"), ("secretary", "SECRETARY"), *((name, "MEMBER") for name in EXPERTS)]
JUDGES = ["chair", *EXPERTS]  # the secretary keeps the minutes
PRELIMINARY, FINAL = "so-khao", "chung-khao"
CRITERIA = ("new", "use")
MINUTE = 60
DAY = 1440 * MINUTE

Sheet = collections.namedtuple("Sheet", "id round entry judge")


# ------------------------------------------------------------------ a system whose clock may be moved


@pytest.fixture(scope="module")
def stack():
    """In the place of that which all modules share: there nobody may start behind the journal."""
    with system("contest", settings={"gateway": {"SANGKIEN_SYSTEM_INFLIGHT": "512"}}) as stack:
        yield stack


@pytest.fixture(scope="module")
def base(stack):
    return Base(stack)


# ------------------------------------------------------------------ the clock


def ends_at(second, **more):
    """The Deadline that is over at this second, a whole minute: a midnight somewhere on earth."""
    day, rest = divmod(second, 86400)
    day += rest > 43200
    year, month, date = time.gmtime(day * 86400)[:3]
    return {"date": {"year": year, "month": month, "day": date}, "utc_offset_minutes": (day * 86400 - second) // 60,
            **more}


def next_minute(world, after=MINUTE):
    """A whole minute, at least so many seconds ahead."""
    return (int(world.stack.clock()) + after + MINUTE - 1) // MINUTE * MINUTE


@contextlib.contextmanager
def at(world, second):
    """It is that second and a little more. Whoever starts later finds the journal's last word in its past."""
    world.stack.let_pass(second + 1 - world.stack.clock())
    try:
        yield
    finally:
        world.stack.move_clock(0)


def arrived(world, request, system, microsecond):
    """The receipt of a gateway that got these bytes at exactly that microsecond."""
    known = world.words["wire.Request"].FromString(request)
    key = (world.stack.folder / "keys/receipts").read_text().strip().encode()
    parts = (bytes.fromhex(world.systems[system].replace("-", "")), bytes.fromhex(known.id.replace("-", "")),
             hashlib.sha256(request).digest(), microsecond.to_bytes(8, "big"))
    text = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    receipt = world.words["wire.Receipt"](mac=hmac.new(key, text, hashlib.sha256).digest())
    receipt.received_at.seconds, receipt.received_at.nanos = microsecond // 10**6, microsecond % 10**6 * 1000
    return receipt


def say_at(world, microsecond, name, type, body=None, subject=None):
    """An officer says it, and it arrives at exactly that microsecond; returns the Reply."""
    request, system = world.request(name, type, body, subject), world.officers[name].agency
    client = world.client(system)
    client.post(request, arrived(world, request, system, microsecond))
    return client.take(request)


# ------------------------------------------------------------------ the edition and its entries


def round_rules(code, stage, **more):
    return {"code": code, "name": code, "stage": "ROUND_STAGE_" + stage, "min_members": 5, "min_sheets": 4,
            "parts": [{"code": "model", "name": "Mô hình", "mode": "PART_MODE_WRITTEN", "weight_bp": 10000,
                       "criteria": [{"code": code, "name": code, "max_centi": 5000, "step_centi": 50, "weight": 1}
                                    for code in CRITERIA]}],
            "aggregation": "AGGREGATION_MEAN", "normalisation": "NORMALISATION_NONE", "decimals": 2,
            "quorum_bp": 6667, "counting_base": "COUNTING_BASE_MEMBERS", "every_place_counts": stage == "FINAL", **more}


def in_local_time(world, closes):
    """From now on the programme has the local time in which that second is a midnight. Both days of an edition keep to it."""
    world.set_programme_rules(ends_at(closes)["utc_offset_minutes"])


def rules(world, opens, closes, **more):
    """A blind round of which two advance, and a final in which every place counts. Opens whole days before it closes."""
    opens = closes + (opens - closes) // DAY * DAY
    return {"subject": "Cải cách hành chính", "legal_basis": [world.document(kind="PLAN")],
            "registration": "Qua trục liên thông", "opens": ends_at(opens), "closes": ends_at(closes), "eligibility": {}, "max_cure_days": 60,
            "rounds": [round_rules(PRELIMINARY, "PRELIMINARY", is_blind=True, top_entries=2),
                       round_rules(FINAL, "FINAL", top_entries=10)],
            "prizes": [{"award": "AWARD_FIRST", "quota": 1}, {"award": "AWARD_SECOND", "quota": 2}],
            "local_terms": {"cost_cap_vnd": 50_000_000, "max_promotions": 1, "max_contests_per_agency": 100,
                            "checklist": [{"code": "safe", "text": "An toàn"}]}, **more}


def published(world, opens, closes, **more):
    """An edition whose rules are frozen."""
    edition = uuid7()
    in_local_time(world, closes)
    world.do("standing", "submissions.CreateEdition", {
        "ordinal": secrets.randbelow(2**30) + 1, "year": 2020, "name": "Lần thứ 5",
        "document": world.document(kind="PLAN")}, edition)
    world.do("standing", "submissions.SetEditionRules", {"rules": rules(world, opens, closes, **more)}, edition)
    world.do("owner", "submissions.PublishEdition", {
        "rules_version": 1, "programme_rules_version": world.programme_rules}, edition)
    return edition


def opened(world, **more):
    """An edition whose registration is open, and the second at which that ends."""
    now = next_minute(world)
    edition, closes = published(world, now - 10 * MINUTE, now + 2 * MINUTE, **more), now + 2 * MINUTE
    world.hear("submissions.RegistrationOpened", edition)
    return edition, closes


def local(world, parent, **more):
    """A contest of the entrant agency's own whose registration is open, and the second at which that ends."""
    edition, closes = uuid7(), next_minute(world) + 2 * MINUTE
    world.do("head", "submissions.CreateLocalEdition", {
        "parent_edition_id": parent, "ordinal": secrets.randbelow(2**30) + 1, "name": "Hội thi của Sở",
        "document": world.document(kind="PLAN"), "planned_cost_vnd": 40_000_000, "met_items": ["safe"]}, edition)
    in_local_time(world, closes)
    of_its_own = {**rules(world, closes - 10 * MINUTE, closes, **more), "local_terms": None}
    world.do("clerk", "submissions.SetEditionRules", {"rules": of_its_own}, edition)
    world.do("head", "submissions.PublishEdition", {
        "rules_version": 2, "programme_rules_version": world.programme_rules}, edition)
    world.hear("submissions.RegistrationOpened", edition)
    return edition, closes


def handed_in(world, edition, agency="entrant", co_entrants=(), **more):
    """An entry for which its head stands."""
    entry, names = uuid7(), {"entrant": ("clerk", "head"), "other": ("other_clerk", "other_head")}[agency]
    world.do(names[0], "submissions.CreateEntry", draft(world, edition, co_entrants=co_entrants, **more), entry)
    join(world, entry, co_entrants)
    world.do(names[1], "submissions.SubmitEntry", {}, entry)
    return entry


def entry(world, edition, agency="entrant", by="standing", **more):
    """One that is known to those who hold rounds."""
    entry = handed_in(world, edition, agency, **more)
    world.do(by, "submissions.RegisterEntry", {"entry_code": "MS-" + secrets.token_hex(4)}, entry)
    world.hear("appraisal.ContenderNoted", entry)
    return entry


def registration_over(world, edition, closes):
    """Registration has ended by itself."""
    with at(world, closes):
        world.hear("appraisal.ContestClosed", edition)
    until(lambda: not world.base.unheard(world.programme), "all is heard that happened meanwhile")


def complete(world, edition, by="standing"):
    world.do(by, "submissions.ConfirmEntrants", {}, edition)
    world.hear("appraisal.ContestEntrantsConfirmed", edition)


def closed(world, edition, closes, by="standing"):
    """Registration has ended by itself, and the entrants are confirmed: every entry is examined."""
    registration_over(world, edition, closes)
    complete(world, edition, by)


# ------------------------------------------------------------------ councils, rounds, sheets


def council(world, edition, by="standing", seats=None, conflicts=()):
    """Everyone has declared; conflicts: [(member, entry)]."""
    council, seats = uuid7(), seats or SEATS
    world.hear("appraisal.ContestNoted", edition)
    for name, _ in seats:
        if name not in world.officers:
            world.add_officer(name, EXPERTS[name])
    world.do(by, "appraisal.ConstituteCouncil", {"edition_id": edition, "document": world.document(), "members": [
        {"person_id": world.person(name), "seat": "PANEL_SEAT_" + seat} for name, seat in seats]}, council)
    for name, _ in seats:
        world.do(name, "appraisal.DeclareConflicts",
                 {"entry_ids": [entry for member, entry in conflicts if member == name]}, council)
    return council


def planned(world, edition, council, code, entries, by="standing"):
    """A round to which these entries are assigned."""
    round = uuid7()
    world.do(by, "appraisal.PlanRound", {"edition_id": edition, "council_id": council, "round_code": code}, round)
    world.do(by, "appraisal.AssignToRound", {"entry_ids": entries}, round)
    return round


def started(world, edition, council, code, entries, by="standing"):
    """A round that is scored, and its sheets."""
    round = planned(world, edition, council, code, entries, by)
    world.do(by, "appraisal.StartRound", {"due": ends_at(4070908800)}, round)
    world.hear("submissions.JudgingStarted", edition)
    return round, sheets(world, round)


def sheets(world, round):
    """As the round told when it began."""
    told = data(world, world.hear("appraisal.RoundStarted", round)[1])
    names = {officer.person: name for name, officer in world.officers.items()}
    return [Sheet(sheet.sheet_id, round, sheet.entry_id, names[sheet.person_id]) for sheet in told.sheets]


def sheet_id(round, entry, person):
    """As everybody can tell it who knows round, entry and judge (proto/README.md, 17.3)."""
    said = b"".join(uuid.UUID(id).bytes for id in (round, entry, person))
    digest = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in (b"score_sheet", said))).digest()
    return str(uuid.UUID(int=int.from_bytes(digest[:16], "big") & ~(0xF << 76 | 3 << 62) | 8 << 76 | 2 << 62))


def data(world, event):
    return world.words[event.type].FromString(event.binary_data)


def points(total):
    """A total as points of both criteria."""
    halves = (total // 100 * 50, total - total // 100 * 50)
    return {"scores": [{"part": "model", "criterion": code, "score_centi": half} for code, half in zip(CRITERIA, halves)]}


def lock(world, sheets, totals):
    """Every judge gives an entry that total."""
    for sheet in sheets:
        world.do(sheet.judge, "appraisal.LockSheet", {"round_id": sheet.round, "scores": points(totals[sheet.entry])},
                 sheet.id)


def session(world, round):
    """What ProposeRanking says: the whole council is there."""
    council = world.ask("owner", "appraisal.GetRound", {}, round).answer.round.council_id
    members = world.ask("owner", "appraisal.GetCouncil", {}, council).answer.council.members
    return {"present_person_ids": [member.person_id for member in members], "minutes": world.document(kind="MINUTES")}


def proposed(world, round, by="secretary"):
    """The ranking that the two who stand behind it see: RecomputeRanking's answer."""
    world.do(by, "appraisal.ProposeRanking", session(world, round), round)
    return recomputed(world, round, by)


def recompute(world, round, by="secretary"):
    """The Reply, whatever it is."""
    return world.ask(by, "appraisal.RecomputeRanking", {}, round, actor=world.person(by))


def recomputed(world, round, by="secretary"):
    reply = recompute(world, round, by)
    assert reply.ok, reply
    return reply.answer


def confirmed(world, edition, round, proposal, by="chair"):
    world.do(by, "appraisal.ConfirmRound", {"ranking_digest": proposal.ranking_digest}, round)
    until(lambda: not world.base.unheard(world.programme), "all have heard of it")


def held(world, edition, council, code, totals, by="standing"):
    """A whole round, of entries with these totals."""
    round, given = started(world, edition, council, code, list(totals), by)
    lock(world, given, totals)
    confirmed(world, edition, round, proposed(world, round))
    return round


def ended(world, edition, by="standing"):
    """Judging is closed: the digest of the final's ranking."""
    world.do(by, "appraisal.CloseJudging", {"document": world.document()}, edition)
    world.hear("submissions.JudgingEnded", edition)
    return data(world, world.hear("appraisal.JudgingClosed", edition)[1]).ranking_digest


def report(world, digest, awards):
    """What ConfirmResults says."""
    return {"document": world.document(kind="REPORT"), "ranking_digest": digest, "prizewinners": [
        {"entry_id": entry, "award": "AWARD_" + award} for entry, award in awards.items()]}


def results(world, edition, awards, by="owner"):
    """awards: {entry: "FIRST"}, every finalist's."""
    digest = ended(world, edition, {"owner": "standing", "head": "clerk"}[by])
    world.do(by, "submissions.ConfirmResults", report(world, digest, awards), edition)
