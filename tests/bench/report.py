"""report.py - the figures as tables: for a terminal, for the README, for a page with plots."""
import collections
import html as markup
import importlib

from figures import KINDS, TARGETS

Table = collections.namedtuple("Table", "title note head rows")
WORDS = {"create": "CreateEntry", "update": "SubmitEntry"}
# Each is a module here with measure(stack, world, options) -> dict, and perhaps tables(found).
SECTIONS = ("memory", "feed", "flat", "overload", "fairness", "growth")


def rate(row):
    return f"{row['rate']:,.0f} ({row['rate_min']:,.0f} - {row['rate_max']:,.0f})"


def ms(us):
    return f"{us / 1000:.2f}"


# ------------------------------------------------------------- tables

def missing_table(found):
    return Table("MISSING", "These failed. Ratios stand on the others alone, and are worth that much less.",
                 ["who", "why"], [[name, why] for name, why in found["missing"].items()])


def ratio_table(found):
    rows = []
    for name, (words, target, more_is_better) in TARGETS.items():
        if name not in found["ratio"]:
            continue
        value = found["ratio"][name]
        kinds = [found["ratio"]["kinds"][kind].get(name) for kind in KINDS]
        cells = [f"{k[0]:.2f} ({k[1]:.2f} - {k[2]:.2f})" if k else "" for k in kinds]
        rows.append([words, *judged(value, target, more_is_better), *cells])
    note = "The worse of both kinds of command counts. In brackets the least and the most of single rounds."
    return Table("Ratios", note, ["what", "target", "measured", "met", *WORDS.values()], rows)


def judged(value, target, more_is_better):
    """[target, what was measured, is it met]"""
    if target is None:
        return ["", f"{value:.2f}", ""]
    met = value >= target if more_is_better else value <= target
    return [f"{'>=' if more_is_better else '<='} {target}", f"{value:.2f}", "yes" if met else "no"]


def sangkien_table(found, kind):
    rows = [[systems, in_flight, rate(row), ms(row["p50_us"]), ms(row["p99_us"]), row["refused"] or ""]
            for systems, cases in found["matrix"][kind].items() for in_flight, row in cases.items()]
    head = ["systems", "in flight", "commands/s", "p50 ms", "p99 ms", "refused"]
    note = "From client to client: CURVE, gateway, service, journal, reply after COMMIT."
    return Table(f"sangkien, {WORDS[kind]}", note, head, rows)


def cpu_table(found):
    cases = [(kind, n, row) for kind in KINDS for n, row in found["matrix"][kind].get("1", {}).items()]
    names = ("postgresql", "submissions", "gateway", "load")
    rows = [[WORDS[kind], n, *(f"{row['cpu_us'][name]:.1f}" for name in names),
             f"{sum(us for name, us in row['cpu_us'].items() if name not in names):.1f}"] for kind, n, row in cases]
    return Table("Processor time of a command, one system", "Microseconds; the load generator is the client's own.",
                 ["command", "in flight", "PostgreSQL", "submissions", "gateway", "load", "other services"], rows)


def pgbench_table(found):
    rows = [[WORDS[kind], variant, clients, rate(row), ms(row["p50_us"]), ms(row["p99_us"])]
            for kind in KINDS for variant, kinds in found["pgbench"].items()
            for clients, row in kinds.get(kind, {}).get("clients", {}).items()]
    return Table("pgbench", "One transaction a command, prepared, over the Unix socket.",
                 ["command", "statements", "clients", "commands/s", "p50 ms", "p99 ms"], rows)


def limit_table(found):
    rows = [[WORDS[kind], setting, rate(row)] for kind in KINDS
            for setting, row in found["limit"].get(kind, {}).get("settings", {}).items()]
    return Table("Limit", "The same rows as arrays of rows through libpq, and nothing else.",
                 ["command", "batch x connections", "commands/s"], rows)


def peers_table(found):
    rows = [[name, n, rate(row), ms(row["p50_us"]), ms(row["p99_us"]), f"{row['rss_mib']:.0f}",
             f"{row['load_us']:.0f}", f"{row['rate_were_load_free']:,.0f}"]
            for name, peer in found["peers"].items() for n, row in peer["settings"].items()]
    note = ("CreateEntry. Memory without PostgreSQL and the load. The load takes processor time of its own, "
            "microseconds a command; without it, and on both cores, a peer could do at most the last figure.")
    return Table("Peers", note, ["peer", "in flight", "commands/s", "p50 ms", "p99 ms", "memory MiB", "load us",
                                 "were the load free"], rows)


def rows_table(found):
    note = "Bytes of a row that a command or event is kept in; the others' should be as long as ours."
    rows = [[type, *sizes] for type, sizes in found["row_bytes"].items() if all(sizes)]
    return Table("Rows", note, ["row", "ours", "the others'"], rows)


def flat_rows(value, name=""):
    """[name, value] of every leaf."""
    if not isinstance(value, dict):
        return [[name, f"{value:,.2f}" if isinstance(value, float) else value]]
    return [row for key, part in value.items() for row in flat_rows(part, f"{name} {key}".strip())]


def section_tables(name, found):
    tables = getattr(importlib.import_module(name), "tables", None)
    return tables(found) if tables else [Table(name.capitalize(), "", ["what", "figure"], flat_rows(found))]


def tables(found):
    made = [missing_table(found), ratio_table(found), *(sangkien_table(found, kind) for kind in KINDS),
            cpu_table(found), pgbench_table(found), limit_table(found), peers_table(found), rows_table(found)]
    for name in SECTIONS:
        if name in found:
            made += section_tables(name, found[name])
    return [table for table in made if table.rows]


def heading(found):
    run, machine = found["run"], found["machine"]
    postgresql = ", ".join(f"{name} {value}" for name, value in machine["postgresql"].items())
    once = " (of one, where no ratio stands on it)" if run["quick"] else ""
    return (f"Medians of {run['rounds']} rounds{once}, {run['seconds']} s a case; {machine['cores']} cores, "
            f"{machine['machine']}, Linux {machine['kernel']}; PostgreSQL: {postgresql}.")


# ------------------------------------------------------------- forms

def text(found):
    blocks = [heading(found)]
    for table in tables(found):
        cells = [list(map(str, row)) for row in [table.head, *table.rows]]
        widths = [max(len(row[n]) for row in cells) for n in range(len(table.head))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells]
        blocks.append("\n".join(filter(None, [f"{table.title}", table.note, "", *lines])))
    return "\n\n".join(blocks)


def markdown(found):
    blocks = [heading(found)]
    for table in tables(found):
        lines = [f"| {' | '.join(map(str, row))} |" for row in [table.head, ["---"] * len(table.head), *table.rows]]
        blocks += [f"### {table.title}", table.note, "\n".join(lines)]
    return "\n\n".join(filter(None, blocks))


STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: .5rem 0 2rem; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: left; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; }
"""


def html_table(table):
    def line(cells, tag):
        return "<tr>" + "".join(f"<{tag}>{markup.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    rows = "\n".join([line(table.head, "th"), *(line(row, "td") for row in table.rows)])
    return f"<h2>{markup.escape(table.title)}</h2>\n<p>{markup.escape(table.note)}</p>\n<table>\n{rows}\n</table>"


def html(found):
    import plots  # matplotlib is slow to load, and only needed here

    parts = [f"<h1>sangkien, measured</h1><p>{markup.escape(heading(found))}</p>", *plots.svgs(found),
             *map(html_table, tables(found))]
    return (f"<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>sangkien, measured</title>"
            f"<style>{STYLE}</style>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n")
