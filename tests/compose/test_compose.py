"""tests/compose/test_compose.py - the composed system, from outside: the chain, restarts, down and up, backup.

The tests are one story and go in this order. Everything that was started is taken down again.
"""
import json
import secrets
import subprocess

import chain
import pytest
from base import until
from composed import LASTING, REPO, WORKERS, Composed
from world import World


@pytest.fixture(scope="module")
def composed():
    composed = Composed()
    try:
        composed.prepare()
        composed.up()
        yield composed
    finally:
        composed.destroy()


@pytest.fixture(scope="module")
def province(composed):
    """A programme with agencies, persons, systems and roles."""
    province = World(composed, composed, "kh-" + secrets.token_hex(4))
    yield province
    province.close()


@pytest.fixture(scope="module")
def edition(province):
    return chain.edition(province)


@pytest.fixture(scope="module")
def said():
    """Every accepted (system, request bytes, reply bytes) of the story."""
    return []


def create_entry(province, edition):
    request = province.request("clerk", "submissions.CreateEntry", chain.draft(province, edition))
    reply = province.client_of("clerk").ask(request, timeout=120)
    assert reply.ok, reply
    return "entrant", request, reply.raw


def assert_remembered(province, said):
    assert said
    for system, request, raw in said:
        assert province.client(system).ask(request, timeout=120).raw == raw


# ------------------------------------------------------------------ how it stands

def test_the_file_is_valid(composed):
    composed.compose("config", "-q")


def test_the_example_of_settings_says_what_holds_without_it(composed):
    nothing = composed.folder / "nothing"
    nothing.write_text("")
    env = {"PATH": composed.env["PATH"]}

    without, with_example = (subprocess.run(
        ["docker-compose", "--env-file", file, "config"], cwd=REPO, env=env, check=True, stdout=subprocess.PIPE).stdout
        for file in (nothing, ".env.example"))

    assert with_example == without


def test_nothing_is_published_but_the_gateway_on_loopback(composed):
    published = {service: [bound for ports in composed.inspect(service)["NetworkSettings"]["Ports"].values()
                           for bound in ports or []] for service in LASTING}

    assert published.pop("gateway") == [{"HostIp": "127.0.0.1", "HostPort": str(composed.port)}]
    assert not any(published.values())


@pytest.mark.parametrize("service", LASTING)
def test_a_container_may_do_nothing_but_its_work(composed, service):
    found = composed.inspect(service)
    host = found["HostConfig"]

    assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["Privileged"]
    assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"])
    assert 0 < host["PidsLimit"] <= 256 and 0 < host["Memory"] <= 1 << 30
    assert host["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "5"}
    assert found["Config"]["User"] == ("" if service == "relay" else "10001:10001")
    assert bool(host["CapAdd"]) == (service == "relay")


def test_no_secret_is_in_an_environment(composed):
    text = json.dumps([composed.inspect(service) for service in LASTING])
    words = {line.split(":")[-1] if file.name.startswith("db_") else line.split()[-1]
             for file in composed.secrets.iterdir() if file.suffix in (".key", "") and not file.name.startswith("ca")
             for line in file.read_text().splitlines() if line.startswith(("secret", "*")) or file.name == "receipts"}

    assert len(words) >= 15 and not [word for word in words if word in text]


def test_nobody_else_on_the_host_can_read_a_secret(composed):
    public = {"gateway.pub", "ca.crt", "relay.crt", "catcher.crt"}

    assert [f.name for f in composed.secrets.iterdir() if f.stat().st_mode & 0o077 and f.name not in public] == []


@pytest.mark.parametrize("service", ("gateway", "postgres", "catcher") + WORKERS)
def test_only_who_must_has_a_way_out(composed, service):
    networks = composed.inspect("relay")["NetworkSettings"]["Networks"]
    outside, = (network["IPAddress"] for name, network in networks.items() if name.endswith("_outside"))

    tried = composed.compose("exec", "-T", service, "timeout", "2", "bash", "-c", f"</dev/tcp/{outside}/2525",
                             check=False)

    assert (tried.returncode == 0) == (service == "gateway")


def test_the_schema_brought_up_to_date_again_changes_nothing(composed):
    look = ("SELECT md5(string_agg(rolpassword, ',' ORDER BY rolname)) FROM pg_authid",
            "SELECT count(*), max(committed_at) FROM sqitch.changes")
    before = [composed.sql(query) for query in look]

    composed.compose("run", "--rm", "-T", "migrate")

    assert [composed.sql(query) for query in look] == before


def test_a_role_needs_its_password(composed):
    ask = ["exec", "-T", "postgres", "psql", "-w", "-At", "-c", "SELECT 1",
           "host=postgres dbname=sangkien user=sangkien_funding"]

    refused = composed.compose(*ask, check=False)

    assert refused.returncode != 0 and "password" in refused.stderr


# ------------------------------------------------------------------ what it does

def test_an_idea_becomes_money_and_everybody_is_told(composed, province, edition):
    dossier = chain.appraised(province, edition)
    case, digest = chain.proposed(province, dossier, chain.ceiling(province))
    chain.approved(province, case, digest)
    province.do("accountant", "funding.Allot", chain.allotment(province, 100 * chain.MILLION), case)
    province.do("treasurer", "funding.RecordDisbursement", chain.disbursement(100 * chain.MILLION), case)

    province.hear("submissions.EntryPaid", dossier)
    for agency in ("entrant", "home", "finance"):
        address = f"{agency}-{province.programme}@khanhhoa.example"
        until(lambda: address in composed.mails(), f"{agency} has mail", timeout=60)


@pytest.mark.parametrize("service", ["submissions", "gateway", "postgres"])
def test_restarted_under_load_it_loses_nothing_of_what_it_acknowledged(composed, province, edition, said, service):
    said.append(create_entry(province, edition))
    before = len(said)
    restart = subprocess.Popen(["docker-compose", "restart", service], cwd=REPO, env=composed.env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while restart.poll() is None or len(said) < before + 20:
        said.append(create_entry(province, edition))

    assert restart.returncode == 0
    assert_remembered(province, said)
    composed.wait_healthy()


def test_killed_it_comes_back_by_itself_and_remembers(composed, province, edition, said):
    said.append(create_entry(province, edition))
    pid = composed.inspect("submissions")["State"]["Pid"]
    subprocess.run(["kill", "-9", str(pid)], check=True)  # of the container's only process

    said.append(create_entry(province, edition))

    assert composed.inspect("submissions")["State"]["Pid"] != pid
    assert_remembered(province, said)


def test_taken_down_and_brought_up_again_everything_is_there(composed, province, edition, said):
    composed.down()
    assert all(composed.inspect(service) is None for service in LASTING)

    composed.up()

    assert_remembered(province, said)
    said.append(create_entry(province, edition))


def test_the_administrator_sees_that_all_is_ready(composed):
    lines = [line.split() for line in composed.ctl("status").splitlines() if ":9100" in line]

    assert [(line[1], line[2]) for line in lines] == [(name, "ready") for name in ("gateway",) + WORKERS]


def test_the_journal_agrees_with_everything(composed):
    assert composed.ctl("verify")


def test_what_somebody_altered_is_found(composed, province):
    alter = "SET session_replication_role = replica; UPDATE submissions.entry SET title = '{}' WHERE programme = '{}' AND title = '{}'"
    composed.sql(alter.format("Khác", province.programme, "Một cửa điện tử"))

    found = composed.ctl("verify", check=False)

    composed.sql(alter.format("Một cửa điện tử", province.programme, "Khác"))
    assert found.returncode == 4 and composed.ctl("verify")


def test_a_backup_restored_into_an_empty_system_has_everything(composed, province, edition, said):
    backup = composed.folder / "backup"
    composed.run("ops/docker/backup", backup)
    refused = composed.run("ops/docker/restore", backup, check=False)
    composed.down("--volumes")

    composed.run("ops/docker/restore", backup)
    composed.up()

    assert refused.returncode != 0 and "restore" in refused.stderr
    assert_remembered(province, said)
    assert composed.ctl("verify")


def test_a_copy_of_the_whole_cluster_is_the_same_system(composed, province, edition, said):
    said.append(create_entry(province, edition))
    copy = composed.folder / "base.tar.gz"
    composed.run("bash", "-o", "pipefail", "-c", "docker-compose exec -T postgres"
                 f" pg_basebackup -c fast -D - -F tar -X fetch | gzip >{copy}")
    composed.down("--volumes")

    composed.run("bash", "-c", "docker-compose run --rm -T --entrypoint sh postgres -c"
                 f" 'umask 077 && mkdir /data/15 && tar -xzC /data/15' <{copy}")
    composed.up()

    assert_remembered(province, said)
    assert composed.ctl("verify")
