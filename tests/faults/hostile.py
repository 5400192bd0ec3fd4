"""tests/faults/hostile.py - the gateway besieged: what it may use, who must be served meanwhile, who listens in.

A Siege is entered before those who mean harm come, and left when they are gone. It gives the gateway a bound on its
memory, starts it again when it dies of it, as an administrator's system does, and lets a neighbour of theirs work all
the time. At the end: no other process died, the neighbour was served and what it was told is kept, the gateway has not
grown and holds nothing open.
"""
import contextlib
import json
import os
import pathlib
import re
import resource
import select
import socket
import subprocess
import sys
import threading
import time

import steady
from base import until

MIB = 1 << 20
MOST_GROWTH = 64 * MIB  # of the gateway's resident memory
ROOM = 192 * MIB  # that it may take besides what it has when the siege begins, or it dies
FEW = 8  # files that the world's own connections may have opened meanwhile
CALM_S = 5  # a long run measures the neighbour that long before
GREETING_SIZE = 64
PEERS = pathlib.Path(__file__).resolve().parent / "hostile_peers.py"


class Peers:
    """A process of those who mean harm: kind and arguments as in hostile_peers.py."""

    def __init__(self, stack, kind, **given):
        self.process = subprocess.Popen(
            [sys.executable, PEERS, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "BUILD_DIR": str(stack.build)})
        self.process.stdin.write(json.dumps(given) + "\n")
        self.process.stdin.flush()

    def _line(self):
        line = self.process.stdout.readline()
        assert line, f"it ended with {self.process.wait()}"
        return json.loads(line)

    def in_place(self):
        assert self._line() == {"now": "in place"}
        return self

    def found(self):
        """What it has to tell when it has ended by itself."""
        return self._line()

    def dismiss(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def __enter__(self):
        return self.in_place()

    def __exit__(self, *error):
        self.dismiss()


def status_bytes(pid, word):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{word}:\s+(\d+)", text, re.M)[1]) * 1024


def forget_peak(pid):
    """Its most memory so far is what it has now."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Keeper(threading.Thread):
    """Bounds the gateway's memory, and starts it again when it dies."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.stack, self.restarts, self.is_over = stack, 0, threading.Event()
        self.bound()

    def bound(self):
        """What it has now counts as nothing: from here on it may take so much more."""
        pid = self.stack.pid("gateway")
        has = status_bytes(pid, "VmData")  # what RLIMIT_DATA is compared with
        self.before = resource.prlimit(pid, resource.RLIMIT_DATA)
        resource.prlimit(pid, resource.RLIMIT_DATA, (has + ROOM, self.before[1]))
        forget_peak(pid)
        self.pid, self.rss = pid, status_bytes(pid, "VmRSS")

    def growth(self):
        return status_bytes(self.pid, "VmHWM") - self.rss

    def run(self):
        while not self.is_over.is_set():
            watch = os.pidfd_open(self.pid)
            gone = select.select([watch], [], [], 0.2)[0]
            os.close(watch)
            if gone and not self.is_over.is_set():
                self.restarts += 1
                self.stack.launch("gateway")
                self.stack.wait_ready(["gateway"])
                self.bound()

    def stop(self):
        self.is_over.set()
        self.join()
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(self.pid, resource.RLIMIT_DATA, self.before)


class Siege:
    """`restarts` and `growth` are what the gateway may do at most."""

    def __init__(self, world, base, edition, long=False, tell=None, restarts=0, growth=MOST_GROWTH):
        self.world, self.base, self.stack = world, base, world.stack
        self.long, self.tell, self.restarts, self.growth = long, tell, restarts, growth
        self.neighbour = steady.enters(world, edition, window=2)

    def core(self):
        return {name: self.stack.pid(name) for name in self.stack.services if name != "gateway"}

    def __enter__(self):
        self.neighbour.start()
        self.neighbour.served()
        if self.long:
            time.sleep(CALM_S)  # to measure, not to wait for anything
        self.pids, self.keeper = self.core(), Keeper(self.stack)
        self.files, self.began = open_files(self.keeper.pid), time.monotonic()
        self.keeper.start()
        return self

    def __exit__(self, type, error, trace):
        self.keeper.stop()
        if type is not None:
            self.neighbour.is_over.set()
            return
        self.neighbour.served()  # also now that they are gone
        ended = time.monotonic()
        self.neighbour.stop()
        self.neighbour.assert_kept(self.base)
        assert self.core() == self.pids
        assert self.keeper.restarts <= self.restarts
        growth = self.keeper.growth()
        if self.keeper.restarts == 0:
            assert growth <= self.growth, f"{growth / MIB:.0f} MiB"
            until(lambda: open_files(self.keeper.pid) <= self.files + FEW, "nothing is left open", 30)
        self._tell(growth, ended)

    def _tell(self, growth, ended):
        before, during = self.neighbour.p99(before=self.began), self.neighbour.p99(self.began, ended)
        name = os.environ.get("PYTEST_CURRENT_TEST", "at the end").split("::")[-1].split(" ")[0]
        self.tell(f"{name}: gateway +{growth / MIB:.0f} MiB, "
                  f"{self.keeper.restarts} restarts; the neighbour's p99 {before * 1000:.0f} ms before, "
                  f"{during * 1000:.0f} ms during")
        self.factor = during / before


class Wiretap:
    """Stands between one client and the gateway: keeps what the client says, frame by frame, and can say more."""

    def __init__(self, port):
        self.port, self.frames, self.answered, self.is_cut = port, [], 0, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.turn = threading.Lock()  # between frames
        self.threads = [threading.Thread(target=self._relay, daemon=True)]
        self.threads[0].start()

    def _relay(self):
        """One connection only; when the gateway cuts it, it is cut."""
        self.client, _ = self.listener.accept()
        self.listener.close()
        self.server = socket.create_connection(("127.0.0.1", self.port))
        self.threads.append(threading.Thread(target=self._answers, daemon=True))
        self.threads[-1].start()
        with contextlib.suppress(OSError, EOFError):
            self._greet()
            while True:
                self._pass(self._frame())

    def _greet(self):
        """Both greet a few bytes at a time, and wait for each other."""
        self.frames.append(b"")
        while len(self.frames[0]) < GREETING_SIZE:
            data = self.client.recv(GREETING_SIZE - len(self.frames[0]))
            if not data:
                raise EOFError
            self.frames[0] += data
            self.say(data)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            more = self.client.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def _frame(self):
        head = self._exactly(2)
        if head[0] & 2:  # a long one
            head += self._exactly(7)
        return head + self._exactly(int.from_bytes(head[1:], "big"))

    def _pass(self, frame):
        self.frames.append(frame)
        self.say(frame)

    def _answers(self):
        with contextlib.suppress(OSError):
            while True:
                data = self.server.recv(65536)
                if not data:
                    break
                self.answered += len(data)
                self.client.sendall(data)
        self.is_cut.set()
        self._end()

    def _end(self):
        for end in self.client, self.server:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # whoever waits for it wakes

    def say(self, data):
        """Also what the client has not said."""
        with self.turn:
            self.server.sendall(data)

    def close(self):
        self._end()
        for thread in self.threads:
            thread.join()
        for end in self.client, self.server:
            end.close()
