"""tests/harness/steady.py - a system that goes on sending whatever happens to others, and keeps every answer."""
import collections
import heapq
import secrets
import threading
import time

import chain
from base import until
from sangkien_client import Reply, uuid7
from stack import first_operator_id

AGAIN_S = 0.1  # after which a command that could not be taken is sent again
SILENCE_S = 1.0  # after which one that nobody answered is
ENOUGH_S = 90  # in which everything that was sent is answered, however long the others were away

Sent = collections.namedtuple("Sent", "bytes began")


class Refused(Exception):
    """A reply after which the same bytes may not be sent again, and which is not for good."""

    def __init__(self, reply):
        super().__init__(repr(reply))
        self.reply = reply


class Steady(threading.Thread):
    """Keeps `window` commands under way over a connection of its own. `make` gives the bytes of the next command."""

    def __init__(self, connect, source, make, window=8):
        super().__init__(daemon=True)
        self.connect, self.source, self.make, self.window = connect, source, make, window
        self.answers = {}  # request id -> bytes of its final reply
        self.refused = collections.Counter()  # by reason, of replies that were not final
        self.marks = []  # [(when, seconds that a command took)] in the order of the answers
        self.open, self.due, self.is_over, self.trouble = {}, [], threading.Event(), None

    # ------------------------------------------------------------- its own thread

    def run(self):
        try:
            with self.connect() as client:
                while self.open or not self.is_over.is_set():
                    self._send(client)
                    self._take(client)
        except Exception as error:  # told to whoever waits for us
            self.trouble = error

    def _send(self, client):
        while len(self.open) < self.window and not self.is_over.is_set():
            request, now = self.make(), time.monotonic()
            id = client.words["wire.Request"].FromString(request).id
            self.open[id] = Sent(request, now)
            heapq.heappush(self.due, (now, id))
        while self.due and self.due[0][0] <= time.monotonic():
            _, id = heapq.heappop(self.due)
            if id in self.open:
                client.post(self.open[id].bytes)
                heapq.heappush(self.due, (time.monotonic() + SILENCE_S, id))

    def _take(self, client):
        frame = client.receive(0.02)
        while frame is not None:
            assert frame.HasField("reply"), frame
            self._look(Reply(client.words, frame.reply, None))
            frame = client.receive(0)

    def _look(self, reply):
        now, sent = time.monotonic(), self.open.get(reply.request_id)
        if reply.final:
            known = self.answers.setdefault(reply.request_id, reply.raw)
            assert known == reply.raw, f"two answers to {reply.request_id}"
            if self.open.pop(reply.request_id, None):
                self.marks.append((now, now - sent.began))
        elif not reply.is_for_now:
            raise Refused(reply)
        else:
            self.refused[reply.reason] += 1
            heapq.heappush(self.due, (now + AGAIN_S, reply.request_id))

    # ------------------------------------------------------------- whoever waits for it

    def served(self, more=20):
        """Waits until so many more commands have been answered for good."""
        enough = len(self.answers) + more
        until(lambda: self.trouble or len(self.answers) >= enough, f"{enough} answers", ENOUGH_S)
        if self.trouble:
            raise self.trouble

    def stop(self):
        """Sends nothing more, and waits for what is under way."""
        self.is_over.set()
        self.join(ENOUGH_S)
        if self.trouble:
            raise self.trouble
        assert not self.is_alive(), f"{len(self.open)} commands of {self.source} are not answered"

    def p99(self, after=0.0, before=float("inf")):
        """Seconds, of the commands answered between two moments of time.monotonic()."""
        found = sorted(seconds for when, seconds in self.marks if after <= when < before)
        return found[int(len(found) * 0.99)] if found else None

    def assert_kept(self, base):
        """Whatever it was told stands in the database, byte for byte."""
        rows = base.run("SELECT id::text, reply FROM runtime.inbox WHERE source = %s AND id = ANY(%s::uuid[])",
                        self.source, list(self.answers))
        assert {id: bytes(reply) for id, reply in rows} == self.answers


# ------------------------------------------------------------------ what is said

def _speaks(world, name, make, window):
    system = world.client_of(name) and world.officers[name].agency  # its client is made here, not in the thread
    return Steady(lambda: world.connect(system), world.systems[system], make, window)


def enters(world, edition, window=8, system="entrant"):
    """Drafts of entries."""
    name = {"entrant": "clerk", "other": "other_clerk"}[system]
    return _speaks(world, name, lambda: world.request(name, "submissions.CreateEntry", chain.draft(world, edition)),
                   window)


def sets_ceilings(world, window=8):
    def make():
        ceiling = uuid7()
        return world.request("finance_signer", "funding.SetCeiling", {
            "budget_source": "Nguồn " + ceiling, "fiscal_year": 2020, "amount_vnd": 1000,
            "document": world.document()}, ceiling)
    return _speaks(world, "finance_signer", make, window)


def opens_nothing(world, window=8):
    """Appraisals of dossiers that are not there: each a final refusal."""
    def make():
        return world.request("standing", "appraisal.OpenAppraisal", {"dossier_id": uuid7(), "dossier_version": 1})
    return _speaks(world, "standing", make, window)


def registers(world, window=4):
    """Persons, in the directory."""
    def make():
        return world.operator.request("directory.RegisterPerson", {
            "agency_id": world.agencies["science"], "full_name": f"Ông {secrets.token_hex(4)}"},
            programme="directory", subject=uuid7(), actor=first_operator_id("person"))
    return Steady(world.stack.operator, first_operator_id("system"), make, window)
