"""tests/property/flaws.py - what can be wrong with an edition's rules: each flaw is put into rules that were whole.

A flaw is a function that spoils the rules and names the fields that must be named, and no others; nothing where the
rules have no place for it. Those in MISSING make rules incomplete, those in CLASHING inconsistent.
"""
import datetime
import math

import editions

TOP_OF_A_SHEET, MOST_SUMMED, MOST_JUDGES, WHOLE_BP = 10_000, 25, 24, 10_000
PART, CRITERION, HIGHEST = 1, 2, 3
NO_DAYS = ((2019, 2, 29), (2019, 13, 1), (2019, 0, 1), (2019, 11, 31), (2019, 12, 0))
UNKNOWN_AGENCY = "0190a0e4-0000-7def-8123-000000000000"
MISSING, CLASHING = [], []


def flaw(kind):
    def add(function):
        kind.append(function)
        return function
    return add


def a_round(chance, rules, fits=lambda round_: True):
    """(its name, the round); None: there is none that fits."""
    found = [(f"rules.rounds[{nth}]", round_) for nth, round_ in enumerate(rules.rounds) if fits(round_)]
    return chance.choice(found) if found else (None, None)


def a_part(chance, rules, fits=lambda part: True):
    found = [(f"rules.rounds[{r}]", round_, f"rules.rounds[{r}].parts[{p}]", part)
             for r, round_ in enumerate(rules.rounds) for p, part in enumerate(round_.parts) if fits(part)]
    return chance.choice(found) if found else (None, None, None, None)


def lost_keys(name, round_):
    """Tie keys that do not say any more which part or criterion they mean."""
    parts = [part.code for part in round_.parts]
    criteria = [name for part in round_.parts for c in part.criteria for name in (c.code, f"{part.code}/{c.code}")]
    named = {PART: parts, CRITERION: criteria}
    return [f"{name}.tie_keys[{nth}].code" for nth, key in enumerate(round_.tie_keys)
            if key.kind in named and named[key.kind].count(key.code) != 1]


# ------------------------------------------------------------------ what must be there

@flaw(MISSING)
def something_is_not_said(chance, rules):
    field = chance.choice(("subject", "legal_basis", "registration", "opens", "closes", "eligibility", "prizes"))
    rules.ClearField(field)
    return [f"rules.{field}"]


@flaw(MISSING)
def there_are_no_rounds(chance, rules):
    rules.ClearField("rounds")
    return ["rules.rounds"]


@flaw(MISSING)
def a_round_has_no_parts(chance, rules):
    name, round_ = a_round(chance, rules)
    round_.ClearField("parts")
    return [f"{name}.parts", *lost_keys(name, round_)]


@flaw(MISSING)
def a_part_has_no_criteria(chance, rules):
    name, round_, part_name, part = a_part(chance, rules)
    part.ClearField("criteria")
    return [f"{part_name}.criteria", *lost_keys(name, round_)]


@flaw(MISSING)
def nobody_knows_who_must_be_there(chance, rules):
    name, round_ = a_round(chance, rules)
    field = chance.choice(("quorum_bp", "counting_base"))
    round_.ClearField(field)
    return [f"{name}.{field}"]


# ------------------------------------------------------------------ days

@flaw(CLASHING)
def there_is_no_such_day(chance, rules):
    dates = {"rules.opens.date": rules.opens.date, "rules.closes.date": rules.closes.date}
    dates.update({f"rules.legal_basis[{n}].issued_on": d.issued_on for n, d in enumerate(rules.legal_basis)})
    if rules.eligibility.HasField("reference_date"):
        dates["rules.eligibility.reference_date"] = rules.eligibility.reference_date
    name = chance.choice(sorted(dates))
    editions.some_date(dates[name], *chance.choice(NO_DAYS))
    return [name]


@flaw(CLASHING)
def registration_opens_at_the_end_of_a_day(chance, rules):
    rules.opens.inclusive = True
    return ["rules.opens.inclusive"]


@flaw(CLASHING)
def registration_closes_before_it_opens(chance, rules):
    """At the same moment is too early, too."""
    rules.closes.inclusive = chance.random() < 0.5
    opens = datetime.date(rules.opens.date.year, rules.opens.date.month, rules.opens.date.day)
    closes = opens - datetime.timedelta(days=1 if rules.closes.inclusive else chance.choice((0, 1)))
    editions.some_date(rules.closes.date, closes.year, closes.month, closes.day)
    return ["rules.closes"]


# ------------------------------------------------------------------ who may enter

@flaw(CLASHING)
def local_time_is_another_than_the_programmes(chance, rules):
    field = chance.choice(("opens", "closes"))
    getattr(rules, field).utc_offset_minutes = chance.choice((360, 421))
    return [f"rules.{field}.utc_offset_minutes"]


@flaw(CLASHING)
def what_was_returned_may_be_mended_too_long(chance, rules):
    rules.max_cure_days = chance.choice((61, 2**31 - 1))
    return ["rules.max_cure_days"]


@flaw(CLASHING)
def an_age_has_no_day(chance, rules):
    rules.eligibility.max_age_years = 35
    rules.eligibility.ClearField("reference_date")
    return ["rules.eligibility.reference_date"]


@flaw(CLASHING)
def a_code_stands_twice(chance, rules):
    lists = {"rules.tracks": rules.tracks, "rules.clusters": rules.clusters, "rules.rounds": rules.rounds,
             "rules.local_terms.checklist": rules.local_terms.checklist if rules.HasField("local_terms") else []}
    named = [name for name in sorted(lists) if len(lists[name]) > 1]
    if not named:
        return None
    name = chance.choice(named)
    nth = chance.randrange(1, len(lists[name]))
    lists[name][nth].code = lists[name][chance.randrange(nth)].code
    return [f"{name}[{nth}].code"]


@flaw(CLASHING)
def an_agency_stands_in_two_clusters(chance, rules):
    if not rules.clusters:
        return None
    nth = chance.randrange(len(rules.clusters))
    before = [agency for cluster in rules.clusters[:nth + 1] for agency in cluster.agency_ids]
    rules.clusters[nth].agency_ids.append(chance.choice(before))
    return [f"rules.clusters[{nth}].agency_ids[{len(rules.clusters[nth].agency_ids) - 1}]"]


@flaw(CLASHING)
def nobody_knows_an_agency(chance, rules):
    if not rules.clusters:
        return None
    nth = chance.randrange(len(rules.clusters))
    place = chance.randrange(len(rules.clusters[nth].agency_ids))
    rules.clusters[nth].agency_ids[place] = UNKNOWN_AGENCY
    return [f"rules.clusters[{nth}].agency_ids[{place}]"]


# ------------------------------------------------------------------ rounds in their order

@flaw(CLASHING)
def clusters_compete_where_there_are_none(chance, rules):
    named = [f"rules.rounds[{nth}].stage" for nth, r in enumerate(rules.rounds) if r.stage == editions.CLUSTER]
    rules.ClearField("clusters")
    return named or None


@flaw(CLASHING)
def the_last_round_is_no_final(chance, rules):
    rules.rounds[-1].stage = editions.PRELIMINARY
    return [f"rules.rounds[{len(rules.rounds) - 1}].stage"]


@flaw(CLASHING)
def a_round_follows_the_final(chance, rules):
    if len(rules.rounds) == 1:
        return None
    rules.rounds[-2].stage = editions.FINAL
    return [f"rules.rounds[{len(rules.rounds) - 2}].stage"]


@flaw(CLASHING)
def clusters_follow_a_preliminary_round(chance, rules):
    if len(rules.rounds) < 3 or not rules.clusters:
        return None
    nth = chance.randrange(1, len(rules.rounds) - 1)
    for round_ in rules.rounds[:-1]:
        round_.stage = editions.PRELIMINARY
    rules.rounds[nth].stage = editions.CLUSTER
    return [f"rules.rounds[{nth}].stage"]


@flaw(CLASHING)
def clusters_send_on_more_than_a_round_holds(chance, rules):
    name, round_ = a_round(chance, rules, lambda round_: round_.stage == editions.CLUSTER)
    if not round_:
        return None
    most = editions.MOST_ENTRIES // len(rules.clusters)
    round_.threshold_centi, round_.top_entries = 0, most + chance.choice((1, 1, 1000, 2**31 - 1 - most))
    return [f"{name}.top_entries"]


# ------------------------------------------------------------------ a round by itself

@flaw(CLASHING)
def a_bar_is_set_twice_or_never(chance, rules):
    name, round_ = a_round(chance, rules)
    bars = chance.choice(((0, 0), (5000, 3)))
    round_.threshold_centi, round_.top_entries = bars
    return [f"{name}.threshold_centi"]


@flaw(CLASHING)
def nobody_can_reach_the_threshold(chance, rules):
    name, round_ = a_round(chance, rules)
    most = TOP_OF_A_SHEET * (MOST_SUMMED if round_.aggregation == editions.SUM else 1)
    round_.threshold_centi, round_.top_entries = most + chance.choice((1, 1, 1000)), 0
    return [f"{name}.threshold_centi"]


@flaw(CLASHING)
def there_are_too_many_decimals(chance, rules):
    name, round_ = a_round(chance, rules)
    round_.decimals = chance.choice((3, 3, 9))
    return [f"{name}.decimals"]


@flaw(CLASHING)
def sheets_are_trimmed_of_no_trimmed_mean(chance, rules):
    name, round_ = a_round(chance, rules, lambda r: r.aggregation != editions.TRIMMED_MEAN)
    if not round_:
        return None
    round_.trimmed_sheets = 1
    round_.min_members = round_.min_sheets = max(3, round_.min_sheets)
    return [f"{name}.trimmed_sheets"]


@flaw(CLASHING)
def a_trimmed_mean_trims_nothing(chance, rules):
    name, round_ = a_round(chance, rules, lambda r: r.aggregation == editions.TRIMMED_MEAN)
    if not round_:
        return None
    round_.trimmed_sheets = 0
    return [f"{name}.trimmed_sheets"]


@flaw(CLASHING)
def nothing_is_left_when_trimmed(chance, rules):
    name, round_ = a_round(chance, rules, lambda r: r.aggregation == editions.TRIMMED_MEAN)
    if not round_:
        return None
    round_.min_sheets = 2 * round_.trimmed_sheets - chance.choice((0, 0, 1))
    return [f"{name}.trimmed_sheets"]


@flaw(CLASHING)
def a_council_is_too_small(chance, rules):
    name, round_ = a_round(chance, rules)
    round_.min_members = chance.choice((2, round_.min_sheets - 1) if round_.min_sheets > 3 else (1, 2))
    return [f"{name}.min_members"]


@flaw(CLASHING)
def a_council_is_too_large(chance, rules):
    name, round_ = a_round(chance, rules)
    round_.min_members = MOST_JUDGES + chance.choice((1, 100))
    return [f"{name}.min_members"]


@flaw(CLASHING)
def more_must_be_there_than_all(chance, rules):
    name, round_ = a_round(chance, rules)
    round_.quorum_bp = WHOLE_BP + chance.choice((1, 5000))
    return [f"{name}.quorum_bp"]


@flaw(CLASHING)
def parts_weigh_too_much_or_too_little(chance, rules):
    name, _, _, part = a_part(chance, rules)
    part.weight_bp += chance.choice((1, 100)) if part.weight_bp == 1 else chance.choice((1, -1, 100))
    return [f"{name}.parts"]


@flaw(CLASHING)
def a_part_is_left_out(chance, rules):
    """The others weigh too little by themselves."""
    name, round_ = a_round(chance, rules, lambda r: len(r.parts) > 1)
    if not round_:
        return None
    del round_.parts[chance.randrange(len(round_.parts))]
    return [f"{name}.parts", *lost_keys(name, round_)]


@flaw(CLASHING)
def a_part_stands_twice(chance, rules):
    name, round_ = a_round(chance, rules, lambda r: len(r.parts) > 1)
    if not round_:
        return None
    nth = chance.randrange(1, len(round_.parts))
    round_.parts[nth].code = round_.parts[chance.randrange(nth)].code
    return [f"{name}.parts[{nth}].code", *lost_keys(name, round_)]


@flaw(CLASHING)
def a_criterion_stands_twice(chance, rules):
    name, round_, part_name, part = a_part(chance, rules, lambda part: len(part.criteria) > 1)
    if not part:
        return None
    nth = chance.randrange(1, len(part.criteria))
    part.criteria[nth].code = part.criteria[chance.randrange(nth)].code
    return [f"{part_name}.criteria[{nth}].code", *lost_keys(name, round_)]


# ------------------------------------------------------------------ points

def a_criterion(chance, rules):
    _, _, part_name, part = a_part(chance, rules)
    nth = chance.randrange(len(part.criteria))
    return f"{part_name}.criteria[{nth}]", part.criteria[nth]


@flaw(CLASHING)
def a_step_does_not_divide_the_maximum(chance, rules):
    name, criterion = a_criterion(chance, rules)
    steps = (0, 3, 7, 300, criterion.max_centi - 1, criterion.max_centi + 1)
    criterion.step_centi = chance.choice([s for s in steps if not s or criterion.max_centi % s])
    return [f"{name}.step_centi"]


@flaw(CLASHING)
def a_minimum_is_above_the_maximum(chance, rules):
    name, criterion = a_criterion(chance, rules)
    criterion.minimum_centi = criterion.max_centi + chance.choice((1, 1, 1000))
    return [f"{name}.minimum_centi"]


@flaw(CLASHING)
def a_part_is_too_fine(chance, rules):
    name, criterion = a_criterion(chance, rules)
    criterion.weight = chance.choice((10 ** 9 // criterion.max_centi + 1, 2 ** 31 - 1))
    return [f"{name[:name.rindex('[')]}"]


@flaw(CLASHING)
def parts_are_too_fine_together(chance, rules):
    name, round_ = a_round(chance, rules, lambda r: len(r.parts) > 1)
    if not round_:
        return None
    for part, prime in zip(round_.parts, (999_983, 1_000_003)):
        del part.criteria[1:]
        part.criteria[0].max_centi, part.criteria[0].weight = prime, 101 if prime == 999_983 else 97
        part.criteria[0].step_centi, part.criteria[0].minimum_centi = 1, 0
    mosts = [sum(c.weight * c.max_centi for c in part.criteria) for part in round_.parts]
    assert max(mosts) <= 10 ** 9 and math.lcm(*mosts) > 10 ** 12
    return [f"{name}.parts", *lost_keys(name, round_)]


# ------------------------------------------------------------------ equal scores, prizes, local contests

@flaw(CLASHING)
def a_key_does_not_say_what_it_means(chance, rules):
    name, round_ = a_round(chance, rules)
    kind, code = chance.choice(((PART, "none"), (PART, ""), (CRITERION, "none"), (CRITERION, ""), (HIGHEST, "part0"),
                                (PART, round_.parts[0].criteria[0].code), (CRITERION, round_.parts[0].code)))
    round_.tie_keys.add(kind=kind, code=code)
    return [f"{name}.tie_keys[{len(round_.tie_keys) - 1}].code"]


@flaw(CLASHING)
def a_key_means_several_criteria(chance, rules):
    """In different parts."""
    name, round_, _, part = a_part(chance, rules)
    others = [c.code for other in round_.parts for c in other.criteria if other.code != part.code]
    shared = [c.code for c in part.criteria if c.code in others]
    if not shared:
        return None
    code = shared[0]
    if chance.random() < 0.5:  # the one's own code is what the other one is called with its part
        code = f"{part.code}/{code}"
        next(other for other in round_.parts if other.code != part.code).criteria[0].code = code
    round_.tie_keys.add(kind=CRITERION, code=code)
    return lost_keys(name, round_)


@flaw(CLASHING)
def a_prize_is_none_or_stands_twice(chance, rules):
    nth = len(rules.prizes)
    rules.prizes.add(award=chance.choice((1, rules.prizes[0].award)), quota=1)
    return [f"rules.prizes[{nth}].award"]
