#!/usr/bin/python3
"""bench.py - durable commands a second of sangkien, of pgbench, of PostgreSQL's own limit and of peers, in one run.

All of them take turns on the same PostgreSQL, round by round, so that a noisy machine disturbs them alike. Figures
are medians of all rounds. They are for comparison with each other, never claims about a machine. A contender that
gave no figures is named in the report, and makes the exit status 1.
"""
import argparse
import collections
import contextlib
import importlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "ops/demo"))

import limit  # noqa: E402
import peers  # noqa: E402
import pgbench  # noqa: E402
import processes  # noqa: E402
import report  # noqa: E402
import sangkien  # noqa: E402
from figures import KINDS, Figures  # noqa: E402
from report import SECTIONS  # noqa: E402
from stack import Stack  # noqa: E402
from world import World  # noqa: E402

CONTENDERS = ("sangkien", "pgbench", "limit", "peers")
FLIGHTS, SYSTEMS, CLIENTS = (1, 8, 64, 256, 1024), (1, 4, 32), (1, 8, 16, 32)
QUICK_SECTIONS = ("memory",)
NOT_QUICK_PEERS = ("rabbitmq_classic",)  # as fast as the other

# What is done between start and end of something; runs: [(key, function of no arguments that gives a row)].
Turn = collections.namedtuple("Turn", "around runs")


def read_options():
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__.split("\n\n", 1)[0],
                                     epilog=__doc__.split("\n\n", 1)[1])
    parser.add_argument("--quick", action="store_true",
                        help="every contender, a second a case; what ratios stand on three times: under 5 minutes")
    parser.add_argument("--only", metavar="SECTION[,..]", help=f"of {', '.join(CONTENDERS + SECTIONS)}")
    parser.add_argument("--allow-missing", action="store_true", help="exit status 0 even if a contender is missing")
    parser.add_argument("--rounds", type=int, help="runs of each case (5)")
    parser.add_argument("--seconds", type=int, help="of each run (2)")
    parser.add_argument("--minutes", type=float, default=10, help="of the section growth (10)")
    parser.add_argument("--entries", type=int, default=1_000_000, help="stored for the section flat (1000000)")
    parser.add_argument("--events", type=int, default=10_000_000, help="stored for the section flat (10000000)")
    parser.add_argument("--keep", metavar="DIR", help="leave there what flat has stored, and use it again")
    parser.add_argument("--json", metavar="FILE", help="also write all figures there")
    parser.add_argument("--html", metavar="FILE", help="also write a page with plots there")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in the README")
    parser.add_argument("--from", metavar="FILE", dest="source", help="measure nothing: report what --json wrote")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 2)
    known = CONTENDERS + SECTIONS
    usual = CONTENDERS + QUICK_SECTIONS if options.quick else known
    options.only = options.only.split(",") if options.only else list(usual)
    for name in set(options.only) - set(known):
        parser.error(f"there is no section {name}")
    if "growth" in options.only and options.minutes < 2:
        parser.error("growth needs two minutes")
    return options


# ------------------------------------------------------------- the contenders' turns

def sangkien_turns(world, options):
    def case(kind, systems, in_flight):
        return ("sangkien", kind, systems, in_flight), lambda: sangkien.run(world, kind, systems, in_flight,
                                                                           options.seconds)

    wanted = [(kind, systems, n) for kind in KINDS for systems in SYSTEMS for n in FLIGHTS
              if n >= systems and (systems == 1 or n == 256 or not options.quick)]
    return [Turn(contextlib.nullcontext, [case(*key)]) for key in wanted]


def pgbench_turns(world, options):
    def case(kind, variant, clients):
        return ("pgbench", kind, variant, clients), lambda: pgbench.run(world, kind, variant, clients, options.seconds)

    return [Turn(contextlib.nullcontext, [case(kind, variant, count)])
            for kind in KINDS for variant in ("plain", "cte") for count in CLIENTS
            if not (options.quick and count == 8)]


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
    def turn(peer):
        def case(in_flight):
            def run():
                return {**peer.run(in_flight, options.seconds), "rss_mib": peer.rss_mib()}
            return ("peers", f"{peer.name}_{peer.variant}", in_flight), run

        settings = peer.settings[-1:] if options.quick else peer.settings
        return Turn(lambda: started(peer, world, folder), [case(in_flight) for in_flight in settings])

    folder = world.stack.folder / "peers"
    folder.mkdir(exist_ok=True)
    return [turn(peer) for peer in peers.PEERS if not (options.quick and peer.name in NOT_QUICK_PEERS)]


TURNS = {"sangkien": sangkien_turns, "pgbench": pgbench_turns, "limit": limit_turns, "peers": peer_turns}


def take_turns(world, options, missing):
    """Runs, and how long rows were. Every second round goes backwards: what one leaves does not meet the same."""
    turns = [turn for name in CONTENDERS if name in options.only for turn in TURNS[name](world, options)]
    runs = collections.defaultdict(list)
    for number in range(options.rounds):
        if options.quick and number == 1:
            turns = [only_decisive(turn, Figures(runs).decisive()) for turn in turns]
        for turn in reversed(turns) if number % 2 else turns:
            take_turn(world, turn, runs, missing)
        row_bytes = world.row_bytes()
        world.clear_others()
    return runs, row_bytes


def only_decisive(turn, decisive):
    return turn._replace(runs=[(key, run) for key, run in turn.runs if key in decisive])


def take_turn(world, turn, runs, missing):
    """Whoever failed once gets no further turn, and costs nobody else's figures."""
    wanted = [(key, run) for key, run in turn.runs if name_of(key) not in missing]
    if not wanted:
        return
    key = wanted[0][0]
    try:
        with turn.around():
            for key, run in wanted:
                world.settle()
                row = run()
                runs[key].append(row)
                said = f"{' '.join(map(str, key))}: {row['rate']:.0f}/s"
                print(f"round {len(runs[key])}: {said}", file=sys.stderr, flush=True)
    except Exception as error:  # whatever it was
        tell_missing(name_of(key), error, missing)


def name_of(key):
    """What is missing when this case fails: a peer with all its settings, or else this case."""
    return " ".join(map(str, key[:2] if key[0] == "peers" else key))


def tell_missing(name, error, missing):
    traceback.print_exception(error)
    said = getattr(error, "stderr", None) or str(error) or type(error).__name__
    missing[name] = " ".join(str(said).split())[-300:]
    print(f"MISSING: {name}: {missing[name]}", file=sys.stderr, flush=True)


# ------------------------------------------------------------- the whole

def sections(stack, world, options, missing):
    found = {}
    for name in SECTIONS:
        if name not in options.only:
            continue
        print(f"section {name}", file=sys.stderr, flush=True)
        try:
            found[name] = importlib.import_module(name).measure(stack, world, options)
        except Exception as error:  # the others' figures stand
            tell_missing(name, error, missing)
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
            missing = {}
            found = {"machine": machine(world), "missing": missing}
            runs, found["row_bytes"] = take_turns(world, options, missing)
            found.update(Figures(runs).report())
            found.update(sections(stack, world, options, missing))
        finally:
            stack.destroy()
            pathlib.Path(folder).mkdir(exist_ok=True)
    found["run"] = {"rounds": options.rounds, "seconds": options.seconds, "quick": options.quick,
                    "took_s": round(time.time() - began)}
    return found


def install_peers(options):
    """Without their packages every peer will be missing, which may be allowed."""
    try:
        peers.install()
    except (OSError, subprocess.SubprocessError) as error:
        said = f"ops/bench: npm could not install tests/bench/peers/package-lock.json: {error}"
        if not options.allow_missing:
            sys.exit(f"{said}; leave peers out (--only sangkien,pgbench,limit,memory), or --allow-missing")
        print(said, file=sys.stderr)


def main():
    options = read_options()
    if "peers" in options.only and not options.source:
        install_peers(options)
    found = json.loads(pathlib.Path(options.source).read_text()) if options.source else measure(options)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=2) + "\n")
    if options.html:
        pathlib.Path(options.html).write_text(report.html(found))
    print(report.markdown(found) if options.markdown else report.text(found))
    return 1 if found["missing"] and not options.allow_missing else 0


if __name__ == "__main__":
    sys.exit(main())
