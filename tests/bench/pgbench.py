"""pgbench.py - PostgreSQL's own load generator, one transaction a command, everything prepared."""
import math
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import command

WARMUP_S = 0.5
# Ids that are new and grow with time, as ours do: a number that goes on from run to run, told apart by client.
NUMBERS = r"""\set k :k + 64
\set number :k + :client_id
\set edition_number random(0, 99)
\set entry_number random(0, 199999)
"""
NEW_ID = "lpad(to_hex(:number::int8), 32, '0')::uuid"
OWN = {"create": {"id": NEW_ID, "subject": NEW_ID, "edition": "bench.edition_id(:edition_number)"},
       "update": {"id": NEW_ID, "subject": "bench.entry_id(:entry_number)", "version": ":number::int8"}}


def script(kind, variant):
    values = {**command.constants(kind), **OWN[kind]}
    lines = [command.fill(statement, values) for statement in command.statements(kind, variant)]
    if variant == "plain":
        lines = ["BEGIN;", *lines, "COMMIT;"]
    return NUMBERS + "\n".join(lines) + "\n"


def program():
    """Debian has it on the PATH only where there is a client package of the same version."""
    return shutil.which("pgbench") or max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))


def read_log(folder, seconds):
    """Rate and latencies of what ended within the measured time, from pgbench's line for each transaction."""
    ended, took = [], []
    for log in folder.glob("log.*"):
        for line in log.read_text().splitlines():
            _, _, us, _, epoch, fraction = line.split()[:6]
            ended.append(int(epoch) + int(fraction) / 1e6)
            took.append(int(us))
    begin = min(ended) + WARMUP_S
    counted = [us for end, us in zip(ended, took) if begin <= end < begin + seconds]
    cuts = statistics.quantiles(counted, n=100)
    return {"rate": len(counted) / seconds, "p50_us": cuts[49], "p99_us": cuts[98]}


def run(world, kind, variant, clients, seconds):
    with tempfile.TemporaryDirectory(prefix="sangkien-pgbench-") as name:
        folder = pathlib.Path(name)
        (folder / "script.sql").write_text(script(kind, variant))
        words = [program(), "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(2, clients)}",
                 f"--time={math.ceil(WARMUP_S + seconds)}", f"--define=k={int(time.time() * 1000) << 20}",
                 f"--file={folder / 'script.sql'}", "--log", f"--log-prefix={folder / 'log'}", world.stack.dsn()]
        subprocess.run(words, check=True, capture_output=True, text=True)
        return read_log(folder, seconds)
