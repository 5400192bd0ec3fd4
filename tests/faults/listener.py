"""tests/faults/listener.py - a subscriber that listens all the while, and goes on behind what it was given.

It cannot know when the feed dies: after a silence it subscribes again.
"""
import threading
import time

from sangkien_client import BrokenFeed

SILENCE_S = 1.5


class Listener(threading.Thread):
    """`given` is [(position, type, body)], as they came; `broken` what no subscriber should be told."""

    def __init__(self, world, system="committee"):
        super().__init__(daemon=True)
        self.world, self.system = world, system
        self.given, self.broken, self.until, self.ends = [], [], 0, None
        world.client(system)  # its key is let in before the thread begins

    def run(self):
        try:
            with self.world.connect(self.system) as client:
                while not self._is_done():
                    self._listen(client)
        except Exception as error:  # told to whoever asks what we were given
            self.broken.append(repr(error))

    def _listen(self, client):
        seen = self.given[-1][0] if self.given else 0
        try:
            for position, event in client.subscribe(self.world.programme, after=seen, idle=SILENCE_S):
                self.given.append((position, event.type, event.binary_data))
                if self._is_done():
                    return
        except BrokenFeed as error:
            self.broken.append(str(error))

    def _is_done(self):
        if self.ends is None:
            return False
        return time.monotonic() > self.ends or self.given and self.given[-1][0] >= self.until

    def stop(self):
        """Whatever is still to come."""
        self.ends = self.ends or 0.0
        self.join(4 * SILENCE_S)

    def finish(self, until, seconds=30):
        """Waits until it has been given all up to a position, no longer than so many seconds."""
        self.until, self.ends = until, time.monotonic() + seconds
        self.join(seconds + 2 * SILENCE_S)
        return self.given
