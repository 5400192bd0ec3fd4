"""tests/flow/test_plans.py - however much is stored, a statement reads no more than it was asked for.

Every statement that the programs prepare, and every one in the triggers that they set off, is run in a database
that holds the rows of many entries, and asked for a few of them; the server tells what it read. A plan may be
older than the rows: those are tried that were made when every table was empty, when the planner knew a few rows,
and when it knew them all.
"""
import contextlib
import re

import catalogue
import chain
import judged
import psycopg2
import pytest
from base import until
from grown import Grown
from judged import base, stack  # noqa: F401 (a system of their own)
from plans import Session, condition, handled, of, prepared
from sangkien_client import uuid7
from stack import SERVICES
from world import World

ASKED = 5  # rows of a page, keys of a load
SLACK = 8  # rows that may be handled for each that was asked for, given or returned
GIVEN = ("Function Scan", "Named Tuplestore Scan")  # of arrays, and of what a trigger is told
MIDDLE = "80000000-0000-0000-0000-000000000000"
# Tables that may be read from end to end, and why.
SMALL = {
    "runtime.journal_head": "a row for each programme",
    "runtime.cursor": "a row for each programme and service",
    "runtime.parked": "somebody is called when there is one",
    "submissions.programme": "a row for each programme",
    "submissions.programme_rules": "a row for each programme",
    "submissions.programme_rules_version": "written anew every few years",
    "submissions.edition": "a contest in a year or two",
    "appraisal.contest": "as many as editions",
    "funding.budget_ceiling": "a row for each source and year",
}
# Statements that read more than they bring, up to a bound of their own.
SPANS = {
    "find news": 10000,  # SIGHT in common/scouts.c
    "read events": 1024,  # STRIDE in common/hearing.c
    "mail_fill": 500,  # 200 that are new, behind those that are tried again
}
# Statements that count all there is, and who asks how seldom.
COUNTS = {"mail_depth": "the mailer, once in 64 mails"}


# ------------------------------------------------------------------ what is stored, and who asks


def settled(base, name):
    """Until everybody has heard everything, and every mail is out."""
    until(lambda: not base.unheard(name) and not base.one(
        "SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 1", name),
        "nothing happens any more", 30)


def paid(world):
    """An entry of two agencies, all the way; nobody has anything left to do with it."""
    edition, ceiling, amount = chain.edition(world), chain.ceiling(world), 100 * chain.MILLION
    entry = chain.appraised(world, edition, co_entrants=[{"agency_id": world.agencies["other"]}])
    case, digest = chain.proposed(world, entry, ceiling)
    chain.approved(world, case, digest)
    world.do("accountant", "funding.Allot", chain.allotment(world, amount), case)
    world.do("treasurer", "funding.RecordDisbursement", chain.disbursement(amount), case)
    world.hear("submissions.EntryPaid", entry)


def contested(world):
    """A contest in two rounds, with everything of which a row is kept; its results are confirmed."""
    edition, closes = judged.opened(world, eligibility={"max_entries_per_agency": 9}, clusters=[
        {"code": name, "name": name, "agency_ids": [world.agencies[name]]} for name in ("entrant", "other")])
    entries = [judged.entry(world, edition, "other", co_entrants=[{"agency_id": world.agencies["entrant"]}], evidence=[
        {"kind": "EVIDENCE_KIND_VIDEO", "name": "Phim", "uri": "https://khanhhoa.example/1", "sha256": bytes(range(32)),
         "size_bytes": 1, "media_type": "video/mp4"}])] + [judged.entry(world, edition) for _ in range(2)]
    council = judged.council(world, edition, conflicts=[("expert1", entries[0])])
    judged.closed(world, edition, closes)
    round, sheets = judged.started(world, edition, council, judged.PRELIMINARY, entries)
    judged.lock(world, sheets, dict.fromkeys(entries, 8000))
    judged.proposed(world, round)
    world.do("chair", "appraisal.DecideTie", {"entry_ids": entries, "minutes": world.document(kind="MINUTES")}, round)
    judged.confirmed(world, edition, round, judged.proposed(world, round))
    judged.held(world, edition, council, judged.FINAL, {entries[0]: 9000, entries[1]: 8000})
    judged.results(world, edition, dict(zip(entries[:2], ("FIRST", "SECOND"))))


def open_contest(world):
    """Entries that wait to be examined, mended, agreed to or answered for, and of another edition a round with one sheet that
    is still open."""
    (edition, closes), (other, ends) = judged.opened(world), judged.opened(world)
    entries = [judged.entry(world, edition) for _ in range(2)]
    judged.handed_in(world, other)
    for names in (["other"], ["other", "science"]):
        world.do("clerk", "submissions.CreateEntry", chain.draft(world, other, co_entrants=[
            {"agency_id": world.agencies[name]} for name in names]), uuid7())
    returned, cure = judged.handed_in(world, other), judged.ends_at(4070908800)
    world.do("standing", "submissions.ReturnEntry", {"faults": ["ENTRY_FAULT_INCOMPLETE"], "reason": "Thiếu",
                                                     "cure": judged.ends_at(ends + 86400)}, returned)
    world.do("standing", "submissions.ProposeDisqualification", {"reason": "Sao chép", "answer_due": cure}, entries[0])
    council = judged.council(world, edition)
    judged.closed(world, edition, closes)
    _, sheets = judged.started(world, edition, council, judged.PRELIMINARY, entries)
    judged.lock(world, sheets[1:], dict.fromkeys(entries, 8000))


def open_work(world):
    """A dossier, an appraisal and a funding case for which somebody waits."""
    edition = chain.edition(world)
    chain.require(world, chain.entry(world, edition))
    entry = chain.entry(world, edition)
    chain.dossier(world, entry)
    world.hear("appraisal.DossierNoted", entry)
    world.do("standing", "appraisal.OpenAppraisal", {"dossier_id": entry, "dossier_version": 1}, uuid7())
    chain.proposed(world, chain.appraised(world, edition), chain.ceiling(world))


@pytest.fixture(scope="module")
def grown(stack, base, world):
    """A database with one programme in which nothing is stored yet."""
    old = World(stack, base, world.programme + "-old")
    with contextlib.closing(old):
        paid(old)
        contested(old)
        open_work(world)
        open_contest(world)
        settled(base, old.programme)
        settled(base, world.programme)
    with contextlib.closing(Grown(stack, world.programme, old.programme)) as grown:
        yield grown


class Calls:
    """With which values a statement is run: what is asked for when a few rows of many are wanted."""

    def __init__(self, grown, agency):
        self.grown, self.agency = grown, agency
        self.heads = dict(grown.ask("SELECT programme, position FROM runtime.journal_head"))
        self.known = {}

    def few(self, what, table, programme=None):
        """Some values of a column, as an array."""
        if (what, table) not in self.known:
            self.known[what, table] = self.grown.one(
                f"SELECT array_agg(x)::text FROM (SELECT {what} FROM {table} WHERE programme = %s"
                f" LIMIT {ASKED}) AS q(x)", programme or self.grown.main) or "{}"
        return self.known[what, table]

    def of(self, service, name, sql):
        """[values], one for each way to ask."""
        programme = "directory" if service == "directory" else self.grown.main
        if name.startswith("load "):
            table, key = re.search(r"FROM ([a-z_.]+) WHERE programme = \$1::text AND (\w+) = k\.id", sql).groups()
            return [(programme, self.few(key, table, programme))]
        if ".v1.List" in name:
            token = {"ListNotifications": f"{self.heads[programme] // 2:019}", "ListResults": "00000002"}.get(
                name.split(".")[-1], MIDDLE)
            who = (self.first("person_id", "appraisal.score_sheet"), self.subject(name)) if "$6" in sql else ()
            return [(programme, agency, after, ASKED, *who) for agency in (None, self.agency) for after in (None, token)]
        return [self.single(service)[name]]

    def first(self, what, table):
        return self.few(what, table).strip("{}").split(",")[0] or MIDDLE

    def subject(self, name):
        """What a list is about."""
        return {"ListResults": self.first("edition_id", "submissions.entry")}.get(
            name.split(".")[-1], self.first("round_id", "appraisal.score_sheet"))

    def single(self, service):
        main, head, new = self.grown.main, self.heads[self.grown.main], self.heads["directory"] - ASKED
        heard, late, link = catalogue.heard().get(service, []), head - ASKED, b"\0" * 32
        mail = (main, self.first("notification", "notifications.delivery"), 0)
        return {
            "where is head": (main,), "last recorded": (), "heads": (main,), "lock head": (main,), "found head": ("another",),
            "move head": (main, head, link, 1, link),
            "find known": (main, self.few("source", "runtime.inbox"), self.few("id", "runtime.inbox")),
            "take timers": (main, self.few("id", "runtime.timer")), "due timers": (service, "2020-01-01"),
            "make cursor": (service, main), "take cursor": (service, main), "move cursor": (service, main, late),
            "pass by": (service, main, late), "read parked": (service, main), "unpark": (service, main, f"{{{late}}}"),
            "read events": (service, main, head // 2, head // 2 + 1024, heard, ASKED),
            "find news": (service, [main], [head // 2], heard, 1000, 10000),
            "hear directory": (new,), "feed_directory": (new,), "feed_heads": ([main],), "feed_page": (main, late),
            "mail_fill": (), "mail_watch": ("", False), "mail_put_off": (*mail, "2020-01-01", 1, ""), "mail_claim": ("2030-01-01",), "mail_depth": (), "mail_cause": (main, head // 2),
            "mail_postpone": (*mail, "", "2020-01-01"), "mail_drop": mail,
            "mail_names": (self.few("id", "directory.agency", "directory"),),
        }


# ------------------------------------------------------------------ what runs, and what is wrong with it


class Turn:
    """Everything that a service prepares, in one transaction that is taken back."""

    def __init__(self, session, calls):
        self.session, self.calls, self.plans = session, calls, []

    def run(self):
        """[(statement, plan)]; a row that refers to another comes after it."""
        later = []
        self.session.ask("BEGIN")
        try:
            for name, sql in self.session.statements.items():
                if not self.tried(name, sql):
                    later.append((name, sql))
            for name, sql in later:
                assert self.tried(name, sql), name
            self.plans += [("COMMIT", plan) for plan in self.session.watch("SET CONSTRAINTS ALL IMMEDIATE")]
        finally:
            self.session.ask("ROLLBACK")
        return self.plans

    def tried(self, name, sql):
        self.session.ask("SAVEPOINT before")
        try:
            for values in self.values(name, sql):
                self.plans += [(name, plan) for plan in self.session.execute(name, values)]
        except (psycopg2.errors.IntegrityError, psycopg2.errors.SerializationFailure):
            self.session.ask("ROLLBACK TO before")
            return False
        return True

    def values(self, name, sql):
        if name == "take head":
            return [self.taken()]
        written = re.search(r"unnest\(\$1::([a-z_]+\.[a-z_]+)\[\]", sql)
        if not written:
            return self.calls.of(self.session.service, name, sql)
        rows = self.calls.grown.fresh(written[1], self.session.service)
        if name.startswith("update "):
            return [self.changed(written[1], rows)]
        is_once = written[1].startswith("submissions.programme")  # a programme has one, and one of its rules
        return [(rows.replace(self.calls.grown.main, "another") if is_once else rows,)]

    def taken(self):
        """The head as it is, on to somewhere else."""
        main, link = self.calls.grown.main, b"\0" * 32
        known = self.session.ask(
            "SELECT chain, inbox_chain, (SELECT position FROM runtime.journal_head WHERE programme = 'directory')"
            " FROM runtime.journal_head WHERE programme = %s", (main,))[0]
        return main, self.calls.heads[main], link, 1, link, *known

    def changed(self, table, rows):
        """Rows that were just inserted, a version on, and where they are."""
        self.session.become()
        found = self.session.ask(
            "SELECT array_agg(jsonb_populate_record(t, jsonb_build_object('version', version + 1)))::text,"
            f" array_agg(ctid)::text FROM {table} AS t WHERE id IN (SELECT id FROM unnest(%s::{table}[]))", (rows,))[0]
        self.session.become(self.session.service)
        return found


class Judge:
    """Says what is wrong with a plan."""

    def __init__(self, grown):
        rows = grown.ask("SELECT i.relname::text, t.relname::text, pg_get_indexdef(i.oid, 1, true) FROM pg_index AS x"
                         " JOIN pg_class AS i ON i.oid = indexrelid JOIN pg_class AS t ON t.oid = indrelid")
        self.table = {index: table for index, table, _ in rows}
        self.first = {index: bare(column) for index, _, column in rows}
        self.small = {table.split(".")[1] for table in SMALL}

    def __call__(self, name, plan):
        if name in COUNTS:
            return []
        nodes = list(plan.nodes())
        given = [node["Actual Rows"] for node in nodes if node["Node Type"] in GIVEN]
        most = SPANS[name] + ASKED if name in SPANS else SLACK * max(ASKED, plan.root["Actual Rows"], *given)
        return [f"{name}: {wrong} in {plan.text}: {plan}" for node in nodes for wrong in self.wrong(node, most)]

    def wrong(self, node, most):
        where = of(node)
        if self.table.get(where, where) in self.small or node["Node Type"] in ("Values Scan", "Named Tuplestore Scan"):
            return
        if node["Node Type"] == "Seq Scan":
            yield f"all of {where} is read"
        if where in self.first and condition(node) and not any(
                part.startswith(self.first[where] + " ") for part in bare(condition(node)).split(" AND ")):
            yield f"{where} is not entered by its first column"
        if handled(node) > most:
            yield f"{handled(node)} rows go through {node['Node Type']} {where}, {most} may"


def bare(expression):
    """Without what one place writes and another does not."""
    return re.sub(r'[()"]|::text| COLLATE "C"', "", expression)


# ------------------------------------------------------------------ the tests


class Watched:
    """Every statement of every service, with plans of every age: plans[age, service] is [(statement, plan)]."""

    def __init__(self, grown, agency):
        self.grown, self.agency, self.plans, self.sessions = grown, agency, {}, {}
        self.statements, self.settings = prepared(grown)
        self.plan("empty")
        grown.sprout()
        grown.grow()
        self.run("empty")
        grown.sprout()
        grown.ask("ANALYZE")
        self.plan("small")
        grown.grow()
        self.run("small")
        grown.ask("ANALYZE")
        self.plan("large")
        self.run("large")

    def plan(self, age):
        """Sessions whose plans are made now; a plan lives until somebody analyzes its tables."""
        self.sessions = {service: Session(self.grown, service, statements, self.settings.get(service, ""))
                         for service, statements in self.statements.items()}
        self.run(age)

    def run(self, age):
        calls = Calls(self.grown, self.agency)
        self.plans.update({(age, service): Turn(session, calls).run() for service, session in self.sessions.items()})


@pytest.fixture(scope="module")
def watched(grown, world):
    return Watched(grown, world.agencies["entrant"])


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("age", ["empty", "small", "large"])
def test_a_statement_reads_no_more_than_it_was_asked_for(grown, watched, age, service):
    judge, told = Judge(grown), watched.plans[age, service]

    assert {name for name, _ in told} >= set(watched.statements[service])
    assert [wrong for name, plan in told for wrong in judge(name, plan)] == []


def test_every_table_has_rows_to_walk_over(grown, watched):
    few = [table for table in grown.tables if table not in SMALL and grown.one(f"SELECT count(*) FROM {table}") <= 40]

    assert few == ["runtime.schema_version"]


@pytest.mark.parametrize("service, name, harm", [
    ("submissions", "load authors of entry", "ALTER TABLE submissions.entry_author DROP CONSTRAINT entry_author_pkey,"
     " DROP CONSTRAINT entry_author_once"),
    ("notifications", "mail_claim", "DROP INDEX notifications.delivery_due"),
    ("gateway", "feed_page", "ALTER TABLE runtime.journal DROP CONSTRAINT journal_pkey"),
])
def test_an_index_that_is_not_there_is_missed(grown, watched, service, name, harm):
    session = watched.sessions[service]
    ways = Calls(grown, None).of(service, name, session.statements[name])
    session.ask("BEGIN")
    try:
        session.become()
        session.ask(harm)
        session.become(service)
        plans = [plan for values in ways for plan in session.execute(name, values)]
    finally:
        session.ask("ROLLBACK")

    assert any(Judge(grown)(name, plan) for plan in plans)


@pytest.mark.parametrize("sql", [
    "SELECT id FROM submissions.entry WHERE programme = $1 ORDER BY title LIMIT 5",
    "SELECT id FROM submissions.entry WHERE programme = $1 AND title = 'Trang' ORDER BY id LIMIT 5",
    "SELECT id FROM submissions.entry WHERE programme = $1 AND team = 'Trang'",
    "SELECT parent FROM submissions.entry_author WHERE person_id = '" + MIDDLE + "' AND $1 <> ''",
    "SELECT count(*) FROM submissions.entry WHERE programme = $1",
])
def test_a_statement_without_an_index_is_found(grown, watched, sql):
    session = watched.sessions["submissions"]
    session.ask("PREPARE wrong AS " + sql)
    plans = session.execute("wrong", (grown.main,))
    session.ask("DEALLOCATE wrong")

    assert any(Judge(grown)("wrong", plan) for plan in plans)
