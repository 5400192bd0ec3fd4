"""fairness.py - what one system feels of another that sends ten times as much, and more than can be carried out."""
import statistics

import sangkien
from report import Table, ms

QUIET, FLOODER, TIMES = [0], [1], 10


def measure(stack, world, options):
    """Rounds of both in turn: the quiet system alone, then beside the flood."""
    peak = sangkien.load(world, "create", {"all": (256, QUIET)}, options.seconds)["groups"][0]["rate"]
    quiet, flood = f"@{peak / TIMES:.0f}", f"@{peak:.0f}"
    alone, beside, flooder = [], [], []
    for _ in range(options.rounds):
        world.settle()
        alone += sangkien.load(world, "create", {"quiet": (quiet, QUIET)}, options.seconds)["groups"]
        world.settle()
        both = {"quiet": (quiet, QUIET), "flood": (flood, FLOODER)}
        for into, group in zip((beside, flooder), sangkien.load(world, "create", both, options.seconds)["groups"]):
            into.append(group)
    found = {name: middle(rows) for name, rows in (("alone", alone), ("beside", beside), ("flooder", flooder))}
    return {"quiet_rate": peak / TIMES, "flood_rate": peak, **found,
            "p99_ratio": found["beside"]["p99_us"] / found["alone"]["p99_us"]}


def middle(rows):
    found = {key: statistics.median(row[key] for row in rows) for key in ("rate", "p50_us", "p99_us")}
    return {**found, "refused": sum(tally["count"] for row in rows for tally in row["refused"].values())}


def tables(found):
    rows = [[words, f"{row['rate']:,.0f}", ms(row["p50_us"]), ms(row["p99_us"]), row["refused"]]
            for words, row in (("the quiet system, alone", found["alone"]),
                               ("the quiet system, beside the flood", found["beside"]),
                               ("the flooding system", found["flooder"]))]
    note = (f"{found['quiet_rate']:,.0f} commands a second of one system, {found['flood_rate']:,.0f} of the other. "
            f"The quiet one's p99 grows {found['p99_ratio']:.1f} times (target 3).")
    return [Table("Fairness", note, ["", "carried out/s", "p50 ms", "p99 ms", "refused"], rows)]
