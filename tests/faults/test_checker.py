"""tests/faults/test_checker.py - the checker sees what it is there to see: each breach (breaches.py) put into true facts."""
import collections
import copy
import secrets
import types

import checker
import pytest
from base import Base
from breaches import (
    BREACHES,
    a_position_is_missing,
    an_answer_is_another,
    an_answer_is_gone,
    nobody_answered,
    other_bytes_are_stored,
    the_feed_left_one_out,
)
from facts import DIRECTORY
from storm import POINTS
from trial import Trial, dice, interruptions
from world import World


@pytest.fixture(scope="module")
def every(breakable, request, tmp_path_factory):
    """{programme: Facts} of a calm; a story of every kind is in it."""
    world = World(breakable, Base(breakable), "kh-" + secrets.token_hex(4))
    trial = Trial(world, dice(request), tmp_path_factory.mktemp("calm"), most=20,
                  stories=lambda cases: cases.founding() if cases.chance(0.2) else cases.any())
    trial.storm.calm(600)
    trial.storm.blow("days")
    trial.storm.calm(100)
    yield trial.facts()
    world.close()


@pytest.fixture
def true_facts(every):
    """Of the programme in which all but founding goes on."""
    return next(iter(every.values()))


def may_be_changed(true_facts):
    changed = copy.copy(true_facts)
    for name in ("diary", "inbox", "journal", "notifications", "mails"):
        setattr(changed, name, list(getattr(true_facts, name)))
    changed.feeds = {when: list(given) for when, given in true_facts.feeds.items()}
    changed.ceilings, changed.cases = dict(true_facts.ceilings), dict(true_facts.cases)
    return changed


@pytest.fixture
def facts(true_facts):
    return may_be_changed(true_facts)


def test_true_facts_breach_nothing(every):
    assert [checker.breaches(facts) for facts in every.values()] == [{}] * len(every)


@pytest.mark.parametrize("rule, breach", [("lost", an_answer_is_gone), ("lost", an_answer_is_another),
                                          ("doubled", other_bytes_are_stored), ("undecided", nobody_answered),
                                          ("gaps", a_position_is_missing), ("unfed", the_feed_left_one_out)])
def test_a_breach_is_seen_in_the_directory_and_where_a_programme_was_founded(every, rule, breach):
    _, *others = every
    assert DIRECTORY in others and len(others) > 1
    for programme in others:
        facts = may_be_changed(every[programme])
        breach(facts)

        assert checker.breaches(facts).get(rule), programme


@pytest.mark.parametrize("rule, breach", [(rule, breach) for rule, all in BREACHES.items() for breach in all])
def test_a_breach_is_seen(facts, rule, breach):
    breach(facts)

    assert checker.breaches(facts).get(rule)


def test_ids_came_again_with_another_content(true_facts):
    """And were refused; else `doubled` has nothing to look at."""
    forged = {fact["id"] for fact in true_facts.diary if fact["what"] == "forged"}

    assert {fact["id"] for fact in true_facts.diary if fact["what"] == "refused" and fact["reason"] == "REUSED_ID"
            } == forged != set()


def test_whatever_was_answered_is_in_the_diary_as_sent(true_facts):
    """Repetitions, too: nobody answers more often than he was asked."""
    count = {what: collections.Counter(fact["id"] for fact in true_facts.diary if fact["what"] == what)
             for what in ("sent", "answer")}

    assert count["answer"] <= count["sent"]


def test_a_mail_may_come_again_only_after_what_may_hit_a_mailer():
    storm = types.SimpleNamespace(points=POINTS, hits=collections.Counter(mail_sent=1, heard=1, work_sent=1, decided=1),
                                  blows=collections.Counter(crash=4, days=1, kill=1, halt=1, backend=1, terminate=1,
                                                            server=1))

    assert interruptions(storm) == 2 + 5


def test_every_rule_has_been_seen_to_fail():
    assert set(BREACHES) == {rule.__name__ for rule in checker.RULES}
