"""tests/faults/conftest.py - how much of everything, what a run has to tell, and a system built to be broken."""
import copy
import os
import pathlib
import subprocess
import tempfile

import pytest
from mistakes import BREAKABLE
from stack import REPO
from storm import KILLABLE, recovered
from systems import system
from trial import dice, new_world, seed

RELAY = pathlib.Path(__file__).with_name("relay.py")
TOLD, RECOVERIES = pytest.StashKey(), pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="the full numbers, which take hours")
    parser.addoption("--seed", type=int, default=int(os.environ.get("FAULTS_SEED", "20191129")),
                     help="from which all that happens is drawn (FAULTS_SEED in the environment)")


def pytest_configure(config):
    config.stash[TOLD], config.stash[RECOVERIES] = [], []
    os.environ["FAULTS_SEED"] = str(config.getoption("--seed"))  # for the tests that a test runs


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Whatever fails says how it is run again."""
    report = (yield).get_result()
    if report.failed:
        report.sections.append(("seed", f"drawn from --seed {item.config.getoption('--seed')}"))


def pytest_generate_tests(metafunc):
    """A test that counts itself runs once, and ten times in a long run: of everything ten times as much."""
    if "nth" in metafunc.fixturenames:
        metafunc.parametrize("nth", range(10 if metafunc.config.getoption("--long") else 1))


@pytest.fixture(scope="session")
def long(request):
    """Whether these are the full numbers."""
    return request.config.getoption("--long")


@pytest.fixture
def rng(request):
    return dice(request)


@pytest.fixture
def tell(request):
    """Keeps a line for the end of the run: figures that are reported, not asserted."""
    return request.config.stash[TOLD].append


@pytest.fixture
def recoveries(request):
    """[(what happened, seconds until the next answer for good)], of the whole run."""
    return request.config.stash[RECOVERIES]


def pytest_terminal_summary(terminalreporter, config):
    for line in [*config.stash[TOLD], *recovered(config.stash[RECOVERIES])]:
        terminalreporter.write_line(f"report: {line}")


@pytest.fixture(scope="session")
def breakable(request):
    """A system of its own, from the build with places to die at: build-crashes."""
    build = os.environ.get("BREAKABLE_DIR", REPO / "build-crashes")
    settings = {**BREAKABLE, "mail": {"RELAY_SEED": str(seed(dice(request)))}}
    with system("faults", build=build, settings=settings, relay=RELAY) as stack:
        yield stack


@pytest.fixture(scope="session")
def shim():
    """The library shim.c, built for just this run, in a folder where the database's user gets, too."""
    source = pathlib.Path(__file__).with_name("shim.c")
    with tempfile.TemporaryDirectory(prefix="sangkien-shim-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        library = pathlib.Path(folder, "shim.so")
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        yield library


@pytest.fixture
def preloaded(breakable, shim):
    """preloaded({service: variables}): its processes start again with the shim; afterwards none has it."""
    before = copy.deepcopy(breakable.settings)

    def preload(settings):
        for service, variables in settings.items():
            breakable.settings.setdefault(service, {}).update(LD_PRELOAD=str(shim), **variables)
        _start_again(breakable)
    yield preload
    breakable.settings = before
    _start_again(breakable)


def _start_again(stack):
    for service in KILLABLE:
        stack.end(service)
        stack.launch(service)
    stack.wait_ready()


@pytest.fixture
def own_world(breakable):
    with new_world(breakable) as world:
        yield world
