"""ops/demo/rounds.py - a council and a round of its contest, told by those who take part."""
import dataclasses

from province import derive, person_id
from story import StoryError, Teller, officer, system_of

PORTION = 20  # entries that are assigned at once


def check(what, is_so):
    if not is_so:
        raise StoryError(f"it is not as it was in 2019: {what}")


@dataclasses.dataclass
class Council:
    teller: Teller
    edition: str
    organiser: str  # person, as all the others
    chair: str
    secretary: str  # who keeps the minutes, and gives no points
    members: list

    @property
    def id(self):
        return derive("council", self.edition)

    @property
    def judges(self):
        return [self.chair, *self.members]

    def constitute(self, document):
        seats = [(self.chair, "CHAIR"), (self.secretary, "SECRETARY"), *((m, "MEMBER") for m in self.members)]
        self.teller.say(officer(self.organiser, "appraisal.ConstituteCouncil", self.id, dict(
            edition_id=self.edition, document=document,
            members=[dict(person_id=person_id(person), seat="PANEL_SEAT_" + seat) for person, seat in seats])))

    def close_judging(self, by, document):
        self.teller.say(officer(by, "appraisal.CloseJudging", self.edition, dict(document=document)))

    def declare(self, conflicts):
        """Everybody says which conflicts there are, or that there are none: {person: ids of entries}."""
        self.teller.say(*(officer(person, "appraisal.DeclareConflicts", self.id, dict(
            entry_ids=conflicts.get(person, []))) for person in (self.secretary, *self.judges)))


@dataclasses.dataclass
class Round:
    council: Council
    code: str

    @property
    def id(self):
        return derive("round", self.council.edition, self.code)

    def say(self, person, type, body=None, subject="", **more):
        reply, = self.council.teller.say(officer(person, "appraisal." + type, subject or self.id, body, **more))
        return reply

    def begin(self, entries, due):
        """The sheets that its judges got: {(judge, entry's id): sheet's id}."""
        council = self.council
        self.say(council.organiser, "PlanRound", dict(
            edition_id=council.edition, council_id=council.id, round_code=self.code))
        for start in range(0, len(entries), PORTION):
            self.say(council.organiser, "AssignToRound", dict(
                entry_ids=[e.id for e in entries[start:start + PORTION]]), nth=str(start))
        started = self.say(council.organiser, "StartRound", dict(due=due))
        return {(judge, sheet.entry_id): sheet.id for judge in council.judges
                for sheet in council.teller.list(system_of(judge), "appraisal.ListMySheets", "score_sheets",
                                                 actor=judge, since=started) if sheet.round_id == self.id}

    def sheet_locked(self, judge, sheet, scores, nth=""):
        return officer(judge, "appraisal.LockSheet", sheet, dict(
            round_id=self.id, scores=dict(scores=scores)), nth=nth)

    def lock(self, sheets, scores):
        """{(judge, entry's id): scores}"""
        check("who has a sheet of what", sheets.keys() == scores.keys())
        self.council.teller.say(*(self.sheet_locked(who[0], sheets[who], scores[who]) for who in sheets))

    def reopen(self, sheet, reason):
        self.say(self.council.chair, "ReopenSheet", dict(round_id=self.id, reason=reason), sheet)

    def propose(self, minutes, nth=""):
        council = self.council
        return self.say(council.secretary, "ProposeRanking", dict(minutes=minutes, present_person_ids=[
            person_id(person) for person in (council.secretary, *council.judges)]), nth=nth)

    def ranking(self, proposed):
        """The ranking that the secretary proposed, and its digest."""
        secretary = self.council.secretary
        answer = self.council.teller.ask(system_of(secretary), "appraisal.RecomputeRanking", self.id, actor=secretary,
                                         since=proposed)
        check("the ranking, made anew", answer.is_same)
        return answer.ranking, answer.ranking_digest

    def confirm(self, digest, by="", expect=""):
        self.say(by or self.council.chair, "ConfirmRound", dict(ranking_digest=digest), expect=expect)
