"""tests/faults/test_sigterm.py - told to stop while everybody is at work, a process ends well and nothing is lost.

Four systems send commands all the time, to every service that takes any. Each process in turn is told to stop, and is
started again. In the end everything that anybody was answered stands in the database, byte for byte.
"""
import itertools
import os
import signal

import chain
import pytest
import steady
from base import until
from ctl import Ctl

IN_TIME_S = 10
NAMES = ("gateway", "submissions", "funding", "appraisal", "directory", "notifications")

pytestmark = pytest.mark.disturbs


@pytest.fixture(scope="module")
def everybody(world, base):
    """Commands to every service; what was answered is compared when all is over."""
    edition = chain.edition(world)
    loads = [steady.enters(world, edition, 24), steady.enters(world, edition, 8, "other"),
             steady.sets_ceilings(world), steady.opens_nothing(world), steady.registers(world)]
    for load in loads:
        load.start()
    for load in loads:
        load.served()
    yield loads
    for load in loads:
        load.stop()


def test_told_to_stop_under_load_each_process_ends_with_0_in_time(world, stack, everybody, long):
    order = itertools.islice(itertools.cycle(NAMES), 200 if long else 10)
    for name in order:
        process = stack.children[name]

        stack.end(name, signal.SIGTERM, IN_TIME_S)
        assert (name, process.returncode) == (name, 0)
        stack.launch(name)
        stack.wait_ready([name])
        for load in everybody:
            load.served()


def test_several_told_to_stop_at_once_all_end_with_0(world, stack, everybody, long, rng):
    for names in [("gateway", "submissions")] + [rng.sample(NAMES, 3) for _ in range(20 if long else 0)]:
        processes = [stack.children[name] for name in names]

        for process in processes:
            process.send_signal(signal.SIGTERM)
        for name in names:
            stack.end(name, signal.SIGTERM, IN_TIME_S)
            stack.launch(name)

        assert [process.returncode for process in processes] == [0] * len(names)
        stack.wait_ready(names)
        for load in everybody:
            load.served()


@pytest.mark.parametrize("harmless", [signal.SIGHUP, signal.SIGUSR1])
def test_a_storm_of_signals_that_mean_nothing_stops_nobody(world, stack, everybody, long, harmless):
    pids = {name: stack.pid(name) for name in NAMES}

    for _ in range(1000 if long else 50):
        for pid in pids.values():
            os.kill(pid, harmless)
    for load in everybody:
        load.served()

    assert {name: stack.pid(name) for name in NAMES} == pids
    assert {stack.readiness(name) for name in NAMES} == {"ready"}


def test_whatever_was_answered_is_kept(world, stack, base, everybody, tell):
    for load in everybody:
        load.stop()
    for load in everybody:
        load.assert_kept(base)
    positions = [row[0] for row in base.events(world.programme)]
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")

    assert positions == list(range(1, len(positions) + 1))
    Ctl(stack)("verify", "--programme", world.programme)
    tell(f"stopped under load: {sum(len(load.answers) for load in everybody)} answers, all of them kept")
