"""tests/faults/conftest.py - how long a run is, and what it has to tell besides passed and failed."""
import pytest

TOLD = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="the full numbers, which take hours")


def pytest_configure(config):
    config.stash[TOLD] = []


@pytest.fixture(scope="session")
def long(request):
    """Whether these are the full numbers."""
    return request.config.getoption("--long")


@pytest.fixture
def tell(request):
    """Keeps a line for the end of the run: figures that are reported, not asserted."""
    return request.config.stash[TOLD].append


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash[TOLD]:
        terminalreporter.write_line(f"report: {line}")
