"""growth.py - minutes of steady work: does any process hold more and more?

Both kinds of command by turns, a moderate rate, new connections for every slice: what grows, grows with what was
done, not with how fast. Resident memory is what counts in the end, but a kernel may take pages of programs and files
from it at any time; a leak shows in a process's own memory. PostgreSQL has only that: its shared buffers are touched
little by little, and are one and the same.
"""
import itertools
import statistics

import processes
import sangkien
from figures import KINDS
from report import Table

SLICES_A_MINUTE, RATE, SYSTEMS = 6, 2000, range(4)


def measure(stack, world, options):
    """Slopes over all but the first minute, in which buffers find their size."""
    resident, own, sent, refused = [], [], 0, 0
    for _, kind in zip(range(round(options.minutes * SLICES_A_MINUTE)), itertools.cycle(KINDS)):
        load = sangkien.load(world, kind, {"all": (f"@{RATE}", SYSTEMS)}, 60 / SLICES_A_MINUTE, warmup=0)
        sent += load["sent"]
        refused += sum(tally["count"] for tally in load["groups"][0]["refused"].values())
        resident.append(processes.resident_mib(stack))
        own.append(processes.own_mib(stack))
    return {"minutes": options.minutes, "sent": sent, "refused": refused,
            "resident": slopes(resident[SLICES_A_MINUTE:]), "own": slopes(own[SLICES_A_MINUTE:])}


def slopes(slices):
    """Of each process, and of all together."""
    series = {name: [slice[name] for slice in slices] for name in slices[0]}
    series["all together"] = [sum(slice.values()) for slice in slices]
    return {name: {"mib": values, "kib_per_minute": slope(values),
                   "late_kib_per_minute": slope(values[len(values) // 2:])} for name, values in series.items()}


def slope(values):
    minutes = [n / SLICES_A_MINUTE for n in range(len(values))]
    return 1024 * statistics.linear_regression(minutes, values).slope


def tables(found):
    note = (f"MiB, without the first minute of {found['minutes']:g}; {found['sent']:,} commands, {RATE:,} a second, "
            f"both kinds by turns, {found['refused']} refused. The slope of the later half tells a leak from "
            "buffers that still found their size.")
    return [Table(f"Growth, {words}", note, ["process", "at first", "at last", "KiB a minute", "in the later half"],
                  [[name, f"{row['mib'][0]:.2f}", f"{row['mib'][-1]:.2f}", f"{row['kib_per_minute']:+.1f}",
                    f"{row['late_kib_per_minute']:+.1f}"] for name, row in found[what].items()])
            for what, words in (("resident", "resident memory"), ("own", "memory of their own"))]
