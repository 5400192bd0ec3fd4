"""sangkien.py - the system itself, end to end: CURVE, gateway, service, COMMIT, reply; the load is load.c."""
import json
import subprocess

import processes
from world import PROGRAMME


def load(world, kind, groups, seconds, warmup=0.5, pause_ms=0):
    """Runs groups of systems at once. groups: {name: (load, [system numbers])}, load as load.c takes it."""
    what = ["--update", world.pool()] if kind == "update" else ["--create", world.ids["edition"]]
    named = [f"{name}={amount}:" + ",".join(str(world.stack.make_key(world.keys[n])) for n in systems)
             for name, (amount, systems) in groups.items()]
    words = [world.stack.build / "bin/load", "--endpoint", world.stack.endpoint,
             "--server-key", world.stack.public_key("gateway"), "--programme", PROGRAMME,
             "--person", world.ids["person"], "--seconds", seconds, "--warmup", warmup, "--pause", pause_ms, *what, *named]
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    found = json.loads(done.stdout)
    if kind == "update":
        world.took(found["sent"])
    return found


def run(world, kind, systems, in_flight, seconds):
    """One group with so many commands in flight; beside rate and latencies the processor time of each process."""
    before = processes.cpu_seconds(world.stack)
    found = load(world, kind, {"all": (in_flight, range(systems))}, seconds)
    after = processes.cpu_seconds(world.stack)
    used = {name: after[name] - before[name] for name in after}
    row = found["groups"][0]
    row["cpu_us"] = {name: 1e6 * spent / found["sent"] for name, spent in {**used, "load": found["cpu_s"]}.items()}
    row["refused"] = {reason: tally["count"] for reason, tally in row["refused"].items()}
    return row
