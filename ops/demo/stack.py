#!/usr/bin/python3
"""ops/demo/stack.py - a whole private system in one directory: for the demo, for tests, for trying out.

Usage: stack.py start DIR [--ports free|standard] [--clock TIME]
       stack.py stop|destroy|status|env DIR

start   makes what is not there (database, keys, first operator) and starts what does not run; TIME, such as
        2019-03-01T08:00+07:00, is what a new system's clock shows
stop    ends the processes; everything that is remembered stays
destroy ends them and removes DIR
status  tells what runs and what is ready
env     prints what the command `sangkien` needs to speak as the operator: eval "$(stack.py env DIR)"

In DIR: log/ (one per process), keys/ (private), mail/ (every mail that was sent), clock (the seconds by which
the system's clock is moved), stack.json (ports and process ids), env (what `env` prints) and env-administrator
(the same, but the database is spoken to as sangkien_administrator). BUILD_DIR names the build tree (build/).
Everything listens on loopback. Called by root, the database runs as the user postgres.
"""
import argparse
import contextlib
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import secrets
import select
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
import uuid

import zmq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from sangkien_client import Client, Words, read_key_pair  # noqa: E402

REPO = pathlib.Path(__file__).resolve().parents[2]
WORKERS = ("directory", "submissions", "appraisal", "funding", "notifications")
SERVICES = ("gateway",) + WORKERS
STANDARD_PORTS = {"listen": 7301, "inner": 7302, "mail": 7325,
                  **{f"health.{name}": 9101 + n for n, name in enumerate(SERVICES)}}
FIRST_OPERATOR = {
    "agency_name": "Trung tâm Vận hành sangkien (dữ liệu mẫu)", "agency_code": "VH-MAU",
    "agency_email": "van-hanh@khanhhoa.example", "person_name": "Người vận hành thứ nhất",
    "system_name": "Bàn vận hành",
}


class StackError(Exception):
    pass


def first_operator_id(what):
    """The fixed id of the first operator's "agency", "person", "system" or "binding"."""
    parts = b"".join(len(part).to_bytes(8, "big") + part
                     for part in (b"sangkien first operator", what.encode()))
    value = int.from_bytes(hashlib.sha256(parts).digest()[:16], "big")
    value = value & ~(0xF << 76) | 8 << 76
    return str(uuid.UUID(int=value & ~(3 << 62) | 2 << 62))


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_file(path, text, mode=0o600):
    """Whole or not at all."""
    unfinished = path.with_name(path.name + ".new")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
    os.rename(unfinished, path)


class Stack:
    """`source` is the tree that `build` was built from; `relay` is what takes the mail.

    `settings` are further SANGKIEN_* variables for all services, or for one: {"funding": {...}}; "mail" is the relay.
    """

    def __init__(self, folder, build=None, ports="free", services=None, settings=None, source=REPO,
                 relay=REPO / "ops/demo/mail_catcher.py"):
        self.folder = pathlib.Path(folder).resolve()
        self.build = pathlib.Path(build or os.environ.get("BUILD_DIR", REPO / "build")).resolve()
        self.settings, self.want_ports, self.source = settings or {}, ports, source
        self.builds = {}  # name -> build tree, of processes that are of another one
        self.relay = relay
        self.children = {}  # name -> Popen, of processes that this object started
        self._words = None
        known = self.folder / "stack.json"
        self.known = json.loads(known.read_text()) if known.exists() else {"ports": {}, "pids": {}}
        self.services = tuple(services or self.known.get("services", SERVICES))

    def _save(self):
        write_file(self.folder / "stack.json", json.dumps(self.known, indent=2) + "\n")

    # ------------------------------------------------------------- what it is made of

    @property
    def words(self):
        self._words = self._words or Words(self.build / "sangkien.binpb")
        return self._words

    def port(self, what):
        ports = self.known["ports"]
        if what not in ports:
            standard = STANDARD_PORTS.get(what) if self.want_ports == "standard" else None
            ports[what] = standard if standard and is_free(standard) else free_port()
            self._save()
        return ports[what]

    @property
    def endpoint(self):
        return f"tcp://127.0.0.1:{self.port('listen')}"

    @property
    def cluster(self):
        """DIR/db; elsewhere when the user postgres could not get there, or the path is too long for a socket."""
        if "cluster" not in self.known:
            cluster = self.folder / "db"
            walk = ["runuser", "-u", "postgres", "--", "test", "-x", str(self.folder)]
            if len(str(cluster)) > 77 or os.geteuid() == 0 and subprocess.run(walk, cwd="/").returncode:
                cluster = pathlib.Path("/var/tmp", "sangkien-" + secrets.token_hex(4))
            self.known["cluster"] = str(cluster)
            self._save()
        return pathlib.Path(self.known["cluster"])

    def dsn(self, role=None):
        """As the superuser, or as sangkien_<role>."""
        return self._run(REPO / "ops/db/cluster", "dsn", self.cluster, *([role] if role else [])).strip()

    def make_key(self, name):
        """The file of a key pair, made if it is not there."""
        path = self.folder / "keys" / f"{name}.key"
        if not path.exists():
            public, secret = (key.decode() for key in zmq.curve_keypair())
            write_file(path, f"public = {public}\nsecret = {secret}\n")
        return path

    def public_key(self, name):
        return read_key_pair(self.make_key(name))[0].decode()

    def client(self, name):
        """Speaks to the gateway with the key of that name. The system must be registered, or nobody answers."""
        return Client(self.endpoint, self.public_key("gateway"), *read_key_pair(self.make_key(name)),
                      words=self.words)

    def operator(self):
        """A client that speaks with the first operator's key; the ids are first_operator_id()'s."""
        return self.client("operator")

    def move_clock(self, seconds):
        """From now on the system's clock is so many seconds ahead of the machine's (behind, if negative)."""
        write_file(self.folder / "clock", f"{int(seconds)}\n", 0o644)

    def let_pass(self, seconds):
        """Time that passes for the system alone."""
        self.move_clock(self.clock() - time.time() + seconds)

    def clock(self):
        """What time it is for the system, in seconds of UTC."""
        return time.time() + int((self.folder / "clock").read_text())

    def _prepare(self):
        for name, mode in ((".", 0o755), ("log", 0o755), ("mail", 0o755), ("keys", 0o700)):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            (self.folder / name).chmod(mode)
        for name in SERVICES:
            self.make_key(name)
        keys, operator = self.folder / "keys", {**FIRST_OPERATOR, "public_key": self.public_key("operator")}
        write_file(keys / "gateway.pub", self.public_key("gateway") + "\n", 0o644)
        write_file(keys / "workers", "".join(f"{name} {self.public_key(name)}\n" for name in WORKERS))
        write_file(keys / "first-operator", "".join(f"{k} = {v}\n" for k, v in operator.items()))
        if not (keys / "receipts").exists():
            write_file(keys / "receipts", secrets.token_hex(32) + "\n")
        if not (self.folder / "clock").exists():
            self.move_clock(0)

    def env(self, name):
        """The environment of a process; "funding-2" is a second process of funding."""
        service, keys = name.split("-")[0], self.folder / "keys"
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TZ") or k.endswith("SAN_OPTIONS")}
        env.update(
            LANG="C.UTF-8", SANGKIEN_DB_DSN=self.dsn(service),
            SANGKIEN_SECRET_KEY=str(keys / f"{service}.key"), SANGKIEN_CLOCK_FILE=str(self.folder / "clock"),
            SANGKIEN_HEALTH=f"127.0.0.1:{self.port('health.' + name)}")
        if service == "gateway":
            env.update(SANGKIEN_LISTEN=self.endpoint, SANGKIEN_WORKER_KEYS=str(keys / "workers"),
                       SANGKIEN_LISTEN_INNER=f"tcp://127.0.0.1:{self.port('inner')}",
                       SANGKIEN_RECEIPT_KEY=str(keys / "receipts"))
        else:
            env.update(SANGKIEN_GATEWAY=f"tcp://127.0.0.1:{self.port('inner')}",
                       SANGKIEN_GATEWAY_KEY=self.public_key("gateway"))
        if service == "directory":
            env.update(SANGKIEN_FIRST_OPERATOR=str(keys / "first-operator"))
        if service == "notifications":
            env.update(SANGKIEN_SMTP_URL=f"smtp://127.0.0.1:{self.port('mail')}", SANGKIEN_SMTP_PLAIN="allow",
                       SANGKIEN_MAIL_FROM="sangkien@khanhhoa.example", SANGKIEN_MAIL_DOMAIN="khanhhoa.example",
                       SANGKIEN_TEMPLATES=str(REPO / "services/notifications/templates"))
        env.update({k: v for k, v in self.settings.items() if isinstance(v, str)})
        env.update(self.settings.get(service, {}))
        return env

    # ------------------------------------------------------------- processes

    def program(self, name):
        return self.builds.get(name, self.build) / "bin" / f"sangkien-{name.split('-')[0]}"

    def _run(self, *command, **options):
        done = subprocess.run([str(word) for word in command], text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
        if done.returncode:
            raise StackError(f"{' '.join(map(str, command))}: {done.stdout.strip()}")
        return done.stdout

    def pid(self, name):
        """Of the process of that name if it runs and is ours: ids are used again, so its first words are compared."""
        known = self.known["pids"].get(name)
        if not known:
            return None
        if name in self.children:
            return known if self.children[name].poll() is None else None
        try:
            parts = pathlib.Path(f"/proc/{known}/environ").read_bytes().split(b"\0")
            state = pathlib.Path(f"/proc/{known}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return None
        return known if f"STACK_DIR={self.folder}".encode() in parts and state != "Z" else None

    def launch(self, name):
        """Starts a process without waiting until it is ready; one whose program was built anew is replaced."""
        pid = self.pid(name)
        if pid and os.readlink(f"/proc/{pid}/exe").endswith(" (deleted)"):
            self.end(name)
        elif pid:
            return
        if name == "mail":
            command = [sys.executable, self.relay, self.folder / "mail", self.port("mail")]
            env = {"PATH": os.environ["PATH"], **self.settings.get("mail", {})}
        else:
            command, env = [self.program(name)], self.env(name)
        with open(self.folder / "log" / f"{name}.log", "ab") as log:
            child = subprocess.Popen([str(word) for word in command], env={**env, "STACK_DIR": str(self.folder)},
                                     stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                     start_new_session=True)
        self.children[name], self.known["pids"][name] = child, child.pid
        self._save()

    def end(self, name, how=signal.SIGTERM, timeout=30):
        """Sends a signal and waits until the process is gone; after the time it is killed."""
        pid = self.pid(name)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                watch = os.pidfd_open(pid)
                signal.pidfd_send_signal(watch, how)
                if not select.select([watch], [], [], timeout)[0]:
                    signal.pidfd_send_signal(watch, signal.SIGKILL)
                    select.select([watch], [], [], timeout)
                os.close(watch)
        if name in self.children:
            self.children.pop(name).wait()
        self.known["pids"].pop(name, None)
        self._save()

    def readiness(self, name):
        """"ready", or what is missing."""
        if not self.pid(name):
            return "does not run"
        try:
            if name == "mail":
                smtplib.SMTP("127.0.0.1", self.port("mail"), timeout=5).close()
                return "ready"
            page = http.client.HTTPConnection("127.0.0.1", self.port("health." + name), timeout=5)
            page.request("GET", "/readyz")
            answer = page.getresponse()
            text = answer.read().decode()
            page.close()
            return "ready" if answer.status == 200 else " ".join(text.split("\n")[1:]).strip() or text.strip()
        except OSError:
            return "does not answer yet"

    def wait_ready(self, names=None, timeout=60):
        names, end = list(names or ("mail",) + self.services), time.monotonic() + timeout
        while names:
            found = self.readiness(names[0])
            if found == "ready":
                names.pop(0)
            elif found == "does not run" or time.monotonic() > end:
                log = self.folder / "log" / f"{names[0]}.log"
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
                raise StackError(f"{names[0]} {found}\n{log}:\n{tail}")
            else:
                time.sleep(0.02)  # between two looks

    def start(self, timeout=60):
        self._prepare()
        self.known["services"] = self.services
        missing = [str(self.program(s)) for s in self.services if not self.program(s).exists()]
        if missing:
            raise StackError(f"not built: {', '.join(missing)}")
        self._run(REPO / "ops/db/cluster", "start", self.cluster)
        self._run(self.source / "ops/db/migrate", self.cluster)
        for name in ("mail",) + self.services:
            self.launch(name)
        self.wait_ready(timeout=timeout)
        write_file(self.folder / "env", self.ctl_env())
        write_file(self.folder / "env-administrator", self.ctl_env("administrator"))
        return self

    def stop(self):
        """In the order in which nothing is lost from sight: first the door, then who works behind it."""
        names = list(self.known["pids"])
        for name in sorted(names, key=lambda n: (n == "mail", not n.startswith("gateway"))):
            self.end(name)
        if (self.cluster / "data").exists():
            self._run(REPO / "ops/db/cluster", "stop", self.cluster)

    def destroy(self):
        if self.folder.exists():
            self.stop()
            if (self.cluster / "data").exists():
                self._run(REPO / "ops/db/cluster", "destroy", self.cluster)
            shutil.rmtree(self.folder)

    def restart(self, name, how=signal.SIGTERM, timeout=60):
        self.end(name, how)
        self.launch(name)
        self.wait_ready([name], timeout)

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()

    def ctl_env(self, role="auditor"):
        """Shell lines for the command `sangkien` to speak as the operator, and to the database in a role."""
        health = ",".join(f"127.0.0.1:{self.port('health.' + name)}" for name in self.services)
        values = {"ENDPOINT": self.endpoint, "SERVER_KEY": self.public_key("gateway"),
                  "KEY": self.make_key("operator"), "ACTOR": first_operator_id("person"),
                  "DSN": self.dsn(role), "HEALTH": health}
        lines = [f"export SANGKIEN_CTL_{name}='{value}'" for name, value in values.items()]
        return "\n".join(lines + [f"PATH='{self.build}/bin':$PATH", ""])


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n", 1)[1])
    parser.add_argument("what", choices=("start", "stop", "status", "env", "destroy"))
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--ports", choices=("free", "standard"), default="free")
    parser.add_argument("--clock", type=datetime.datetime.fromisoformat)
    options = parser.parse_args()
    stack = Stack(options.folder, ports=options.ports)
    try:
        if options.what == "start" and options.clock and not (stack.folder / "clock").exists():
            stack.folder.mkdir(parents=True, exist_ok=True)
            stack.move_clock(options.clock.timestamp() - time.time())
        if options.what == "env":
            print(stack.ctl_env(), end="")
        elif options.what != "status":
            getattr(stack, options.what)()
        elif not stack.known["pids"]:
            print("nothing runs")
            return 3
        else:
            found = {name: stack.readiness(name) for name in ("mail",) + stack.services}
            for name, state in found.items():
                print(f"{name:15}{state}")
            return 0 if set(found.values()) == {"ready"} else 1
    except StackError as error:
        print(f"stack.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
