"""tests/faults/check_judging.py - decides from the journal alone whether contests were judged by their rules.

What a ranking should be is counted once more, in fractions, by tests/property/reference.py.
"""
import collections
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "property"))

import reference  # noqa: E402

CHAIR, SECRETARY = 1, 2


class Types:
    """As the reference names messages."""

    def __init__(self, words):
        self.words = words

    def named(self, name):
        return self.words[name]


class Round:
    """As the journal tells it, up to a position."""

    def __init__(self, said):
        self.rules, self.rules_digest = said.rules, said.rules_digest
        self.edition, self.decisions = said.edition_id, []
        self.leads = {member.person_id for member in said.members if member.seat in (CHAIR, SECRETARY)}
        self.entries, self.barred = [], set()
        self.proposed = None  # (person, digest)


class Judged:
    """What a programme's contests have come to."""

    def __init__(self, facts):
        self.facts = facts
        self.rounds, self.sheets, self.locked = {}, {}, {}
        self.contenders, self.gone, self.codes = {}, set(), {}
        self.confirmed = collections.defaultdict(list)  # edition -> rounds that stand
        self.closed = {}  # edition -> digest of the ranking on which results may stand

    def take(self, event):
        """Yields what is wrong with it."""
        name = event.type.rpartition(".")[2]
        if hasattr(self, name):
            yield from getattr(self, name)(event, self.facts.decode(event)) or ()

    # ------------------------------------------------------------- who takes part

    def EntryRegistered(self, event, said):  # noqa: N802 (as the events are called)
        if said.entry_code in self.codes:
            yield f"position {event.position}: {said.entry_code} is the code of {self.codes[said.entry_code]}"
        self.codes[said.entry_code] = said.entry_id

    def ContenderNoted(self, event, said):  # noqa: N802
        at = said.submitted_at
        self.contenders[said.entry_id] = (said.entry_code, at.seconds * 10**6 + at.nanos // 1000)

    def ContenderGone(self, event, said):  # noqa: N802
        self.gone.add(said.entry_id)

    # ------------------------------------------------------------- rounds and sheets

    def RoundPlanned(self, event, said):  # noqa: N802
        self.rounds[said.round_id] = Round(said)

    def EntriesAssigned(self, event, said):  # noqa: N802
        round = self.rounds[said.round_id]
        round.entries += [entry.entry_id for entry in said.entries]
        round.barred |= {(conflict.person_id, conflict.entry_id) for conflict in said.conflicts}

    def ConflictsNoted(self, event, said):  # noqa: N802
        self.rounds[said.round_id].barred |= {(conflict.person_id, conflict.entry_id) for conflict in said.conflicts}

    def SheetAssigned(self, event, said):  # noqa: N802
        if (said.person_id, said.entry_id) in self.rounds[said.round_id].barred:
            yield f"position {event.position}: {said.person_id} has a conflict and a sheet"
        if said.sheet_id in self.sheets:
            yield f"position {event.position}: sheet {said.sheet_id} is given once more"
        self.sheets[said.sheet_id] = said

    def SheetLocked(self, event, said):  # noqa: N802
        if said.sheet_id in self.locked:
            yield f"position {event.position}: sheet {said.sheet_id} is locked once more"
        if event.actor != self.sheets[said.sheet_id].person_id:
            yield f"position {event.position}: sheet {said.sheet_id} is locked by somebody else"
        self.locked[said.sheet_id] = said.scores

    def SheetReopened(self, event, said):  # noqa: N802
        if event.actor == self.sheets[said.sheet_id].person_id:
            yield f"position {event.position}: sheet {said.sheet_id} is reopened by its own judge"
        self.locked.pop(said.sheet_id, None)

    # ------------------------------------------------------------- rankings

    def TieDecided(self, event, said):  # noqa: N802
        self.rounds[said.round_id].decisions.append(said.decision)

    def RankingVoided(self, event, said):  # noqa: N802
        self.rounds[said.round_id].decisions.clear()

    def RankingProposed(self, event, said):  # noqa: N802
        self.rounds[said.round_id].proposed = (said.proposed_by, said.ranking_digest)

    def RoundConfirmed(self, event, said):  # noqa: N802
        round = self.rounds[said.round_id]
        persons = {round.proposed[0], event.actor}
        if len(persons) < 2 or not persons <= round.leads:
            yield f"position {event.position}: not two persons, chair and secretary, stand behind the ranking"
        if said.ranking_digest != round.proposed[1]:
            yield f"position {event.position}: another ranking is confirmed than was proposed"
        if self.counted(said.round_id) != said.ranking:
            yield f"position {event.position}: the ranking is not what the locked sheets give"
        self.confirmed[round.edition].append(said.round_id)

    def counted(self, round_id):
        round = self.rounds[round_id]
        entries = {entry: self.contenders[entry] for entry in round.entries if entry not in self.gone}
        sheets = [(id, sheet.entry_id, sheet.person_id, self.locked[id]) for id, sheet in self.sheets.items()
                  if sheet.round_id == round_id and id in self.locked and sheet.entry_id in entries]
        return reference.Reference(Types(self.facts.words), {
            "rules": round.rules, "rules_digest": round.rules_digest, "entries": entries, "sheets": sheets,
            "decisions": round.decisions}).ranking()

    def RoundAnnulled(self, event, said):  # noqa: N802
        if said.edition_id in self.closed:
            yield f"position {event.position}: a round is annulled after judging was closed"
        if said.round_id in self.confirmed[said.edition_id]:
            self.confirmed[said.edition_id].remove(said.round_id)

    def JudgingClosed(self, event, said):  # noqa: N802
        if said.round_id not in self.confirmed[said.edition_id]:
            yield f"position {event.position}: judging is closed on a round that does not stand"
        self.closed[said.edition_id] = said.ranking_digest

    def JudgingReopened(self, event, said):  # noqa: N802
        if self.closed.pop(said.edition_id, None) is None:
            yield f"position {event.position}: judging is opened again that was not closed"

    def ResultsConfirmed(self, event, said):  # noqa: N802
        if said.edition_id not in self.closed:
            yield f"position {event.position}: results before judging was closed"


def misjudged(facts):
    """R-E1, R-E4, R-E5, R-E7: codes are given once; nobody judges with a conflict; a sheet is locked once, by its judge;
    two persons stand behind a ranking, which is what the sheets give."""
    judged = Judged(facts)
    for event in facts.journal:
        if event.service in ("submissions", "appraisal"):
            yield from judged.take(event)
