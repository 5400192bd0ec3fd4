"""tests/property/test_rules.py - rules made up are accepted, and each flaw that is put into them is refused and named.

What is made up follows from a seed: SANGKIEN_PROPERTY_SEED, or 1; how many flaws are tried is SANGKIEN_PROPERTY_FLAWS.
"""
import collections
import datetime
import os
import pathlib
import random
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fuzz"))

import editions  # noqa: E402
import flaws  # noqa: E402
import juries  # noqa: E402
import messages  # noqa: E402

SEED = os.environ.get("SANGKIEN_PROPERTY_SEED", "1")
FLAWS = int(os.environ.get("SANGKIEN_PROPERTY_FLAWS", "2000"))
MISTAKES = sorted(path.stem for path in (HERE / "mistakes").glob("*.patch")
                  if path.read_text(encoding="utf-8").startswith("services/submissions/"))

# flaw: its function; named: the fields that must be; local: rules of a contest below another one
Tried = collections.namedtuple("Tried", "flaw whole spoilt refusal named")


@pytest.fixture(scope="module")
def types():
    return messages.Types()


def refusal(types, name):
    words = types.pool.FindEnumTypeByName("sangkien.submissions.v1.Refusal").values_by_name
    return words[f"REFUSAL_{name}"].number


def tries(types):
    """Flaws in turn, each in rules of its own; those that have no place for it are passed over."""
    kinds = [(flaw, refusal(types, "RULES_INCOMPLETE")) for flaw in flaws.MISSING]
    kinds += [(flaw, refusal(types, "RULES_INCONSISTENT")) for flaw in flaws.CLASHING]
    number = 0
    for nth in range(FLAWS):
        flaw, expected = kinds[nth % len(kinds)]
        named = None
        while named is None:
            chance = random.Random(f"{SEED} flaw {number}")
            whole = editions.some_rules(types, chance, chance.choice((1, 3, 8)))
            spoilt = type(whole)()
            spoilt.CopyFrom(whole)
            named = flaw(chance, spoilt)
            number += 1
        yield Tried(flaw, whole, spoilt, expected, named)


@pytest.fixture(scope="module")
def tried(types):
    return list(tries(types))


def test_rules_that_are_whole_are_accepted(types, tried):
    said = juries.review(types, "property_rules", [each.whole for each in tried])
    assert [(each.whole, refused) for each, refused in zip(tried, said) if refused[0]] == []


def moment_us(deadline, days=0):
    local = datetime.timezone(datetime.timedelta(minutes=deadline.utc_offset_minutes))
    midnight = datetime.datetime(deadline.date.year, deadline.date.month, deadline.date.day, tzinfo=local)
    return int((midnight + datetime.timedelta(days=days)).timestamp()) * 1_000_000


def test_registration_opens_and_closes_at_the_moments_that_the_rules_mean(types, tried):
    said = juries.review(types, "property_rules", [each.whole for each in tried])
    for each, (_, moments) in zip(tried, said):
        opens, closes = each.whole.opens, each.whole.closes
        assert [int(us) for us in moments] == [moment_us(opens), moment_us(closes, int(closes.inclusive))]


def wrongs(types, tried, program):
    """Where another refusal is given, or others are named, than must be."""
    said = juries.review(types, program, [each.spoilt for each in tried])
    return [(each.flaw.__name__, each.named, refused, each.spoilt) for each, refused in zip(tried, said)
            if refused[0] != each.refusal or set(refused[1]) != set(each.named)]


def test_every_flaw_is_refused_and_named_and_nothing_else_is(types, tried):
    found = wrongs(types, tried, "property_rules")
    assert found == [], f"{len(found)} of {len(tried)}, the first one of {found[0][0]}"


def test_every_flaw_was_tried(tried):
    times = collections.Counter(each.flaw for each in tried)
    assert {flaw.__name__ for flaw in flaws.MISSING + flaws.CLASHING if times[flaw] < 10} == set()


def test_a_contest_below_another_has_none_below_it(types, tried):
    said = juries.review(types, "property_rules", [each.whole for each in tried], "local")
    for each, (refused, fields) in zip(tried, said):
        has_terms = each.whole.HasField("local_terms")
        assert bool(refused) == has_terms
        if has_terms:
            assert (refused, fields) == (refusal(types, "RULES_INCONSISTENT"), ["rules.local_terms"])


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(types, tried, mistake):
    assert wrongs(types, tried, f"property_mistake_{mistake}")
