"""ops/demo/sangkien_client.py - a sample client for integrators: the whole wire protocol in one file.

    from sangkien_client import Client
    client = Client.from_files("tcp://127.0.0.1:7301", "gateway.pub", "my.key")
    reply = client.call("submissions.SubmitEntry", {}, programme="khanhhoa-cchc",
                        subject=entry_id, actor=person_id)
    print(reply.ok, reply.reason, reply.answer)

What an integrator has to know, all of it:

* One ZeroMQ frame per message, DEALER to ROUTER, encrypted by CURVE. The key says who you are.
* A request's id is yours. Keep id and bytes before you send them; whatever happens, send the same
  bytes again: they are carried out once, and the same answer comes back.
* A final reply is stored for ever. One that is not final, with UNAVAILABLE or RESOURCE_EXHAUSTED, means
  that nothing happened yet: send the same bytes again after a pause, with the first receipt that you
  were given, so that your first arrival counts for the deadline.
* After a final refusal a new attempt needs a new id.
* Events are read by position; each frame names the position before its first, so a gap shows.

Messages are made from the descriptor set of the build (sangkien.binpb), without generated code. Needs
python3-zmq and python3-protobuf. A client belongs to one thread.
"""
import collections
import os
import pathlib
import random
import time
import uuid

import zmq
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

REPO = pathlib.Path(__file__).resolve().parents[2]
UNAVAILABLE, RESOURCE_EXHAUSTED = 14, 8  # google.rpc.Code
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
ANSWER_LOST_S = 5.0  # silence after which the same bytes are sent again


class Words:
    """Every message type by its full name, or by a short one such as "submissions.CreateEntry"."""

    def __init__(self, path=None):
        build = pathlib.Path(os.environ.get("BUILD_DIR", REPO / "build"))
        content = pathlib.Path(path or build / "sangkien.binpb").read_bytes()
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(content).file:
            self.pool.Add(file)
        newer = getattr(message_factory, "GetMessageClass", None)
        self.class_of = newer or message_factory.MessageFactory(self.pool).GetPrototype

    @staticmethod
    def full_name(name):
        if name.count(".") == 1:
            service, message = name.split(".")
            return f"sangkien.{service}.v1.{message}"
        return name

    def __getitem__(self, name):
        return self.class_of(self.pool.FindMessageTypeByName(self.full_name(name)))


def uuid7(seconds=None):
    """A new id that sorts by time, as text."""
    milliseconds = int((time.time() if seconds is None else seconds) * 1000)
    value = milliseconds << 80 | random.SystemRandom().getrandbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=value & ~(3 << 62) | 2 << 62))


def read_key_pair(path):
    """(public, secret) from a file with the lines `public = Z85` and `secret = Z85`."""
    lines = (line.partition("=") for line in pathlib.Path(path).read_text().splitlines())
    pair = {name.strip(): value.strip() for name, equals, value in lines if equals}
    return pair["public"].encode(), pair["secret"].encode()


def read_public_key(path):
    """From a key pair's file, or from one that holds nothing but the key."""
    text = pathlib.Path(path).read_text().strip()
    return read_key_pair(path)[0] if text.startswith("public =") else text.encode()


class Reply:
    """A sangkien.wire.v1.Reply: its fields, and `ok`, the decoded body `answer`, the bytes of both ways."""

    def __init__(self, words, raw, request):
        self.raw, self.request = raw, request
        self.proto = words["wire.Reply"].FromString(raw)
        self.answer = words[self.proto.type].FromString(self.proto.body) if self.proto.type else None

    def __getattr__(self, field):
        return getattr(self.proto, field)

    @property
    def ok(self):
        return self.proto.code == 0

    @property
    def is_for_now(self):
        """Nothing happened; the same bytes may be sent again."""
        return not self.proto.final and self.proto.code in (UNAVAILABLE, RESOURCE_EXHAUSTED)

    def __repr__(self):
        return f"<Reply {self.proto.code} {self.proto.reason} {self.proto.message}".rstrip() + ">"


class BrokenFeed(Exception):
    """The feed ended, or an event is missing from it."""


class Client:
    def __init__(self, endpoint, server_key, public, secret, words=None):
        self.words = words or Words()
        self.replies = collections.OrderedDict()  # request id -> bytes of a reply nobody has taken yet
        self.feeds = {}  # subscription -> frames nobody has taken yet
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        keys = [key if isinstance(key, bytes) else key.encode() for key in (server_key, public, secret)]
        self.socket.curve_serverkey, self.socket.curve_publickey, self.socket.curve_secretkey = keys
        self.socket.heartbeat_ivl, self.socket.heartbeat_timeout = 5000, 15000
        self.socket.reconnect_ivl, self.socket.reconnect_ivl_max = 100, 2000
        self.socket.connect(endpoint)

    @classmethod
    def from_files(cls, endpoint, server_key_file, key_file, words=None):
        return cls(endpoint, read_public_key(server_key_file), *read_key_pair(key_file), words=words)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, frame):
        """One frame as it is: bytes, or a ClientFrame."""
        self.socket.send(frame if isinstance(frame, bytes) else frame.SerializeToString())

    def receive(self, timeout=30):
        """The next ServerFrame, or None."""
        if not self.socket.poll(max(0, int(timeout * 1000))):
            return None
        return self.words["wire.ServerFrame"].FromString(self.socket.recv())

    def _sort_one(self, timeout):
        """Takes one frame and puts it where whoever waits for it will look."""
        frame = self.receive(timeout)
        if frame is None:
            return
        kind = frame.WhichOneof("content")
        if kind == "reply":
            self.replies[self.words["wire.Reply"].FromString(frame.reply).request_id] = frame.reply
            while len(self.replies) > 10000:  # answers to repeated requests that nobody waits for
                self.replies.popitem(last=False)
        else:
            content = getattr(frame, kind)
            if content.subscription in self.feeds:  # else: what was under way when it was given up
                self.feeds[content.subscription].append(content)

    def request(self, type, body=None, *, programme, subject="", actor="", capacity="CAPACITY_HEAD",
                id=None, expected_version=0, validate_only=False, expires=None, min_position=0):
        """The bytes of a Request. `body` is a dict of fields or a message; `expires` is in seconds of UTC."""
        name = self.words.full_name(type)
        if body is None or isinstance(body, dict):
            body = self.words[name](**(body or {}))
        request = self.words["wire.Request"](
            id=id or uuid7(), type=name, programme=programme, subject=subject,
            body=body.SerializeToString(), expected_version=expected_version,
            validate_only=validate_only, min_position=min_position)
        if actor:
            capacities = self.words.pool.FindEnumTypeByName("sangkien.wire.v1.Capacity").values_by_name
            request.actor.person, request.actor.capacity = actor, capacities[capacity].number
        if expires is not None:
            request.expires.seconds, request.expires.nanos = int(expires), int(expires % 1 * 1e9)
        return request.SerializeToString()

    def post(self, request, receipt=None):
        """Sends the bytes of a Request and does not wait."""
        self.send(self.words["wire.ClientFrame"](request=request, receipt=receipt))

    def take(self, request, timeout=30):
        """The next Reply to a request, final or not; None when the time is over."""
        request_id = self.words["wire.Request"].FromString(request).id
        end = time.monotonic() + timeout
        while request_id not in self.replies and time.monotonic() < end:
            self._sort_one(end - time.monotonic())
        raw = self.replies.pop(request_id, None)
        return None if raw is None else Reply(self.words, raw, request)

    def ask(self, request, timeout=30, resend=True):
        """Sends bytes until they are answered for good; TimeoutError when they are not in time."""
        end, pause, receipt, reply = time.monotonic() + timeout, FIRST_PAUSE_S, None, None
        while time.monotonic() < end:
            self.post(request, receipt)
            reply = self.take(request, min(ANSWER_LOST_S if resend else timeout, end - time.monotonic()))
            if reply is not None and not (resend and reply.is_for_now):
                return reply
            if reply is not None:
                if receipt is None and reply.proto.HasField("receipt"):
                    receipt = reply.proto.receipt  # the earliest one is worth most
                time.sleep(min(pause * random.uniform(0.5, 1.0), max(0, end - time.monotonic())))
                pause = min(pause * 2, LONGEST_PAUSE_S)
        raise TimeoutError(f"no answer within {timeout} s; the last word was {reply}")

    def call(self, type, body=None, *, timeout=30, resend=True, **request):
        """Makes a Request, sends it as often as it takes, and returns the Reply."""
        return self.ask(self.request(type, body, **request), timeout, resend)

    def decode(self, reply):
        """The body of a Reply, or the data of a CloudEvent, as a message."""
        return reply.answer if isinstance(reply, Reply) else self.words[reply.type].FromString(reply.binary_data)

    def subscribe(self, programme, after=0, types=(), credit=256, until=None, idle=None):
        """Yields (position, CloudEvent) after a position, for ever; or up to the position `until`; or
        until nothing has come for `idle` seconds."""
        name, taken, heard = uuid7(), 0, time.monotonic()
        seen = looked_at = after  # the last event; the position up to which there is nothing else for us
        frames = self.feeds[name] = collections.deque()
        self.send(self.words["wire.ClientFrame"](subscribe=dict(
            subscription=name, programme=programme, after_position=after, credit=credit,
            types=[self.words.full_name(t) for t in types])))
        try:
            while until is None or looked_at < until:
                if not frames:
                    self._sort_one(1.0 if idle is None else max(0, heard + idle - time.monotonic()))
                    if not frames and idle is not None and time.monotonic() >= heard + idle:
                        return
                    continue
                frame, heard = frames.popleft(), time.monotonic()
                if hasattr(frame, "reason"):
                    raise BrokenFeed(f"{frame.reason}: {frame.message}")
                if not hasattr(frame, "list"):  # Progress
                    looked_at = max(looked_at, frame.position)
                    continue
                if frame.previous != seen:
                    raise BrokenFeed(f"position {frame.list[0].position} follows {frame.previous}, not {seen}")
                for delivery in frame.list:
                    seen = looked_at = delivery.position
                    yield seen, self.words["io.cloudevents.v1.CloudEvent"].FromString(delivery.event)
                    if until is not None and seen >= until:
                        return
                taken += len(frame.list)
                if taken * 2 >= credit:
                    self.send(self.words["wire.ClientFrame"](
                        credit=dict(subscription=name, credit=taken)))
                    taken = 0
        finally:
            self.feeds.pop(name, None)
            if not self.socket.closed:
                self.send(self.words["wire.ClientFrame"](unsubscribe=dict(subscription=name)))
