"""tests/harness/systems.py - a whole system in a directory of its own, for as long as somebody needs it."""
import contextlib
import copy
import ctypes
import pathlib
import shutil
import tempfile
import time

from stack import Stack


@contextlib.contextmanager
def system(purpose, begins=None, **options):
    """Started, by a clock that shows the time `begins`; gone afterwards. `options` are Stack's, and stay as they are whatever a test sets."""
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: a killed database server must not stay as a zombie
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"sangkien-{purpose}-"))
    stack = Stack(folder / "stack", **copy.deepcopy(options))
    if begins is not None:
        stack.folder.mkdir()
        stack.move_clock(begins - time.time())
    try:
        yield stack.start()
    finally:
        stack.destroy()
        shutil.rmtree(folder, ignore_errors=True)
