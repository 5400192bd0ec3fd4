"""tests/faults/trial.py - a load, a storm, and what is known when both are over."""
import contextlib
import random
import secrets
import time

import chain
import checker
from base import Base
from cases import Cases
from diary import Diary
from facts import Facts, replay
from listener import Listener
from load import Load
from storm import KILLABLE, Storm, in_days, recovered
from world import World

CEILINGS = 3
HELPERS = ("notifications-2", "notifications-3")  # when only mails are left


def dice(request):
    """What a test, or all of a file or a run, draws from: the same each time it is run with the same seed."""
    return random.Random(f"{request.config.getoption('--seed')} {request.node.name}")


def seed(rng):
    """For whoever throws dice in a process of his own."""
    return rng.randrange(1, 1 << 31)


@contextlib.contextmanager
def new_world(stack):
    """A programme of its own: what one test breaks does not count for the next."""
    world = World(stack, Base(stack), "kh-" + secrets.token_hex(4))
    try:
        yield world
    finally:
        world.close()


def interruptions(storm):
    """How often a mailer, or the database that it works with, may have been hit. Whom a kill or a halt hit is not known
    here, nor which of a point's services died: each of them counts."""
    crashes = sum(times for point, times in storm.hits.items() if "notifications" in storm.points.get(point, KILLABLE))
    return crashes + sum(times for kind, times in storm.blows.items() if kind not in ("crash", "days"))


def stack_wide(base):
    """What goes on for anybody: others' mail may come first."""
    return base.run("SELECT count(*), max(event_position) FROM notifications.notification WHERE state = 1"), base.run(
        "SELECT sum(position) FROM runtime.cursor")


class Trial:
    def __init__(self, world, rng, folder, most=40, rate=400):
        self.world, self.path = world, folder / "diary"
        self.diary = Diary(self.path)
        edition = chain.edition(world)
        ceilings = [chain.ceiling(world, rng.randrange(2, 6) * 100 * chain.MILLION) for _ in range(CEILINGS)]
        self.load = Load(world, self.diary, rng, Cases(world, rng, edition, ceilings).any, most, rate)
        self.storm = Storm(world, self.load, rng)
        self.listener = Listener(world)
        self.listener.start()
        world.listeners.append(self.listener)

    def _untold(self):
        """What is still to be heard, to be mailed, and to be noticed."""
        base, programme = self.world.base, self.world.programme
        return base.unheard(programme), base.one(
            "SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 1", programme), base.one(
            "SELECT count(*) FROM runtime.timer WHERE programme = %s AND due_at < %s", programme,
            in_days(self.world.stack, 0))

    def _let_all_be_told(self, patience):
        """Waits as long as something goes on. What is to be tried again is due soon: a look takes a minute."""
        stack, last, end = self.world.stack, None, time.monotonic() + patience
        for helper in HELPERS:
            stack.launch(helper)
        while self._untold() != ([], 0, 0) and time.monotonic() < end:
            left = stack_wide(self.world.base)
            if left != last:
                last, end = left, time.monotonic() + patience
            stack.let_pass(60)
            time.sleep(0.05)  # between two looks
        for helper in HELPERS:
            stack.end(helper)

    def facts(self, seconds=60, patience=60):
        """Everybody may finish, hear and be told; then everything is looked at, also what did not come in time."""
        self.load.finish(seconds)
        self.diary.close()
        self._let_all_be_told(patience)
        live = self.listener.finish(self.world.head()[0])
        facts = Facts(self.world, self.path, replay(self.world), live, self.listener.broken)
        facts.kills = interruptions(self.storm)
        return facts

    def report(self, facts):
        """For whoever reads along (pytest -s), and for README.md's table."""
        events, answers = facts.head
        print(f"\n{answers} answers, {events} events, {len(facts.mails)} mails, {self.load.sent} frames sent")
        print(*recovered(self.storm.recoveries), sep="\n")

    def judge(self, kills=0):
        """The end of a trial: no promise was broken. `kills`: how many that the storm knows nothing of may have hit a
        mailer."""
        facts = self.facts()
        facts.kills += kills
        self.report(facts)
        assert self.load.broken == []
        assert checker.breaches(facts) == {}
