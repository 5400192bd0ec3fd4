"""tests/faults/diary.py - what clients know for themselves: a line for each fact, on the disk before they go on.

intent   a request, its programme and its bytes, before anything is sent
sent     one more time the same bytes, before they are sent
answer   a final reply and its bytes; every time one comes, though it should be the same
refused  a reply that was not final: reason and code
forged   one more time an id that was answered for, with another content, before it is sent; nothing else of the id is
         under way then, nor sent again, so that every reply from there on is to this content
"""
import json
import os
import time


class Diary:
    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)
        self.lines = []

    def close(self):
        self.sync()
        self.file.close()

    def note(self, what, request_id, **more):
        line = {"what": what, "id": request_id, "at": time.time(), **more}
        self.lines.append(json.dumps(line).encode() + b"\n")

    def sync(self):
        """What was noted is kept, whatever happens to us now."""
        if self.lines:
            self.file.write(b"".join(self.lines))
            os.fsync(self.file.fileno())
            self.lines = []


def read(path):
    """Every fact, in order. A line that was cut off is the last one, and counts for nothing."""
    facts = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                facts.append(json.loads(line))
    return facts
