"""tests/faults/test_misconfigured.py - a program that is not sure at its start says why, and opens nothing.

One thing wrong each time, of everything that a program is given: keys, settings, addresses, database, templates. What
it listens at is told by listens.c, call by call.
"""
import os
import signal
import subprocess

import pytest
from base import until
from misconfigurations import EVERY, ROWS, cases
from misconfigured import Careless, Case, Library
from stack import REPO

CODE = REPO / "tests/faults/listens.c"


def pytest_generate_tests(metafunc):
    if "row" in metafunc.fixturenames:
        chosen = cases(all=metafunc.config.getoption("--long"))
        metafunc.parametrize("row, service", chosen, ids=[f"{row.name}-{service}" for row, service in chosen])


@pytest.fixture(scope="module")
def listens(tmp_path_factory):
    library = tmp_path_factory.mktemp("listens") / "listens.so"
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, CODE], check=True)
    return library


@pytest.fixture(scope="module")
def library(stack):
    return Library(stack)


@pytest.fixture(scope="module")
def careless(stack):
    careless = Careless(stack, EVERY)
    yield careless
    careless.close()


@pytest.fixture
def case(request, stack, library, listens, tmp_path):
    made = []

    def make(service):
        made.append(Case(stack, library, lambda: request.getfixturevalue("careless"), listens, tmp_path, service))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_program_that_is_not_sure_says_why_and_opens_nothing(case, row, service):
    case = case(service)
    row.change(case)

    outcome = case.run()

    reasons = [line for line in outcome.said.splitlines() if line.startswith(f"sangkien-{service}: refuses to run: ")]
    assert outcome.status == 1 and outcome.said.splitlines()[-1:] == reasons
    assert row.words in reasons[0]
    assert set(outcome.listened) <= set(row.opens)
    assert [secret for secret in case.secrets() if secret in outcome.said] == []


def test_there_are_at_least_thirty_of_them():
    assert len({row.name for row in ROWS}) == len(ROWS) >= 30


@pytest.mark.parametrize("service", EVERY)
def test_with_nothing_wrong_it_opens_its_doors(case, service):
    case = case(service)
    doors = ["health", "inner", "outer"] if service == "gateway" else ["health"]

    program = case.start()
    until(lambda: program.poll() is not None or case.listened() == doors, "it listens")
    program.terminate()
    said = program.communicate(timeout=30)[0].decode()

    assert case.listened() == doors and program.returncode == 0
    assert "ready" in said and [secret for secret in case.secrets() if secret in said] == []


def test_a_gateway_whose_database_is_away_waits_behind_closed_doors(case, library, tmp_path):
    case = case("gateway")
    away = tmp_path / "s"
    case.use(library.dsn("plain", "gateway").replace(f"host={case.stack.cluster}/socket", f"host={away}"))
    program = case.start()
    said = []

    while not said or "feed in trouble" not in said[-1]:
        said.append(program.stdout.readline().decode())
        assert said[-1], said
    closed = case.listened()
    away.symlink_to(case.stack.cluster / "socket")
    until(lambda: "outer" in case.listened(), "the database is there, and the doors open")
    os.kill(program.pid, signal.SIGTERM)
    program.communicate(timeout=30)

    assert closed == [] and program.returncode == 0
