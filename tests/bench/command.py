"""command.py - what one command writes, as tests/bench/sql says it: its statements, and values for their variables."""
import re

from stack import REPO

KINDS = ("create", "update")
SQL = REPO / "tests/bench/sql"
TEXTS = {"team": "đội 1", "title": "Sáng kiến mẫu để đo tốc độ",
         "summary": "Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp."}
IDS = {"source": 1, "agency": 2, "person": 3}


def statements(kind, variant):
    """One a line of the file, without the comments."""
    lines = (SQL / f"{kind}_{variant}.sql").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("--")]


def sizes(kind):
    """Of the variables that are bytes, as the file's head tells them."""
    head = (SQL / f"{kind}_plain.sql").read_text()
    return {name: int(size) for name, size in re.findall(r"^-- :(\w+) +bytea +of (\d+) bytes", head, re.M)}


def constants(kind):
    """SQL for every variable that may be the same in all commands."""
    values = {name: f"'{text}'" for name, text in TEXTS.items()}
    values.update({name: f"'00000000-0000-7000-8000-{n:012x}'::uuid" for name, n in IDS.items()})
    values.update({name: f"'\\x{'5a' * size}'::bytea" for name, size in sizes(kind).items()})
    return values


def fill(statement, values):
    """Puts SQL in the place of variables; what has no value stays."""
    return re.sub(r"(?<!:):(\w+)\b", lambda match: values.get(match[1], match[0]), statement)
