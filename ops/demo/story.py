"""ops/demo/story.py - how the demo speaks: many systems, each with its own key, and one ear on the feed.

Request ids follow from what is said, so that telling the story again sends the same bytes again and is given
the same answers; nothing happens twice.
"""
import dataclasses
import datetime
import sys
import time

from province import OFFICERS, PROGRAMME, derive, person_id
from sangkien_client import BrokenFeed
from stack import first_operator_id

LOCAL = datetime.timezone(datetime.timedelta(hours=7))
UNDER_WAY = 200  # requests of one wave that wait for their answers
PATIENCE_S = 120


class StoryError(Exception):
    pass


@dataclasses.dataclass
class Message:
    system: str  # agency whose system sends it, or "operator"
    actor: str  # person
    type: str
    subject: str
    body: dict = dataclasses.field(default_factory=dict)
    expect: str = ""  # name of the refusal that is right here
    nth: str = ""  # tells apart what is said to the same subject twice
    programme: str = PROGRAMME

    @property
    def id(self):
        return derive("request", self.programme, self.type, self.subject, self.actor, self.nth)


def system_of(person):
    return OFFICERS[person][0] if person in OFFICERS else person.rpartition("-")[0]


def officer(person, type, subject, body=None, **more):
    return Message(system_of(person), person, type, subject, body or {}, **more)


class Teller:
    def __init__(self, stack, out=sys.stdout):
        self.stack, self.out = stack, out
        self.clients, self.sent, self.refused, self.started = {}, 0, [], time.monotonic()

    def client(self, system):
        if system not in self.clients:
            self.clients[system] = self.stack.client(system)
        return self.clients[system]

    def close(self):
        for client in self.clients.values():
            client.close()

    # ------------------------------------------------------------- time

    def be(self, text):
        """Moves the system's clock on to a local time such as "2020-01-31 08:00"; never back."""
        then = datetime.datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp()
        if self.stack.clock() < then:
            self.stack.move_clock(then - time.time())

    # ------------------------------------------------------------- speaking

    def say(self, *messages):
        """Sends them all, UNDER_WAY at a time, and waits for every answer. They must not need each other."""
        replies = []
        for start in range(0, len(messages), UNDER_WAY):
            wave = [(message, self._bytes(message)) for message in messages[start:start + UNDER_WAY]]
            for message, request in wave:
                self.client(message.system).post(request)
            replies += [self._answer(message, request) for message, request in wave]
        return replies

    def _bytes(self, message):
        actor = first_operator_id("person") if message.system == "operator" else person_id(message.actor)
        return self.client(message.system).request(
            message.type, message.body, programme=message.programme, subject=message.subject, actor=actor,
            id=message.id)

    def _answer(self, message, request):
        client = self.client(message.system)
        reply = client.take(request, 5)
        if reply is None or reply.is_for_now:
            reply = client.ask(request, PATIENCE_S)  # the very same bytes
        if reply.reason != message.expect:
            wanted = message.expect or "success"
            raise StoryError(f"{message.type} of {message.actor or message.system}: {wanted} was expected, not "
                             f"{reply.reason or 'success'} ({reply.message}) {list(reply.field_violations)}")
        self.sent += 1
        if message.expect:
            self.refused.append((message.type, message.actor, reply.reason, reply.message))
        return reply

    def ask(self, system, type, subject="", programme=PROGRAMME, actor="", since=None, **body):
        """The answer, no older than what came of the reply `since`."""
        reply = self.client(system).call(
            type, body, programme=programme, subject=subject, timeout=PATIENCE_S, actor=actor and person_id(actor),
            min_position=max(since.positions, default=0) if since else 0)
        if not reply.ok:
            raise StoryError(f"{type} of {system}: {reply.reason} ({reply.message})")
        return reply.answer

    def list(self, system, type, member, **more):
        """Every row of a List query, page by page."""
        found, token = [], ""
        while True:
            page = self.ask(system, type, page_size=200, page_token=token, **more)
            found += getattr(page, member)
            token = page.next_page_token
            if not token:
                return found

    # ------------------------------------------------------------- showing

    def phase(self, number, count, title, work):
        begun = time.monotonic()
        head = f"[{number:2}/{count}] {title:<78}"
        if self.out.isatty():
            print(head, end="\r", file=self.out, flush=True)
        work()
        print(f"{head} {(time.monotonic() - begun) * 1000:6.0f} ms", file=self.out, flush=True)


class Ear:
    """Follows the programme's feed and waits until services have heard each other. No looking again and again:
    whoever wants to know reads the journal."""

    def __init__(self, client, *types):
        self.client = client
        self.heard = {}  # (type, field of it) -> ids
        self.feed = client.subscribe(PROGRAMME, types=types, idle=PATIENCE_S)

    def wait(self, type, field, ids):
        """Until an event of the type was there for each of the ids, which stand in that field."""
        name, missing = self.client.words.full_name(type), set(ids)
        missing -= self.heard.get((name, field), set())
        while missing:
            try:
                _, event = next(self.feed)
            except (StopIteration, BrokenFeed) as error:
                raise StoryError(f"{type} did not come for {len(missing)}: {error}") from error
            data = self.client.decode(event)
            for described, value in data.ListFields():
                if described.name.endswith("_id"):
                    self.heard.setdefault((event.type, described.name), set()).add(value)
            missing -= self.heard.get((name, field), set())
