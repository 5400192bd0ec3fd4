"""tests/faults/trial.py - a load, a storm, and what is known when both are over."""
import contextlib
import random
import secrets
import time

import chain
import checker
import judging
from base import Base
from cases import Cases
from diary import Diary
from facts import DIRECTORY, Facts, by_programme, mails_of, replay
from listener import Listener
from load import Load
from storm import KILLABLE, Storm, in_days, recovered
from world import World

CEILINGS, CONTESTS = 3, 2
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
    """`stories` of Cases are what clients have in mind."""

    def __init__(self, world, rng, folder, most=40, rate=400, stories=Cases.any):
        self.world, self.path = world, folder / "diary"
        self.diary = Diary(self.path)
        edition = chain.edition(world)
        ceilings = [chain.ceiling(world, rng.randrange(2, 6) * 100 * chain.MILLION) for _ in range(CEILINGS)]
        cases = Cases(world, rng, edition, ceilings, judging.prepared(world, rng, CONTESTS))
        self.load = Load(world, self.diary, rng, lambda: stories(cases), most, rate)
        self.storm = Storm(world, self.load, rng)
        self.listener = Listener(world)
        self.listener.start()
        world.listeners.append(self.listener)

    def _is_told(self, programme):
        """All that is to be heard, to be mailed, and to be noticed."""
        base = self.world.base
        return not (base.one("SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 1",
                             programme)
                    or base.one("SELECT count(*) FROM runtime.timer WHERE programme = %s AND due_at < %s", programme,
                                in_days(self.world.stack, 0))
                    or base.unheard(programme))

    def _let_all_be_told(self, programmes, patience):
        """Waits as long as something goes on. What is to be tried again is due soon: a look takes a minute."""
        stack, last, end = self.world.stack, None, time.monotonic() + patience
        for helper in HELPERS:
            stack.launch(helper)
        while not all(map(self._is_told, programmes)) and time.monotonic() < end:
            left = stack_wide(self.world.base)
            if left != last:
                last, end = left, time.monotonic() + patience
            stack.let_pass(60)
            time.sleep(0.05)  # between two looks
        for helper in HELPERS:
            stack.end(helper)

    def facts(self, seconds=60, patience=60):
        """{programme: Facts}. Everybody may finish, hear and be told; then everything is looked at, also what did not
        come in time."""
        self.load.finish(seconds)
        self.diary.close()
        told = {self.world.programme: [], **by_programme(self.path)}
        self._let_all_be_told(told, patience)
        live = self.listener.finish(self.world.head()[0])
        mails = mails_of(self.world.stack)
        every = {programme: Facts(self.world, programme, known,
                                  {"from the beginning": replay(self.world, programme)}, mails)
                 for programme, known in told.items()}
        own = every[self.world.programme]
        own.feeds["all the while"], own.broken = live, self.listener.broken
        for facts in every.values():
            facts.kills = interruptions(self.storm)
        return every

    def report(self, every):
        """For whoever reads along (pytest -s), and for README.md's table."""
        events = sum(facts.head[0] for programme, facts in every.items() if programme != DIRECTORY)
        mails = sum(len(facts.mails) for facts in every.values())
        print(f"\n{self.load.answered} answers, {events} events, {mails} mails, {self.load.sent} frames sent, in "
              f"{len(every)} programmes")
        print(*recovered(self.storm.recoveries), sep="\n")

    def judge(self, kills=0):
        """The end of a trial: no promise was broken. `kills`: how many that the storm knows nothing of may have hit a
        mailer."""
        every = self.facts()
        self.report(every)
        assert not self.load.broken, self.load.broken
        broken = []
        for programme, facts in every.items():
            facts.kills += kills
            broken += [f"{programme}: {rule}, {len(said)} times: {said[0]}"
                       for rule, said in checker.breaches(facts).items()]
        assert not broken, "\n".join(broken)
