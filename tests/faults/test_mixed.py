"""tests/faults/test_mixed.py - the previous version and this one work together, and are replaced one by one.

Of every service two processes run, one of each version, and a gateway of one of them. What the previous version is
tells git: the newest commit that has the same database, and other programs.
"""
import itertools
import shutil
import subprocess

import pytest
from mistakes import run
from stack import REPO
from storm import KILLABLE
from trial import Trial

PROGRAMS = ("CMakeLists.txt", "common", "services", "proto", "ops")
PREVIOUS = REPO / "build-previous"


def git(*words):
    return subprocess.run(["git", "-c", f"safe.directory={REPO}", *words], cwd=REPO, text=True, capture_output=True,
                          check=False)


def differs(commit, *paths):
    return git("diff", "--quiet", commit, "--", *paths).returncode == 1


@pytest.fixture(scope="module")
def previous(long):
    """The build of it."""
    if not long:
        pytest.skip("built in a long run only")
    commits = git("log", "-n", "50", "--format=%H", "--", "common", "services").stdout.split()
    commit = next((c for c in commits if differs(c, "common", "services") and not differs(c, "ops/db/deploy")), None)
    if commit is None:
        pytest.skip("no commit is at hand that has the same database, and other programs")
    shutil.rmtree(PREVIOUS, ignore_errors=True)
    PREVIOUS.mkdir()
    subprocess.run(["tar", "-x", "-C", PREVIOUS], check=True, stdin=subprocess.Popen(
        ["git", "-c", f"safe.directory={REPO}", "archive", commit, *PROGRAMS], cwd=REPO, stdout=subprocess.PIPE).stdout)
    run("cmake", "-S", PREVIOUS, "-B", PREVIOUS / "build", "-G", "Ninja", "-DSANGKIEN_TESTS=OFF")
    run("cmake", "--build", PREVIOUS / "build")
    return PREVIOUS / "build"


@pytest.fixture
def pairs(breakable, previous):
    """A second process beside each service's first, of the previous version."""
    seconds = [f"{service}-2" for service in KILLABLE if service != "gateway"]
    breakable.builds = dict.fromkeys(seconds, previous)
    for name in seconds:
        breakable.launch(name)
    breakable.wait_ready(seconds)
    yield [*KILLABLE, *seconds]
    for name in seconds:
        breakable.end(name)
    breakable.builds = {}
    for service in KILLABLE:
        breakable.end(service)
        breakable.launch(service)
    breakable.wait_ready()


def test_two_versions_work_together_and_take_each_others_place(own_world, pairs, previous, rng, tmp_path, breakable,
                                                                long):
    trial = Trial(own_world, rng, tmp_path, most=20, rate=250)
    trial.storm.calm(100)
    for name in itertools.islice(itertools.cycle(pairs), 50 if long else len(pairs)):
        breakable.end(name)
        breakable.builds[name] = breakable.build if breakable.builds.get(name) == previous else previous
        breakable.launch(name)
        trial.storm.until(lambda: breakable.readiness(name) == "ready", f"{name} is ready")  # pylint: disable=W0640
        trial.storm.calm(40)

    trial.judge()
