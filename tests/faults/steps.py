"""tests/faults/steps.py - what a client says next, and how it goes on until it is heard."""
import collections
import datetime

from facts import DIRECTORY
from sangkien_client import uuid7

# who says what about which subject, after how long a pause; `asks`: it is a question
Say = collections.namedtuple("Say", "who type body subject wait more asks", defaults=(None, 0, {}, False))
HANOI = datetime.timezone(datetime.timedelta(minutes=420))
NOT_HEARD_YET = {"DOSSIER_NOT_ACCEPTED", "NOT_REPORTED", "NOT_FOUND", "NOT_NOW", "NO_RESULTS_YET",
                 "ENTRANTS_NOT_CONFIRMED", "JUDGING_OPEN", "UNKNOWN_CONTEST"}
PAUSE_S, MOST_TRIES = 0.25, 200


def say(who, type, body=None, subject=None, **more):
    return Say(who, type, body or {}, subject or uuid7(), 0, more)


def direct(type, body, subject=None):
    """What an operator says in the directory."""
    return say("operator", "directory." + type, body, subject, programme=DIRECTORY)


def by(month, day):
    """The end of a day that is far away."""
    return {"date": {"year": 2099, "month": month, "day": day}, "inclusive": True, "utc_offset_minutes": 420}


def tomorrow(stack):
    """The end of the next day, by the system's clock."""
    day = datetime.datetime.fromtimestamp(stack.clock() + 86400, HANOI)
    date = {"year": day.year, "month": day.month, "day": day.day}
    return {"date": date, "inclusive": True, "utc_offset_minutes": 420}


def when_heard(step):
    """Says it again, as a new request, until the service has heard what it needs from another one."""
    for _ in range(MOST_TRIES):
        reply = yield step
        if reply.ok or reply.reason not in NOT_HEARD_YET:
            return reply
        step = step._replace(wait=PAUSE_S)
    raise AssertionError(f"{step.type} is never heard of: {reply}")


def must(step):
    """What nothing may refuse."""
    reply = yield step
    assert reply.ok, f"{step.type}: {reply} {list(reply.field_violations)}"
    return reply
