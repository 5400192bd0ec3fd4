"""tests/property/test_ranking.py - rankings beside a second implementation, which counts in fractions.

Single rounds, for what no contest comes to (those are in test_editions.py): decisions in circles or about some of the
equals, entries of the same code, sheets that are missing, rules that could be counted by but are not published.

Each round made up is ranked as it is, in another order of entries, sheets and points, with other names for the judges,
and once more. What is made up follows from a seed: SANGKIEN_PROPERTY_SEED, or 1.
"""
import collections
import hashlib
import os
import pathlib
import random
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fuzz"))

import messages  # noqa: E402
import reference  # noqa: E402
import rounds  # noqa: E402

SEED = int(os.environ.get("SANGKIEN_PROPERTY_SEED", "1"))
ROUNDS, OF_A_MISTAKE, AT_ONCE = 5_000, 2_000, 500
MISTAKES = sorted(path.stem for path in (HERE / "mistakes").glob("*.patch")
                  if path.read_text(encoding="utf-8").startswith("services/appraisal/"))

Asked = collections.namedtuple("Asked", "round expected found")  # expected: a Ranking, or the refusal's number
# What is expected of a round, and its lines in three ways; kinds: what is worth having been looked at.
Made = collections.namedtuple("Made", "number lines totals expected other_judges kinds")
Said = collections.namedtuple("Said", "totals ranking bytes digest again")  # ranking: the same as expected
Case = collections.namedtuple("Case", "made plain shuffled relabelled")


@pytest.fixture(scope="module")
def types():
    return messages.Types()


def ask(types, chance):
    round_ = rounds.a_round(types, chance)
    try:
        found = reference.Reference(types, round_)
    except reference.Refused as refused:
        return Asked(round_, refused.args[0], None)
    rounds.decide(types, chance, round_, found.places)
    found.order()
    return Asked(round_, found.ranking(), found)


def with_other_judges(asked, names):
    """What is expected when they are called otherwise."""
    if not asked.found:
        return asked.expected
    expected = type(asked.expected)()
    expected.CopyFrom(asked.expected)
    for line in expected.judges:
        line.person_id = names[line.person_id]
    expected.judges.sort(key=lambda line: line.person_id)
    return expected


def make(types, numbers):
    """Each round's chances follow from its number."""
    for number in numbers:
        chance = random.Random(f"{SEED} {number}")
        asked = ask(types, chance)
        relabelled, names = rounds.relabelled(chance, asked.round)
        totals = [reference.half_up(reference.total_of(asked.round["rules"], reference.points_of(scores)), 2)
                  for *_, scores in asked.round["sheets"]]
        lines = [rounds.lines_of(round_) for round_ in (asked.round, rounds.shuffled(chance, asked.round), relabelled)]
        yield Made(number, lines, totals, asked.expected, with_other_judges(asked, names), set(kinds_of(asked)))


def judge(types, made, program):
    """What the program says of each round, in the three ways."""
    ran = subprocess.run([messages.BUILD / f"bin/{program}"], input="".join(way for row in made for way in row.lines),
                         text=True, check=True, capture_output=True, timeout=300)
    said = iter(ran.stdout.splitlines())
    ranking = types.named("sangkien.appraisal.v1.Ranking")

    def read(sheets):
        totals = [int(next(said)) for _ in range(sheets)]
        ranked, again = next(said), next(said)
        refusal, *rest = ranked.split()
        data = bytes.fromhex(rest[0]) if rest else b""
        return Said(totals, ranking.FromString(data) if rest else int(refusal), data, rest[1:], again == ranked)

    for row in made:
        yield Case(row, *(read(len(row.totals)) for _ in range(3)))
    assert not list(said)


def kinds_of(asked):
    rules = asked.round["rules"]
    if not asked.found:
        yield "refused"
        return
    yield f"aggregation {rules.aggregation}"
    yield f"normalisation {rules.normalisation}"
    yield f"decimals {rules.decimals}"
    for exact in asked.found.exact.values():
        if exact * 10 ** rules.decimals % 1 == reference.Fraction(1, 2):
            yield "half"
        if not 0 <= exact <= 100 and rules.aggregation != reference.SUM:
            yield "outside of the scale"
    for line in asked.expected.lines:
        yield from (name for name in ("advances", "missed_minimum", "is_dispersed", "outliers") if getattr(line, name))
        if line.tie_rule:
            yield "parted by " + line.tie_rule.split()[0]
        if line.rank == 0:
            yield "disqualified"
        if line.score_centi == rules.threshold_centi:
            yield "at the threshold"
    if asked.expected.undecided_entry_ids:
        yield "undecided"
    if any(len(place) > 1 for place in asked.found.places):
        yield "equal for good"
    if any(line.leaning_centi < 0 for line in asked.expected.judges):
        yield "leans down"


LOOKED_AT = [
    "refused", "half", "outside of the scale", "at the threshold", "advances", "missed_minimum", "disqualified",
    "is_dispersed", "outliers", "leans down", "undecided", "equal for good",
    *(f"aggregation {n}" for n in (1, 2, 3)), *(f"normalisation {n}" for n in (1, 2)),
    *(f"decimals {n}" for n in (0, 1, 2)),
    *(f"parted by {word}" for word in ("part", "criterion", "highest", "lowest", "submitted", "decision")),
]


@pytest.fixture(scope="module")
def cases(types):
    return [Case(case.made._replace(lines=None), *case[1:]) for first in range(0, ROUNDS, AT_ONCE)
            for case in judge(types, list(make(types, range(first, first + AT_ONCE))), "property_ranking")]


def show(case):
    return f"round {case.made.number} of seed {SEED}:\nexpected {case.made.expected}\nsaid {case.plain.ranking}"


def test_everything_was_looked_at(cases):
    seen = collections.Counter(kind for case in cases for kind in case.made.kinds)
    assert {kind: seen[kind] for kind in LOOKED_AT if seen[kind] < 25} == {}


def test_every_ranking_is_what_the_definition_says(cases):
    for case in cases:
        assert case.plain.ranking == case.made.expected, show(case)


def test_every_sheet_has_the_total_that_the_definition_says(cases):
    for case in cases:
        assert case.plain.totals == case.made.totals, show(case)


def test_the_digest_is_that_of_the_rankings_bytes(cases):
    for case in cases:
        if case.plain.bytes:
            assert case.plain.bytes == case.made.expected.SerializeToString(deterministic=True), show(case)
            assert case.plain.digest == [hashlib.sha256(case.plain.bytes).hexdigest()], show(case)


def test_a_ranking_made_again_has_the_same_bytes(cases):
    for case in cases:
        assert case.plain.again, show(case)


def test_no_byte_depends_on_the_order_in_which_entries_sheets_and_points_come(cases):
    for case in cases:
        assert case.shuffled[1:] == case.plain[1:], show(case)


def test_who_the_judges_are_changes_nothing_but_their_own_lines(cases):
    for case in cases:
        said = case.relabelled.ranking
        if case.plain.bytes:
            assert said.inputs_digest != case.made.expected.inputs_digest, show(case)
            said.inputs_digest = case.made.expected.inputs_digest
        assert said == case.made.other_judges, show(case)


def is_wrong(case):
    """Any of the above."""
    plain = case.plain
    return (plain.ranking != case.made.expected or case.shuffled[1:] != plain[1:] or not plain.again or
            plain.bytes and plain.digest != [hashlib.sha256(plain.bytes).hexdigest()])


@pytest.fixture(scope="module")
def first_made(types):
    return list(make(types, range(OF_A_MISTAKE)))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(types, first_made, mistake):
    """Rounded too early, trimmed at one end, halves to the even side: the rounds made up tell them all apart."""
    assert any(is_wrong(case) for case in judge(types, first_made, f"property_mistake_{mistake}"))
