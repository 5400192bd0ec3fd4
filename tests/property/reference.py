"""tests/property/reference.py - rankings once more, from their definition alone and in fractions: nothing is shared
with the C code but the messages.

A round is a dictionary: rules (RoundRules), entries {id: (code, submitted_us)}, sheets [(id, entry, person, Scores)],
decisions [TieDecision]; and the digest of the whole edition's rules, where they are more than the round's.
"""
import collections
import fractions
import hashlib
import math
import struct
import uuid

UNEQUAL_SHEETS = 46
MEAN, TRIMMED_MEAN, SUM = 1, 2, 3
JUDGE_MEAN = 2
CLUSTER, FINAL = 1, 3
PART, CRITERION, HIGHEST_SHEET, LOWEST_SHEET, SUBMITTED_EARLIER = 1, 2, 3, 4, 5
Fraction = fractions.Fraction


class Refused(Exception):
    pass


def half_up(number, decimals=0):
    """In units of the last decimal."""
    return math.floor(number * 10 ** decimals + Fraction(1, 2))


def points_of(scores):
    return {(s.part, s.criterion): s.score_centi for s in scores.scores}


def fraction_of(part, points, whole=1):
    most = sum(c.weight * c.max_centi for c in part.criteria)
    return Fraction(whole * sum(c.weight * points[part.code, c.code] for c in part.criteria), most)


def total_of(rules, points):
    return sum(fraction_of(part, points, part.weight_bp) for part in rules.parts) / 100


def mean(numbers):
    numbers = list(numbers)
    return Fraction(sum(numbers), len(numbers))


def median(numbers):
    numbers = sorted(numbers)
    half = len(numbers) // 2
    return numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2


def totals_of(round_):
    """[(entry, person, total, points)], moved where the rules say so."""
    rules, read = round_["rules"], {}

    def read_once(scores):
        """The same sheet may have been given to many: each costs a while."""
        if id(scores) not in read:
            points = points_of(scores)
            read[id(scores)] = total_of(rules, points), points
        return read[id(scores)]

    rows = [(entry, person, *read_once(scores)) for _, entry, person, scores in round_["sheets"]
            if entry in round_["entries"]]
    if rules.normalisation != JUDGE_MEAN or not rows:
        return rows

    def millionth(numbers):
        return Fraction(half_up(mean(numbers), 6), 10 ** 6)

    everybody = millionth(row[2] for row in rows)
    of_judge = collections.defaultdict(list)
    for row in rows:
        of_judge[row[1]].append(row[2])
    move = {person: everybody - millionth(numbers) for person, numbers in of_judge.items()}
    return [(entry, person, total + move[person], points) for entry, person, total, points in rows]


def exact_score(rules, totals):
    totals = sorted(totals)
    if rules.aggregation == SUM:
        return sum(totals)
    if rules.aggregation == TRIMMED_MEAN:
        totals = totals[rules.trimmed_sheets:len(totals) - rules.trimmed_sheets]
    return mean(totals)


def missed(rules, sheets):
    """(which minimum was missed, is it disqualifying)"""
    found = [(f"{part.code}/{c.code}", c.disqualifying) for part in rules.parts for c in part.criteria
             if mean(points[part.code, c.code] for _, points in sheets) < c.minimum_centi]
    return next((row for row in found if row[1]), found[0] if found else ("", False))


def criterion_called(rules, code):
    for part in rules.parts:
        for c in part.criteria:
            if code in (c.code, f"{part.code}/{c.code}"):
                return part.code, c.code
    return None


def key_value(rules, key, entry, sheets, submitted_us):
    """The greater the better; and what the key is called."""
    if key.kind == PART:
        parts = [part for part in rules.parts if part.code == key.code]
        return mean(fraction_of(parts[0], points) for _, points in sheets) if parts else 0, f"part {key.code}"
    if key.kind == CRITERION:
        name = criterion_called(rules, key.code)
        return mean(points[name] for _, points in sheets) if name else 0, f"criterion {key.code}"
    if key.kind == HIGHEST_SHEET:
        return max(total for total, _ in sheets), "highest sheet"
    if key.kind == LOWEST_SHEET:
        return min(total for total, _ in sheets), "lowest sheet"
    assert key.kind == SUBMITTED_EARLIER
    return -submitted_us, "submitted earlier"


def is_better(decisions, a, b):
    """By the last decision that names both."""
    for decision in reversed(decisions):
        ids = list(decision.entry_ids)
        if a in ids and b in ids:
            return ids.index(a) < ids.index(b)
    return False


def parted(equals, decisions):
    """Whoever is in front of all others together with whoever cannot be parted from them; then the rest likewise."""
    rest = set(equals)
    while rest:
        fronts = []
        for first in rest:
            front = {first}
            while True:
                behind = {e for e in rest - front if not all(is_better(decisions, f, e) for f in front)}
                if not behind:
                    break
                front |= behind
            fronts.append(front)
        front = min(fronts, key=len)
        yield front
        rest -= front


class Reference:
    """What is found of a round on the way to its ranking."""

    def __init__(self, types, round_):
        self.types, self.round, self.rules = types, round_, round_["rules"]
        self.rows = totals_of(round_)
        self.sheets = {entry: [(row[2], row[3]) for row in self.rows if row[0] == entry] for entry in round_["entries"]}
        self.check_sheets()
        self.median = {e: median(t for t, _ in s) for e, s in self.sheets.items()}
        self.distances = [(entry, person, total - self.median[entry]) for entry, person, total, _ in self.rows]
        far = [row for row in self.distances if 0 < self.rules.dispersion_centi < abs(row[2]) * 100]
        self.outliers = collections.Counter(entry for entry, *_ in far)
        self.outliers_of_judge = collections.Counter(person for _, person, _ in far)
        self.exact = {e: exact_score(self.rules, [t for t, _ in s]) for e, s in self.sheets.items()}
        places = self.rules.decimals
        self.score_centi = {e: half_up(x, places) * 10 ** (2 - places) for e, x in self.exact.items()}
        self.missed = {e: missed(self.rules, s) for e, s in self.sheets.items()}
        self.keys = {e: [key_value(self.rules, k, e, self.sheets[e], round_["entries"][e][1])
                         for k in self.rules.tie_keys] for e in round_["entries"]}
        self.order()

    def check_sheets(self):
        counts = {len(s) for s in self.sheets.values()}
        least = 2 * self.rules.trimmed_sheets if self.rules.aggregation == TRIMMED_MEAN else 0
        if any(count <= least for count in counts) or (self.rules.aggregation == SUM and len(counts) > 1):
            raise Refused(UNEQUAL_SHEETS)

    def by_code(self, entries):
        return sorted(entries, key=lambda e: (self.round["entries"][e][0].encode(), uuid.UUID(e).bytes))

    def merit(self, entry):
        return self.score_centi[entry], [value for value, _ in self.keys[entry]]

    def order(self):
        """self.places: lists of equal entries, best first; once more when there are decisions."""
        ranked = [e for e in self.sheets if not self.missed[e][1]]
        equals = collections.defaultdict(list)
        for entry in ranked:
            score, values = self.merit(entry)
            equals[score, tuple(values)].append(entry)
        self.places = [self.by_code(front) for merit in sorted(equals, reverse=True)
                       for front in parted(equals[merit], self.round["decisions"])]
        self.unranked = self.by_code(e for e in self.sheets if self.missed[e][1])

    def advancing(self):
        """(who advances, who is undecided)"""
        top, able = self.rules.top_entries, 0
        advances, undecided = set(), []
        for place in self.places:
            fit = [e for e in place if not self.missed[e][0]]
            across = top and able < top < able + len(fit)
            if top and able + len(fit) <= top or not top and self.score_centi[place[0]] >= self.rules.threshold_centi:
                advances.update(fit)
            if across or self.rules.every_place_counts and len(place) > 1:
                undecided += place
            able += len(fit)
        return advances, undecided

    def ranks(self):
        """[(entry, rank)], equals with the same; 0: none."""
        before = 0
        for place in self.places:
            yield from ((entry, before + 1) for entry in place)
            before += len(place)
        yield from ((entry, 0) for entry in self.unranked)

    def between(self, place, other):
        """What parted two places; "" when their scores did."""
        a, b = place[0], other[0]
        if self.score_centi[a] != self.score_centi[b]:
            return ""
        return next((name for (x, name), (y, _) in zip(self.keys[a], self.keys[b]) if x != y), "decision")

    def tie_rule(self, nth):
        rule = self.between(self.places[nth - 1], self.places[nth]) if nth else ""
        if not rule and nth + 1 < len(self.places):
            rule = self.between(self.places[nth], self.places[nth + 1])
        return rule

    def line(self, entry, rank, tie_rule, advances):
        totals = [total for total, _ in self.sheets[entry]]
        spread_centi = half_up(max(totals) - min(totals), 2)
        return self.types.named("sangkien.appraisal.v1.RankingLine")(
            entry_id=entry, entry_code=self.round["entries"][entry][0], rank=rank, score_centi=self.score_centi[entry],
            sheets=len(totals), advances=advances, missed_minimum=self.missed[entry][0], tie_rule=tie_rule,
            spread_centi=spread_centi, is_dispersed=0 < self.rules.dispersion_centi < spread_centi,
            outliers=self.outliers[entry])

    def judge(self, person):
        mine = [distance for _, judge, distance in self.distances if judge == person]
        return self.types.named("sangkien.appraisal.v1.JudgeLine")(
            person_id=person, sheets=len(mine), outliers=self.outliers_of_judge[person],
            leaning_centi=half_up(mean(mine), 2))

    def ranking(self):
        advances, undecided = self.advancing()
        ranking = self.types.named("sangkien.appraisal.v1.Ranking")()
        rank = 1
        for nth, place in enumerate(self.places):
            rule = self.tie_rule(nth)
            ranking.lines.extend(self.line(e, rank, rule, e in advances) for e in place)
            rank += len(place)
        ranking.lines.extend(self.line(e, 0, "", False) for e in self.unranked)
        ranking.judges.extend(self.judge(p) for p in sorted({row[1] for row in self.rows}))
        ranking.inputs_digest = digest_of(self.round)
        ranking.undecided_entry_ids.extend(undecided)
        return ranking


def digest_of(round_):
    """Every part after its length in 8 bytes; the domain before all."""
    rules, made = round_["rules"], {}

    def bytes_of(*parts):
        data = b""
        for part in parts:
            if isinstance(part, int):
                part = struct.pack(">q", part)
            elif isinstance(part, str):
                part = part.encode()
            data += struct.pack(">Q", len(part)) + part
        return data

    def raw(text):
        return bytes.fromhex(text.replace("-", ""))

    def points_of_sheet(scores):
        if id(scores) not in made:
            found = {(s.part, s.criterion): s for s in scores.scores}
            in_order = [found[part.code, c.code] for part in rules.parts for c in part.criteria]
            made[id(scores)] = b"".join(bytes_of(s.part, s.criterion, s.score_centi, s.remark) for s in in_order)
        return made[id(scores)]

    of_rules = round_.get("rules_digest") or hashlib.sha256(rules.SerializeToString()).digest()
    data = [b"R", bytes_of(of_rules, len(round_["entries"]))]
    data += [bytes_of(raw(entry), *round_["entries"][entry]) for entry in sorted(round_["entries"])]
    sheets = sorted((sheet for sheet in round_["sheets"] if sheet[1] in round_["entries"]),
                    key=lambda sheet: (sheet[1], sheet[2], sheet[0]))
    data.append(bytes_of(len(sheets)))
    data += [bytes_of(*map(raw, ids)) + points_of_sheet(scores) for *ids, scores in sheets]
    data.append(bytes_of(len(round_["decisions"]), *(decision.SerializeToString() for decision in round_["decisions"])))
    return hashlib.sha256(b"".join(data)).digest()


class Contest:
    """An edition by itself: from all its entries, round after round, to the last place.

    rankings: {(nth round, cluster): what was ranked there, one after the other; of refused ones the number}
    """

    def __init__(self, types, edition):
        self.types, self.edition = types, edition
        self.rankings = collections.defaultdict(list)
        self.found = {}  # {(nth round, cluster): the last Reference}
        self.finalists = set()
        rules, going_on = edition.rules.rounds, set(edition.entries)
        for nth, round_rules in enumerate(rules):
            there = {entry for entry in going_on if edition.is_there(entry, nth)}
            if round_rules.stage == FINAL:
                self.finalists = there
            going_on = set()
            for cluster in sorted({edition.entries[entry].cluster for entry in there}):
                if round_rules.stage == CLUSTER:
                    going_on |= self.hold(nth, cluster, {e for e in there if edition.entries[e].cluster == cluster})
            if round_rules.stage != CLUSTER:
                going_on = self.hold(nth, "", there)
        last = self.found.get((len(rules) - 1, ""))
        self.places = [] if last is None else [
            (entry, rank, rank > 0 and entry in going_on) for entry, rank in last.ranks()
            if edition.is_there(entry, len(rules))]

    def hold(self, nth, cluster, entries):
        """Who goes on."""
        round_ = self.edition.round(nth, cluster, entries)
        if not round_["entries"]:
            return set()
        try:
            found = Reference(self.types, round_)
        except Refused as refused:
            self.rankings[nth, cluster].append(refused.args[0])
            round_ = self.edition.evened(round_)
            found = Reference(self.types, round_)
        self.rankings[nth, cluster].append(found.ranking())
        self.found[nth, cluster] = found
        if self.rankings[nth, cluster][-1].undecided_entry_ids:
            undecided = set(self.rankings[nth, cluster][-1].undecided_entry_ids)
            for place in found.places:
                if undecided & set(place):
                    self.edition.decide(nth, round_, place)
            found.order()
            self.rankings[nth, cluster].append(found.ranking())
        return found.advancing()[0]
