"""tests/faults/trial.py - a load, a storm, and what is known when both are over."""
import contextlib

import chain
from base import until
from cases import Cases
from diary import Diary
from facts import Facts, replay
from listener import Listener
from load import Load
from storm import Storm

CEILINGS = 3


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

    def _is_told(self):
        base, programme = self.world.base, self.world.programme
        return not base.unheard(programme) and not base.one(
            "SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 1", programme)

    def facts(self, seconds=60, told_seconds=240):
        """Everybody may finish, hear and be told; then everything is looked at, also what did not come in time."""
        self.load.finish(seconds)
        self.diary.close()
        with contextlib.suppress(AssertionError):
            until(self._is_told, "everything was heard and told", told_seconds)
        live = self.listener.finish(self.world.head()[0])
        facts = Facts(self.world, self.path, replay(self.world), live)
        facts.kills = sum(times for blow, times in self.storm.blows.items() if blow != "days")
        return facts

    def report(self, facts):
        """For whoever reads along (pytest -s), and for README.md's table."""
        events, answers = facts.head
        print(f"\n{answers} answers, {events} events, {len(facts.mails)} mails, {self.load.sent} frames sent")
        for what, times, median, most in self.storm.table():
            print(f"{what:24} {times:4} times, answered again after {median:.2f} s (median), {most:.2f} s (most)")
