"""tests/faults/test_mistakes.py - known mistakes, each built into a copy of the system: the harness catches every one.

What is proved is the harness. A mistake that is not caught means that a promise is not looked after.
"""
import os
import re
import subprocess
import sys
import time

import checker
import mistakes
import pytest
from base import REPO, Base
from systems import system
from trial import Trial
from world import World

OFTEN = 8
DOORS = ("revoked-keys-stay",)  # of a run that is not long, too
SHORT = ("ack_before_commit",)  # of a run that is not long


def crash(point, service):
    """The blow that shows it: dying where the mistake has opened a gap."""
    def blow(trial):
        for _ in range(OFTEN):
            trial.storm.blow("crash", point=point, service=service)
    return blow


def server(trial):
    for _ in range(OFTEN):
        trial.storm.blow("server")


def calm(trial):
    trial.storm.calm(1200)


def two_of_funding(trial):
    """Beside each other, so that two cases want the same ceiling at once."""
    trial.world.stack.launch("funding-2")
    trial.world.stack.wait_ready(["funding-2"])
    calm(trial)


# mistake: (what shows it, the rule that sees it)
SHOWN_BY = {
    "ack_before_commit": (crash("acked", "submissions"), "lost"),
    "dedup_outside_the_transaction": (crash("not_marked", "submissions"), "doubled"),
    "cursor_before_effects": (crash("cursor_moved", "appraisal"), "unheard"),
    "cursor_by_what_was_drawn": (calm, "unheard"),
    "commit_not_waited_for": (server, "lost"),
    "signoff_of_any_text": (calm, "unsigned"),
    "ceiling_not_asked": (calm, "unconserved"),
    "ceiling_read_before_locked": (two_of_funding, "unconserved"),
    "mail_marked_before_sent": (crash("mail_marked", "notifications"), "untold"),
    "refusals_forgotten": (calm, "lost"),
}


def test_each_mistake_is_shown():
    assert sorted([*SHOWN_BY, *mistakes.missed_by()]) == mistakes.names()


def run_pytest(*words, **variables):
    return subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words], cwd=REPO, text=True,
                          env={**os.environ, **variables}, capture_output=True, check=False)


def test_each_test_that_must_fail_is_one_test():
    """Not all rows of a table, of which any may fail."""
    tests = sorted(set(mistakes.missed_by().values()))
    done = run_pytest("--collect-only", *tests)

    assert sorted(line for line in done.stdout.splitlines() if "::" in line) == tests, done.stdout[-2000:] + done.stderr


@pytest.mark.parametrize("name", SHOWN_BY)
def test_the_mistake_is_caught(name, rng, tmp_path, long):
    if not long and name not in SHORT:
        pytest.skip("built in a long run only")
    shown_by, rule = SHOWN_BY[name]
    with mistakes.built_with(name) as (build, source), system(
            "mistake", build=build, settings=mistakes.BREAKABLE, source=source) as stack:
        world = World(stack, Base(stack), f"kh-{int(time.time())}")
        trial = Trial(world, rng, tmp_path)
        shown_by(trial)
        facts = trial.facts(seconds=10, patience=10)[world.programme]
        world.close()
    found = checker.breaches(facts)
    print({broken: (len(said), said[0]) for broken, said in found.items()})
    assert rule in found


@pytest.mark.parametrize("name, test", mistakes.missed_by().items())
def test_with_the_mistake_a_test_fails(name, test, long):
    if not long and name not in DOORS:
        pytest.skip("built in a long run only")
    with mistakes.built_with(name) as (build, _):
        done = run_pytest(test, BUILD_DIR=str(build), BREAKABLE_DIR=str(build))
    assert re.search(rf"^FAILED {re.escape(test)}( - |$)", done.stdout, re.M), done.stdout[-2000:]
