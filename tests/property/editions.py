"""tests/property/editions.py - whole contests made up: rules that may be published, entries, who leaves when, what each
judge gives, and what a chair would say.

All of it follows from a seed and a number, and none of it from how far a contest was counted: whoever counts one says
which entries are in a round, and is told what is in it. So two who count it by themselves see the same, as long as they
agree on who is in.
"""
import collections
import hashlib
import random
import uuid
import zlib

import rounds

CLUSTER, PRELIMINARY, FINAL = 1, 2, 3
MEAN, TRIMMED_MEAN, SUM = 1, 2, 3
PART, CRITERION, EARLIER = 1, 2, 5
AWARDS = (2, 3, 4, 5)
AGENCIES = [str(uuid.UUID(int=0xA6E << 96 | nth)) for nth in range(1, 13)]  # the program knows these
MOST_ENTRIES = 300  # of a round
LARGE = 800  # one of so many has as many entries as a round may have, and nine judges

# leaves: in which round, and whether while that is judged or before it; None: never
Entry = collections.namedtuple("Entry", "code submitted_us cluster leaves")


def some_date(message, year, month, day):
    message.year, message.month, message.day = year, month, day


def some_clusters(chance, rules):
    count = chance.choice((0, 0, 1, 2, 2, 3, 4))
    agencies = chance.sample(AGENCIES, len(AGENCIES))
    for nth in range(count):
        cluster = rules.clusters.add(code=f"cụm {nth + 1}", name="x")
        cluster.agency_ids.extend(agencies.pop() for _ in range(chance.choice((1, 1, 2, 3))))


def some_stages(chance, rules):
    """Clusters first, then preliminary rounds, then the final."""
    before = chance.choice((0, 0, 1, 1, 1, 2, 2, 3))
    in_clusters = chance.randrange(before + 1) if rules.clusters else 0
    return [CLUSTER] * in_clusters + [PRELIMINARY] * (before - in_clusters) + [FINAL]


def some_bar(chance, rules, sheets, entries):
    """Who goes on: more often too many than nobody."""
    rules.threshold_centi = rules.top_entries = 0
    if chance.random() < 0.6:
        rules.top_entries = chance.randrange(1, entries + 2)
    else:
        rules.threshold_centi = chance.choice((1, 4000, 5000, 5000, 5500, 7500))
        if rules.aggregation == SUM:
            rules.threshold_centi *= sheets


def some_keys(chance, rules):
    """Only codes that say which part or criterion they mean."""
    named = collections.Counter(name for part in rules.parts for c in part.criteria
                                for name in (c.code, f"{part.code}/{c.code}"))
    codes = {PART: [part.code for part in rules.parts], CRITERION: [code for code in named if named[code] == 1]}
    for kind in chance.sample(rounds.KEYS, chance.choice((0, 0, 1, 1, 2, 3))):
        may_be_named = codes.get(kind, [""])
        if may_be_named:
            rules.tie_keys.add(kind=kind, code=chance.choice(may_be_named))


def some_round(types, chance, nth, stage, count, clusters):
    rules = rounds.some_rules(types, chance, is_large=chance.random() < 0.02)
    rules.code, rules.stage = f"vòng {nth + 1}", stage
    rules.is_blind = chance.random() < 0.5
    rules.aggregation = chance.choice((MEAN, MEAN, TRIMMED_MEAN, SUM))
    rules.normalisation = chance.choice(rounds.NORMALISATIONS)
    rules.trimmed_sheets = chance.choice((1, 1, 2)) if rules.aggregation == TRIMMED_MEAN else 0
    rules.min_sheets = 2 * rules.trimmed_sheets + chance.choice((1, 1, 2, 3))
    rules.min_members = max(3, rules.min_sheets) + chance.choice((0, 0, 1))
    rules.decimals = chance.choice((0, 1, 2, 2))
    some_bar(chance, rules, rules.min_sheets, count)
    if stage == CLUSTER:
        rules.top_entries = min(rules.top_entries, MOST_ENTRIES // clusters)
    some_keys(chance, rules)
    rules.every_place_counts = stage == FINAL or chance.random() < 0.3
    rules.dispersion_centi = chance.choice((0, 100, 500, 1500))
    rules.quorum_bp, rules.counting_base = chance.choice((1, 5000, 6667, 10_000)), chance.choice((1, 2))
    return rules


def some_local_terms(chance, rules):
    rules.local_terms.cost_cap_vnd = chance.choice((1, 50_000_000, 2 ** 62))
    rules.local_terms.max_promotions = chance.choice((1, 3))
    rules.local_terms.max_contests_per_agency = chance.choice((1, 2))
    for code in ("an toàn", "tiết kiệm", "đúng quy định")[:chance.choice((1, 3))]:
        rules.local_terms.checklist.add(code=code, text=code)


def some_eligibility(chance, rules):
    rules.eligibility.max_entries_per_agency = chance.choice((0, 3))
    rules.eligibility.jury_may_enter = chance.random() < 0.2
    if chance.random() < 0.5:
        rules.eligibility.max_age_years = 35
        some_date(rules.eligibility.reference_date, 2019, 12, 31)


def some_rules(types, chance, count):
    """Of an edition, to be published; for so many entries."""
    rules = types.named("sangkien.submissions.v1.EditionRules")(subject="Cải cách", registration="Qua trục liên thông")
    for _ in range(chance.choice((1, 1, 2))):
        some_date(rules.legal_basis.add(kind=10, document_symbol="2417/KH-UBND").issued_on, 2019, 10, 29)
    some_date(rules.opens.date, 2019, 11, chance.randrange(1, 20))
    some_date(rules.closes.date, 2019, chance.choice((11, 12)), chance.randrange(20, 31))
    rules.opens.utc_offset_minutes = rules.closes.utc_offset_minutes = 420
    rules.closes.inclusive = chance.random() < 0.5
    rules.max_cure_days = chance.choice((0, 10, 60))
    some_eligibility(chance, rules)
    for nth in range(chance.choice((0, 0, 2))):
        rules.tracks.add(code=f"bảng {nth}", name="x")
    some_clusters(chance, rules)
    for nth, stage in enumerate(some_stages(chance, rules)):
        rules.rounds.append(some_round(types, chance, nth, stage, count, len(rules.clusters)))
    for award in AWARDS[:chance.choice((1, 2, 4))]:
        rules.prizes.add(award=award, quota=chance.choice((1, 2, 5)))
    if chance.random() < 0.3:
        some_local_terms(chance, rules)
    return rules


def lot(*words):
    """A number that follows from these, and seems to follow from nothing."""
    return zlib.crc32(" ".join(map(str, words)).encode())


class Edition:
    def __init__(self, types, seed, number):
        self.types, self.name = types, f"{seed} {number}"
        chance = random.Random(self.name)
        self.is_large = number % LARGE == 0
        count = MOST_ENTRIES if self.is_large else chance.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8))
        self.rules = some_rules(types, chance, count)
        clusters = [cluster.code for cluster in self.rules.clusters] or [""]
        self.entries = {rounds.any_id(chance): self.some_entry(chance, nth, chance.choice(clusters))
                        for nth in range(count)}
        self.kept_minds = {}

    def some_entry(self, chance, nth, cluster):
        leaves = None
        if chance.random() < 0.12:
            leaves = chance.randrange(len(self.rules.rounds) + 1), chance.random() < 0.5
        return Entry(f"KH-{nth:03}", 1_572_566_400_000_000 + chance.randrange(4), cluster, leaves)

    # -------------------------------------------------------------- who is there

    def is_there(self, entry, nth):
        """When the nth round begins; behind the last one, when all is over."""
        leaves = self.entries[entry].leaves
        return leaves is None or leaves[0] > nth or leaves == (nth, True)

    def stays(self, entry, nth):
        """To the end of the nth round."""
        leaves = self.entries[entry].leaves
        return leaves is None or leaves[0] > nth

    # -------------------------------------------------------------- what judges give

    def minds(self, nth, cluster):
        """The judges of a round, and few different sets of their sheets: entries are to be equal often."""
        if (nth, cluster) not in self.kept_minds:
            chance = random.Random(f"{self.name} {nth} {cluster}")
            rules = self.rules.rounds[nth]
            judges = [rounds.any_id(chance) for _ in range(9 if self.is_large else
                                                           rules.min_sheets + chance.choice((0, 0, 0, 1, 2)))]
            middles = chance.choice(((0.6, 0.8), (0.8,), (0, 1), (0.3, 0.5, 0.7, 0.9)))
            sets = []
            for _ in range(40 if self.is_large else chance.choice((1, 2, 3, 4, 6))):
                middle = chance.choice(middles)
                own = [rounds.some_scores(self.types, chance, rules, middle) for _ in judges]
                if sets and chance.random() < 0.2:
                    own = [rounds.turned(scores, rules) for scores in chance.choice(sets)]
                sets.append(own[:1] * len(judges) if chance.random() < 0.2 else own)
            has_gaps = chance.random() < (0.05 if rules.aggregation == SUM else 0.4)
            self.kept_minds[nth, cluster] = judges, sets, has_gaps
        return self.kept_minds[nth, cluster]

    def sheets_of(self, nth, cluster, entry):
        judges, sets, has_gaps = self.minds(nth, cluster)
        luck = lot(self.name, nth, entry)
        own = sets[luck % len(sets)]
        turn = luck // 101 % len(own) if luck // 7 % 3 == 0 else 0
        own = own[turn:] + own[:turn]
        spare = len(judges) - self.rules.rounds[nth].min_sheets if has_gaps else 0
        for judge, scores in zip(judges, own):
            luck = lot(self.name, nth, entry, judge)
            if spare and luck % 4 == 0:
                spare -= 1  # a conflict, or an excuse
                continue
            yield rounds.id_of(hashlib.md5(f"{entry} {judge}".encode()).hexdigest()), entry, judge, scores

    def round(self, nth, cluster, entries):
        """With these entries; those that leave while it is judged are not ranked, and their sheets are still there."""
        entries = sorted(entries, key=lambda entry: lot(self.name, nth, entry))
        sheets = [sheet for entry in entries for sheet in self.sheets_of(nth, cluster, entry)]
        random.Random(len(sheets)).shuffle(sheets)
        return {"rules": self.rules.rounds[nth], "sheets": sheets, "decisions": [],
                "entries": {e: self.entries[e][:2] for e in entries if self.stays(e, nth)}}

    # -------------------------------------------------------------- what people do about it

    def evened(self, round_):
        """Where entries must have as many sheets: those too many are excused."""
        of_entry = collections.defaultdict(list)
        for sheet in sorted(round_["sheets"], key=lambda sheet: sheet[2]):
            if sheet[1] in round_["entries"]:
                of_entry[sheet[1]].append(sheet)
        least = min(map(len, of_entry.values()))
        return {**round_, "sheets": [sheet for own in of_entry.values() for sheet in own[:least]]}

    def decide(self, nth, round_, equals):
        """The chair says which of these comes first; now and then twice, and differently."""
        decision = self.types.named("sangkien.appraisal.v1.TieDecision")
        ordered = sorted(equals, key=lambda entry: lot("decision", self.name, nth, entry))
        if lot("twice", self.name, nth, *ordered) % 4 == 0:
            round_["decisions"].append(decision(entry_ids=ordered[1:] + ordered[:1]))
        round_["decisions"].append(decision(entry_ids=ordered))
