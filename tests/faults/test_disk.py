"""tests/faults/test_disk.py - the database's disk is full: refused in words, read as ever, whole again without help.

The tables lie on a small file system of their own. The log lies elsewhere, as it should: with the log's disk full
PostgreSQL stops altogether, which is a kill, and the storm's business.
"""
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile

import pytest
from base import Base
from stack import REPO, Stack
from trial import Trial
from world import World

SIZE_MIB = 256

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")


@pytest.fixture
def small():
    """A system whose tables have little room, and the folder in which that room is."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sangkien-disk-", dir="/var/tmp"))
    folder.chmod(0o755)
    room = folder / "room"
    room.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=755", "tmpfs", room], check=True)
    stack = Stack(folder / "stack", build=REPO / "build-crashes", settings={"SANGKIEN_LOG_LEVEL": "error"})
    try:
        stack.known["cluster"] = str(room / "db")
        cluster = REPO / "ops/db/cluster"
        subprocess.run([cluster, "start", stack.cluster], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([cluster, "stop", stack.cluster], check=True, stdout=subprocess.DEVNULL)
        log = stack.cluster / "data/pg_wal"
        shutil.move(log, folder / "wal")
        subprocess.run(["chown", "-R", "postgres:postgres", folder / "wal"], check=True)
        log.symlink_to(folder / "wal")
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


def test_a_full_disk_is_refused_in_words_and_passes(small, rng, tmp_path):
    stack, room = small
    world = World(stack, Base(stack), "kh-" + secrets.token_hex(4))
    trial = Trial(world, rng, tmp_path)
    trial.storm.calm(300)

    filler = fill(room)
    trial.storm.until(lambda: trial.load.refusals["DATABASE_UNAVAILABLE"] > 20, "it is said that nothing can be stored")
    page = world.ask("standing", "submissions.ListEntries", {"page_size": 5})
    assert page.ok and page.answer.entries
    filler.unlink()
    trial.storm.calm(300)

    trial.judge()
    world.close()
