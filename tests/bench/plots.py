"""plots.py - the figures as pictures: SVG, to stand inside a page."""
import io

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

SIZE = (8, 4.2)
COLOURS = {"sangkien": "#1b6ca8", "pgbench": "#888888", "limit": "#444444", "peers": "#d98c2b"}


def svg(figure):
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight")
    plt.close(figure)
    return out.getvalue()[out.getvalue().index("<svg"):]


def new(title, x, y):
    figure, axes = plt.subplots(figsize=SIZE)
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.grid(alpha=0.3)
    return figure, axes


def best_of_each(found):
    """[(name, whose colour, row with rate)] of every contender's best setting, for CreateEntry."""
    bars = []
    if "256" in found["sangkien"]:
        bars.append(("sangkien, 256 in flight", "sangkien", found["sangkien"]["256"]))
    for variant, row in found["pgbench"].items():
        if "create" in row:
            bars.append((f"pgbench, {variant}, {row['best_clients']} clients", "pgbench",
                         row["create"]["clients"][str(row["best_clients"])]))
    for name, row in found["peers"].items():
        bars.append((f"{name}, {row['in_flight']} in flight", "peers", row))
    if "create" in found["limit"]:
        row = found["limit"]["create"]
        setting = f"{row['batch']} x {row['connections']}"
        bars.append((f"arrays only, {setting}", "limit", row["settings"][setting]))
    return sorted(bars, key=lambda bar: bar[2]["rate"])


def plot_best(found):
    bars = best_of_each(found)
    figure, axes = new("Durable CreateEntry commands a second, each at its best", "commands/s", "")
    rates = [row["rate"] for _, _, row in bars]
    below = [row["rate"] - row["rate_min"] for _, _, row in bars]
    above = [row["rate_max"] - row["rate"] for _, _, row in bars]
    colours = [COLOURS[whose] for _, whose, _ in bars]
    axes.barh([name for name, _, _ in bars], rates, xerr=[below, above], color=colours)
    return figure


def plot_over_flight(found, what, title, unit):
    figure, axes = new(title, "in flight", unit)
    for kind, style in (("create", "-"), ("update", "--")):
        for systems, cases in found["matrix"][kind].items():
            points = sorted((int(n), row[what]) for n, row in cases.items())
            axes.plot(*zip(*points), style, marker="o", markersize=3, label=f"{kind}, {systems} systems")
    axes.set_xscale("log", base=2)
    if what != "rate":
        axes.set_yscale("log")
    axes.legend(fontsize=8)
    return figure


def plot_cpu(found):
    figure, axes = new("Processor time of a CreateEntry, one system", "in flight", "microseconds")
    cases = found["sangkien"]
    below = [0.0] * len(cases)
    for name in next(iter(cases.values()))["cpu_us"]:
        heights = [row["cpu_us"][name] for row in cases.values()]
        axes.bar(list(cases), heights, bottom=below, label=name)
        below = [low + height for low, height in zip(below, heights)]
    axes.legend(fontsize=8)
    return figure


def svgs(found):
    drawn = []
    if best_of_each(found):
        drawn.append(plot_best(found))
    if found["sangkien"]:
        drawn += [plot_over_flight(found, "rate", "Commands a second", "commands/s"),
                  plot_over_flight(found, "p50_us", "Half of all commands take at most", "microseconds"),
                  plot_over_flight(found, "p99_us", "99 of 100 commands take at most", "microseconds"),
                  plot_cpu(found)]
    return [svg(figure) for figure in drawn]
