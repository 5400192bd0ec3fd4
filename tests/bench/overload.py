"""overload.py - five times as many commands as can be carried out: what is refused, how soon, what gets done.

Each round first the peak, then two kinds of overload by eight systems:

in flight   five times as many commands under way as a service takes: each answer is followed by the next command at once,
            each refusal after the pause that the protocol asks for. What waits is bounded by the clients, so a
            refusal's time is ours.
at once     the same by clients that do not pause: how long all of them together take is then how long each one waits.
rate        five times the peak a second, whatever comes back; times count from when a command was due. The gateway reads
            a flood no faster than it may be refused, and the rest waits in the clients' own queues, which here have no
            bound: what counts is how much still gets done. The load itself takes a good part of the processors.
"""
import statistics

import processes
import sangkien
from report import Table, ms

TIMES, TAKEN, SYSTEMS = 5, 2048, range(8)  # TAKEN: SANGKIEN_CREDIT
PAUSE_MS = 50  # proto/README.md, section 8
TARGET_RATE, TARGET_MS = 0.8, 100


def one(world, load, peak, seconds, pause_ms=0, warmup=0.5):
    world.settle()
    before = processes.cpu_seconds(world.stack)["gateway"]
    found = sangkien.load(world, "create", {"all": (load, SYSTEMS)}, seconds, warmup, pause_ms)
    gateway_s = processes.cpu_seconds(world.stack)["gateway"] - before
    row = found["groups"][0]
    busy = row["refused"].get("SYSTEM_BUSY", {"count": 0, "p50_us": 0, "p99_us": 0})
    return {"rate": row["rate"], "rate_vs_peak": row["rate"] / peak, "accepted_p99_us": row["p99_us"],
            "load_cores": found["cpu_s"] / (seconds + warmup), "gateway_cores": gateway_s / (seconds + warmup),
            "refused": busy["count"], "refused_p50_us": busy["p50_us"], "refused_p99_us": busy["p99_us"]}


def spread(rows):
    """{name: [median, least, most]}"""
    values = {name: [row[name] for row in rows] for name in rows[0]}
    return {name: [statistics.median(each), min(each), max(each)] for name, each in values.items()}


def measure(stack, world, options):
    processes.forget_peaks(stack)
    peaks, rows = [], {"in_flight": [], "at_once": [], "rate": []}
    for _ in range(options.rounds):
        world.settle()
        peaks.append(sangkien.load(world, "create", {"all": (256, SYSTEMS)}, options.seconds)["groups"][0]["rate"])
        for name, load, pause_ms in (("in_flight", TIMES * TAKEN, PAUSE_MS), ("at_once", TIMES * TAKEN, 0),
                                     ("rate", f"@{TIMES * peaks[-1]:.0f}", 0)):
            rows[name].append(one(world, load, peaks[-1], 2 * options.seconds, pause_ms))
    return {"peak_rate": statistics.median(peaks), **{name: spread(each) for name, each in rows.items()},
            "peak_mib": processes.peak_mib(stack)}


def bracketed(values, text):
    return f"{text(values[0])} ({text(values[1])} - {text(values[2])})"


def tables(found):
    def row(name, words):
        r = found[name]
        return [words, f"{r['rate'][0]:,.0f}", bracketed(r["rate_vs_peak"], "{:.2f}".format), ms(r["accepted_p99_us"][0]),
                f"{r['refused'][0]:,.0f}", ms(r["refused_p50_us"][0]), bracketed(r["refused_p99_us"], ms),
                f"{r['load_cores'][0]:.2f}", f"{r['gateway_cores'][0]:.2f}"]

    most = ", ".join(f"{name} {mib:.1f}" for name, mib in found["peak_mib"].items())
    note = (f"Peak {found['peak_rate']:,.0f} commands a second. Targets: {TARGET_RATE} of the peak carried out; refused "
            f"within {TARGET_MS} ms, p99, where clients pause as the protocol asks them to. Most memory, MiB: {most}.")
    return [Table("Overload", note,
                  ["load", "carried out/s", "of the peak", "p99 ms", "SYSTEM_BUSY", "p50 ms", "p99 ms",
                   "load, cores", "gateway, cores"],
                  [row("in_flight", f"{TIMES * TAKEN:,} in flight, pausing"),
                   row("at_once", f"{TIMES * TAKEN:,} in flight, at once"), row("rate", f"{TIMES} times the peak a second")])]
