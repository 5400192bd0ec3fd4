"""tests/harness/base.py - the database as the superuser sees it, to look at and to do harm to."""
import contextlib
import functools
import os
import pathlib
import signal
import subprocess
import time

import catalogue
import psycopg2

REPO = pathlib.Path(__file__).resolve().parents[2]


def until(condition, what, timeout=15):
    """Waits until something that no message tells of is so, and returns it."""
    end = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"not within {timeout} s: {what}"
        time.sleep(0.002)  # between two looks


def halt(pid):
    """SIGSTOP, and waits until every thread stands still: until then a thread may go on for a moment."""
    os.kill(pid, signal.SIGSTOP)
    tasks = pathlib.Path(f"/proc/{pid}/task")
    until(lambda: all((task / "stat").read_text().rpartition(")")[2].split()[0] == "T" for task in tasks.iterdir()),
          f"process {pid} stands still")


class Base:
    def __init__(self, stack):
        self.stack = stack

    @functools.cached_property
    def dsn(self):
        """It takes a process to ask for it."""
        return self.stack.dsn()

    @contextlib.contextmanager
    def connection(self):
        connection = psycopg2.connect(self.dsn)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def run(self, sql, *values):
        """Runs one statement; its rows, if it has any."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def one(self, sql, *values):
        """The first column of the first row, or None."""
        rows = self.run(sql, *values)
        return rows[0][0] if rows else None

    def head(self, programme):
        """(position of the journal, count of the inbox)"""
        rows = self.run("SELECT position, inbox_count FROM runtime.journal_head WHERE programme = %s", programme)
        return rows[0] if rows else (0, 0)

    def footprint(self, programme):
        """How many events and how many answered requests there are, but for the mailer's own."""
        return self.run("SELECT (SELECT count(*) FROM runtime.journal WHERE programme = %s"
                        " AND service <> 'notifications'), (SELECT count(*) FROM runtime.inbox"
                        " WHERE programme = %s AND service <> 'notifications')", programme, programme)[0]

    def is_stored(self, request_id):
        return self.one("SELECT count(*) FROM runtime.inbox WHERE id = %s", request_id) == 1

    def events(self, programme, type=None):
        """[(position, type, aggregate, version)] in order; `type` is the last part of its name."""
        rows = self.run("SELECT position, type, aggregate::text, version FROM runtime.journal"
                        " WHERE programme = %s ORDER BY position", programme)
        return [row for row in rows if type is None or row[1].endswith("." + type)]

    def unheard(self, programme):
        """Consumers that an event of the journal still waits for."""
        return [consumer for consumer, types in catalogue.heard().items() if self.one(
            "SELECT count(*) FROM runtime.journal j WHERE programme = %s AND type = ANY(%s) AND position > coalesce("
            " (SELECT position FROM runtime.cursor c WHERE consumer = %s AND c.programme = j.programme), 0)",
            programme, types, consumer)]

    # ------------------------------------------------------------- the server itself

    def sessions(self, service=""):
        """The processes of the sessions of a service, or of all."""
        return [pid for pid, in self.run("SELECT pid FROM pg_stat_activity WHERE starts_with(usename, %s)",
                                         "sangkien_" + service)]

    def pids(self):
        """Of the server and all its children, by the file it keeps."""
        server = int((self.stack.cluster / "data/postmaster.pid").read_text().split()[0])
        children = pathlib.Path(f"/proc/{server}/task/{server}/children").read_text().split()
        return [server] + [int(child) for child in children]

    def kill(self):
        """kill -9 of the whole server, as a power failure would."""
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not any(_is_there(pid) for pid in pids), "PostgreSQL is dead")

    def is_up(self):
        with contextlib.suppress(OSError):
            return _is_there(self.pids()[0])
        return False

    def start(self, **variables):
        """Its processes have these variables in their environment."""
        self._order("start", variables)

    def restart(self, **variables):
        self._order("stop")
        self._order("start", variables)

    def _order(self, what, variables=()):
        subprocess.run([REPO / "ops/db/cluster", what, self.stack.cluster], check=True,
                       env={**os.environ, **dict(variables)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _is_there(pid):
    """A zombie is still there for PostgreSQL's next start; ours are taken away."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return pathlib.Path(f"/proc/{pid}").exists()


class Gate:
    """Holds every COMMIT that stores a request, until it is opened: no longer than lock_timeout.

    While a service waits for the answer to its COMMIT, the test can stop it, open the gate, see the rows
    appear, and kill the service: that is the moment between COMMIT and reply, met every time.
    """

    NUMBER = 4711

    def __init__(self, base):
        self.base = base

    def __enter__(self):
        self.base.run(f"""
            CREATE OR REPLACE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared({self.NUMBER}); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON runtime.inbox DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION public.gate()""")
        self.holder = psycopg2.connect(self.base.stack.dsn())
        with self.holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (self.NUMBER,))
        return self

    def wait(self):
        """Until a COMMIT waits at the gate."""
        until(lambda: self.base.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                                    " AND objid = %s AND NOT granted", self.NUMBER), "a COMMIT waits")

    def open(self):
        if not self.holder.closed:
            with contextlib.suppress(psycopg2.Error):
                self.holder.rollback()
            self.holder.close()

    def __exit__(self, *error):
        self.open()
        until(self._gone, "the gate is taken away")

    def _gone(self):
        with contextlib.suppress(psycopg2.Error):
            self.base.run("DROP TRIGGER IF EXISTS gate ON runtime.inbox; DROP FUNCTION IF EXISTS public.gate()")
            return True
        return False
