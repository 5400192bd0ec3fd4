"""overload.py - five times as many commands as can be carried out: what is refused, how soon, what gets done."""
import processes
import sangkien
from report import Table, ms

TIMES, SYSTEMS = 5, range(8)


def measure(stack, world, options):
    world.settle()
    peak = sangkien.load(world, "create", {"all": (256, SYSTEMS)}, options.seconds)["groups"][0]["rate"]
    processes.forget_peaks(stack)
    found = sangkien.load(world, "create", {"all": (f"@{TIMES * peak:.0f}", SYSTEMS)}, 2 * options.seconds)
    all_systems = found["groups"][0]
    return {"peak_rate": peak, "offered_rate": TIMES * peak, "rate": all_systems["rate"],
            "rate_vs_peak": all_systems["rate"] / peak, "accepted_p99_us": all_systems["p99_us"],
            "refused": all_systems["refused"], "peak_mib": processes.peak_mib(stack)}


def tables(found):
    rows = [["carried out a second, before", f"{found['peak_rate']:,.0f}"],
            ["sent a second", f"{found['offered_rate']:,.0f}"],
            ["carried out a second", f"{found['rate']:,.0f} ({found['rate_vs_peak']:.0%}, target 80%)"],
            ["p99 of what was carried out, ms", ms(found["accepted_p99_us"])]]
    for reason, tally in found["refused"].items():
        rows.append([f"{reason}: how many, p99 ms (target 100)", f"{tally['count']:,}, {ms(tally['p99_us'])}"])
    rows += [[f"{name}, most MiB", f"{mib:.1f}"] for name, mib in found["peak_mib"].items()]
    return [Table("Overload", f"{TIMES} times the commands, whatever comes back; times count from when each was due.",
                  ["what", "measured"], rows)]
