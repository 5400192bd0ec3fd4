"""tests/fuzz/test_scanner.py - the scanner beside Python's protobuf, which is no code of ours.

Whatever Python's parser refuses, the scanner refuses; what the scanner lets pass, Python reads, and writes as a message
that says the same. Which bytes are tried follows from a seed: SANGKIEN_FUZZ_SEED, or 1.
"""
import collections
import os
import random
import subprocess

import messages
import pytest
from google.protobuf.message import DecodeError

SEED = int(os.environ.get("SANGKIEN_FUZZ_SEED", "1"))
VALID, SPOILED = 4, 60  # messages of each type, and spoilt copies of each of these


@pytest.fixture(scope="module")
def types():
    return messages.Types()


def verdicts(rows):
    """What the scanner says of each (type's name, bytes): "" lets pass."""
    lines = "".join(f"{name} {data.hex()}\n" for name, data in rows)
    said = subprocess.run([messages.BUILD / "bin/fuzz_verdicts"], input=lines, text=True, check=True,
                          capture_output=True, timeout=300).stdout.splitlines()
    assert len(said) == len(rows)
    return ["" if line == "0" else line for line in said]


@pytest.fixture(scope="module")
def tried(types):
    """[(type's name, bytes, made to be valid?, the scanner's verdict)]"""
    chance = random.Random(SEED)
    rows = []
    for name in types.names:
        for _ in range(VALID):
            data = messages.make(types, chance, name).SerializeToString()
            rows.append((name, data, True))
            rows += [(name, messages.spoil(chance, data), False) for _ in range(SPOILED) if data]
    return [row + (said,) for row, said in zip(rows, verdicts([row[:2] for row in rows]))]


def read(types, name, data):
    """The message; None when Python does not read it."""
    try:
        return types.named(name).FromString(data)
    except DecodeError:
        return None


def show(name, data):
    return f"{name} {data.hex()} (seed {SEED})"


def test_what_keeps_every_limit_is_let_pass(tried):
    for name, data, valid, verdict in tried:
        if valid:
            assert verdict == "", show(name, data)


def test_what_python_refuses_the_scanner_refuses(types, tried):
    refused = collections.Counter()
    for name, data, _, verdict in tried:
        if read(types, name, data) is None:
            assert verdict, show(name, data)
            refused[name] += 1
    assert len(refused) > len(types.names) // 2  # or else nothing was looked at


def test_what_the_scanner_lets_pass_python_reads_and_writes_again(types, tried):
    passed = 0
    for name, data, valid, verdict in tried:
        if not verdict:
            message = read(types, name, data)
            assert message is not None, show(name, data)
            assert read(types, name, message.SerializeToString()) == message, show(name, data)
            assert not message.UnknownFields(), show(name, data)
            passed += not valid
    assert passed > len(types.names)  # spoilt ones that are still messages


def test_what_is_let_pass_is_let_pass_as_python_writes_it(types, tried):
    again = [(name, read(types, name, data).SerializeToString()) for name, data, _, verdict in tried if not verdict]
    assert [(show(*row), said) for row, said in zip(again, verdicts(again)) if said] == []
