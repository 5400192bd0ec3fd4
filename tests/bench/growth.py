"""growth.py - ten minutes of steady work: does any process hold more and more?"""
import statistics

import processes
import sangkien
from report import Table

MINUTES, SLICES_A_MINUTE, RATE = 10, 3, 5000


def measure(stack, world, options):
    """Slopes over all but the first minute, in which buffers find their size."""
    held = []
    for _ in range(MINUTES * SLICES_A_MINUTE):
        sangkien.load(world, "create", {"all": (f"@{RATE}", range(4))}, 60 / SLICES_A_MINUTE, warmup=0)
        held.append(processes.resident_mib(stack))
    held = held[SLICES_A_MINUTE:]
    minutes = [n / SLICES_A_MINUTE for n in range(len(held))]
    found = {}
    for name in stack.services:
        values = [slice[name] for slice in held]
        slope = statistics.linear_regression(minutes, values).slope
        found[name] = {"first_mib": values[0], "last_mib": values[-1], "mib_per_minute": slope}
    return found


def tables(found):
    rows = [[name, f"{row['first_mib']:.2f}", f"{row['last_mib']:.2f}", f"{row['mib_per_minute']:+.3f}"]
            for name, row in found.items()]
    note = f"Resident, MiB, over {MINUTES} minutes of {RATE:,} CreateEntry a second, without the first."
    return [Table("Growth", note, ["process", "at first", "at last", "a minute"], rows)]
