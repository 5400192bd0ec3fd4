#!/usr/bin/python3
"""peers.py - what a team would use instead of sangkien, each writing the same rows to the same PostgreSQL.

    tests/bench/peers.py --dsn "host=... dbname=..." --only fastify --seconds 3

measures alone; ops/bench takes PEERS from here. tests/bench/peers/README.md describes each. The database must
have the tables of tests/bench/schema.sql. Servers, workers and whoever loads them are processes of their own;
what a command counts for is told by the load: done when its reply came, after COMMIT.
"""
import argparse
import collections
import json
import os
import pathlib
import platform
import queue
import resource
import shutil
import subprocess
import sys
import tempfile
import threading

import psycopg2
from psycopg2.extensions import parse_dsn

HERE = pathlib.Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(HERE.parents[2] / "ops/demo"))
from stack import free_port  # noqa: E402

# The only Node that all of the packages agree on; Debian's is too old for two of them.
NODE = HERE / "node_modules/node-linux-{}/bin/node".format({"x86_64": "x64", "aarch64": "arm64"}[platform.machine()])
VARIANTS = ("plain", "cte", "batch")
PG_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
WARM_UP = {"in_flight": 32, "seconds": 2}
GRACE_SECONDS = 30
CONNECTIONS = "16"  # to PostgreSQL: 8 to 32 are alike, more are slower
RABBITMQ_CONFIG = """\
listeners.tcp.default = 127.0.0.1:{port}
log.file.level = warning
"""


class PeerError(RuntimeError):
    pass


def install():
    """node_modules as package-lock.json says."""
    lock, installed = HERE / "package-lock.json", HERE / "node_modules/.package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True)


def descendants(pid):
    """This process and those it made, as far as they live."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = {pid} & parents.keys()
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def rss_mib(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
    except (FileNotFoundError, ProcessLookupError):
        return 0


def children_seconds():
    """Processor time of processes that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Server:
    """A process that serves; the last lines of what it says are kept."""

    def __init__(self, command, env, folder):
        self.process = subprocess.Popen([str(part) for part in command], env=env, cwd=folder, text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.last_lines = collections.deque(maxlen=40)
        self._heard = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.last_lines.append(line)
            self._heard.put(line)
        self._heard.put(None)

    def wait_for(self, words):
        """The line that has these words in it."""
        try:
            while line := self._heard.get(timeout=GRACE_SECONDS):
                if words in line:
                    return line
        except queue.Empty:
            raise PeerError(f"{self.process.args[0]} is not ready: {''.join(self.last_lines)}") from None
        raise PeerError(f"{self.process.args[0]} ended before it was ready: {''.join(self.last_lines)}")

    def rss_mib(self):
        return sum(rss_mib(pid) for pid in descendants(self.process.pid))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Peer:
    """One contender. `settings` are numbers of commands in flight worth trying."""

    name = None

    def __init__(self, variant):
        self.variant = variant
        self.settings = (64, 256, 1024) if variant == "batch" else (16, 64, 256)
        self.servers = []
        self.dsn = self.folder = self.env = None

    # ------------------------------------------------------------- what each peer says for itself

    def _start_servers(self):
        raise NotImplementedError

    def _load(self, in_flight, seconds):
        """The command line of the load; it prints one line of JSON."""
        raise NotImplementedError

    def _clean_database(self):
        """Takes away what the peer itself keeps in the database."""

    # ------------------------------------------------------------- what is the same for all

    def start(self, dsn, folder):
        """Brings up servers and workers, their data in a folder below `folder`, and warms them up."""
        self.dsn = dsn
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.name}-{self.variant}-", dir=folder))
        self.env = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "LANG": "C.UTF-8", "HOME": str(self.folder),
                    "NODE_ENV": "production", "VARIANT": self.variant}
        self.env.update({PG_VARIABLES[key]: value for key, value in parse_dsn(dsn).items()})
        try:
            self._clean_database()
            self._start_servers()
            self.run(**WARM_UP)
        except BaseException:
            self.stop()
            raise

    def run(self, in_flight, seconds):
        """The figures of one run, with the load's processor time; an error if less was stored than was counted."""
        before, spent = self._journal_length(), children_seconds()
        try:
            loaded = subprocess.run(self._load(in_flight, seconds), env=self.env, check=True, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds + GRACE_SECONDS)
        except subprocess.SubprocessError as error:
            raise PeerError(f"{self.name}: {error}\n{error.stderr or ''}\n{self._last_lines()}") from error
        found = json.loads(loaded.stdout.splitlines()[-1])
        spent, stored = children_seconds() - spent, self._journal_length() - before
        if found.get("failed") or stored < found["count"]:
            raise PeerError(f"{self.name}: {found}, but {stored} events were stored\n{self._last_lines()}")
        return {**{key: found[key] for key in ("rate", "p50_us", "p99_us")}, "load_us": 1e6 * spent / found["count"]}

    def rss_mib(self):
        """Of all its processes but PostgreSQL's and the load's."""
        return sum(server.rss_mib() for server in self.servers)

    def stop(self):
        while self.servers:
            self.servers.pop().stop()
        self._clean_database()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _serve(self, command, ready, **env):
        """Starts a process, waits for a line with `ready` in it, and returns that line."""
        self.servers.append(Server(command, {**self.env, **env}, self.folder))
        return self.servers[-1].wait_for(ready)

    def _execute(self, sql):
        connection = psycopg2.connect(self.dsn)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchone() if cursor.description else None
        finally:
            connection.close()

    def _journal_length(self):
        return self._execute("SELECT count(*) FROM bench.journal")[0]

    def _batch(self):
        """Part of the name of its consumer."""
        return "_batch" if self.variant == "batch" else ""

    def _last_lines(self):
        return "".join(line for server in self.servers for line in server.last_lines)


class Fastify(Peer):
    def __init__(self, variant, processes):
        super().__init__(variant)
        self.name = "fastify" if processes == 1 else f"fastify_{processes}"
        self.processes = processes
        self.port = None

    def _start_servers(self):
        self.env.update(CONNECTIONS=CONNECTIONS, PROCESSES=str(self.processes))
        self.port = self._serve([NODE, HERE / "fastify.js"], "ready").split()[1]

    def _load(self, in_flight, seconds):
        return ["wrk", "-t1", f"-c{in_flight}", f"-d{seconds}s", "-s", str(HERE / "http.lua"),
                f"http://127.0.0.1:{self.port}/commands", "--", str(HERE.parent / "sql/create_plain.sql")]


class RabbitMQ(Peer):
    def __init__(self, variant, queue_type):
        super().__init__(variant)
        self.name = "rabbitmq" if queue_type == "quorum" else f"rabbitmq_{queue_type}"
        self.queue_type = queue_type

    def _start_servers(self):
        port, epmd = free_port(), free_port()
        config = self.folder / "rabbitmq.conf"
        config.write_text(RABBITMQ_CONFIG.format(port=port))
        self.env.update(ERL_EPMD_PORT=str(epmd), ERL_EPMD_ADDRESS="127.0.0.1", CONNECTIONS=CONNECTIONS,
                        URL=f"amqp://127.0.0.1:{port}", QUEUE_TYPE=self.queue_type)
        # Our own, in the foreground: the one that Erlang starts by itself would stay behind.
        self._serve(["epmd", "-d", "-port", epmd, "-address", "127.0.0.1"], "epmd running")
        self._serve(
            ["/usr/lib/rabbitmq/bin/rabbitmq-server"], "completed with", RABBITMQ_NODENAME="bench@localhost",
            RABBITMQ_CONFIG_FILE=str(config), RABBITMQ_CONF_ENV_FILE="/dev/null", RABBITMQ_DIST_PORT=str(free_port()),
            RABBITMQ_MNESIA_BASE=str(self.folder / "mnesia"), RABBITMQ_LOG_BASE=str(self.folder / "rabbitmq-log"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(self.folder / "plugins"), RUNNING_UNDER_SYSTEMD="true",
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}")
        self._serve([NODE, HERE / f"rabbitmq{self._batch()}_consumer.js"], "ready")

    def _load(self, in_flight, seconds):
        return [str(NODE), str(HERE / "rabbitmq_load.js"), str(in_flight), str(seconds)]


class Nats(Peer):
    name = "nats"

    def _start_servers(self):
        port = free_port()
        self.env.update(URL=f"127.0.0.1:{port}", CONNECTIONS=CONNECTIONS)
        self._serve(["nats-server", "-a", "127.0.0.1", "-p", port, "-js", "-sd", self.folder], "Server is ready")
        self._serve([NODE, HERE / f"nats{self._batch()}_consumer.js"], "ready")

    def _load(self, in_flight, seconds):
        return [str(NODE), str(HERE / "nats_load.js"), str(in_flight), str(seconds)]


class JobQueue(Peer):
    """A queue that is tables in PostgreSQL, in a schema of its own."""

    def __init__(self, variant, name, schema, worker, load):
        super().__init__(variant)
        self.name, self.schema, self.worker, self.load = name, schema, worker, load
        self.settings = (64, 256, 1024)

    def _clean_database(self):
        self._execute(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")

    def _start_servers(self):
        self.env.update(CONNECTIONS=CONNECTIONS, REPLIES=str(self.folder / "replies"))
        self._serve([NODE, HERE / self.worker], "ready")

    def _load(self, in_flight, seconds):
        return [str(NODE), str(HERE / self.load), str(in_flight), str(seconds)]


ONE_BY_ONE = [peer for variant in ("plain", "cte") for peer in (
    Fastify(variant, processes=1),
    Fastify(variant, processes=2),
    RabbitMQ(variant, queue_type="quorum"),
    RabbitMQ(variant, queue_type="classic"),
    Nats(variant),
    JobQueue(variant, "pg_boss", "pgboss", "pg_boss_worker.js", "pg_boss_load.js"),
    JobQueue(variant, "graphile_worker", "graphile_worker", "graphile_worker.js", "graphile_load.js"),
)]
IN_BATCHES = [
    RabbitMQ("batch", queue_type="quorum"),
    Nats("batch"),
    JobQueue("batch", "pg_boss", "pgboss", "pg_boss_batch_worker.js", "pg_boss_load.js"),
]
PEERS = ONE_BY_ONE + IN_BATCHES


def measure(peer, dsn, seconds):
    with tempfile.TemporaryDirectory(prefix="sangkien-peers-") as folder:
        peer.start(dsn, folder)
        try:
            for in_flight in peer.settings:
                row = peer.run(in_flight, seconds)
                print(f"{peer.name:<18}{peer.variant:<7}{in_flight:>9}{row['rate']:>11.0f}/s"
                      f"{row['p50_us'] / 1000:>10.2f}{row['p99_us'] / 1000:>10.2f}{peer.rss_mib():>9.0f}", flush=True)
        finally:
            peer.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dsn", required=True, help="of a database with the tables of tests/bench/schema.sql")
    parser.add_argument("--only", metavar="NAME", choices=sorted({peer.name for peer in PEERS}))
    parser.add_argument("--variant", choices=VARIANTS)
    parser.add_argument("--seconds", type=int, default=3, help="of each run (default 3)")
    options = parser.parse_args()
    install()
    print(f"{'peer':<18}{'as':<7}{'in flight':>9}{'commands':>13}{'p50 ms':>10}{'p99 ms':>10}{'RSS MiB':>9}")
    for peer in PEERS:
        if options.only in (None, peer.name) and options.variant in (None, peer.variant):
            measure(peer, options.dsn, options.seconds)


if __name__ == "__main__":
    main()
