"""tests/faults/load.py - clients that send as the wire asks them to, write down what they know, and repeat themselves.

One thread drives the sockets of all systems. A fifth of all requests is sent twice on purpose, at once or after the
answer; now and then an id that was answered for comes again with another content, until that is refused.
"""
import collections
import time

import zmq
from sangkien_client import RESOURCE_EXHAUSTED, UNAVAILABLE, uuid7

LOST_S, FIRST_PAUSE_S, MOST_PAUSE_S = 2.0, 0.05, 1.0
DOUBLED, FORGED = 0.2, 0.05


class Pending:
    def __init__(self, story, system, request_id, request, service, what="sent"):
        self.story, self.system, self.id, self.request, self.service = story, system, request_id, request, service
        self.what = what  # it is, in the diary's words; a question is "asked", and not in the diary
        self.first_sent, self.due, self.pause, self.receipt = None, 0.0, FIRST_PAUSE_S, None


class Load:
    """`stories` gives new ones; `most` of them are under way at once; at most `rate` new requests a second."""

    def __init__(self, world, diary, rng, stories, most=60, rate=400):
        self.world, self.diary, self.rng, self.stories, self.most = world, diary, rng, stories, most
        self.gap, self.next_at = 1.0 / rate, 0.0
        self.under_way = {}  # request id -> Pending
        self.ready = collections.deque()  # (when, story, what it says)
        self.later = collections.deque()  # (when, Pending) of deliberate repetitions
        self.forged = {}  # request id -> Pending, of another content
        self.owed, self.heard = collections.Counter(), 0.0  # {request id: replies still to come}; when one last came
        self.running, self.sent, self.answered = 0, 0, 0
        self.broken = []  # what stories could not believe
        self.refusals = collections.Counter()  # reason -> how often it was given, though nothing happened
        self.acks = collections.defaultdict(list)  # service -> (when it was asked, when it answered for good)
        self.is_ending = False
        self.poller = zmq.Poller()
        self.system_of = {}
        for system in (*world.agencies, "operator"):
            socket = world.client(system).socket
            self.system_of[socket] = system
            self.poller.register(socket, zmq.POLLIN)

    # ------------------------------------------------------------- stories

    def _go_on(self, story, reply=None):
        try:
            step = story.send(reply) if reply is not None else next(story)
            self.ready.append((time.monotonic() + step.wait, story, step))
        except StopIteration:
            self.running -= 1
        except AssertionError as error:
            self.running -= 1
            self.broken.append(str(error))

    def _begin(self):
        while not self.is_ending and self.running < self.most:
            self.running += 1
            self._go_on(self.stories())

    # ------------------------------------------------------------- sending

    def _say(self, story, step):
        request_id, system = uuid7(), self.world.officers[step.who].agency
        request = self.world.request(step.who, step.type, step.body, step.subject, id=request_id, **step.more)
        service = step.type.split(".")[0]
        if step.asks:
            self.under_way[request_id] = Pending(story, system, request_id, request, service, "asked")
            return self.under_way[request_id]
        self.diary.note("intent", request_id, type=step.type, source=self.world.systems[system], subject=step.subject,
                        programme=step.more.get("programme", self.world.programme), bytes=request.hex())
        pending = Pending(story, system, request_id, request, service)
        self.under_way[request_id] = pending
        return pending

    def _send(self, all, now):
        for pending in all:
            if pending.what != "asked":
                self.diary.note(pending.what, pending.id)
        self.diary.sync()  # kept before anything of it is sent
        for pending in all:
            self.world.client(pending.system).post(pending.request, pending.receipt)
            pending.first_sent = pending.first_sent or now
            pending.due = now + LOST_S
            self.owed[pending.id] += 1
            self.sent += 1

    def _send_new(self, now):
        fresh = []
        for _ in range(len(self.ready)):
            when, story, step = self.ready.popleft()
            if when > now or self.next_at > now:
                self.ready.append((when, story, step))
                continue
            self.next_at = max(self.next_at, now - 0.1) + self.gap
            fresh.append(self._say(story, step))
        self._send(fresh, now)
        for pending in fresh:
            if pending.what != "asked" and self.rng.random() < DOUBLED:
                self.later.append((now + self.rng.choice((0, 0, 0.3, 2.0)), pending))

    def _send_again(self, now):
        again = [pending for pending in (*self.under_way.values(), *self.forged.values()) if pending.due <= now]
        for _ in range(len(self.later)):
            when, pending = self.later.popleft()
            if when <= now:
                again.append(pending)
            else:
                self.later.append((when, pending))
        self._send(again, now)

    def _forge(self, pending):
        """The same id, another content: nobody may be told that this was carried out. Not while a repetition is under
        way, or will be: its answer looks the same."""
        if self.owed[pending.id] or any(pending is repeated for _, repeated in self.later):
            return
        forged = self.world.words["wire.Request"].FromString(pending.request)
        forged.traceparent = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
        self.forged[pending.id] = Pending(None, pending.system, pending.id, forged.SerializeToString(), pending.service,
                                          "forged")

    # ------------------------------------------------------------- receiving

    def _take(self, system, frame, now):
        if frame.WhichOneof("content") != "reply":
            return
        reply = self.world.words["wire.Reply"].FromString(frame.reply)
        self.owed[reply.request_id] -= 1
        self.heard = now
        pending = self.under_way.get(reply.request_id) or self.forged.get(reply.request_id)
        if pending and pending.what == "asked":
            self._take_answer(pending, reply, now)
            return
        if reply.final:
            self.diary.note("answer", reply.request_id, bytes=frame.reply.hex(), source=self.world.systems[system])
        else:
            self.diary.note("refused", reply.request_id, reason=reply.reason, code=reply.code)
            self.refusals[reply.reason] += 1
        if pending is None:
            return
        if pending.what == "forged" and (reply.final or reply.reason == "REUSED_ID"):
            del self.forged[pending.id]
            return
        if not reply.final:
            pending.receipt = pending.receipt or (reply.receipt if reply.HasField("receipt") else None)
            self._put_off(pending, now)
            return
        del self.under_way[reply.request_id]
        self.answered += 1
        self.acks[pending.service].append((pending.first_sent, now))
        if self.rng.random() < FORGED:
            self._forge(pending)
        self._go_on(pending.story, Answer(reply, self.world.words))

    @staticmethod
    def _put_off(pending, now):
        pending.due = min(pending.due, now + pending.pause)
        pending.pause = min(pending.pause * 2, MOST_PAUSE_S)

    def _take_answer(self, pending, reply, now):
        """To a question, which may be asked again for ever."""
        if reply.code in (RESOURCE_EXHAUSTED, UNAVAILABLE):
            self._put_off(pending, now)
            return
        del self.under_way[pending.id]
        self._go_on(pending.story, Answer(reply, self.world.words))

    def _receive(self, timeout_ms):
        for socket, _ in self.poller.poll(timeout_ms):
            client = self.world.client(self.system_of[socket])
            while (frame := client.receive(0)) is not None:
                self._take(self.system_of[socket], frame, time.monotonic())

    # ------------------------------------------------------------- the whole

    def step(self):
        self._begin()
        now = time.monotonic()
        self._send_new(now)
        self._send_again(now)
        self._receive(5)
        self.diary.sync()

    def _owes(self):
        return any(count > 0 for count in self.owed.values()) and time.monotonic() < self.heard + LOST_S

    def finish(self, seconds):
        """No new story; those under way end, and everything is answered for, repetitions too: what is still owed when
        nothing has come for a while is lost. False: not within so many seconds."""
        self.is_ending = True
        end = time.monotonic() + seconds
        while (self.running or self.later or self.forged or self._owes()) and time.monotonic() < end:
            self.step()
        return not self.running and not self.under_way


class Answer:
    """A reply as stories look at it."""

    def __init__(self, proto, words):
        self.proto, self.ok = proto, proto.code == 0
        self.answer = words[proto.type].FromString(proto.body) if proto.type else None

    def __getattr__(self, field):
        return getattr(self.proto, field)

    def __repr__(self):
        return f"<{self.proto.code} {self.proto.reason} {self.proto.message}>"
