"""tests/property/rounds.py - rounds made up, mostly small, with few different points: equal scores, halves and edges
are what is looked for. Some are as large as rules may be.
"""
import math

AGGREGATIONS, NORMALISATIONS, KEYS = (1, 1, 2, 3), (1, 2), (1, 2, 3, 4, 5)
MOST_OF_PART, MOST_IN_COMMON = 10 ** 9, 10 ** 12


def id_of(digits):
    """Of 32 hexadecimal ones."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def any_id(chance):
    return id_of(f"{chance.getrandbits(128):032x}")


def shares(chance, whole, count):
    """Whole numbers of at least 1 that make the whole together; often round ones."""
    step = chance.choice((1, whole // 20))
    edges = [0, *(cut * step for cut in sorted(chance.sample(range(1, whole // step), count - 1))), whole]
    return [b - a for a, b in zip(edges, edges[1:])]


def add_criterion(chance, part, code, is_large):
    c = part.criteria.add(code=code, name=code)
    c.max_centi = chance.choice((999_983, 1_000_000, 50_000_000) if is_large else (500, 1000, 1000, 1000, 2000, 300))
    c.step_centi = chance.choice([s for s in (1, 50, 100, 250, 500) if c.max_centi % s == 0])
    c.weight = chance.choice((1, 7, 50, 1000) if is_large else (1, 1, 1, 2, 3))
    if chance.random() < 0.25:
        c.minimum_centi = c.max_centi * chance.randrange(1, 8) // 10
        c.disqualifying = chance.random() < 0.4


def measures(rules):
    """Does publication let it pass?"""
    mosts = [sum(c.weight * c.max_centi for c in part.criteria) for part in rules.parts]
    return max(mosts) <= MOST_OF_PART and math.lcm(*mosts) <= MOST_IN_COMMON


def parts_alike(rules, count):
    """Points may change their part then, and the total stays."""
    for nth in range(count):
        rules.parts.add().CopyFrom(rules.parts[0])
        rules.parts[-1].code = f"part{nth}"
        rules.parts[-1].weight_bp = 10000 // count
    del rules.parts[0]


def some_rules(types, chance, is_large):
    while True:
        rules = types.named("sangkien.submissions.v1.RoundRules")(code="chung-khao", name="x", stage=3, min_members=1)
        count = chance.choice((1, 1, 1, 2, 2, 2, 2, 3, 3, 8))
        for nth, weight_bp in enumerate(shares(chance, 10000, count)):
            part = rules.parts.add(code=f"part{nth}", name="x", mode=1, weight_bp=weight_bp)
            for k in range(chance.choice((1, 2, 20) if is_large else (1, 1, 1, 2, 2, 3))):
                # a code may be that of another part's criterion, too
                add_criterion(chance, part, chance.choice((f"c{k}", f"c{k}", f"c{nth}-{k}")), is_large)
        if not is_large and chance.random() < 0.4:
            del rules.parts[1:]
            parts_alike(rules, chance.choice((2, 2, 4, 5)))
        if measures(rules):
            return rules


def complete(rules, chance, entries):
    rules.aggregation, rules.normalisation = chance.choice(AGGREGATIONS), chance.choice(NORMALISATIONS)
    rules.trimmed_sheets = chance.choice((0, 1, 1, 2))
    rules.decimals = chance.choice((0, 1, 2, 2))
    if chance.random() < 0.5:
        rules.top_entries = chance.randrange(1, entries + 2)
    else:
        rules.threshold_centi = chance.choice((5000, 5500, 7500, 8000, 25000))
    codes = [p.code for p in rules.parts]
    named = [c.code for p in rules.parts for c in p.criteria]
    named += [f"{p.code}/{c.code}" for p in rules.parts for c in p.criteria]
    for kind in chance.sample(KEYS, chance.choice((0, 1, 1, 2, 3))):
        rules.tie_keys.add(kind=kind, code=chance.choice({1: codes, 2: named}.get(kind, [""])))
    rules.every_place_counts = chance.random() < 0.3
    rules.dispersion_centi = chance.choice((0, 100, 500, 1000, 1500, 2500))


def some_scores(types, chance, rules, middle):
    """Points near the middle, so that many are equal; in the rules' order or in any other."""
    scores = types.named("sangkien.appraisal.v1.Scores")()
    for part in rules.parts:
        for c in part.criteria:
            steps = c.max_centi // c.step_centi
            around = max(1, steps // 10)
            near = round(steps * middle) + int(chance.random() * (2 * around + 1)) - around
            points = min(max(near, 0), steps) * c.step_centi
            remark = "Đẹp" if chance.random() < 0.05 else ""
            scores.scores.add(part=part.code, criterion=c.code, score_centi=points, remark=remark)
    return shuffled_scores(chance, scores) if chance.random() < 0.2 else scores


def shuffled_scores(chance, scores):
    rows = list(scores.scores)
    chance.shuffle(rows)
    return type(scores)(scores=rows)


def turned(scores, rules):
    """What was given for one part given for the next, where parts are alike."""
    codes = [part.code for part in rules.parts]
    if len(codes) == 1 or any(part.criteria != rules.parts[0].criteria for part in rules.parts):
        return scores
    turned_ = type(scores)(scores=scores.scores)
    for score in turned_.scores:
        score.part = codes[codes.index(score.part) - 1]
    return turned_


def some_sheets(types, chance, rules, entries, judges):
    """Of each judge for each entry; now and then one is missing, or an entry has those of another one."""
    gaps = chance.choice((0, 0, 0.2)) if rules.aggregation != 3 else chance.choice((0, 0, 0, 0, 0.02))
    given, rows = [], []
    middles = chance.choice(((0.5, 0.8), (0.8,), (0, 1), (0, 1), None))
    for entry in entries:
        middle = chance.choice(middles) if middles else chance.random()
        own = [some_scores(types, chance, rules, middle) for _ in judges]
        if chance.random() < 0.2:  # of one mind: the mean is the same, however many they are
            own = own[:1] * len(judges)
        if given and chance.random() < 0.35:
            own = [turned(scores, rules) for scores in chance.choice(given)]
            chance.shuffle(own)
        given.append(own)
        rows += [(any_id(chance), entry, judge, scores) for judge, scores in zip(judges, own)
                 if chance.random() >= gaps]
    if chance.random() < 0.1:  # of an entry that was withdrawn
        rows.append((any_id(chance), any_id(chance), judges[0], some_scores(types, chance, rules, 0.5)))
    chance.shuffle(rows)
    return rows


def a_round(types, chance):
    """Without decisions."""
    is_large = chance.random() < 0.005
    count = chance.choice((1, 2, 3, 3, 4, 4, 5, 6))
    judges = [any_id(chance) for _ in range(25 if is_large else chance.choice((1, 2, 2, 2, 3, 3, 4, 5, 8)))]
    rules = some_rules(types, chance, is_large)
    complete(rules, chance, count)
    entries = {}
    for nth in range(count):
        code = f"KH-{chance.randrange(4) if chance.random() < 0.1 else nth:02}"
        entries[any_id(chance)] = (code, 1_572_566_400_000_000 + chance.randrange(3))
    return {"rules": rules, "entries": entries, "decisions": [],
            "sheets": some_sheets(types, chance, rules, list(entries), judges)}


def decide(types, chance, round_, places):
    """What a chair may say of equal entries: of all, of some, twice, with others, in a circle."""
    decision = types.named("sangkien.appraisal.v1.TieDecision")
    for place in places:
        if len(place) < 2 or chance.random() < 0.3:
            continue
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            named = chance.sample(place, len(place) if chance.random() < 0.6 else chance.randrange(2, len(place) + 1))
            if chance.random() < 0.2:
                named.insert(chance.randrange(len(named) + 1), chance.choice(list(round_["entries"])))
            if chance.random() < 0.1:
                named.append(any_id(chance))
            round_["decisions"].append(decision(entry_ids=named))
    chance.shuffle(round_["decisions"])


def shuffled(chance, round_):
    entries, sheets, turned_ = list(round_["entries"].items()), list(round_["sheets"]), {}
    chance.shuffle(entries)
    chance.shuffle(sheets)
    for *_, scores in sheets:
        if id(scores) not in turned_:
            turned_[id(scores)] = shuffled_scores(chance, scores)
    return {**round_, "entries": dict(entries),
            "sheets": [(i, e, p, turned_[id(scores)]) for i, e, p, scores in sheets]}


def relabelled(chance, round_):
    """With other judges; and what each one is called now."""
    people = {person for _, _, person, _ in round_["sheets"]}
    names = {person: any_id(chance) for person in sorted(people)}
    return {**round_, "sheets": [(i, e, names[p], scores) for i, e, p, scores in round_["sheets"]]}, names


def raised(chance, round_):
    """(the round with one more step or several of one score, of which entry); None where all is at its most."""
    sheets = list(round_["sheets"])
    steps = {(part.code, c.code): (c.step_centi, c.max_centi) for part in round_["rules"].parts for c in part.criteria}
    for nth in chance.sample(range(len(sheets)), min(len(sheets), 4)):
        id_, entry, person, scores = sheets[nth]
        raised_ = type(scores)(scores=scores.scores)
        score = chance.choice(raised_.scores)
        step_centi, max_centi = steps[score.part, score.criterion]
        room = (max_centi - score.score_centi) // step_centi
        if entry in round_["entries"] and room:
            score.score_centi += step_centi * chance.choice((1, room, chance.randrange(room) + 1))
            sheets[nth] = id_, entry, person, raised_
            return {**round_, "sheets": sheets}, entry
    return None


def lines_of(round_, kept=None):
    """As the program reads it; it ranks twice. kept: points that were written down already, which many sheets share."""
    kept = {} if kept is None else kept

    def hexed(scores):
        if id(scores) not in kept:
            kept[id(scores)] = scores.SerializeToString().hex()
        return kept[id(scores)]

    lines = ["rules " + round_["rules"].SerializeToString().hex()]
    lines += [f"entry {entry} {submitted_us} {code}" for entry, (code, submitted_us) in round_["entries"].items()]
    lines += [f"sheet {id_} {entry} {person} {hexed(scores)}" for id_, entry, person, scores in round_["sheets"]]
    lines += ["decision " + decision.SerializeToString().hex() for decision in round_["decisions"]]
    return "\n".join([*lines, "rank", "rank", ""])
