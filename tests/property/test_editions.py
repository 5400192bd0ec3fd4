"""tests/property/test_editions.py - whole contests beside a second implementation, which counts in fractions.

Each contest made up is counted twice, from its entries to the last place: once by the program, whose rankings say who
is in the next round, and once by the reference. On the way rounds are told in other ways, too. What is made up follows
from a seed: SANGKIEN_PROPERTY_SEED, or 1; how many there are is SANGKIEN_PROPERTY_EDITIONS.
"""
import collections
import concurrent.futures
import copy
import gc
import hashlib
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fuzz"))

import editions  # noqa: E402
import juries  # noqa: E402
import messages  # noqa: E402
import reference  # noqa: E402

SEED = int(os.environ.get("SANGKIEN_PROPERTY_SEED", "1"))
EDITIONS = int(os.environ.get("SANGKIEN_PROPERTY_EDITIONS", "10000"))
OF_A_MISTAKE, AT_ONCE, PROCESSES = 400, 250, 2
MOST_SHOWN = 3

# What must be so of every contest; name: what it says of one, by way of the rankings that differ.
RULES, LINES, WHO_GOES_ON, PLACES = "rules", "lines", "who goes on", "places"
DIGEST, AGAIN, ARRIVAL, JUDGES, MORE_POINTS = "digest", "again", "arrival", "judges", "more points"


# ------------------------------------------------------------------ what must be so

def ranking_bytes(ranking):
    return ranking if isinstance(ranking, int) else ranking.SerializeToString(deterministic=True)


def rankings_of(outcome):
    """{(nth round, cluster): [bytes, or the refusal's number]} as the program has them."""
    said = collections.defaultdict(list)
    for held in outcome.helds:
        said[held.nth, held.cluster].append(held.said[juries.PLAIN].refusal or held.said[juries.PLAIN].data)
    return said


def other_judges(held):
    """What the ranking must be when they are called otherwise: the same, but for their own lines."""
    expected = type(held.ranking).FromString(held.said[juries.PLAIN].data)
    names = held.told.names
    for line in expected.judges:
        line.person_id = names[line.person_id]
    expected.judges.sort(key=lambda line: line.person_id)
    round_ = held.told.round
    expected.inputs_digest = reference.digest_of(
        {**round_, "sheets": [(i, e, names[p], scores) for i, e, p, scores in round_["sheets"]]})
    return expected


def standing(ranking, entry):
    """(its place, not being ranked behind all; whether it goes on)"""
    line = next(line for line in ranking.lines if line.entry_id == entry)
    return line.rank or len(ranking.lines) + 1, line.advances


def is_set_back(held):
    """More points of an entry cost it a place, or its advance."""
    before = standing(held.ranking, held.told.raised)
    after = standing(type(held.ranking).FromString(held.said[juries.RAISED].data), held.told.raised)
    return after[0] > before[0] or after[1] < before[1]


def may_be_set_back(rules):
    """Normalisation moves all sheets of a judge, and those of everybody else: see the test below."""
    return rules.normalisation == reference.JUDGE_MEAN


def wrongs_of_ranking(held):
    plain = held.said[juries.PLAIN]
    if not all(said.again for said in held.said.values()):
        yield AGAIN
    if held.said.get(juries.OTHERWISE, plain) != plain:
        yield ARRIVAL
    if plain.refusal:
        return
    if plain.digest != hashlib.sha256(plain.data).hexdigest():
        yield DIGEST
    if held.told.names and held.said[juries.RELABELLED].data != ranking_bytes(other_judges(held)):
        yield JUDGES
    if held.told.raised and not may_be_set_back(held.told.round["rules"]) and is_set_back(held):
        yield MORE_POINTS


def wrongs_of_outcome(outcome, contest):
    expected = {key: [ranking_bytes(ranking) for ranking in made] for key, made in contest.rankings.items()}
    if rankings_of(outcome) != expected:
        yield LINES
    if set(outcome.finalists) != contest.finalists or {h.nth for h in outcome.helds} != {n for n, _ in expected}:
        yield WHO_GOES_ON
    if sorted(outcome.places) != sorted(contest.places):
        yield PLACES


def wrongs_of(outcome, contest):
    yield from wrongs_of_outcome(outcome, contest)
    for held in outcome.helds:
        yield from wrongs_of_ranking(held)


# ------------------------------------------------------------------ what was looked at

def kinds_of_ranking(held):
    rules = held.told.round["rules"]
    plain = held.said[juries.PLAIN]
    if plain.refusal:
        yield f"refused {plain.refusal}"
        return
    yield f"aggregation {rules.aggregation}"
    yield f"normalisation {rules.normalisation}"
    yield f"decimals {rules.decimals}"
    yield "top" if rules.top_entries else "threshold"
    if len(held.told.round["sheets"]) != sum(line.sheets for line in held.ranking.lines):
        yield "sheets of who has left"
    if held.told.round["decisions"]:
        yield "decided"
    if held.told.names:
        yield "relabelled"
    if held.told.raised and not may_be_set_back(rules):
        yield "raised"
    if held.ranking.undecided_entry_ids:
        yield "every place counts" if rules.every_place_counts else "undecided at the edge"
    for line in held.ranking.lines:
        yield from (name for name in ("advances", "missed_minimum", "is_dispersed", "outliers") if getattr(line, name))
        if line.rank == 0:
            yield "disqualified"
        if line.tie_rule:
            yield "parted by " + line.tie_rule.split()[0]


def kinds_of(edition, outcome):
    stages = [rules.stage for rules in edition.rules.rounds]
    yield "stages " + " ".join(map(str, stages))
    if len(edition.entries) == editions.MOST_ENTRIES and outcome.helds:
        yield "300 entries, 9 judges"
    if len({held.cluster for held in outcome.helds if held.cluster}) > 1:
        yield "clusters"
    if not outcome.finalists:
        yield "nobody reaches the final"
    elif not outcome.places:
        yield "nobody is left behind the final"
    if {held.nth for held in outcome.helds} == {0, 1, 2, 3}:
        yield "four rounds"
    if any(e.leaves and not e.leaves[1] and 0 < e.leaves[0] < len(stages) for e in edition.entries.values()):
        yield "left between rounds"
    if any(not may_have_prize for *_, may_have_prize in outcome.places):
        yield "a place without a prize"


LOOKED_AT = [
    f"refused {reference.UNEQUAL_SHEETS}", *(f"aggregation {n}" for n in (1, 2, 3)), "normalisation 1",
    "normalisation 2", *(f"decimals {n}" for n in (0, 1, 2)), "top", "threshold", "sheets of who has left", "decided",
    "relabelled", "raised", "every place counts", "undecided at the edge", "advances", "missed_minimum", "is_dispersed",
    "outliers", "disqualified",
    *(f"parted by {word}" for word in ("part", "criterion", "highest", "lowest", "submitted", "decision")),
    *("stages " + stages for stages in ("3", "1 3", "2 3", "1 1 3", "1 2 3", "2 2 3", "1 1 1 3", "1 1 2 3", "1 2 2 3",
                                        "2 2 2 3")),
    "300 entries, 9 judges", "clusters", "nobody reaches the final", "nobody is left behind the final", "four rounds",
    "left between rounds", "a place without a prize",
]


# ------------------------------------------------------------------ all of them

def look_at(first):
    """(how many of each kind, {what is wrong: some contests}) of so many contests from the first on."""
    gc.disable()  # which finds nothing here, and takes its time
    types = messages.Types()
    kinds, wrongs = collections.Counter(), collections.defaultdict(list)
    made = [editions.Edition(types, SEED, n) for n in range(first, min(first + AT_ONCE, EDITIONS))]
    wrongs[RULES] += [edition.name for edition, (refusal, _) in zip(
        made, juries.review(types, "property_rules", [edition.rules for edition in made])) if refusal]
    for edition, outcome in zip(made, juries.count(types, made, "property_ranking")):
        for wrong in set(wrongs_of(outcome, reference.Contest(types, edition))):
            wrongs[wrong].append(edition.name)
        kinds.update(set(kinds_of(edition, outcome)))
        kinds.update(kind for held in outcome.helds for kind in set(kinds_of_ranking(held)))
    gc.collect()
    return kinds, dict(wrongs)


@pytest.fixture(scope="module")
def looked_at():
    kinds, wrongs = collections.Counter(), collections.defaultdict(list)
    with concurrent.futures.ProcessPoolExecutor(PROCESSES) as pool:
        for some_kinds, some_wrongs in pool.map(look_at, range(0, EDITIONS, AT_ONCE)):
            kinds += some_kinds
            for wrong, names in some_wrongs.items():
                wrongs[wrong] += names
    return kinds, wrongs


def assert_never(looked_at, wrong):
    found = looked_at[1][wrong]
    assert not found, f"{len(found)} of {EDITIONS} editions, the first ones are {', '.join(found[:MOST_SHOWN])}"


def test_everything_was_looked_at(looked_at):
    assert {kind: looked_at[0][kind] for kind in LOOKED_AT if looked_at[0][kind] < 10} == {}


def test_all_go_by_rules_that_may_be_published(looked_at):
    assert_never(looked_at, RULES)


def test_every_line_of_every_round_is_what_the_definition_says(looked_at):
    assert_never(looked_at, LINES)


def test_the_same_go_on_and_reach_the_final(looked_at):
    assert_never(looked_at, WHO_GOES_ON)


def test_final_places_are_the_same(looked_at):
    assert_never(looked_at, PLACES)


def test_the_digest_is_that_of_the_rankings_bytes(looked_at):
    assert_never(looked_at, DIGEST)


def test_a_ranking_made_again_has_the_same_bytes(looked_at):
    assert_never(looked_at, AGAIN)


def test_no_byte_depends_on_the_order_of_arrival_or_on_sheets_of_who_has_left(looked_at):
    assert_never(looked_at, ARRIVAL)


def test_who_the_judges_are_changes_nothing_but_their_own_lines_and_the_inputs_digest(looked_at):
    assert_never(looked_at, JUDGES)


def test_more_points_cost_nobody_a_place(looked_at):
    """True of the mean, and of the trimmed mean and the sum as well, with every tie key and behind every decision: all
    of them rise when one score does, and what others have stays. Not true where totals are normalised, see below."""
    assert_never(looked_at, MORE_POINTS)


def one_to_two(types, first_centi):
    """Two judges for the entry that was there earlier, and one of them for the other; rounded to whole points."""
    early, late = editions.AGENCIES[:2]
    strict, both = editions.AGENCIES[2:4]
    rules = types.named("sangkien.submissions.v1.RoundRules")(aggregation=reference.MEAN, threshold_centi=5000,
                                                              normalisation=reference.JUDGE_MEAN)
    rules.parts.add(code="p", weight_bp=10000).criteria.add(code="c", max_centi=10000, step_centi=5, weight=1)
    rules.tie_keys.add(kind=reference.SUBMITTED_EARLIER)
    sheets = []
    for id_, (entry, judge, points) in zip(editions.AGENCIES[4:], ((early, strict, first_centi), (early, both, 8000),
                                                                   (late, both, 8040))):
        scores = types.named("sangkien.appraisal.v1.Scores")()
        scores.scores.add(part="p", criterion="c", score_centi=points)
        sheets.append((id_, entry, judge, scores))
    return {"rules": rules, "entries": {early: ("KH-1", 1), late: ("KH-2", 2)}, "decisions": [], "sheets": sheets}


def test_more_points_may_cost_a_place_where_totals_are_normalised():
    """79.9 from a judge who gave no other points becomes 80.65: this lifts all totals alike, by a quarter of a point,
    and the other entry's 80.3 over the next half, but not the own 80.0. They were equal, and are not any more."""
    types = messages.Types()
    ways = {juries.PLAIN: one_to_two(types, 7990), juries.RAISED: one_to_two(types, 8065)}
    said, = juries.ask("property_ranking", [ways])
    ranking = types.named("sangkien.appraisal.v1.Ranking")
    before, after = (ranking.FromString(said[way].data).lines for way in (juries.PLAIN, juries.RAISED))
    assert [(line.entry_code, line.score_centi) for line in before] == [("KH-1", 8000), ("KH-2", 8000)]
    assert [(line.entry_code, line.score_centi) for line in after] == [("KH-2", 8100), ("KH-1", 8000)]


# ------------------------------------------------------------------ what would be found

# Of these only rounds tell that no contest has: decisions in a circle, and codes that two entries share.
OF_ROUNDS_ALONE = {"some_decided_is_enough", "order_of_arrival"}
MISTAKES = sorted(path.stem for path in (HERE / "mistakes").glob("*.patch") if path.stem not in OF_ROUNDS_ALONE
                  and path.read_text(encoding="utf-8").startswith("services/appraisal/"))


@pytest.fixture(scope="module")
def first_made():
    """Types, editions and what comes of them."""
    types = messages.Types()
    made = [editions.Edition(types, SEED, n) for n in range(1, OF_A_MISTAKE + 1)]
    return types, made, [reference.Contest(types, edition) for edition in made]


def is_found(types, made, contests, program):
    return any(next(wrongs_of_outcome(outcome, contest), None)
               for outcome, contest in zip(juries.count(types, made, program, in_ways=False), contests))


@pytest.mark.parametrize("mistake", sorted(set(MISTAKES) - {"digest_of_less"}))
def test_the_mistake_is_found(first_made, mistake):
    """In what comes of the contest: whatever else is told of its rounds is not looked at."""
    assert is_found(*first_made, f"property_mistake_{mistake}")


@pytest.mark.parametrize("mistake, promise", [
    ("digest_of_less", DIGEST), ("counts_how_often", AGAIN), ("first_come_at_the_edge", ARRIVAL),
    ("means_of_the_gone", ARRIVAL), ("trimmed_by_name", JUDGES), ("highest_sheet_last", MORE_POINTS),
])
def test_each_promise_is_seen_to_break(first_made, mistake, promise):
    types, made, contests = first_made
    outcomes = juries.count(types, made, f"property_mistake_{mistake}")
    assert any(promise in wrongs_of(outcome, contest) for outcome, contest in zip(outcomes, contests))


def test_nothing_is_found_where_there_is_no_mistake(first_made):
    assert not is_found(*first_made, "property_ranking")


def astray(edition):
    """The same, but for one entry that is ranked in another cluster; None where it has no such."""
    clusters = {e.cluster: id_ for id_, e in edition.entries.items() if not e.leaves}
    if edition.rules.rounds[0].stage != editions.CLUSTER or len(clusters) < 2:
        return None
    (_, id_), (other_cluster, _) = sorted(clusters.items())[:2]
    other = copy.copy(edition)
    other.entries = {**edition.entries, id_: edition.entries[id_]._replace(cluster=other_cluster)}
    return other


def test_every_entry_that_is_ranked_in_another_cluster_is_found(first_made):
    """Rankings know nothing of clusters: whoever makes up rounds does."""
    types, made, contests = first_made
    strays = [(astray(edition), contest) for edition, contest in zip(made, contests) if astray(edition)]
    outcomes = juries.count(types, [edition for edition, _ in strays], "property_ranking", in_ways=False)
    assert len(strays) > 20
    assert all(next(wrongs_of_outcome(*pair), None) for pair in zip(outcomes, (contest for _, contest in strays)))
