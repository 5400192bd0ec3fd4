"""What a command asks of processor, memory and database: as much as the table budgets allows, and no more."""
import platform

import pytest

from figures import complaint, figures_of, measure, read_budgets

BUDGETS = read_budgets()
pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the budgets are those of amd64")


@pytest.fixture(scope="module")
def figures():
    return figures_of(measure())


def of_each(figure):
    return pytest.mark.parametrize("name", [name for name in BUDGETS if name.endswith("." + figure)])


def hold(figures, name):
    wrong = complaint(name, BUDGETS[name], figures[name])
    if wrong:
        pytest.fail(wrong, pytrace=False)


def test_all_that_is_counted_has_a_budget_and_the_other_way_round(figures):
    assert set(figures) == set(BUDGETS)


@of_each("statements")
def test_a_batch_is_exactly_so_many_statements(figures, name):
    hold(figures, name)


@of_each("round_trips")
def test_a_batch_waits_for_the_database_exactly_so_often(figures, name):
    hold(figures, name)


@of_each("bytes_sent")
def test_a_command_sends_no_more_to_the_database(figures, name):
    hold(figures, name)


@of_each("allocations")
def test_a_command_asks_for_memory_no_more_often(figures, name):
    hold(figures, name)


@of_each("arena_bytes")
def test_a_command_takes_no_more_of_the_arena(figures, name):
    hold(figures, name)


@of_each("instructions")
def test_a_command_takes_no_more_instructions(figures, name):
    hold(figures, name)


@of_each("digest_instructions")
def test_the_digests_of_a_command_take_no_more_instructions(figures, name):
    hold(figures, name)
