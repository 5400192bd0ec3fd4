"""tests/faults/test_storm.py - whatever dies, and whenever: the promises hold, as the clients' own diary tells."""
import pytest
from cases import Cases
from storm import AT_WORK, FOUNDERS, POINTS
from trial import Trial


@pytest.fixture
def trial(request, own_world, rng, tmp_path, recoveries):
    """Judged at the end, whatever was done to it."""
    trial = Trial(own_world, rng, tmp_path, **{"most": 20, "rate": 250, **getattr(request, "param", {})})
    yield trial
    recoveries.extend(trial.storm.recoveries)
    trial.judge()


def test_the_promises_hold_wherever_a_process_dies(trial, nth, long):
    hits = 2 if long else 1
    for place, (point, services) in enumerate(sorted(POINTS.items())):
        for again in range(hits):
            trial.storm.blow("crash", point=point, service=services[(place + nth * hits + again) % len(services)])

    assert all(trial.storm.hits[point] == hits for point in POINTS)


@pytest.mark.parametrize("trial", [{"rate": 60, "stories": Cases.founding}], ids=["founding"], indirect=True)
def test_the_promises_hold_wherever_programmes_and_the_directory_are_cut_off(trial, nth, long):
    """Nothing else goes on: whoever dies has one of these commands in hand."""
    for service in FOUNDERS:
        for point in AT_WORK * (2 if long else 1):
            trial.storm.blow("crash", point=point, service=service)

    assert sum(trial.storm.hits.values()) == len(FOUNDERS) * len(AT_WORK) * (2 if long else 1)


@pytest.mark.parametrize("trial", [{"most": 120, "rate": 3000, "stories": Cases.drafting}], ids=["drafting"], indirect=True)
def test_the_promises_hold_when_a_batch_was_sent_behind_another(trial, long):
    """Whoever dies does not know of two batches whether they were committed."""
    for _ in range(20 if long else 2):
        trial.storm.blow("crash", point="sent_ahead", service="submissions")


@pytest.mark.parametrize("trial", [{"most": 60, "rate": 3000, "stories": Cases.rivalling}], ids=["rivalling"], indirect=True)
def test_the_promises_hold_while_what_failed_together_is_run_apart(trial, long):
    """Whoever dies has told half of them already."""
    for _ in range(20 if long else 2):
        trial.storm.blow("crash", point="half_done", service="submissions")


def test_the_promises_hold_in_a_storm(trial, nth, long):
    for kind in ("server", "backend", "terminate", "halt", "kill"):
        trial.storm.blow(kind)
    for _ in range(95 if long else 3):
        trial.storm.blow()


@pytest.fixture
def a_minute(long):
    """Asked for before anything is made."""
    if not long:
        pytest.skip("takes a minute: in a long run only")


def test_nobody_waits_for_ever_for_a_session_that_says_nothing(a_minute, trial):
    trial.storm.calm()
    trial.storm.halt_sessions_of("appraisal")
    trial.storm.calm()
