#!/usr/bin/python3
"""tests/faults/hostile_peers.py - those who mean harm at the door, each in a process of its own.

Usage: hostile_peers.py KIND <GIVEN.json; KIND is a function below, GIVEN its arguments. Prints one JSON object a line:
{"now": "in place"} when it has begun, and at the end what it found. It ends by itself, or when its input is closed.
"""
import collections
import json
import os
import pathlib
import random
import resource
import select
import selectors
import socket
import struct
import sys
import time

import zmq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "ops/demo"))
from sangkien_client import Words, uuid7  # noqa: E402

GREETING = b"\xff" + b"\0" * 8 + b"\x7f" + b"\3\0" + b"CURVE".ljust(20, b"\0") + b"\0" * 32
HELLO = b"\5HELLO\1\0" + b"\0" * 72
GIANT = 200_000_000
LONG_ENOUGH_S = 15  # three times what is given for a handshake


def tell(**found):
    print(json.dumps(found), flush=True)


def is_over():
    """Whether whoever started us has closed our input."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


# ------------------------------------------------------------------ without a key: plain TCP

def first_words(kind, dice):
    """What a connection of that kind says, and whether it goes on for ever."""
    return {
        "idle": (b"", False),
        "greeting": (GREETING, False),
        "half a greeting": (GREETING[:30], False),
        "half a hello": (GREETING + b"\4" + bytes([200]) + HELLO[:60], False),
        "forged hello": (GREETING + b"\4" + bytes([200]) + HELLO + dice.randbytes(200 - len(HELLO)), False),
        "no encryption": (GREETING.replace(b"CURVE", b"NULL\0"), False),
        "noise": (dice.randbytes(dice.randint(1, 4000)), False),
        "noise after the greeting": (GREETING + dice.randbytes(dice.randint(1, 4000)), False),
        "HTTP": (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", False),
        "giant": (GREETING + b"\6" + struct.pack(">Q", GIANT), True),
        "giant message": (GREETING + b"\2" + struct.pack(">Q", GIANT), True),
    }[kind]


class Stranger:
    def __init__(self, kind, port, dice):
        self.kind, self.began, self.sent = kind, time.monotonic(), 0
        self.words, self.is_endless = first_words(kind, dice)
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))

    def poke(self):
        """Whoever is not cut by now may never have been taken in: the other side's queue was full, and nothing has
        told us. A word finds out."""
        if not self.words and not self.is_endless and time.monotonic() - self.began > LONG_ENOUGH_S:
            self.words, self.began = GREETING[:1], time.monotonic()
            return True
        return False

    def talks(self):
        return bool(self.words) or (self.is_endless and self.sent < GIANT)

    def talk(self):
        """False: it was cut."""
        try:
            taken = self.socket.send(self.words or b"\0" * 65536)
            self.words, self.sent = self.words[taken:], self.sent + taken
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False

    def listen(self):
        """False: it was cut."""
        try:
            return bool(self.socket.recv(65536))
        except BlockingIOError:
            return True
        except OSError:
            return False


def crowd(port, kinds, patience, seed, until_told=False):
    """Connections of each kind, so many of each; `until_told`: whoever is cut comes again."""
    dice, all, watch = random.Random(seed), collections.Counter(kinds), selectors.DefaultSelector()
    found = {kind: {"cut": 0, "most_sent": 0, "longest_s": 0.0} for kind in kinds}

    def come(kind):
        stranger = Stranger(kind, port, dice)
        watch.register(stranger.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, stranger)

    for kind in all.elements():
        come(kind)
    tell(now="in place")
    end, open, came = time.monotonic() + patience, sum(kinds.values()), 0
    while open and time.monotonic() < end and not (until_told and is_over()):
        for key in list(watch.get_map().values()):
            if key.data.poke():
                watch.modify(key.fileobj, selectors.EVENT_READ | selectors.EVENT_WRITE, key.data)
        for key, events in watch.select(0.5):
            stranger = key.data
            fine = not events & selectors.EVENT_WRITE or not stranger.talks() or stranger.talk()
            fine = fine and (not events & selectors.EVENT_READ or stranger.listen())
            if fine:
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if stranger.talks() else 0)
                if wanted != key.events:
                    watch.modify(stranger.socket, wanted, stranger)
                continue
            mark = found[stranger.kind]
            mark["cut"] += 1
            mark["most_sent"] = max(mark["most_sent"], stranger.sent)
            mark["longest_s"] = max(mark["longest_s"], time.monotonic() - stranger.began)
            watch.unregister(stranger.socket)
            stranger.socket.close()
            open -= 1
            if until_told:
                open, came = open + 1, came + 1
                come(stranger.kind)
    tell(found=found, open=open, came_again=came)


# ------------------------------------------------------------------ with a key

def dial(endpoint, server_key, keys, routing_id=None, context=None):
    peer = (context or zmq.Context.instance()).socket(zmq.DEALER)
    peer.linger, peer.rcvhwm, peer.sndhwm = 0, 0, 0
    peer.curve_serverkey = server_key.encode()
    peer.curve_publickey, peer.curve_secretkey = (key.encode() for key in keys)
    if routing_id:
        peer.routing_id = routing_id
    peer.connect(endpoint)
    return peer


def multipart(endpoint, server_key, keys, parts, size):
    """One message without end: more and more parts follow, until we are cut. Nothing of it is copied here."""
    peer, part = dial(endpoint, server_key, keys), b"\0" * size
    watch = peer.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    for _ in range(parts):
        peer.send(part, zmq.SNDMORE, copy=False)
    peer.send(b"")  # before this nothing leaves
    tell(now="in place")
    while not is_over() and not watch.poll(200):
        pass
    tell(cut=bool(watch.poll(0)))
    os._exit(0)  # whatever still waits to be sent


class Forms:
    """Requests that differ by their id, and by their subject if they have one: put in the place of others."""

    def __init__(self, request):
        self.words = Words()
        parsed = self.words["wire.Request"].FromString(bytes.fromhex(request))
        self.old, self.subject = parsed.id.encode(), parsed.subject.encode()
        self.frame = self.words["wire.ClientFrame"](request=bytes.fromhex(request)).SerializeToString()

    def make(self):
        id = uuid7()
        frame = self.frame.replace(self.subject, uuid7().encode()) if self.subject else self.frame
        return id, frame.replace(self.old, id.encode())

    def answer_of(self, frame):
        """(request id, reason, bytes) of a reply; None for anything else."""
        frame = self.words["wire.ServerFrame"].FromString(frame)
        if not frame.HasField("reply"):
            return None
        reply = self.words["wire.Reply"].FromString(frame.reply)
        return reply.request_id, reply.reason or "OK"


def flood(endpoint, server_key, keys, request, seconds, deaf=False):
    """As many requests as fit through, by a key that is good; deaf: without ever reading an answer."""
    peer, forms = dial(endpoint, server_key, keys), Forms(request)
    peer.sndhwm = 1000
    ids, answers, strange, end, sent = set(), collections.Counter(), [], time.monotonic() + seconds, 0
    tell(now="in place")
    while time.monotonic() < end and not is_over():
        for _ in range(100):
            id, frame = forms.make()
            try:
                peer.send(frame, zmq.DONTWAIT)
                ids.add(id)
                sent += 1
            except zmq.Again:
                peer.poll(10, zmq.POLLOUT)
                break
        while not deaf and peer.poll(0):
            id, reason = forms.answer_of(peer.recv()) or ("", "no reply")
            answers[reason] += 1
            if id not in ids:
                strange.append(id)
    tell(sent=sent, answers=answers, strange=strange[:10])
    os._exit(0)


def claim(endpoint, server_key, keys, request, ids, patience):
    """Many connections by one key, each under a name that it chose: those of others among them. Each asks something
    and listens. What it is told that it has not asked for was meant for somebody else."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    context, poll, forms = zmq.Context(2), zmq.Poller(), Forms(request)
    context.max_sockets = len(ids) + 10
    peers, mine, answered, strange = {}, {}, collections.Counter(), []
    for routing_id in ids:
        peer = dial(endpoint, server_key, keys, bytes.fromhex(routing_id), context)
        id, frame = forms.make()
        peer.send(frame)
        peers[peer], mine[peer] = frame, id
        poll.register(peer, zmq.POLLIN)
    tell(now="in place")
    end = time.monotonic() + patience
    while time.monotonic() < end and not is_over():
        for peer, _ in poll.poll(200):
            id, reason = forms.answer_of(peer.recv()) or ("", "no reply")
            answered[reason] += 1
            if id != mine[peer] and (id, reason) != ("", "MALFORMED"):  # what cannot be read has no id
                strange.append(id)
    tell(answered=answered, strange=strange[:10])
    os._exit(0)


if __name__ == "__main__":
    globals()[sys.argv[1]](**json.loads(sys.stdin.readline()))
