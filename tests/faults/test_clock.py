"""tests/faults/test_clock.py - the machine's clock jumps by an hour, and the database's with it.

Nothing is due too early, no claim ends, nothing is done twice, nothing waits for an hour. What the shim does is the
jump; what SANGKIEN_CLOCK_FILE does is time that truly passes.
"""
import os
import signal
import time

import chain
import pytest
from base import Base, halt, until
from stack import StackError
from storm import KILLABLE
from trial import Trial

HOUR = 3600


class Clock:
    """The machine's, as every process of a stack and its database see it."""

    def __init__(self, path, base):
        self.path, self.base = path, base
        self._write(0)

    def _write(self, seconds):
        self.path.write_text(f"{seconds}\n")
        self.path.chmod(0o644)

    def jump(self, seconds):
        """The database jumps, too: what of it is wrong is what was asked for."""
        self._write(seconds)
        now = self.base.one("SELECT extract(epoch FROM clock_timestamp())::float8")
        assert abs(now - time.time() - seconds) < HOUR / 4


@pytest.fixture
def clock(breakable, shim, preloaded):
    base = Base(breakable)
    clock = Clock(shim.parent / "wrong-by", base)
    base.restart(LD_PRELOAD=str(shim), SHIM_CLOCK=str(clock.path))
    preloaded({service: {"SHIM_CLOCK": str(clock.path)} for service in KILLABLE})
    yield clock
    clock.jump(0)
    base.restart()


def jumped(stack):
    """The services that say on their page of health that the clock has jumped."""
    return [service for service in KILLABLE if "clock" in stack.readiness(service)]


def test_a_jump_hurts_nobody(own_world, clock, rng, tmp_path, breakable):
    trial = Trial(own_world, rng, tmp_path, most=20, rate=250)
    for seconds in (HOUR, -HOUR):
        clock.jump(seconds)
        trial.storm.calm(100)
        trial.storm.until(lambda: jumped(breakable) == list(KILLABLE), "the jump is told")
        clock.jump(0)
        trial.storm.until(lambda: jumped(breakable) == [], "it has come back")
        trial.storm.blow("crash", point="mail_claimed", service="notifications")

    clock.jump(-HOUR)  # and stays wrong until all is over
    trial.judge()


def test_who_starts_with_a_clock_that_is_behind_refuses(own_world, clock, breakable):
    clock.jump(-HOUR)

    with pytest.raises(StackError, match="seconds behind the journal"):
        breakable.restart("notifications")
    until(lambda: jumped(breakable) == list(KILLABLE[:-1]), "the others go on")
    own_world.do("standing", "submissions.CreateEdition", {
        "ordinal": 1, "year": 2019, "name": "Hội thi", "judged_elsewhere": True, "threshold_centi": 7000,
        "maximum_centi": 10000, "document": own_world.document(kind="PLAN")})


def to_eleven(stack):
    """In the evening in Viet Nam, by the system's clock."""
    local = stack.clock() + 7 * HOUR
    stack.let_pass((23 * HOUR - local) % 86400)


def test_nothing_is_due_before_its_time(own_world, clock, breakable):
    world, edition = own_world, chain.edition(own_world)
    early, late = chain.entry(world, edition), chain.entry(world, edition)
    to_eleven(breakable)
    today = time.gmtime(breakable.clock() + 7 * HOUR)[:3]
    chain.require(world, early, today, 450)  # where the day ends half an hour earlier than in Viet Nam
    chain.require(world, late, today)
    clock.jump(HOUR)
    until(lambda: jumped(breakable) == list(KILLABLE), "the jump is told")

    breakable.let_pass(0.6 * HOUR)  # it is past half past eleven, and past midnight by the machine's clock
    until(lambda: early in overdue(world), "what was due is overdue")
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition))  # its turn comes after all that is due

    assert overdue(world) == {early}
    breakable.let_pass(HOUR)
    until(lambda: overdue(world) == {early, late}, "now the other is overdue, too")


def overdue(world):
    return {row[2] for row in world.base.events(world.programme, "DossierOverdue")}


def held(world):
    """[(notification, holder)] of mails that are in hand."""
    return world.base.run("SELECT notification::text, holder FROM notifications.delivery d"
                          " JOIN notifications.notification n ON n.programme = d.programme AND n.id = d.notification"
                          " WHERE d.programme = %s AND holder IS NOT NULL AND outcome = 0 AND n.state = 1",
                          world.programme)


def waiting(world):
    """Notifications that are not sent yet. Between two looks a minute passes: a mail that was put off is due again."""
    world.stack.let_pass(60)
    return {row[0] for row in world.base.run("SELECT id::text FROM notifications.notification WHERE programme = %s"
                                             " AND state = 1", world.programme)}


def all_is_told(world):
    """In other programmes, too: a mailer has one mail in hand."""
    until(lambda: not world.base.one("SELECT count(*) FROM notifications.notification WHERE state = 1"),
          "everybody has been told so far", 60)


def mails_of(stack, notification):
    return sum(notification in file.read_text(errors="replace") for file in (stack.folder / "mail").glob("*.eml"))


@pytest.fixture
def second_mailer(breakable):
    relay = breakable.pid("mail")
    yield lambda: (breakable.launch("notifications-2"), breakable.wait_ready(["notifications-2"]))
    os.kill(relay, signal.SIGCONT)  # however the test ended
    breakable.end("notifications-2")
    breakable.end("notifications", signal.SIGKILL)
    breakable.launch("notifications")


def test_a_claim_lasts_as_long_as_its_mailer_lives(own_world, clock, breakable, second_mailer):
    world, relay, mailer = own_world, breakable.pid("mail"), breakable.pid("notifications")
    all_is_told(world)
    halt(relay)
    chain.require(world, chain.entry(world, chain.edition(world)))
    [(mail, holder)] = until(lambda: held(world), "a mail is in hand")
    halt(mailer)
    second_mailer()

    clock.jump(HOUR)
    until(lambda: "clock" in breakable.readiness("notifications-2"), "the jump is told")
    for session in world.base.sessions("notifications"):
        os.kill(session, signal.SIGALRM)  # PostgreSQL looks at its clock whether a session has been idle for too long
    os.kill(relay, signal.SIGCONT)
    until(lambda: waiting(world) == {mail} and not world.base.unheard(world.programme),
          "all the others are sent", 180)

    assert held(world) == [(mail, holder)]
    assert mails_of(breakable, mail) == 0
    breakable.end("notifications", signal.SIGKILL)
    until(lambda: not waiting(world), "the other mailer has taken it over", 60)
    assert mails_of(breakable, mail) >= 1  # the relay may have taken it without a word


def test_a_mailer_that_stands_still_loses_what_it_holds(own_world, breakable, second_mailer, long):
    if not long:
        pytest.skip("takes five minutes: in a long run only")
    world, relay, mailer = own_world, breakable.pid("mail"), breakable.pid("notifications")
    all_is_told(world)
    halt(relay)
    chain.require(world, chain.entry(world, chain.edition(world)))
    until(lambda: held(world), "a mail is in hand")
    halt(mailer)
    os.kill(relay, signal.SIGCONT)
    second_mailer()

    until(lambda: not waiting(world), "the other mailer has ended its session, and sent all of it", 400)
    os.kill(mailer, signal.SIGCONT)
