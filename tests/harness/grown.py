"""tests/harness/grown.py - a second database beside that of a stack: the same tables, empty, then grown.

What they grow by is one settled programme, copied row by row as the services wrote it. Every copy has ids, codes
and positions of its own, and what refers to one another still does; agencies, editions and ceilings are shared
by many copies. Nothing is served from here: it is to be asked, and to have statements tried in it.
"""
import contextlib
import io
import subprocess

import psycopg2
from base import REPO

NAME = "grown"
COPIES = 200
FRESH = COPIES + 1  # a copy that is not there yet
FEW = 40
ONCE = ("runtime.schema_version", "runtime.journal_head", "runtime.cursor", "submissions.programme")
# A programme has them once, too: those of the settled one, under which its editions were published.
RULES = ("submissions.programme_rules", "submissions.programme_rules_version")
SHARED = {"directory.agency": "id", "directory.agency_name": "parent", "submissions.edition": "id",
          "appraisal.contest": "id", "appraisal.contest_round": "parent", "funding.budget_ceiling": "id"}
TOLD_APART = {"entry_code": "n", "voucher_number": "n", "budget_source": "few", "agency_code": "few",
              "round_code": "n"}
# Where nothing may be changed any more, a new row is one step behind.
YOUNGER = {"appraisal.round": '{"state": 3, "ranking": null, "confirmed_by": null}'}  # DELIBERATION
QUEUED = f"n > {COPIES - 20}"  # the mails of the last copies are still to be sent

# What no settled programme has: mails that are due, and events that a service could not take.
ASIDE = (
    "INSERT INTO notifications.delivery (programme, notification) SELECT programme, id FROM notifications.notification"
    " WHERE programme = %s AND state = 1 ORDER BY changed_at LIMIT 200",
    "INSERT INTO runtime.parked (consumer, programme, position, subject, reason, parked_at)"
    " SELECT 'funding', programme, position, aggregate, 'broken', recorded_at FROM runtime.journal"
    " WHERE programme = %s AND mod(position, 100) = 0",
    "UPDATE runtime.journal_head SET position = (SELECT max(position) FROM runtime.journal AS j"
    " WHERE j.programme = journal_head.programme) WHERE programme IN (%s, 'directory')",
)


class Grown:
    def __init__(self, stack, main, settled):
        """main and settled are programmes of the stack in which nothing happens any more."""
        self.stack, self.main = stack, main
        self.name, self.dsn = NAME, self.of(stack.dsn())
        subprocess.run([REPO / "ops/db/migrate", self.dsn], check=True, stdout=subprocess.PIPE)
        self.db = self.connect()
        self.tables = [row[0] for row in self.ask(
            "SELECT format('%s.%s', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('runtime',"
            " 'directory', 'submissions', 'appraisal', 'funding', 'notifications') ORDER BY 1")]
        for table in self.tables:  # whether the planner knows a table is for the test to say
            self.ask(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        self.take("main", main)
        self.take("settled", settled)
        self.known = {}
        for table in ONCE:
            self.ask(f'INSERT INTO {table} SELECT * FROM main."{table}" EXCEPT SELECT * FROM {table}')
        for table in RULES:
            self.ask(f"INSERT INTO {table} ({self.names(table)}) {self.copies(table, 0, 0)}")

    @staticmethod
    def of(dsn):
        """As the one of the stack's own database, but for this one."""
        return dsn.replace("dbname=sangkien", "dbname=" + NAME)

    def connect(self):
        connection = psycopg2.connect(self.dsn, options="-c jit=off -c synchronous_commit=off")
        connection.autocommit = True
        return connection

    def ask(self, sql, *values):
        with self.db.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, sql, *values):
        rows = self.ask(sql, *values)
        return rows[0][0] if rows else None

    def close(self):
        self.db.close()
        with contextlib.closing(psycopg2.connect(self.stack.dsn())) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")

    def columns(self, table):
        """{name: type} of those that are written."""
        return dict(self.ask("SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute WHERE attnum > 0"
                             " AND attrelid = %s::regclass AND attgenerated = '' ORDER BY attnum", table))

    def names(self, table):
        return ", ".join(self.columns(table))

    def take(self, schema, programme):
        """Brings the rows of a programme, and those of the directory, into a schema that stands aside."""
        self.ask(f"CREATE SCHEMA {schema}")
        with contextlib.closing(psycopg2.connect(self.stack.dsn())) as source:
            for table in self.tables:
                which = "" if table == "runtime.schema_version" else (
                    f" WHERE programme IN ('{programme}', 'directory')")
                rows = io.StringIO()
                source.cursor().copy_expert(f"COPY (SELECT {self.names(table)} FROM {table}{which}) TO STDOUT", rows)
                rows.seek(0)
                self.ask(f'CREATE TABLE {schema}."{table}" (LIKE {table} INCLUDING GENERATED)')
                with self.db.cursor() as cursor:
                    cursor.copy_expert(f'COPY {schema}."{table}" ({self.names(table)}) FROM STDIN', rows)

    # ------------------------------------------------------------- copies

    def value(self, table, name, type):
        """What stands in a column of the nth copy."""
        if name == "programme":
            return f"CASE programme WHEN 'directory' THEN programme ELSE '{self.main}' END"
        if type == "uuid":
            shared = name in ("agency", "edition_id", "ceiling_id") or name.endswith("agency_id")
            shared = shared and (table, name) not in (  # an edition has one of each agency, and of each cluster
                ("submissions.entrant", "agency_id"), ("submissions.roll", "edition_id"))
            number = "few" if shared or name == SHARED.get(table) else "n"
            return f"md5({name}::text || {number})::uuid"
        if name in ("position", "event_position"):
            return f"{name} + before + n * step"
        if name == "number" and table == "runtime.inbox":
            return "number + asked + n * asks"
        if name in TOLD_APART:
            return f"CASE {name} WHEN '' THEN '' ELSE {name} || '-' || {TOLD_APART[name]} END"
        if name in ("request", "reply"):
            return f"substr({name}, 1, 16)"
        if table == "submissions.edition" and name == "ordinal":
            return "ordinal + few + 1"
        if name == "public_key":
            return "left(md5(public_key || n) || md5(public_key), 40)"
        if table == "notifications.notification" and name in ("state", "sent_at"):
            return f"CASE WHEN {QUEUED} THEN {dict(state=1, sent_at='NULL')[name]} ELSE {name} END"
        return f"{name} + n * interval '1 second'" if type.startswith("timestamp") else name

    def copies(self, table, first, last):
        """The SELECT of these copies of a table's rows."""
        values = ", ".join(f"{self.value(table, *column)} AS {column[0]}" for column in self.columns(table).items())
        heads = ("SELECT m.position AS before, s.position AS step, m.inbox_count AS asked, s.inbox_count AS asks,"
                 " s.programme AS whose FROM main.\"runtime.journal_head\" AS m, settled.\"runtime.journal_head\" AS s"
                 " WHERE (m.programme = 'directory') = (s.programme = 'directory')")
        return (f'SELECT {values} FROM settled."{table}" AS c JOIN ({heads}) AS h ON whose = c.programme,'
                f" generate_series({first}, {last}) AS n,"
                f" LATERAL (SELECT CASE WHEN n < {FRESH} THEN mod(n, {FEW}) ELSE n END AS few) AS f"
                f" WHERE n = few OR {table not in SHARED} AND programme <> 'directory'")

    def sprout(self):
        """The few rows of the programme as it is, and nothing else."""
        with self.unguarded():
            self.ask(f"TRUNCATE {', '.join(table for table in self.tables if table not in ONCE + RULES)}")
            for table in self.tables:
                if table not in ONCE + RULES:
                    names = self.names(table)
                    self.ask(f'INSERT INTO {table} ({names}) SELECT {names} FROM main."{table}"')

    def grow(self):
        """All copies. Nobody looks at the tables afterwards."""
        with self.unguarded():
            for table in self.tables:
                if table not in ONCE + RULES:
                    self.ask(f"INSERT INTO {table} ({self.names(table)}) {self.copies(table, 0, COPIES)}")
            for sql in ASIDE:
                self.ask(sql, self.main)

    @contextlib.contextmanager
    def unguarded(self):
        self.ask("SET session_replication_role = replica")
        yield
        self.ask("RESET session_replication_role")

    def fresh(self, table, service):
        """The rows of a copy that is not there, as far as a service writes them: an array of the table's row type."""
        if (table, service) not in self.known:
            whose = "service" if table in ("runtime.journal", "runtime.inbox", "runtime.timer") else f"'{service}'"
            self.known[table, service] = self.one(
                f"SELECT array_agg(jsonb_populate_record(NULL::{table}, to_jsonb(c) || '{YOUNGER.get(table, '{}')}'))::text"
                f" FROM ({self.copies(table, FRESH, FRESH)}) AS c WHERE {whose} = %s", service) or "{}"
        return self.known[table, service]
