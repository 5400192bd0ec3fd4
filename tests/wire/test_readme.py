"""tests/wire/test_readme.py - what proto/README.md says is so."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

import catalogue
import chain
import pytest
from sangkien_client import Words

sys.path.insert(0, str(catalogue.REPO / "tests/property"))

import reference  # noqa: E402

PAGE = catalogue.README.read_text()


@pytest.fixture(scope="module")
def words():
    return Words()


def section(title):
    """The text under a heading that begins so, to the next heading."""
    found = re.search(rf"^#+ {re.escape(title)}.*?\n(.*?)(?=^#+ |\Z)", PAGE, re.M | re.S)
    assert found, f"no section {title}"
    return found.group(1)


def table(text):
    """The rows of its first table as lists of cells, without the head."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows][2:]


@pytest.mark.parametrize("part", catalogue.PARTS)
def test_the_generated_parts_are_as_the_code_is(part):
    begin, end = f"<!-- {part} begins -->\n", f"\n<!-- {part} ends -->"
    said = PAGE.partition(begin)[2].partition(end)[0]

    assert said.splitlines() == catalogue.PARTS[part]()


@pytest.mark.parametrize("message, title", [("Request", "5. Request"), ("Reply", "6. Reply")])
def test_every_field_is_explained_and_no_other(words, message, title):
    rows = [cell for row in table(section(title)) for cell in re.findall(r"`([\w.]+)`", row[0])]
    fields = [field.name for field in words["wire." + message].DESCRIPTOR.fields]

    assert {name.split(".")[0] for name in rows} == set(fields)


def test_every_reason_is_explained_with_its_code(words):
    values = words.pool.FindEnumTypeByName("sangkien.wire.v1.Reason").values
    text = (catalogue.REPO / "common/answer.c").read_text()
    codes = dict(re.findall(r"\{ WIRE__REASON__REASON_(\w+),\s+CODE_(\w+)", text))
    numbers = {"INVALID_ARGUMENT": "3", "NOT_FOUND": "5", "ALREADY_EXISTS": "6", "PERMISSION_DENIED": "7",
               "RESOURCE_EXHAUSTED": "8", "FAILED_PRECONDITION": "9", "ABORTED": "10", "INTERNAL": "13",
               "UNAVAILABLE": "14"}
    rows = {row[0]: row[1] for row in table(section("7. Reasons"))}

    assert list(rows) == [value.name.removeprefix("REASON_") for value in values][1:]
    assert rows == {reason: numbers[code] for reason, code in codes.items()}


def test_every_role_is_explained(words):
    values = words.pool.FindEnumTypeByName("sangkien.directory.v1.Role").values
    assert [row[0] for row in table(section("18.1"))] == [value.name.removeprefix("ROLE_") for value in values][1:]


def test_what_a_contest_is_run_by_is_in_the_protocol(words):
    chapter = PAGE.partition("## 17. A contest by messages\n")[2].partition("\n## 18. ")[0]
    files = [f"sangkien/{service}/v1/{file}.proto" for service in ("submissions", "appraisal", "funding")
             for file in ("commands", "events", "queries", "types")]
    files += ["sangkien/submissions/v1/programme.proto", "sangkien/submissions/v1/rules.proto", "sangkien/appraisal/v1/judging.proto"]
    messages = {name: message for file in files
                for name, message in words.pool.FindFileByName(file).message_types_by_name.items()}
    fields = {field.name for message in messages.values() for field in message.fields}
    enums = [f"sangkien.{name}" for name in (
        "submissions.v1.Refusal", "appraisal.v1.Refusal", "submissions.v1.Aggregation")]
    values = {value.name.split("_", 1)[1] for enum in enums for value in words.pool.FindEnumTypeByName(enum).values}

    said = set(re.findall(r"`(\w+)`", chapter))
    assert {word for word in said if re.fullmatch(r"[A-Z][a-z]\w+", word)} <= set(messages)
    assert {word for word in said if word.islower()} <= fields | {"validate_only"}
    assert {word for word in said if word.isupper()} <= values | {
        "AWARD_NONE", "NORMALISATION_JUDGE_MEAN", "ENTRY_STATE_LAPSED", "ROUND_STATE_CALLED_OFF"}


def test_the_scores_of_the_example_are_those_that_it_says(words):
    rules = words["submissions.RoundRules"](parts=[
        dict(code="a", weight_bp=6000, criteria=[dict(code="c", max_centi=1000, weight=1)]),
        dict(code="b", weight_bp=4000, criteria=[dict(code="c", max_centi=1000, weight=1)])])
    total = reference.total_of(rules, {("a", "c"): 800, ("b", "c"): 700})
    mean = reference.mean([76, 81, reference.Fraction(161, 2)])
    example = " ".join(section("17.4 Scores").split())

    assert total == 76 and "a judge gives 8 and 7, which is 60 x 8/10 + 40 x 7/10 = 76." in example
    assert reference.half_up(mean, 2) == 7917 and "the mean is 79.1666..., with two decimals 79.17." in example


def test_the_limits_are_those_of_the_code():
    def number(file, name):
        text = (catalogue.REPO / file).read_text()
        return int(re.search(rf'\b{name}\b(?: =|,)\s*"?(\d+)', text).group(1))

    said = section("13. Limits")
    gateway = "services/gateway/"
    assert number(gateway + "request.h", "REQUEST_MOST_BYTES") == 60 * 1024 and "60 KiB" in said
    assert "131072" in (catalogue.REPO / "common/socket.c").read_text() and "| frame | 128 KiB" in said
    assert f"{number(gateway + 'scan.h', 'SCAN_MOST_DEPTH')} levels" in said
    assert f"{number(gateway + 'scan.h', 'SCAN_MOST_FIELDS'):,} |" in said
    assert f"{number('common/config.c', 'system_inflight'):,} and" in said
    assert f"{number('common/config.c', 'system_inflight_bytes') >> 20} MiB" in said
    assert f"| {number('common/config.c', 'global_inflight_bytes') >> 20} MiB" in said
    assert f"| {number(gateway + 'subscription.h', 'SUBSCRIPTIONS_PER_PEER')} of a connection" in said
    assert f"{number(gateway + 'subscription.h', 'SUBSCRIPTIONS_PER_SYSTEM')} of a system" in said
    assert f"{number(gateway + 'feed.h', 'FEED_MOST_SUBSCRIPTIONS'):,} of a gateway" in said
    assert f"Subscribe` | {number(gateway + 'subscription.h', 'SUBSCRIPTION_MOST_TYPES')} |" in said
    events, most = number(gateway + "feed_frame.h", "FRAME_MOST_EVENTS"), number("common/limits.h", "FRAME_MOST_BYTES")
    assert f"| {events} events and {most >> 10} KiB |" in said
    assert f"counts {number(gateway + 'admission.c', 'OVERHEAD')} bytes" in said


def test_the_bytes_of_the_examples_mean_what_is_said(words):
    shown = [bytes.fromhex(re.sub(r"SHA-256 \w+", "", block))
             for block in re.findall(r"```\n(.*?)```", section("Examples in bytes"), re.S)]
    request, frame, subscribe, proposal = shown

    assert words["wire.ClientFrame"].FromString(frame).request == request
    assert words["wire.Request"].FromString(request).programme == "kh-2019"
    assert words["wire.ClientFrame"].FromString(subscribe).subscribe.after_position == 41
    assert hashlib.sha256(proposal).hexdigest() in PAGE and hashlib.sha256(request).hexdigest() in PAGE


def test_the_first_session_runs_as_it_stands(world, stack, tmp_path):
    shell = re.search(r"```sh\n(.*?)```", section("16. A first session"), re.S).group(1)
    program = re.search(r"```python\n(.*?)```", PAGE, re.S).group(1)
    (tmp_path / "gen").mkdir()
    shutil.copytree(catalogue.REPO / "proto", tmp_path / "proto")
    subprocess.run(["sh", "-ec", shell], cwd=tmp_path, check=True)
    (tmp_path / "session.py").write_text(program)
    edition = chain.edition(world)
    world.client("entrant")  # the door knows the key
    keys = [key.decode() for key in world.keys["entrant"]]

    done = subprocess.run(
        [sys.executable, "session.py", stack.endpoint, stack.public_key("gateway"), *keys, world.programme,
         world.person("clerk"), edition], cwd=tmp_path, text=True, timeout=60, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(pathlib.Path(tmp_path, "gen"))})

    position = world.base.events(world.programme, "EntryDrafted")[-1][0]
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"0   [] [{position}]", f"{position} sangkien.submissions.v1.EntryDrafted Một cửa điện tử"]


def test_every_file_that_the_page_names_is_there():
    for name in re.findall(r"`([\w/.-]+\.(?:py|proto))`", PAGE):
        places = catalogue.REPO, catalogue.REPO / "proto", catalogue.REPO / "proto/sangkien"
        assert any((place / name).exists() for place in places), name
