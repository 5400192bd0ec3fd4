"""fairness.py - what a polite system feels of one that sends ten times what it may.

The polite one sends a tenth of the peak, evenly, from a process of its own; first alone, then beside each flood, round
by round. The floods, of one system: ten times as many in flight as one system may have, each refusal answered with the
next command at once, so that its connection is always full; and ten times the polite one's rate, whatever comes back,
which is as much as can be carried out at all.
"""
import concurrent.futures
import statistics

import sangkien
from report import Table

POLITE, FLOODER = 0, 1  # of the world's systems
MAY_HAVE, TIMES = 2048, 10  # MAY_HAVE: SANGKIEN_SYSTEM_INFLIGHT
TARGET = 3


def polite(world, rate, seconds):
    return sangkien.load(world, "create", {"polite": (f"@{rate:.0f}", [POLITE])}, seconds)["groups"][0]


def beside(world, flood, rate, seconds):
    """Of the polite system and of the flood, which lasts until after the polite one has warmed up and been measured."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        flooding = pool.submit(sangkien.load, world, "create", {"flood": (flood, [FLOODER])}, seconds + 1, warmup=0)
        return polite(world, rate, seconds), flooding.result()["groups"][0]


def row(alone, runs):
    ratios = [run["p99_us"] / before["p99_us"] for before, (run, _) in zip(alone, runs)]
    middle = {name: statistics.median(run[name] for run, _ in runs) for name in ("rate", "p50_us", "p99_us")}
    return {**middle, **{f"alone_{name}": statistics.median(run[name] for run in alone) for name in ("p50_us", "p99_us")},
            "ratio": statistics.median(ratios), "ratio_min": min(ratios), "ratio_max": max(ratios),
            "flood_rate": statistics.median(flood["rate"] for _, flood in runs),
            "refused": sum(tally["count"] for run, _ in runs for tally in run["refused"].values())}


def measure(stack, world, options):
    seconds = 2 * options.seconds
    peak = sangkien.run(world, "create", 1, 256, options.seconds)["rate"]
    rate = peak / TIMES
    floods = {"in_flight": TIMES * MAY_HAVE, "rate": f"@{TIMES * rate:.0f}"}
    alone, runs = [], {name: [] for name in floods}
    for _ in range(options.rounds):
        world.settle()
        alone.append(polite(world, rate, seconds))
        for name, flood in floods.items():
            world.settle()
            runs[name].append(beside(world, flood, rate, seconds))
    return {"peak_rate": peak, "polite_rate": rate, **{name: row(alone, runs[name]) for name in floods}}


def tables(found):
    words = {"in_flight": f"{TIMES * MAY_HAVE:,} in flight", "rate": f"{TIMES} times as many a second"}
    rows = [[words[name], f"{r['alone_p50_us'] / 1000:.2f}", f"{r['alone_p99_us'] / 1000:.2f}",
             f"{r['p50_us'] / 1000:.2f}", f"{r['p99_us'] / 1000:.2f}",
             f"{r['ratio']:.2f} ({r['ratio_min']:.2f} - {r['ratio_max']:.2f})", r["refused"], f"{r['flood_rate']:,.0f}"]
            for name, r in found.items() if name in words]
    return [Table("Fairness", f"{found['polite_rate']:,.0f} commands a second of one system beside the flood of another; "
                  f"target: p99 within {TARGET} times of that alone.",
                  ["flood", "alone p50 ms", "p99 ms", "beside p50 ms", "p99 ms", "ratio", "refused",
                   "flood's commands/s"], rows)]
