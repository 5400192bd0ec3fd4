"""memory.py - what every process of ours holds: before anybody spoke to it, and at most with 1024 in flight."""
import processes
import sangkien
from report import Table

IN_FLIGHT, SYSTEMS = 1024, 4


def measure(stack, world, options):
    processes.forget_peaks(stack)
    for kind in ("create", "update"):
        sangkien.run(world, kind, SYSTEMS, IN_FLIGHT, options.seconds)
    peaks = processes.peak_mib(stack)
    return {name: {"idle_mib": world.idle_mib[name], "peak_mib": peaks[name]} for name in stack.services}


def tables(found):
    rows = [[name, f"{row['idle_mib']:.1f}", f"{row['peak_mib']:.1f}"] for name, row in found.items()]
    note = f"Resident, MiB: before anybody spoke to it; at most with {IN_FLIGHT} in flight. Targets 16 and 48."
    return [Table("Memory", note, ["process", "idle", "peak"], rows)]
