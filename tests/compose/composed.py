"""tests/compose/composed.py - the system of docker-compose.yml under a name, a port and secrets of its own.

To tests/harness/world.py it looks like a stack: endpoint, keys, words, the operator's client.
"""
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile
import time

from sangkien_client import Client, Words, read_key_pair
from stack import free_port

REPO = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = {"dockerd": "docker.io", "docker-compose": "docker-compose", "mmdebstrap": "mmdebstrap"}
WORKERS = ("directory", "submissions", "appraisal", "funding", "notifications")
LASTING = ("postgres", "gateway") + WORKERS + ("relay", "catcher")
TAG = "check"  # not an administrator's images


class Composed:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sangkien-compose-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self.secrets = self.folder / "secrets"
        self.port, self.name = free_port(), "sangkien-check-" + secrets.token_hex(3)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("SANGKIEN_", "COMPOSE_", "RELAY_"))}
        self.env.update(
            COMPOSE_PROJECT_NAME=self.name, COMPOSE_PROFILES="dev-mail", SANGKIEN_SECRETS=str(self.secrets),
            SANGKIEN_PORT=str(self.port), SANGKIEN_VERSION=TAG, BUILD_JOBS=os.environ.get("BUILD_JOBS", "2"))
        self.started_engine = False

    # ------------------------------------------------------------- commands

    def run(self, *command, check=True, **options):
        """What a command prints; its complaint as the error when it fails."""
        done = subprocess.run([str(word) for word in command], cwd=REPO, env=self.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        assert not check or done.returncode == 0, (
            f"{' '.join(map(str, command))}:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout if check else done

    def compose(self, *words, **options):
        tool = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
        return self.run(*tool, *words, **options)

    def ctl(self, *words, **options):
        return self.compose("run", "--rm", "-T", "ctl", *words, **options)

    def sql(self, query):
        return self.compose("exec", "-T", "postgres", "psql", "-X", "-At", "-d", "sangkien", "-c", query).strip()

    def inspect(self, service):
        ids = self.compose("ps", "-q", service).split()
        return json.loads(self.run("docker", "inspect", ids[0]))[0] if ids else None

    # ------------------------------------------------------------- coming and going

    def prepare(self):
        missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
        if missing and os.geteuid() == 0:
            self.run("apt-get", "-qq", "update")
            self.run("apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing)
        if "answers" in self.run("ops/docker/engine", "status", check=False).stderr:
            self.run("ops/docker/engine", "start")
            self.started_engine = True
        self.run("ops/docker/base")
        self.compose("build", timeout=3000)
        self.run("ops/docker/secrets", self.secrets)
        self.words_file = self.folder / "sangkien.binpb"
        self.words_file.write_bytes(subprocess.run(
            ["docker", "run", "--rm", "--network", "none", f"sangkien:{TAG}", "cat",
             "/usr/local/share/sangkien/sangkien.binpb"], check=True, stdout=subprocess.PIPE).stdout)
        self.words = Words(self.words_file)

    def up(self):
        self.compose("up", "-d")
        self.wait_healthy()

    def state(self, service):
        found = self.inspect(service)
        state = found["State"] if found else {"Status": "is not there"}
        return state["Health"]["Status"] if "Health" in state else state["Status"]

    def wait_healthy(self, services=LASTING, timeout=180):
        end = time.monotonic() + timeout
        for service in services:
            while self.state(service) not in (("healthy",) if service != "catcher" else ("running",)):
                assert time.monotonic() < end, (
                    f"{service} is {self.state(service)}\n" + self.compose("logs", "--tail", "20", service))
                time.sleep(0.5)  # between two looks

    def down(self, *options):
        """Takes the containers away, and the volumes when asked to.

        An engine at times counts endpoints of containers that are no more (moby/moby 42119 and 43286), keeps
        their network and with it the volumes. What stays is a network that nobody is on, and "up" takes it again.
        """
        done = self.compose("down", *options, check=False)
        if done.returncode == 0:
            return
        mine = "--filter", f"label=com.docker.compose.project={self.name}"
        left = self.run("docker", "ps", "--all", "--quiet", *mine)
        assert "has active endpoints" in done.stderr and not left, (done.stdout + done.stderr)[-3000:]
        volumes = self.run("docker", "volume", "ls", "--quiet", *mine).split() if "--volumes" in options else []
        if volumes:
            self.run("docker", "volume", "rm", *volumes)

    def destroy(self):
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "20", check=False)
        # What older builds left; the last day's is what the next build goes on from.
        self.run("docker", "image", "prune", "--force", "--filter", "label=sangkien", "--filter", "until=24h",
                 check=False)
        if self.started_engine:
            self.run("ops/docker/engine", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------- as a stack

    @property
    def endpoint(self):
        return f"tcp://127.0.0.1:{self.port}"

    def public_key(self, name):
        return read_key_pair(self.secrets / f"{name}.key")[0].decode()

    def operator(self):
        return Client(self.endpoint, self.public_key("gateway"), *read_key_pair(self.secrets / "operator.key"),
                      words=self.words)

    def head(self, programme):
        """(position of the journal, count of the inbox)"""
        row = self.sql(f"SELECT position, inbox_count FROM runtime.journal_head WHERE programme = '{programme}'")
        return tuple(int(number) for number in row.split("|")) if row else (0, 0)

    def mails(self):
        return self.compose("exec", "-T", "catcher", "sh", "-c", "cat /mail/*.eml 2>/dev/null || true")
