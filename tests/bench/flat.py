"""flat.py - with a million entries and ten million events stored, what is slower than with next to nothing?

Two systems of their own take turns. Both begin alike; then build/bin/generate gives one of them years of entries, and
the other a handful, so that there is something to ask for. `verify` reads the large one before anybody else does.
"""
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import sangkien
from figures import KINDS, middle
from report import WORDS, Table, ms, rate
from stack import REPO, Stack
from world import TOUCH_BUFFERS, POOL, POOL_IDS, PROGRAMME, World

YEARS, ENTRANTS = 6, 30
SMALL = 1000  # entries of the small one, each with as many events as those of the large one
IN_FLIGHT, SYSTEMS = 256, 1
VERIFY_RUNS, QUERIES = 3, 500
LONGEST_S = 2  # after which no more of the same are asked
PAGE = 50
COMMANDS_TARGET, P99_TARGET, VERIFY_TARGET = 0.9, 5, 300_000
CHAINS = (  # what verify reads of a large programme, each over a connection of its own
    f"SELECT * FROM runtime.journal WHERE programme = '{PROGRAMME}' ORDER BY position",
    f"SELECT * FROM runtime.inbox WHERE programme = '{PROGRAMME}' AND ctid >= '(0,0)'")
AS_VERIFY = "-c jit=off -c enable_seqscan=off -c enable_sort=off -c max_parallel_workers_per_gather=0"
KEPT = "flat.json"  # in the directory of a system that is kept: what is known of it

GETS = {"GetEntry": "entry", "GetDossier": "dossier", "GetEdition": "edition"}
LISTS = {"ListEntries": "entry", "ListDossiers": "dossier", "ListOpenDossiers": None, "ListEditions": None}
WHOLE, OWN = "the whole programme", "an agency's own"


class Province(World):
    """The programme, with agencies that enter; settle_in() when its history is written."""

    def found(self):
        self._found()
        for n in range(ENTRANTS):
            self._found_entrant(n)
        self._open_edition()
        return self

    def _found_entrant(self, n):
        agency, person = str(uuid.uuid4()), str(uuid.uuid4())
        self._tell("RegisterAgency", agency, name=f"Đơn vị {n}", agency_code=f"entrant-{n}",
                   agency_class="AGENCY_CLASS_DEPARTMENT", level="AGENCY_LEVEL_PROVINCE",
                   email=f"entrant-{n}@khanhhoa.example")
        self._tell("RegisterPerson", person, agency_id=agency, full_name=f"Người nộp {n}")
        self._tell("RegisterSystem", str(uuid.uuid4()), agency_id=agency, name=f"entrant-{n}",
                   public_key=self.stack.public_key(f"entrant-{n}"))
        for role in ("ENTRANT_HEAD", "CLERK"):
            self._tell("BindRole", str(uuid.uuid4()), role=f"ROLE_{role}", agency_id=agency, person_id=person,
                       programme=PROGRAMME)

    def settle_in(self):
        self._tell("EndRole", self.ids["STANDING"], reason="nobody is told")
        self.sql(TOUCH_BUFFERS)
        self.fill_pool()
        self.sql((REPO / "tests/bench/schema.sql").read_text())

    def some(self, table, count):
        """Ids out of all of them, but for the pool's."""
        return self.sql(f"SELECT id FROM submissions.{table} WHERE programme = '{PROGRAMME}' AND id > '{POOL_IDS}"
                        f"{POOL:012x}' ORDER BY md5(id::text) LIMIT {count}").split()


# ------------------------------------------------------------- what is stored

def make(stack, entries, events, has_verify):
    """A programme that was founded years ago, by a clock of its own, and has lived since. What is known of it."""
    stack.folder.mkdir(parents=True, exist_ok=True)
    stack.folder.chmod(0o755)
    stack.move_clock(-YEARS * 365 * 86400)
    stack.start()
    province = Province(stack, {}).found()
    for name in stack.services:
        stack.end(name)
    done = subprocess.run([stack.build / "bin/generate", "--dsn", stack.dsn(), "--programme", PROGRAMME, "--entries",
                           str(entries), "--events", str(events)], stdout=subprocess.PIPE, text=True, check=True)
    known = {"generated": json.loads(done.stdout), "ids": province.ids}
    if has_verify:
        known["verify"] = verify(stack)
    stack.settings["SANGKIEN_CLOCK_FILE"] = ""
    stack.start()
    province.settle_in()
    (stack.folder / KEPT).write_text(json.dumps(known, indent=2) + "\n")
    return province, known


def open_kept(stack):
    known = json.loads((stack.folder / KEPT).read_text())
    stack.settings["SANGKIEN_CLOCK_FILE"] = ""
    province = Province(stack.start(), {})
    province.ids = known["ids"]
    province.took(POOL)  # nobody knows which were taken: all become drafts again
    return province, known


def verify_once(stack):
    began = time.monotonic()
    child = subprocess.Popen([stack.build / "bin/sangkien", "verify", "--dsn", stack.dsn("auditor"), "--programme",
                              PROGRAMME, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said, told = child.communicate()
    took = time.monotonic() - began
    found = json.loads(said)
    events = found["programmes"][0]["events"]
    return {"verify": found["verify"], "events": events, "rate": events / took, "told": len(told.splitlines())}


def copy_once(stack, events):
    """The same rows over the same wire, thrown away: nobody who does anything with them can be faster."""
    began = time.monotonic()
    children = [subprocess.Popen(["psql", "-Xq", stack.dsn("auditor"), "-c",
                                  f"COPY ({chain}) TO STDOUT (FORMAT binary)"], stdout=subprocess.DEVNULL,
                                 env={**os.environ, "PGOPTIONS": AS_VERIFY}) for chain in CHAINS]
    if any([child.wait() for child in children]):
        raise RuntimeError("the chains could not be copied")
    return {"rate": events / (time.monotonic() - began)}


def verify(stack):
    """Before there are entries in the pool, which no event explains; by turns with the bound."""
    runs = {"verify": [], "copy": []}
    for _ in range(VERIFY_RUNS):
        runs["verify"].append(verify_once(stack))
        runs["copy"].append(copy_once(stack, runs["verify"][0]["events"]))
    return {**runs["verify"][0], **middle(runs["verify"]), "copy": middle(runs["copy"]),
            "of_copy": ratio(runs, "rate")}


@contextlib.contextmanager
def systems(options):
    """(large, small, what is known of the large one)"""
    with tempfile.TemporaryDirectory(prefix="sangkien-flat-") as folder, contextlib.ExitStack() as at_end:
        large, small = (Stack(pathlib.Path(place) / name, settings={"SANGKIEN_LOG_LEVEL": "warning"})
                        for place, name in ((options.keep or folder, "large"), (folder, "small")))
        at_end.callback(small.destroy)
        at_end.callback(large.stop if options.keep else large.destroy)
        if (large.folder / KEPT).exists():
            province, known = open_kept(large)
        else:
            province, known = make(large, options.entries, options.events, True)
        yield province, make(small, SMALL, SMALL * options.events // options.entries, False)[0], known


# ------------------------------------------------------------- commands

def commands(large, small, options):
    """{kind: {"large": medians, "small": medians, "ratio": [median, least and most of the rounds]}}"""
    runs = {kind: {"large": [], "small": []} for kind in KINDS}
    for number in range(options.rounds):
        for kind in KINDS:
            turns = [("large", large), ("small", small)]
            for name, province in reversed(turns) if number % 2 else turns:
                province.settle()
                row = sangkien.run(province, kind, SYSTEMS, IN_FLIGHT, options.seconds)
                runs[kind][name].append(row)
                print(f"flat {number + 1}: {kind} {name}: {row['rate']:.0f}/s", file=sys.stderr, flush=True)
    return {kind: {**{name: middle(rows) for name, rows in both.items()}, "ratio": ratio(both, "rate")}
            for kind, both in runs.items()}


def ratio(both, what):
    """Of the first to the second: median, least and most of the rounds, in each of which both had the same machine."""
    rounds = [mine[what] / other[what] for mine, other in zip(*both.values())]
    return [statistics.median(rounds), min(rounds), max(rounds)]


# ------------------------------------------------------------- queries

def subjects(province):
    """{(query, who sees what, of which page): [(subject, body) for each time it is asked]}"""
    found = {(name, WHOLE, ""): [(id, {}) for id in province.some(table, QUERIES)] for name, table in GETS.items()}
    for name, table in LISTS.items():
        for who in (WHOLE, OWN):
            found[name, who, "first page"] = [("", {"page_size": PAGE})]
        if table:
            found[name, WHOLE, "any page"] = [("", {"page_size": PAGE, "page_token": id})
                                             for id in province.some(table, QUERIES)]
    return found


def ask(client, name, asked):
    """Up to QUERIES questions, one after the other. What is in the answers is looked at beside the clock."""
    took, end = [], time.monotonic() + LONGEST_S
    while len(took) < QUERIES and time.monotonic() < end:
        subject, body = asked[len(took) % len(asked)]
        request = client.request(f"submissions.{name}", body, programme=PROGRAMME, subject=subject)
        frame = client.words["wire.ClientFrame"](request=request).SerializeToString()
        began = time.perf_counter()
        client.socket.send(frame)
        client.socket.poll(30_000)
        took.append(time.perf_counter() - began)
        reply = client.take(request)
        if reply is None or not reply.ok:
            raise RuntimeError(f"{name}: {reply}")
    took.sort()
    return {"p50_us": 1e6 * took[len(took) // 2], "p99_us": 1e6 * took[len(took) * 99 // 100]}


def queries(large, small, options):
    """{query: {"large": medians, "small": medians, "ratio": of p99}}"""
    runs = {}
    both = {"large": large, "small": small}
    asked = {name: subjects(province) for name, province in both.items()}
    with contextlib.ExitStack() as at_end:
        clients = {(name, who): at_end.enter_context(province.stack.client(key)) for name, province in both.items()
                   for who, key in ((WHOLE, province.keys[0]), (OWN, "entrant-0"))}
        for number in range(options.rounds):
            for key in asked["large"]:
                for name in sorted(both, reverse=bool(number % 2)):
                    query, who, _ = key
                    row = ask(clients[name, who], query, asked[name][key])
                    runs.setdefault(key, {"large": [], "small": []})[name].append(row)
    return {", ".join(filter(None, key)): {
        **{name: {what: statistics.median(row[what] for row in rows) for what in rows[0]} for name, rows in of.items()},
        "ratio": ratio(of, "p99_us")} for key, of in runs.items()}


# ------------------------------------------------------------- the whole

def measure(stack, world, options):
    with systems(options) as (large, small, known):
        return {"stored": known["generated"], "verify": known["verify"], "commands": commands(large, small, options),
                "queries": queries(large, small, options)}


def spread(ratio):
    return f"{ratio[0]:.2f} ({ratio[1]:.2f} - {ratio[2]:.2f})"


def tables(found):
    stored = f"{found['stored']['entries']:,} entries and {found['verify']['events']:,} events"
    head = ["command", "small, commands/s", "large, commands/s", f"ratio (target {COMMANDS_TARGET})"]
    rows = [[WORDS[kind], rate(row["small"]), rate(row["large"]), spread(row["ratio"])]
            for kind, row in found["commands"].items()]
    note = f"{IN_FLIGHT} in flight: with {stored} stored, and with a thousandth of them."
    asked = [[name, *(ms(row[size][what]) for what in ("p50_us", "p99_us") for size in ("small", "large")),
              spread(row["ratio"])] for name, row in found["queries"].items()]
    verify = found["verify"]
    return [
        Table("Flat: commands", note, head, rows),
        Table("Flat: queries", f"One at a time, by a client in Python; ms. Pages of {PAGE}.",
              ["query", "p50 small", "p50 large", "p99 small", "p99 large", f"ratio of p99 (target {P99_TARGET})"],
              asked),
        Table("Flat: verify", "", ["what", "measured"], [
            [f"events a second (target {VERIFY_TARGET:,})", rate(verify)],
            ["its bound: the same rows by COPY, thrown away", rate(verify["copy"])],
            ["the first against the second", spread(verify["of_copy"])], ["it says", verify["verify"]],
            ["lines of progress", verify["told"]]])]
