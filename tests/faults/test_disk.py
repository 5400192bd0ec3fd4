"""tests/faults/test_disk.py - the database's disk is full: refused in words, and whole again when there is room.

The tables and the log lie on file systems of their own, as they should, and one of the two is small. Without room for
tables the server reads as ever, and goes on by itself. Without room for its log it gives up (PANIC), cannot even read
its log again, and ends: when there is room, somebody must start it.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from base import Base
from stack import REPO, Stack
from storm import KILLABLE
from trial import Trial, new_world

SIZE_MIB = 256

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")


@pytest.fixture
def small(request):
    """A system of which the tables, or the log, have little room, and the folder in which that room is."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sangkien-disk-", dir="/var/tmp"))
    folder.chmod(0o755)
    room = folder / "room"
    room.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=755", "tmpfs", room], check=True)
    places = {"tables": folder / "tables", "log": folder / "wal", request.param: room / request.param}
    stack = Stack(folder / "stack", build=os.environ.get("BREAKABLE_DIR", REPO / "build-crashes"),
                  settings={"SANGKIEN_LOG_LEVEL": "error"})
    try:
        stack.known["cluster"] = str(places["tables"])
        cluster = REPO / "ops/db/cluster"
        subprocess.run([cluster, "start", stack.cluster], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([cluster, "stop", stack.cluster], check=True, stdout=subprocess.DEVNULL)
        log = stack.cluster / "data/pg_wal"
        shutil.move(log, places["log"])
        subprocess.run(["chown", "-R", "postgres:postgres", places["log"]], check=True)
        log.symlink_to(places["log"])
        stack.start()
        yield stack, room
    finally:
        stack.destroy()
        subprocess.run(["umount", room], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def fill(room):
    """Takes all that is left."""
    path = room / "filler"
    with open(path, "ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            while True:
                try:
                    file.write(bytes(size))
                except OSError:
                    break
    return path


def refused(trial, more=20):
    """Waits until so many more commands were told that nothing can be stored."""
    enough = trial.load.refusals["DATABASE_UNAVAILABLE"] + more
    trial.storm.until(lambda: trial.load.refusals["DATABASE_UNAVAILABLE"] >= enough, "it is said that nothing is stored")


@pytest.mark.parametrize("small", ["tables"], indirect=True)
def test_a_full_disk_is_refused_in_words_and_passes(small, rng, tmp_path):
    stack, room = small
    with new_world(stack) as world:
        trial = Trial(world, rng, tmp_path)
        trial.storm.calm(300)

        filler = fill(room)
        refused(trial)
        page = world.ask("standing", "submissions.ListEntries", {"page_size": 5})
        assert page.ok and page.answer.entries
        filler.unlink()
        trial.storm.calm(300)

        trial.judge()


class Administrator:
    """Starts the server again whenever it has ended."""

    def __init__(self, stack):
        self.base, self.log = Base(stack), stack.cluster / "log"

    def panics(self):
        return self.log.read_text(errors="replace").count("PANIC:")

    def look(self):
        """False, so that it can stand in a condition that goes on."""
        if not self.base.is_up():
            self.base.start()
        return False


@pytest.mark.parametrize("small", ["log"], indirect=True)
def test_a_full_disk_of_the_log_is_refused_in_words_and_passes(small, rng, tmp_path):
    stack, room = small
    administrator = Administrator(stack)
    with new_world(stack) as world:
        trial = Trial(world, rng, tmp_path)
        trial.storm.calm(300)
        pids = {service: stack.pid(service) for service in KILLABLE}

        filler = fill(room)
        trial.storm.until(lambda: administrator.panics() > 0, "the log has used up the room it had")
        trial.storm.until(lambda: not administrator.base.is_up(), "the server has ended")
        refused(trial, 100)
        filler.unlink()
        enough = trial.load.answered + 300
        trial.storm.until(lambda: administrator.look() or trial.load.answered >= enough, "300 more answers")

        assert {service: stack.pid(service) for service in KILLABLE} == pids
        trial.judge(kills=administrator.panics() + 1)
