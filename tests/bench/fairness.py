"""fairness.py - what a quiet system feels of one that sends ten times what it may.

The quiet one sends a command now and then, from a process of its own; first alone, then beside the flood, round by
round. The flood: ten times as many in flight as one system may have, each refusal answered with the next command at
once; and ten times half of the peak rate, whatever comes back.
"""
import concurrent.futures
import statistics

import sangkien
from report import Table

QUIET, FLOODER = 0, 1  # of the world's systems
QUIET_LOAD, MAY_HAVE, TIMES = "@50", 2048, 10  # MAY_HAVE: SANGKIEN_SYSTEM_INFLIGHT
TARGET = 3


def quiet(world, seconds):
    return sangkien.load(world, "create", {"quiet": (QUIET_LOAD, [QUIET])}, seconds)["groups"][0]


def beside(world, flood, seconds):
    """Of the quiet system and of the flood, which begins before it and ends after it."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        flooding = pool.submit(sangkien.load, world, "create", {"flood": (flood, [FLOODER])}, seconds + 1, warmup=0)
        return quiet(world, seconds), flooding.result()["groups"][0]


def row(alone, runs):
    middle = {name: statistics.median(run[name] for run, _ in runs) for name in ("p50_us", "p99_us")}
    return {**middle, "alone_p50_us": statistics.median(run["p50_us"] for run in alone),
            "alone_p99_us": (p99 := statistics.median(run["p99_us"] for run in alone)),
            "ratio": middle["p99_us"] / p99, "flood_rate": statistics.median(flood["rate"] for _, flood in runs),
            "refused": sum(run["refused"][reason]["count"] for run, _ in runs for reason in run["refused"])}


def measure(stack, world, options):
    seconds = 3 if options.quick else 6
    peak = sangkien.run(world, "create", 1, 256, options.seconds)["rate"]
    floods = {"in_flight": TIMES * MAY_HAVE, "rate": f"@{TIMES * peak / 2:.0f}"}
    alone, runs = [], {name: [] for name in floods}
    for _ in range(options.rounds):
        alone.append(quiet(world, seconds))
        for name, flood in floods.items():
            world.settle()
            runs[name].append(beside(world, flood, seconds))
    return {"peak_rate": peak, **{name: row(alone, runs[name]) for name in floods}}


def tables(found):
    rows = [[name.replace("_", " "), f"{r['alone_p50_us'] / 1000:.2f}", f"{r['alone_p99_us'] / 1000:.2f}",
             f"{r['p50_us'] / 1000:.2f}", f"{r['p99_us'] / 1000:.2f}", f"{r['ratio']:.2f}", r["refused"],
             f"{r['flood_rate']:,.0f}"] for name, r in found.items() if name != "peak_rate"]
    return [Table("Fairness", f"50 commands a second of one system beside ten times what it may of another; "
                  f"target: p99 within {TARGET} times of that alone.",
                  ["flood by", "alone p50 ms", "p99 ms", "beside p50 ms", "p99 ms", "ratio", "refused",
                   "flood's commands/s"], rows)]
