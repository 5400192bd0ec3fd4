"""tests/faults/storm.py - kills, halts and crashes, one after the other, of processes that the harness started.

What happens next is drawn from a seed. After each blow the storm waits until the system is whole again, and notes how
long that took: `recoveries` is [(what, seconds until the first answer for good after it)].
"""
import collections
import contextlib
import datetime
import os
import signal
import time

import psycopg2
from base import halt

# Where a process is told to die (common/crash.h): {point: services that come to it}
WORKERS = ("submissions", "appraisal", "funding", "directory")
FOUNDERS = ("submissions", "directory")
CONSUMERS = ("appraisal", "funding", "notifications")
ALARMS = ("alarm_due", "alarm_run")
AT_WORK = ("work_taken", "head_locked", "decided", "states_sent", "commit_sent", "committed", "replied")
POINTS = {
    **{point: ("gateway",) for point in ("request_taken", "request_judged", "work_sent", "answer_taken",
                                         "answer_passed", "page_taken", "page_shared")},
    **{point: WORKERS for point in AT_WORK},
    "asked_ahead": WORKERS[:3],  # more must wait than goes into one batch
    **{point: ("submissions",) for point in ALARMS},
    **{point: CONSUMERS for point in ("cursor_taken", "heard")},
    **{point: ("notifications",) for point in ("mail_claimed", "mail_sent", "mail_reported")},
}
KINDS = ("crash", "crash", "crash", "kill", "kill", "halt", "backend", "terminate", "server", "days")
KILLABLE = ("gateway", "directory", "submissions", "appraisal", "funding", "notifications")
WAIT_S = 60


def recovered(recoveries):
    """A line for each thing that was done: how often, and how long it took until somebody was answered again."""
    taken = collections.defaultdict(list)
    for what, seconds in recoveries:
        taken[what].append(seconds)
        taken["all together"].append(seconds)
    for what, all in sorted(taken.items()):
        all.sort()
        yield (f"{what:24} {len(all):4} times, answered again after {all[len(all) // 2]:.2f} s (median), "
               f"{all[len(all) * 99 // 100]:.2f} s (99 of a hundred), {all[-1]:.2f} s (all)")


def in_days(stack, days):
    return datetime.datetime.fromtimestamp(stack.clock() + days * 86400, datetime.timezone.utc)


class Storm:
    def __init__(self, world, load, rng, points=POINTS):
        self.world, self.load, self.rng = world, load, rng
        self.stack, self.base = world.stack, world.base
        self.hits, self.blows = collections.Counter(), collections.Counter()
        self.recoveries = []
        self.points = points

    # ------------------------------------------------------------- time passes while clients go on

    def until(self, condition, what, seconds=WAIT_S):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {what}")
            self.load.step()

    def calm(self, answers=20):
        """Until so many more requests were answered for good."""
        wanted = self.load.answered + answers
        self.until(lambda: self.load.answered >= wanted, f"{answers} more answers")

    def recover(self, what, services, began):
        """Waits for an answer of every service that was hit (notifications answers nobody here)."""
        speaking = [service for service in services if service in WORKERS] or list(WORKERS[:1])
        self.until(lambda: all(self._answers_after(service, began) for service in speaking),
                   f"{', '.join(speaking)} answer after {what}")
        self.recoveries.append((what, max(min(self._answers_after(service, began)) for service in speaking) - began))

    def _answers_after(self, service, began):
        """When requests that were first sent after that moment were answered: others' answers may have lain in line."""
        return [answered for sent, answered in self.load.acks[service][-200:] if sent > began]

    def relaunch(self, service):
        self.stack.launch(service)
        self.until(lambda: self.stack.readiness(service) == "ready", f"{service} is ready again")

    # ------------------------------------------------------------- blows

    def crash(self, point=None, service=None):
        """A process that dies of itself at a place chosen by name."""
        point = point or self.rng.choice(sorted(self.points))
        service = service or self.rng.choice(self.points[point])
        self.stack.end(service)
        settings = self.stack.settings.setdefault(service, {})
        settings["CRASH_AT"] = f"{point}:{1 if point in ALARMS else self.rng.randrange(1, 12)}"
        try:
            self.stack.launch(service)
        finally:
            del settings["CRASH_AT"]
        if point in ALARMS:
            self.days()
        self.until(lambda: self.stack.pid(service) is None, f"{service} comes to {point}")
        began = time.monotonic()
        assert self.stack.children[service].returncode == -signal.SIGKILL, f"{service} died another death at {point}"
        self.stack.end(service)  # takes its remains away
        self.hits[point] += 1
        self.relaunch(service)
        self.recover(f"crash {point}", [service], began)

    def kill(self):
        service = self.rng.choice(KILLABLE)
        began = time.monotonic()
        self.stack.end(service, signal.SIGKILL)
        self.relaunch(service)
        self.recover("kill service", [service], began)

    def halt(self):
        """Somebody stands still for a while, and goes on as if nothing had been: a service, the whole database, or one
        session of it, which may hold a lock that all others wait for."""
        service = self.rng.choice(KILLABLE)
        whose, pids, hit = self.rng.choice([("service", [self.stack.pid(service)], [service]),
                                            ("server", self.base.pids(), WORKERS),
                                            ("session", [self.rng.choice(self.base.sessions())], WORKERS)])
        goes_on = time.monotonic() + self.rng.uniform(0.2, 4.0)
        try:
            for pid in pids:
                halt(pid)
            self.until(lambda: time.monotonic() >= goes_on, "the halt is over")
        finally:
            began = time.monotonic()
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        self.recover(f"halt {whose}", hit, began)

    def halt_sessions_of(self, service):
        """They stand still until the service has given them up and works with others."""
        pids = self.base.sessions(service)
        try:
            for pid in pids:
                halt(pid)
            began = time.monotonic()
            self.until(lambda: self._answers_after(service, began), f"{service} waits no longer", 2 * WAIT_S)
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        self.recoveries.append(("halt all sessions of one", time.monotonic() - began))

    def backend(self):
        """kill -9 of one session's process: the whole server starts again from its log."""
        pids = self.base.sessions()
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.rng.choice(pids), signal.SIGKILL)
        self.recover("kill session", WORKERS, began)

    def terminate(self):
        began = time.monotonic()
        with contextlib.suppress(psycopg2.Error):
            self.base.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                          " WHERE starts_with(usename, 'sangkien_') AND random() < 0.5")
        self.recover("end sessions", WORKERS, began)

    def server(self):
        """kill -9 of the whole server."""
        began = time.monotonic()
        self.base.kill()
        self.base.start()
        self.recover("kill server", WORKERS, began)

    def days(self):
        """Two of them pass at once, and what was due within them is due now."""
        self.until(lambda: self.base.one("SELECT count(*) FROM runtime.timer WHERE programme = %s AND due_at < %s",
                                         self.world.programme, in_days(self.stack, 2)), "something falls due")
        self.stack.let_pass(2 * 86400)

    # ------------------------------------------------------------- the whole

    def blow(self, kind=None, **how):
        kind = kind or self.rng.choice(KINDS)
        getattr(self, kind)(**how)
        self.blows[kind] += 1
        self.calm()
        dead = [service for service in KILLABLE if not self.stack.pid(service)]
        assert dead == [], "nobody was told to die any more"
