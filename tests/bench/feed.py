"""feed.py - the event feed: how fast a subscriber catches up, what that does to commands, how soon it sees an event."""
import json
import statistics
import subprocess
import threading

import processes
import sangkien
from report import Table, ms
from world import PROGRAMME

EVENTS, LIVE_COMMANDS, IN_FLIGHT = 500_000, 1000, (64, 256)
WARMUP = 0.5  # of the load; the subscriber begins within it


def measure(stack, world, options):
    world.settle()
    head = grow(world, EVENTS // 4 if options.quick else EVENTS)
    half = sangkien.load(world, "create", {"all": (256, [0])}, options.seconds)["groups"][0]["rate"] / 2
    loads = {**{f"{n} in flight": n for n in IN_FLIGHT}, "half of the peak, open": f"@{half:.0f}"}
    alone, live, beside = [], [], {name: [] for name in loads}
    processes.forget_peaks(stack)
    for number in range(options.rounds):
        world.settle()
        alone.append(subscriber(world, "catch-up", 0, head, 0))
        live.append(subscriber(world, "live", end(world), world.ids["edition"], world.ids["person"], LIVE_COMMANDS))
        for name, load in loads.items():
            beside[name].append(pair(world, load, head, options.seconds, number % 2 == 1))
    return {"events": head, "catch_up": spread([row["rate"] for row in alone]), "live": middle_live(live),
            "beside": {name: middle_pair(pairs) for name, pairs in beside.items()},
            "gateway_peak_mib": processes.peak_mib(stack)["gateway"]}


def subscriber(world, what, *arguments):
    """Runs feed.c with the key of a system of the programme's owner, who sees everything."""
    words = [world.stack.build / "bin/feed", what, world.stack.endpoint, world.stack.public_key("gateway"),
             world.stack.make_key(world.keys[1]), PROGRAMME, *arguments]
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def end(world):
    return int(world.sql(f"SELECT position FROM runtime.journal_head WHERE programme = '{PROGRAMME}'"))


def grow(world, events):
    """Entries are drafted until the journal is so long; its end."""
    while end(world) < events:
        sangkien.load(world, "create", {"all": (256, [0])}, 2, warmup=0)
    return end(world)


def pair(world, load, head, seconds, is_beside_first):
    """Commands alone, and beside a subscriber that catches up all the time: (row, row, what it read a second)."""
    rows = {beside: commands(world, load, head, seconds, beside) for beside in (is_beside_first, not is_beside_first)}
    return rows[False][0], *rows[True]


def commands(world, load, head, seconds, has_subscriber):
    """(their row, what the subscriber read a second)"""
    world.settle()
    read = []
    reader = threading.Timer(WARMUP / 2, lambda: read.append(
        subscriber(world, "catch-up", 0, head, seconds + WARMUP / 2)["rate"]))
    if has_subscriber:
        reader.start()
    row = sangkien.load(world, "create", {"all": (load, [0])}, seconds, WARMUP)["groups"][0]
    if has_subscriber:
        reader.join()
    return row, *read


# ------------------------------------------------------------- medians

def spread(values):
    return {"rate": statistics.median(values), "rate_min": min(values), "rate_max": max(values)}


def middle_live(rows):
    found = {name: {key: statistics.median(row[name][key] for row in rows) for key in ("p50_us", "p99_us")}
             for name in rows[0]}
    ratios = [row["lag"]["p50_us"] / row["command"]["p50_us"] for row in rows]
    return {**found, "lag_ratio": statistics.median(ratios), "lag_ratio_max": max(ratios)}


def middle_pair(pairs):
    """Each round has a ratio of its own, since the machine is not the same from one to the next."""
    rates = [beside["rate"] / alone["rate"] for alone, beside, _ in pairs]
    found = {name: {key: statistics.median(pair[n][key] for pair in pairs) for key in ("rate", "p50_us", "p99_us")}
             for n, name in enumerate(("alone", "beside"))}
    return {**found, "rate_ratio": statistics.median(rates), "rate_ratio_min": min(rates), "rate_ratio_max": max(rates),
            "read_rate": statistics.median(read for _, _, read in pairs)}


def tables(found):
    alone, live = found["catch_up"], found["live"]
    rows = [["events a second to one subscriber that catches up (target 150,000)",
             f"{alone['rate']:,.0f} ({alone['rate_min']:,.0f} - {alone['rate_max']:,.0f})"],
            ["a command, one in flight: p50, p99 ms", f"{ms(live['command']['p50_us'])}, {ms(live['command']['p99_us'])}"],
            ["its event after its reply: p50, p99 ms", f"{ms(live['lag']['p50_us'])}, {ms(live['lag']['p99_us'])}"],
            ["the same against the command (target 2)", f"{live['lag_ratio']:.2f} (at most {live['lag_ratio_max']:.2f})"],
            ["most memory of the gateway, MiB", f"{found['gateway_peak_mib']:.1f}"]]
    pairs = [[name, f"{row['alone']['rate']:,.0f}", f"{row['beside']['rate']:,.0f}",
              f"{row['rate_ratio']:.2f} ({row['rate_ratio_min']:.2f} - {row['rate_ratio_max']:.2f})",
              ms(row["alone"]["p50_us"]), ms(row["beside"]["p50_us"]), f"{row['read_rate']:,.0f}"]
             for name, row in found["beside"].items()]
    head = ["commands", "alone, a second", "beside, a second", "ratio (target 0.9)", "p50 ms alone", "p50 ms beside",
            "events read a second"]
    return [Table("Event feed", f"A journal of {found['events']:,} events, all of which the subscriber may see.",
                  ["what", "measured"], rows),
            Table("Commands beside a subscriber that catches up",
                  "CreateEntry of one system. A subscriber far behind gives way while requests are under way.", head, pairs)]
