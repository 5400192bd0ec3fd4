"""tests/wire/test_start.py - whatever is wrong at the start is said, before any port is open."""
import contextlib
import os
import socket
import subprocess

import pytest
from stack import free_port


def run(stack, service, *options, **changes):
    """Runs a program with some settings changed or, by None, taken away; (exit status, what it said)."""
    env = {**stack.env(service), **changes}
    done = subprocess.run([stack.program(service), *options], env={k: v for k, v in env.items() if v is not None},
                          text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=30)
    return done.returncode, done.stdout


def is_open(port):
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def file(tmp_path):
    def write(name, text, mode=0o600):
        path = tmp_path / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)
    return write


SERVICES = ["gateway", "directory", "submissions", "appraisal", "funding", "notifications"]


@pytest.mark.parametrize("service", SERVICES)
def test_with_everything_in_order_the_check_says_so(stack, service):
    status, said = run(stack, service, "--check")
    assert status == 0 and "all is well" in said


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("reason, changes", [
    ("SANGKIEN_DB_DSNN: there is no such setting", {"SANGKIEN_DB_DSNN": "x"}),
    ("SANGKIEN_POLL_MS", {"SANGKIEN_POLL_MS": "soon"}),
    ("SANGKIEN_POLL_MS", {"SANGKIEN_POLL_MS": "1"}),
    ("SANGKIEN_SECRET_KEY", {"SANGKIEN_SECRET_KEY": None}),
    ("SANGKIEN_SECRET_KEY", {"SANGKIEN_SECRET_KEY": "/nowhere"}),
    ("", {"SANGKIEN_DB_DSN": "host=/nowhere dbname=sangkien"}),
])
def test_a_setting_that_is_wrong_is_named(stack, service, reason, changes):
    status, said = run(stack, service, "--check", SANGKIEN_HEALTH="", **changes)
    assert status == 1 and f"sangkien-{service}: refuses to run: " in said and reason in said


@pytest.mark.parametrize("service", SERVICES)
def test_a_key_that_others_may_read_is_refused(stack, file, service):
    key = file("key", stack.make_key(service).read_text(), 0o640)

    status, said = run(stack, service, SANGKIEN_HEALTH="", SANGKIEN_SECRET_KEY=key)

    assert status == 1 and "others may read" in said and "ready" not in said.splitlines()[0]


@pytest.mark.parametrize("service", SERVICES)
def test_without_a_database_to_speak_to_it_refuses(stack, service):
    status, said = run(stack, service, "--check", SANGKIEN_DB_DSN=None, PGHOST="/nowhere")
    assert status == 1 and "refuses to run" in said


def test_the_role_of_another_service_is_refused(stack):
    status, said = run(stack, "funding", "--check", SANGKIEN_DB_DSN=stack.dsn("submissions"))
    assert status == 1 and "refuses to run" in said


@pytest.mark.parametrize("text, reason", [
    ("", "names no worker"), ("# nobody\n", "names no worker"), ("funding\n", "line 1 is no service and key"),
    ("funding short\n", "line 1 is no service and key"),
])
def test_a_gateway_that_knows_no_worker_refuses(stack, file, text, reason):
    listen = free_port()

    status, said = run(stack, "gateway", SANGKIEN_HEALTH="", SANGKIEN_WORKER_KEYS=file("workers", text),
                       SANGKIEN_LISTEN=f"tcp://127.0.0.1:{listen}")

    assert status == 1 and reason in said and not is_open(listen)


def test_one_key_for_two_workers_is_refused(stack, file):
    key = stack.public_key("funding")
    workers = file("workers", f"funding {key}\ndirectory {key}\n")

    status, said = run(stack, "gateway", "--check", SANGKIEN_WORKER_KEYS=workers)

    assert status == 1 and "line 2" in said


@pytest.mark.parametrize("text, mode", [("short", 0o600), ("x" * 32, 0o644)])
def test_a_receipt_key_that_is_short_or_open_is_refused(stack, file, text, mode):
    status, said = run(stack, "gateway", "--check", SANGKIEN_RECEIPT_KEY=file("receipts", text, mode))
    assert status == 1 and "SANGKIEN_RECEIPT_KEY" in said


def test_a_file_of_the_first_operator_that_is_incomplete_is_refused_where_it_is_needed(stack):
    status, said = run(stack, "gateway", "--role", "reader")
    assert status == 1 and "gateway has no roles" in said


@pytest.mark.parametrize("service", ["gateway", "funding"])
def test_a_database_of_another_schema_version_is_refused(stack, base, service):
    base.run("UPDATE runtime.schema_version SET version = version + 1")
    try:
        status, said = run(stack, service, "--check")
    finally:
        base.run("UPDATE runtime.schema_version SET version = version - 1")

    assert status == 1 and "schema version is 2, this program needs 1" in said


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
@pytest.mark.parametrize("service", ["gateway", "funding"])
def test_a_database_that_would_lose_what_it_confirmed_is_refused(stack, base, service, setting):
    base.run(f"ALTER SYSTEM SET {setting} = off")
    base.run("SELECT pg_reload_conf()")
    try:
        status, said = run(stack, service, "--check")
    finally:
        base.run(f"ALTER SYSTEM RESET {setting}")
        base.run("SELECT pg_reload_conf()")

    assert status == 1 and f"{setting} = off" in said


def test_a_table_without_the_column_that_is_needed_is_found_at_the_start(stack, base):
    base.run("ALTER TABLE funding.funding_case RENAME COLUMN title TO heading")
    try:
        status, said = run(stack, "funding", "--check")
    finally:
        base.run("ALTER TABLE funding.funding_case RENAME COLUMN heading TO title")

    assert status == 1 and "title" in said


def test_the_check_prints_every_setting_and_no_secret(stack):
    dsn = stack.dsn("funding") + " password=geheim"
    status, said = run(stack, "funding", "--check", SANGKIEN_DB_DSN=dsn)

    assert status == 0 and "SANGKIEN_BATCH_MAX=256 (default)" in said and "geheim" not in said


def test_the_state_machines_are_described(stack):
    status, said = run(stack, "funding", "--describe")
    assert status == 0 and "UNDER_SIGNOFF --> AGREED" in said and "stateDiagram" in said


def test_an_option_that_nobody_knows_is_a_mistake_of_use(stack):
    assert run(stack, "funding", "--chekc")[0] not in (0, 1)
    assert os.access(stack.program("funding"), os.X_OK)
