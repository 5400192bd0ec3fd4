"""tests/faults/test_storm.py - whatever dies, and whenever: the promises hold, as the clients' own diary tells."""
import checker
import pytest
from storm import POINTS
from trial import Trial


@pytest.fixture
def trial(own_world, rng, tmp_path):
    return Trial(own_world, rng, tmp_path, most=20, rate=250)


def judge(trial):
    facts = trial.facts()
    trial.report(facts)
    assert trial.load.broken == []
    assert checker.breaches(facts) == {}


def test_in_a_calm_nothing_is_lost_or_doubled(trial):
    trial.storm.calm(1000)

    judge(trial)


def test_the_promises_hold_wherever_a_process_dies(trial, long):
    for point, services in sorted(POINTS.items()):
        for nth in range(20 if long else 1):
            trial.storm.blow("crash", point=point, service=services[nth % len(services)])

    assert all(trial.storm.hits[point] >= (20 if long else 1) for point in POINTS)
    judge(trial)


def test_the_promises_hold_in_a_storm(trial, long):
    for kind in ("server", "backend", "terminate", "halt", "kill"):
        trial.storm.blow(kind)
    for _ in range(1000 if long else 5):
        trial.storm.blow()

    judge(trial)
