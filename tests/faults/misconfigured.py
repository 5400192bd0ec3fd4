"""tests/faults/misconfigured.py - a program that is started with something wrong, and what came of it."""
import collections
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess

import psycopg2
from base import until
from stack import REPO, free_port

PATIENCE_S = 20
SECRET = "Wq7-geheim-mW"  # whatever is secret, and nothing that is not, has this in it
TEMPLATES = REPO / "services/notifications/templates"

Outcome = collections.namedtuple("Outcome", "status said listened")


def execute(dsn, *statements):
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


class Library:
    """Databases beside the one that is used: "plain" to be spoilt, "fresh" in which nobody ever writes. They go when
    the cluster does."""

    def __init__(self, stack):
        self.stack = stack
        self.make("plain", "ENCODING 'UTF8' TEMPLATE template0")
        self._fill("plain")
        self.make("fresh", "TEMPLATE plain")

    def dsn(self, name, role=None):
        return self.stack.dsn(role).replace("dbname=sangkien", f"dbname={name}")

    def make(self, name, how):
        execute(self.dsn("postgres"), f"CREATE DATABASE {name} {how}")

    def _fill(self, name):
        """The schema of the running system, and nothing of what stands in it."""
        for what in ("--schema-only",), ("--data-only", "--table=runtime.schema_version"):
            said = subprocess.run(["pg_dump", *what, self.stack.dsn()], check=True, stdout=subprocess.PIPE).stdout
            subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.dsn(name)], check=True, input=said,
                           stdout=subprocess.DEVNULL)


class Careless:
    """A second database server, which would lose what it confirmed: without checksums, and without our schema."""

    def __init__(self, stack, services):
        self.cluster = pathlib.Path(f"{stack.cluster}-careless")
        self._order("start")
        self._order("stop")
        tool = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_checksums"))
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*owner, tool, "--disable", self.cluster / "data"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd="/")
        self._order("start")
        execute(self.dsn("postgres", "postgres"), "CREATE DATABASE sangkien",
                *[f"CREATE ROLE sangkien_{service} LOGIN" for service in services])

    def _order(self, what):
        subprocess.run([REPO / "ops/db/cluster", what, self.cluster], check=True, stdout=subprocess.DEVNULL)

    def dsn(self, role, database="sangkien"):
        return f"host={self.cluster}/socket dbname={database} user={role}"

    def set(self, **settings):
        """These are other than they should be, and no others."""
        execute(self.dsn("postgres"), "ALTER SYSTEM RESET ALL",
                *[f"ALTER SYSTEM SET {name} = {value}" for name, value in settings.items()], "SELECT pg_reload_conf()")
        for name in ("fsync", "full_page_writes"):
            until(lambda: execute(self.dsn("postgres"), f"SHOW {name}") == [(settings.get(name, "on"),)], name)

    def close(self):
        self._order("destroy")


class Case:
    """One program that is about to be started, and everything it will be given."""

    def __init__(self, stack, library, careless, listens, folder, service):
        self.stack, self.library, self.careless = stack, library, careless
        self.listens, self.folder, self.service = listens, folder, service
        self.ports = {what: free_port() for what in ("health", "inner", "outer")}
        self.taken, self.undo = [], []
        self.env = stack.env(service)
        self.options = []
        self.set(HEALTH=f"127.0.0.1:{self.ports['health']}", SMTP_PASSWORD=SECRET)
        if service == "gateway":
            self.set(LISTEN=f"tcp://127.0.0.1:{self.ports['outer']}",
                     LISTEN_INNER=f"tcp://127.0.0.1:{self.ports['inner']}")
        else:  # away from the system that runs
            self.set(GATEWAY=f"tcp://127.0.0.1:{self.ports['inner']}")
        self.use(library.dsn("plain", service))
        self.file("log", "")

    def set(self, **settings):
        """None takes a setting away."""
        for name, value in settings.items():
            self.env["SANGKIEN_" + name] = value

    def use(self, dsn):
        self.set(DB_DSN=f"{dsn} password={SECRET}")

    def sql(self, do, undo):
        """Spoils the database, until the case is closed."""
        execute(self.library.dsn("plain"), do.format(service=self.service))
        self.undo.append(undo.format(service=self.service))

    def carelessly(self, **settings):
        """With a server that has no checksums, and these settings besides."""
        careless = self.careless()
        careless.set(**settings)
        self.use(careless.dsn("sangkien_" + self.service))

    def file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return str(path)

    def key(self, text=None, mode=0o600):
        """The key file, with another text or another mode."""
        own = pathlib.Path(self.env["SANGKIEN_SECRET_KEY"]).read_text()
        self.set(SECRET_KEY=self.file("key", own if text is None else text, mode))

    def take(self, what):
        """Somebody else already listens there."""
        other = socket.socket()
        other.bind(("127.0.0.1", self.ports[what]))
        other.listen()
        self.taken.append(other)

    def templates(self):
        """Templates of its own, to be spoilt."""
        folder = self.folder / "templates"
        shutil.copytree(TEMPLATES, folder)
        self.set(TEMPLATES=str(folder))
        return folder

    def secrets(self):
        """Words that must never be said."""
        paths = [self.env.get("SANGKIEN_" + name) for name in ("SECRET_KEY", "RECEIPT_KEY")]
        keys = [pathlib.Path(path or "/nowhere") for path in paths]
        words = [word for key in keys if key.is_file() for word in key.read_text(errors="replace").split()]
        return [SECRET] + [word for word in words if len(word) >= 32 and word != self.public()]

    def public(self):
        return self.stack.public_key(self.service)

    def start(self):
        """Starts the program without waiting for it."""
        env = {k: v for k, v in self.env.items() if v is not None}
        env.update(LD_PRELOAD=str(self.listens), LISTENS_LOG=str(self.folder / "log"))
        return subprocess.Popen([self.stack.program(self.service), *self.options], env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def listened(self):
        """Where it has listened so far: names of our ports, or numbers."""
        names = {f"port {number}": what for what, number in self.ports.items()}
        lines = (self.folder / "log").read_text().splitlines()
        return [names.get(line, line) for line in lines if line != "no port"]

    def run(self):
        """Starts it and waits until it gives up."""
        program = self.start()
        try:
            said = program.communicate(timeout=PATIENCE_S)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            program.kill()
            raise AssertionError(f"it runs: {program.communicate()[0].decode(errors='replace')[-2000:]}") from None
        return Outcome(program.returncode, said, self.listened())

    def close(self):
        for other in self.taken:
            other.close()
        execute(self.library.dsn("plain"), *self.undo)
