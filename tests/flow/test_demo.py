"""tests/flow/test_demo.py - the rehearsal of 2019, in a system of its own: broken off, gone on with, and told once more."""
import datetime
import io

import pytest
from contest import Contest
from systems import system

BEGINS = datetime.datetime.fromisoformat("2019-03-01T08:00+07:00").timestamp()
PRELIMINARY = 12  # phases before the ranking


@pytest.fixture(scope="module")
def told():
    """(what came of it, what came of it when it was told again)"""
    with system("demo", begins=BEGINS) as stack:
        begun = Contest(stack, io.StringIO())
        for _, work in begun.PHASES[:PRELIMINARY]:
            work(begun)
        begun.teller.close()
        yield [tell(stack) for _ in range(2)]


def tell(stack):
    contest = Contest(stack, io.StringIO())
    contest.run()
    contest.teller.close()
    return [line for line in contest.out.getvalue().splitlines() if not line.startswith("[")]


def test_told_again_it_changes_nothing(told):
    assert told[0] == told[1]


def test_the_rule_that_parts_two_of_one_score_is_shown(told):
    shown = [line.split() for line in told[0] if "criterion tinh-moi" in line]

    assert [(line[0], line[1], line[2], line[-1]) for line in shown] == [
        ("6", "CCHC4-37", "77.80", "THIRD"), ("7", "CCHC4-51", "77.80", "CONSOLATION")]


def test_the_journal_agrees_with_everything(told):
    assert "  verify: ok" in told[0]
