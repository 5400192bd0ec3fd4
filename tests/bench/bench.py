#!/usr/bin/python3
"""bench.py - durable commands a second of sangkien, of pgbench, of PostgreSQL's own limit and of peers, in one run.

All of them take turns on the same PostgreSQL, round by round, so that a noisy machine disturbs them alike. Figures
are medians of all rounds. They are for comparison with each other, never claims about a machine.
"""
import argparse
import collections
import contextlib
import importlib
import importlib.util
import json
import os
import pathlib
import platform
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "ops/demo"))

import limit  # noqa: E402
import pgbench  # noqa: E402
import processes  # noqa: E402
import report  # noqa: E402
import sangkien  # noqa: E402
from figures import KINDS, Figures  # noqa: E402
from report import SECTIONS  # noqa: E402
from stack import Stack  # noqa: E402
from world import World  # noqa: E402

CONTENDERS = ("sangkien", "pgbench", "limit", "peers")
NOT_QUICK = ("flat", "growth")
FLIGHTS, SYSTEMS, CLIENTS = (1, 8, 64, 256, 1024), (1, 4, 32), (1, 8, 16, 32)
QUICK_PEERS = ("fastify", "nats", "graphile_worker")

# What is done between start and end of something; runs: [(key, function of no arguments that gives a row)].
Turn = collections.namedtuple("Turn", "around runs")


def read_options():
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__.split("\n\n", 1)[0],
                                     epilog=__doc__.split("\n\n", 1)[1])
    parser.add_argument("--quick", action="store_true", help="fewer settings, three rounds of a second: under 5 min")
    parser.add_argument("--only", metavar="SECTION[,..]", help=f"of {', '.join(CONTENDERS + SECTIONS)}")
    parser.add_argument("--rounds", type=int, help="runs of each case (5)")
    parser.add_argument("--seconds", type=int, help="of each run (2)")
    parser.add_argument("--json", metavar="FILE", help="also write all figures there")
    parser.add_argument("--html", metavar="FILE", help="also write a page with plots there")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in the README")
    parser.add_argument("--from", metavar="FILE", dest="source", help="measure nothing: report what --json wrote")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 2)
    known = CONTENDERS + SECTIONS
    options.only = options.only.split(",") if options.only else [
        name for name in known if not (options.quick and name in NOT_QUICK)]
    for name in set(options.only) - set(known):
        parser.error(f"there is no section {name}")
    return options


# ------------------------------------------------------------- the contenders' turns

def sangkien_turns(world, options):
    def case(kind, systems, in_flight):
        return ("sangkien", kind, systems, in_flight), lambda: sangkien.run(world, kind, systems, in_flight,
                                                                           options.seconds)

    wanted = [(kind, systems, n) for kind in KINDS for systems in SYSTEMS for n in FLIGHTS if n >= systems]
    if options.quick:
        wanted = [("create", 1, n) for n in FLIGHTS] + [("update", 1, 1), ("update", 1, 256)]
    return [Turn(contextlib.nullcontext, [case(*key)]) for key in wanted]


def pgbench_turns(world, options):
    def case(kind, variant, clients):
        return ("pgbench", kind, variant, clients), lambda: pgbench.run(world, kind, variant, clients, options.seconds)

    clients = CLIENTS[:-1] if options.quick else CLIENTS
    return [Turn(contextlib.nullcontext, [case(kind, variant, count)])
            for kind in KINDS for variant in ("plain", "cte") for count in clients]


def limit_turns(world, options):
    def case(kind, batch, connections):
        return ("limit", kind, batch, connections), lambda: limit.run(world, kind, batch, connections, options.seconds)

    settings = [key for key in limit.SETTINGS if not options.quick or key[1] == 2 and key[0] > 128]
    return [Turn(contextlib.nullcontext, [case(kind, *key)]) for kind in KINDS for key in settings]


@contextlib.contextmanager
def started(peer, world, folder):
    peer.start(world.stack.dsn(), folder)
    try:
        yield
    finally:
        peer.stop()


def peer_turns(world, options):
    if not (HERE / "peers.py").exists():
        print("no peers: tests/bench/peers.py is not there", file=sys.stderr)
        return []
    from peers import PEERS

    def turn(peer):
        def case(in_flight):
            def run():
                return {**peer.run(in_flight, options.seconds), "rss_mib": peer.rss_mib()}
            return ("peers", f"{peer.name}_{peer.variant}", in_flight), run

        folder = world.stack.folder / "peers"
        folder.mkdir(exist_ok=True)
        settings = [n for n in peer.settings if not options.quick or n == 64] or peer.settings[:1]
        return Turn(lambda: started(peer, world, folder), [case(in_flight) for in_flight in settings])

    return [turn(peer) for peer in PEERS if not options.quick or peer.name in QUICK_PEERS]


TURNS = {"sangkien": sangkien_turns, "pgbench": pgbench_turns, "limit": limit_turns, "peers": peer_turns}


def take_turns(world, options):
    """Runs, and how long rows were. Every second round goes backwards: what one leaves does not meet the same."""
    turns = [turn for name in CONTENDERS if name in options.only for turn in TURNS[name](world, options)]
    runs = collections.defaultdict(list)
    for number in range(options.rounds):
        for turn in reversed(turns) if number % 2 else turns:
            if options.quick and number and turn.runs[0][0][0] == "peers":
                continue
            with turn.around():
                for key, run in turn.runs:
                    world.settle()
                    runs[key].append(run())
                    print(f"round {number + 1}: {' '.join(map(str, key))}: {runs[key][-1]['rate']:.0f}/s",
                          file=sys.stderr, flush=True)
        row_bytes = world.row_bytes()
        world.clear_others()
    return runs, row_bytes


# ------------------------------------------------------------- the whole

def sections(stack, world, options):
    found = {}
    for name in SECTIONS:
        if name not in options.only:
            continue
        if importlib.util.find_spec(name) is None:
            print(f"no section {name}: tests/bench/{name}.py is not there", file=sys.stderr)
            continue
        print(f"section {name}", file=sys.stderr, flush=True)
        found[name] = importlib.import_module(name).measure(stack, world, options)
    return found


def machine(world):
    settings = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")
    return {"machine": platform.machine(), "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "postgresql": {name: world.sql(f"SHOW {name}") for name in settings}}


def measure(options):
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="sangkien-bench-") as folder:
        stack = Stack(folder, settings={"SANGKIEN_LOG_LEVEL": "warning", "SANGKIEN_CLOCK_FILE": ""})
        try:
            stack.start()
            idle = processes.resident_mib(stack)
            world = World(stack, idle).build()
            found = {"machine": machine(world)}
            runs, found["row_bytes"] = take_turns(world, options)
            found.update(Figures(runs).report())
            found.update(sections(stack, world, options))
        finally:
            stack.destroy()
            pathlib.Path(folder).mkdir(exist_ok=True)
    found["run"] = {"rounds": options.rounds, "seconds": options.seconds, "quick": options.quick,
                    "took_s": round(time.time() - began)}
    return found


def main():
    options = read_options()
    found = json.loads(pathlib.Path(options.source).read_text()) if options.source else measure(options)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=2) + "\n")
    if options.html:
        pathlib.Path(options.html).write_text(report.html(found))
    print(report.markdown(found) if options.markdown else report.text(found))


if __name__ == "__main__":
    main()
