"""tests/wire/test_ctl_real.py - the command `sangkien` against the real system, as README.md shows it."""
import csv
import io
import json
import os
import re
import subprocess

import catalogue
import chain
import pytest
from ctl import Ctl
from province import Province
from sangkien_client import uuid7

PAGE = (catalogue.REPO / "README.md").read_text()


class Officer:
    """Runs shell lines with the settings of an officer, given the way the quickstart gives them: in a file."""

    def __init__(self, world, folder, name):
        self.folder = folder
        system = world.officers[name].agency
        world.client(system)  # the door knows the key
        public, secret = (part.decode() for part in world.keys[system])
        self.key = folder / f"{name}.key"
        self.key.touch(0o600)
        self.key.write_text(f"public = {public}\nsecret = {secret}\n")
        self.env = folder / f"env-{name}"
        self.env.write_text(world.stack.ctl_env() + "".join(
            f"export SANGKIEN_CTL_{variable}='{value}'\n" for variable, value in (
                ("KEY", self.key), ("ACTOR", world.person(name)), ("PROGRAMME", world.programme))))

    def run(self, lines):
        return subprocess.run(["sh", "-c", lines], cwd=self.folder, text=True, timeout=120, capture_output=True,
                              env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})

    def __call__(self, command, expect=0):
        """What `sangkien` printed."""
        done = self.run(f". {self.env}; sangkien {command}")
        assert done.returncode == expect, (done.stdout, done.stderr)
        return done.stdout


@pytest.fixture
def officer(world, tmp_path):
    return lambda name: Officer(world, tmp_path, name)


def values(text):
    """The JSON values that stand in a text one after another."""
    decoder, found = json.JSONDecoder(), []
    while text.strip():
        value, end = decoder.raw_decode(text.strip())
        found.append(value)
        text = text.strip()[end:]
    return found


def test_the_first_own_message_runs_as_the_page_shows_it(world, officer, tmp_path):
    section = PAGE.partition("## Your first own message")[2].partition("\n## ")[0]
    shell = re.search(r"```sh\n(.*?)```", section, re.S).group(1)
    home = officer("standing")
    (tmp_path / "var/demo").mkdir(parents=True)
    home.env.rename(tmp_path / "var/demo/env-home-affairs")

    done = home.run("set -e\n" + shell)
    create = next(line for line in shell.splitlines() if "CreateEdition" in line)
    setting = ". var/demo/env-home-affairs\n"
    created, shown, event = values(done.stdout)
    again = home.run(f"{setting}id={created['subject']}\n{create}")
    other = home.run(f"{setting}id={uuid7()}\n{create}")

    assert done.returncode == 0 and created["final"] is True, done.stderr
    assert shown["body"]["edition"]["name"] == event["data"]["name"] == "Lần thứ 5 - năm 2021"
    assert event["subject"] == created["subject"] and event["datacontenttype"] == "application/json"
    assert (again.returncode, values(again.stdout)[0]["reason"]) == (1, "ALREADY_EXISTS")
    assert (other.returncode, values(other.stdout)[0]["reason"]) == (1, "ORDINAL_USED")


def test_a_table_that_is_imported_twice_has_one_effect(world, officer, tmp_path):
    edition, clerk = chain.edition(world), officer("clerk")
    authors = json.dumps([{"personId": world.person("author"), "shareBp": 10000}])
    with open(tmp_path / "entries.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["edition_id", "entry_kind", "title", "summary", "authors"])
        for number in range(3):
            table.writerow([edition, "ENTRY_KIND_INITIATIVE", f"Sáng kiến, số {number}", "Tóm tắt.", authors])
    before = world.base.events(world.programme, "EntryDrafted")

    first = clerk("import entries.csv --type submissions.CreateEntry")
    made, footprint = world.base.events(world.programme, "EntryDrafted"), world.footprint()
    second = clerk("import entries.csv --type submissions.CreateEntry")
    forgetful = json.loads(clerk("import entries.csv --type submissions.CreateEntry --no-state --json"))

    assert first == "3 accepted, 0 refused, 0 unanswered, 0 done before\n"
    assert second == "0 accepted, 0 refused, 0 unanswered, 3 done before\n"
    assert forgetful == {"accepted": 3, "refused": 0, "unanswered": 0, "doneBefore": 0}
    assert len(made) == len(before) + 3 and world.footprint() == footprint


def test_who_must_act_next_is_told_of_an_open_dossier(world, officer):
    entry, home = chain.entry(world, chain.edition(world)), officer("standing")
    chain.require(world, entry)

    def held(more=""):
        return {row["subject"]: row for row in json.loads(home("who-holds --json" + more))["openwork"] or []}

    row = held()[entry]
    assert (row["kind"], row["title"]) == ("dossier", "Một cửa điện tử")
    assert entry in held(f" --role {row['waiting_for']}")
    world.do("head", "submissions.SubmitDossier", chain.dossier_body(world), entry)
    assert held()[entry]["waiting_for"] != row["waiting_for"]


def test_an_entry_that_was_handed_in_waits_for_the_organiser(world, officer):
    entry, home = uuid7(), officer("standing")
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, chain.edition(world)), entry)
    world.do("head", "submissions.SubmitEntry", {}, entry)

    rows = json.loads(home("who-holds --role ORGANISER --json"))["openwork"]
    assert [(row["kind"], row["state"]) for row in rows if row["subject"] == entry] == [("entry", "SUBMITTED")]


def test_a_list_is_printed_for_whoever_asks(world, officer):
    edition = chain.edition(world)
    entries = [chain.entry(world, edition, title=title) for title in ("Ông Hai", "=A1", "Anh Ba")]

    listed = officer("clerk")("list submissions.ListEntries --csv")
    results = json.loads(officer("member")(f"list submissions.ListResults --subject {edition} --json"))["rows"]

    mine = {row["id"]: row for row in csv.DictReader(io.StringIO(listed)) if row["edition_id"] == edition}
    assert [mine[entry]["title"] for entry in entries] == ["Ông Hai", "'=A1", "Anh Ba"]
    assert {row["state"] for row in mine.values()} == {"AWARDED"}
    assert [row["title"] for row in results] == ["=A1", "Anh Ba", "Ông Hai"]  # of equal score, as Vietnamese sorts
    assert "Ông Hai" not in officer("member")("list submissions.ListEntries")


def test_events_are_shown_with_their_data_and_say_so(world, officer):
    entry = chain.entry(world, chain.edition(world))

    lines = officer("standing")("events --types submissions.EntryDrafted,submissions.EntrySubmitted").splitlines()
    drafted, submitted = [event for event in map(json.loads, lines) if event["subject"] == entry]

    assert drafted["data"]["title"] == "Một cửa điện tử"
    assert (drafted["datacontenttype"], drafted["dataschema"]) == (
        "application/json", "sangkien.submissions.v1.EntryDrafted")
    assert int(drafted["position"]) < int(submitted["position"])


@pytest.fixture
def auditor(stack):
    return Ctl(stack)


def test_verification_says_at_its_end_that_all_is_well(world, auditor):
    output = auditor("verify", "--programme", world.programme)
    told = auditor.json("verify", "--programme", world.programme)

    assert output.splitlines()[-1] == "verify: ok"
    assert (told["verify"], told["damages"]) == ("ok", [])
    (programme,) = told["programmes"]
    assert (programme["programme"], programme["state"]) == (world.programme, "ok")
    assert programme["events"] <= world.head()[0] and programme["aggregates"] > 0


def test_verification_counts_and_names_damages_at_its_end(world, base, auditor):
    chain.edition(world)
    change = "UPDATE submissions.edition SET name = {} WHERE programme = %s"
    base.run(change.format("name || '.'"), world.programme)
    try:
        output = auditor("verify", "--programme", world.programme, expect=4)
        told = auditor.json("verify", "--programme", world.programme, expect=4)
    finally:
        base.run(change.format("left(name, -1)"), world.programme)

    count = len(told["damages"])
    assert count > 0 and output.splitlines()[-1] == f"verify: {count} damages"
    assert told["verify"] == "damaged" and told["programmes"][0]["state"] == "damaged"
    assert {damage["programme"] for damage in told["damages"]} == {world.programme}
    assert all(damage["damage"].startswith("edition ") for damage in told["damages"])


def test_judging_what_is_parked_needs_a_role_that_is_named(world, stack):
    program, words = stack.build / "bin/sangkien", ["--programme", world.programme]
    verdict = ["retry", *words, "--position", "1", "--reason", "thử"]

    def parked(env, *words):
        return subprocess.run(["sh", "-c", '. "$0"; shift; exec "$@"', stack.folder / env, "-", program, "parked",
                               *words], text=True, capture_output=True, timeout=60)

    empty = parked("env", "list", *words)
    forbidden, allowed = parked("env", *verdict), parked("env-administrator", *verdict)

    assert (empty.returncode, empty.stderr) == (0, "sangkien: nothing is parked\n")
    assert forbidden.returncode == 1 and "the role sangkien_administrator" in forbidden.stderr
    assert (allowed.returncode, allowed.stderr) == (1, "") and allowed.stdout.startswith("RETRY for 0;")


def test_the_page_counts_what_is_in_the_data():
    province = Province()
    assert f"{len(province.entries)} entries of {len(province.entrants)} agencies" in PAGE
