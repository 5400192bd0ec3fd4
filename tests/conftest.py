"""tests/conftest.py - one private system for all wire and flow tests, and a fresh programme for each module.

A fixture leaves what it was given as it found it: whoever stops a process starts it again.
"""
import pathlib
import secrets
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS.parent / "ops/demo"), str(TESTS / "harness")]

from base import Base  # noqa: E402
from systems import system  # noqa: E402
from world import World  # noqa: E402

SETTINGS = {
    "gateway": {"SANGKIEN_SYSTEM_INFLIGHT": "512"},
    "notifications": {"SANGKIEN_MAIL_RETRY_SECONDS": "1"},
}


@pytest.fixture(scope="session")
def stack():
    """A whole system in a directory of its own; gone when the tests are over."""
    with system("test", settings=SETTINGS) as stack:
        yield stack


@pytest.fixture(scope="session")
def base(stack):
    """The database, seen by the superuser."""
    return Base(stack)


@pytest.fixture(scope="module")
def world(stack, base):
    """A programme nobody has used, with agencies, persons, systems and roles."""
    world = World(stack, base, "kh-" + secrets.token_hex(4))
    yield world
    world.close()


@pytest.fixture(autouse=True)
def everything_runs(request):
    """After a test that used the system, every process is there and ready, whatever the test did."""
    yield
    if "stack" in request.fixturenames or "world" in request.fixturenames:
        stack = request.getfixturevalue("stack")
        if request.node.get_closest_marker("disturbs"):
            for name in ("mail",) + stack.services:
                stack.launch(name)
            stack.wait_ready()


def pytest_configure(config):
    config.addinivalue_line("markers", "disturbs: stops, kills or starts processes of the system")
