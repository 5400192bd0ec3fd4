"""tests/faults/judging.py - contests that are made in peace, and judged while things break.

Registration of all of them is over before the storm begins; a story then holds both rounds of one, from the council to the
prizes and the dossiers that are owed for them, with wrong words between, a round that is annulled and held again, judges who
think better of it.
"""
import collections

import judged
from base import until
from sangkien_client import uuid7
from steps import by, must, say, when_heard

ENTRIES = 3
SEATS = judged.SEATS
Contest = collections.namedtuple("Contest", "edition entries")


def prepared(world, rng, count):
    """Contests whose entries are registered, and of which registration has ended: the clock stands where it must."""
    closes = judged.next_minute(world) + 2 * judged.MINUTE
    contests = []
    for name in {name for name, _ in SEATS} - world.officers.keys():
        world.add_officer(name, judged.EXPERTS[name])
    for _ in range(count):
        edition = judged.published(world, closes - 10 * judged.MINUTE, closes, rounds=[
            judged.round_rules(judged.PRELIMINARY, "PRELIMINARY", is_blind=True, top_entries=2),
            judged.round_rules(judged.FINAL, "FINAL", top_entries=2, every_place_counts=True)])
        world.hear("submissions.RegistrationOpened", edition)
        contests.append(Contest(edition, [judged.entry(world, edition, rng.choice(("entrant", "other")))
                                          for _ in range(ENTRIES)]))
    world.stack.let_pass(closes + 1 - world.stack.clock())
    for contest in contests:
        world.hear("appraisal.ContestClosed", contest.edition)
    until(lambda: not world.base.unheard(world.programme), "all is heard that happened meanwhile")
    return contests


class Judging:
    """The story of one contest; `rng` decides which way it goes."""

    def __init__(self, world, rng, contest):
        self.world, self.rng, self.edition, self.entries = world, rng, contest.edition, contest.entries
        self.council = uuid7()

    def chance(self, share):
        return self.rng.random() < share

    def story(self):
        yield from must(say("standing", "submissions.ConfirmEntrants", {}, self.edition))
        yield from self.constituted()
        first = yield from self.held(judged.PRELIMINARY, self.entries)
        if self.chance(0.3):
            yield from must(say("owner", "appraisal.AnnulRound", {
                "reason": "Sai quy chế.", "document": self.world.document()}, first[0]))
            first = yield from self.held(judged.PRELIMINARY, self.entries)
        advanced = [line.entry_id for line in first[1].ranking.lines if line.advances]
        last = yield from self.held(judged.FINAL, advanced)
        yield from self.results(*last)

    def constituted(self):
        world = self.world
        yield from must(say("standing", "appraisal.ConstituteCouncil", {
            "edition_id": self.edition, "document": world.document(), "members": [
                {"person_id": world.person(name), "seat": "PANEL_SEAT_" + seat} for name, seat in SEATS]}, self.council))
        for name, _ in SEATS:
            declares = [self.entries[0]] if name == "expert1" and self.chance(0.3) else []
            yield from must(say(name, "appraisal.DeclareConflicts", {"entry_ids": declares}, self.council))

    # ------------------------------------------------------------- a round

    def held(self, code, entries):
        """Of these entries, until it is confirmed; returns its id, and the ranking with its digest."""
        round = uuid7()
        yield from must(say("standing", "appraisal.PlanRound", {
            "edition_id": self.edition, "council_id": self.council, "round_code": code}, round))
        yield from must(say("standing", "appraisal.AssignToRound", {"entry_ids": entries}, round))
        if self.chance(0.3):
            yield say("standing", "appraisal.AssignToRound", {"entry_ids": entries}, round)  # they are in it
        yield from must_at_last(say("standing", "appraisal.StartRound", {"due": by(12, 31)}, round))
        yield from self.scored(round, entries)
        answer = yield from self.confirmed(round)
        return round, answer

    def scored(self, round, entries):
        """Who has a conflict has no sheet, and is told so."""
        for entry in entries:
            total = self.rng.randrange(5000, 9900, 100)
            for name in judged.JUDGES:
                sheet = judged.sheet_id(round, entry, self.world.person(name))
                yield from self.sheet(name, sheet, round, total)

    def sheet(self, name, sheet, round, total):
        body = {"round_id": round, "scores": judged.points(total)}
        if self.chance(0.1):
            yield say("secretary", "appraisal.LockSheet", body, sheet)  # another's
        if self.chance(0.2):
            yield say(name, "appraisal.SaveSheet", body, sheet)
        reply = yield say(name, "appraisal.LockSheet", body, sheet)
        if reply.ok and self.chance(0.05):
            opener = "secretary" if name == "chair" else "chair"
            yield from must(say(opener, "appraisal.ReopenSheet", {"round_id": round, "reason": "Cộng nhầm."}, sheet))
            yield from must(say(name, "appraisal.LockSheet", {"round_id": round, "scores": judged.points(total + 50)},
                                sheet))

    def confirmed(self, round):
        """One proposes, the other one confirms; where places are even, the chair decides."""
        proposer, confirmer = ("secretary", "chair") if self.chance(0.5) else ("chair", "secretary")
        session = {"present_person_ids": [self.world.person(name) for name, _ in SEATS],
                   "minutes": self.world.document(kind="MINUTES")}
        if self.chance(0.3):
            few = {**session, "present_person_ids": [self.world.person(proposer)]}
            yield say(proposer, "appraisal.ProposeRanking", few, round)  # no quorum
        while True:
            reply = yield from must(say(proposer, "appraisal.ProposeRanking", session, round))
            asks = say(proposer, "appraisal.RecomputeRanking", {}, round, min_position=max(reply.positions))
            answer = (yield from must(asks._replace(asks=True))).answer
            tied = self.first_tie(answer.ranking)
            if not tied:
                break
            yield from must(say("chair", "appraisal.DecideTie", {
                "entry_ids": tied, "minutes": self.world.document(kind="MINUTES")}, round))
        confirms = {"ranking_digest": answer.ranking_digest}
        if self.chance(0.3):
            yield say(proposer, "appraisal.ConfirmRound", confirms, round)  # one person for both
        yield from must(say(confirmer, "appraisal.ConfirmRound", confirms, round))
        return answer

    @staticmethod
    def first_tie(ranking):
        """All that share the first place about which the chair must decide."""
        undecided = set(ranking.undecided_entry_ids)
        ranks = [line.rank for line in ranking.lines if line.entry_id in undecided]
        return [line.entry_id for line in ranking.lines if line.rank == ranks[0]] if ranks else []

    # ------------------------------------------------------------- the results

    def results(self, round, answer):
        """Nothing is annulled once judging is closed, and nothing confirmed while it is open again."""
        places = sorted(answer.ranking.lines, key=lambda line: line.rank)
        winners = [{"entry_id": line.entry_id, "award": "AWARD_" + award}
                   for line, award in zip(places, ("FIRST", "SECOND"))]
        report = {"document": self.world.document(kind="REPORT"), "ranking_digest": answer.ranking_digest,
                  "prizewinners": winners}
        if self.chance(0.3):
            yield say("owner", "submissions.ConfirmResults", report, self.edition)  # too early
        closes = say("standing", "appraisal.CloseJudging", {"document": self.world.document()}, self.edition)
        yield from must(closes)
        if self.chance(0.5):
            yield say("owner", "appraisal.AnnulRound", {"reason": "Quá muộn.", "document": self.world.document()}, round)
        if self.chance(0.4):
            yield from must_at_last(say("owner", "submissions.ReopenJudging", {
                "reason": "Cộng nhầm.", "document": self.world.document()}, self.edition))
            yield say("owner", "submissions.ConfirmResults", report, self.edition)
            yield from must_at_last(closes)
        yield from must_at_last(say("owner", "submissions.ConfirmResults", report, self.edition))
        yield from must(say("owner", "submissions.PublishResults", {}, self.edition))
        yield from must(say("standing", "submissions.StartFollowUp", {
            "due": {**by(12, 31), "document": self.world.document()}}, self.edition))
        if self.chance(0.5):
            yield say("standing", "submissions.ArchiveEdition", {}, self.edition)  # dossiers are owed


def must_at_last(step):
    reply = yield from when_heard(step)
    assert reply.ok, f"{step.type}: {reply} {list(reply.field_violations)}"
    return reply
