"""figures.py - medians, spreads and ratios out of single runs; what they are called in the JSON."""
import os
import statistics

KINDS = ("create", "update")
CORES = len(os.sched_getaffinity(0))
HEADLINE = {"systems": 1, "in_flight": 256}
# name in `ratio`: (what it says, target if there is one, more is better)
TARGETS = {
    "vs_pgbench_plain": ("256 in flight: rate against pgbench, plain statements, best clients", 4.5, True),
    "vs_pgbench_cte": ("256 in flight: rate against pgbench, one CTE statement, best clients", 2.0, True),
    "vs_limit": ("256 in flight: rate against arrays of rows without anything else", 0.35, True),
    "vs_best_peer": ("256 in flight: rate against the best peer, a transaction for each command", 3.5, True),
    "vs_best_plain_peer": ("256 in flight: rate against the best peer with plain statements", 8.0, True),
    "vs_best_batch_peer": ("256 in flight: rate against the best peer that writes whole batches", None, True),
    "p50_vs_pgbench": ("1 in flight: p50 against one pgbench client, plain statements", 1.5, False),
    "p99_vs_pgbench": ("1 in flight: p99 against one pgbench client, plain statements", 3.0, False),
}
PEER_RATIOS = {"vs_best_peer": lambda name: not name.endswith("_batch"),
               "vs_best_plain_peer": lambda name: name.endswith("_plain"),
               "vs_best_batch_peer": lambda name: name.endswith("_batch")}


def middle(rows):
    """Medians of the runs of one case; of the rate also the least and the most."""
    found = {key: statistics.median(row[key] for row in rows) for key in ("rate", "p50_us", "p99_us") if key in rows[0]}
    found.update(rate_min=min(row["rate"] for row in rows), rate_max=max(row["rate"] for row in rows), runs=len(rows))
    if "load_us" in rows[0]:
        found["load_us"] = statistics.median(row["load_us"] for row in rows)
        found["rate_were_load_free"] = found["rate"] / (1 - found["load_us"] * found["rate"] / 1e6 / CORES)
    if "cpu_us" in rows[0]:
        found["cpu_us"] = {name: statistics.median(row["cpu_us"][name] for row in rows) for name in rows[0]["cpu_us"]}
        found["refused"] = sum(sum(row["refused"].values()) for row in rows)
    if "rss_mib" in rows[0]:
        found["rss_mib"] = max(row["rss_mib"] for row in rows)
    return found


def fastest(cases):
    """The setting with the highest median rate, of those that were run most often."""
    most = max(row["runs"] for row in cases.values())
    return max((setting for setting in cases if cases[setting]["runs"] == most),
               key=lambda setting: cases[setting]["rate"])


class Figures:
    """runs: {key: [row of each round]}; a key is (contender, kind, setting ...), or ("peers", name, in flight)."""

    def __init__(self, runs):
        self.runs = runs
        self.medians = {key: middle(rows) for key, rows in runs.items()}

    def cases(self, *front):
        """{rest of the key: medians} of every key that begins so; a rest of one part is that part."""
        found = {key[len(front):]: row for key, row in self.medians.items() if key[:len(front)] == front}
        return {rest[0] if len(rest) == 1 else rest: row for rest, row in found.items()}

    # ------------------------------------------------------------- each contender

    def sangkien(self):
        matrix = {kind: {} for kind in KINDS}
        for (kind, systems, in_flight), row in self.cases("sangkien").items():
            matrix[kind].setdefault(str(systems), {})[str(in_flight)] = row
        return dict(matrix["create"].get("1", {})), matrix

    def pgbench(self):
        found = {}
        for variant in ("plain", "cte"):
            for kind in KINDS:
                cases = self.cases("pgbench", kind, variant)
                if 1 not in cases:
                    continue
                best = fastest(cases)
                row = {"best_rate": cases[best]["rate"], "best_clients": best,
                       "single_p50_us": cases[1]["p50_us"], "single_p99_us": cases[1]["p99_us"]}
                row["clients"] = {str(clients): case for clients, case in cases.items()}
                found.setdefault(variant, {})[kind] = row
            if "create" in found.get(variant, {}):
                found[variant].update({k: v for k, v in found[variant]["create"].items() if k != "clients"})
        return found

    def limit(self):
        found = {}
        for kind in KINDS:
            cases = self.cases("limit", kind)
            if cases:
                batch, connections = best = fastest(cases)
                found[kind] = {"rate": cases[best]["rate"], "batch": batch, "connections": connections,
                               "settings": {f"{b} x {c}": row for (b, c), row in cases.items()}}
        if "create" in found:
            found["rate"] = found["create"]["rate"]
        return found

    def peers(self):
        found = {}
        for (name, in_flight), row in self.cases("peers").items():
            found.setdefault(name, {})[in_flight] = row
        best = {name: fastest(cases) for name, cases in found.items()}
        return {name: {**cases[best[name]], "in_flight": best[name],
                       "settings": {str(n): row for n, row in cases.items()}} for name, cases in found.items()}

    # ------------------------------------------------------------- ratios

    def _best(self, front, is_one=lambda rest: True):
        cases = {rest: row for rest, row in self.cases(*front).items() if is_one(rest)}
        best = fastest(cases) if cases else None
        return None if best is None else (*front, *(best if isinstance(best, tuple) else (best,)))

    def _ratio(self, ours, theirs, what):
        """[of the medians, least and most of single rounds]; None when one of both was not measured."""
        if ours not in self.runs or theirs not in self.runs:
            return None
        rounds = [mine[what] / other[what] for mine, other in zip(self.runs[ours], self.runs[theirs])]
        return [self.medians[ours][what] / self.medians[theirs][what], min(rounds), max(rounds)]

    def _compared(self, kind):
        """{name of a ratio: (our case, theirs, what is compared)}; a case may be None, or not measured."""
        head = ("sangkien", kind, HEADLINE["systems"], HEADLINE["in_flight"])
        single, one_client = ("sangkien", kind, 1, 1), ("pgbench", kind, "plain", 1)
        found = {
            "vs_pgbench_plain": (head, self._best(("pgbench", kind, "plain")), "rate"),
            "vs_pgbench_cte": (head, self._best(("pgbench", kind, "cte")), "rate"),
            "vs_limit": (head, self._best(("limit", kind)), "rate"),
            "p50_vs_pgbench": (single, one_client, "p50_us"),
            "p99_vs_pgbench": (single, one_client, "p99_us"),
        }
        if kind == "create":  # the one that peers carry out
            for name, is_one in PEER_RATIOS.items():
                best = self._best(("peers",), lambda rest, is_one=is_one: is_one(rest[0]))
                found[name] = (head, best, "rate")
        return found

    def decisive(self):
        """The cases on which ratios stand."""
        return {key for kind in KINDS for ours, theirs, _ in self._compared(kind).values() for key in (ours, theirs)}

    def ratios_of(self, kind):
        found = {name: self._ratio(*compared) for name, compared in self._compared(kind).items()}
        return {name: ratio for name, ratio in found.items() if ratio}

    def ratios(self):
        """The worse of both kinds of command, and each by itself."""
        kinds = {kind: self.ratios_of(kind) for kind in KINDS}
        found = {}
        for name, (_, _, more_is_better) in TARGETS.items():
            values = [ratios[name][0] for ratios in kinds.values() if name in ratios]
            if values:
                found[name] = min(values) if more_is_better else max(values)
        return {**found, "kinds": kinds}

    def report(self):
        headline, matrix = self.sangkien()
        return {"sangkien": headline, "matrix": matrix, "pgbench": self.pgbench(), "limit": self.limit(),
                "peers": self.peers(), "ratio": self.ratios()}
