#!/usr/bin/python3
"""tests/fuzz/corpus.py - the inputs that are kept: tests/fuzz/data/TARGET, an input a line.

Usage: corpus.py unpack TARGET DIRECTORY       writes each as a file of its own
       corpus.py keep TARGET FILE WHY...       adds a file as one more line: a finding, so that it stays mended
       corpus.py pack TARGET DIRECTORY         replaces what seeds were there by the files; findings stay

A line is base64; "# why" behind it says what was found by it. Seeds have no such word.
"""
import base64
import pathlib
import sys

KEPT = pathlib.Path(__file__).resolve().parent / "data"


def lines(target):
    path = KEPT / target
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def write(target, rows):
    KEPT.mkdir(exist_ok=True)
    (KEPT / target).write_text("".join(row + "\n" for row in rows), encoding="utf-8")


def word(data):
    return base64.b64encode(data).decode() or "="


def unpack(target, directory):
    folder = pathlib.Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    for number, line in enumerate(lines(target)):
        name, data = "finding" if "#" in line else "seed", line.split("#")[0].strip()
        (folder / f"{name}-{number:03}").write_bytes(b"" if data == "=" else base64.b64decode(data))


def keep(target, file, *why):
    write(target, lines(target) + [f"{word(pathlib.Path(file).read_bytes())}  # {' '.join(why)}"])


def pack(target, directory):
    seeds = sorted({word(path.read_bytes()) for path in pathlib.Path(directory).iterdir() if path.is_file()})
    write(target, seeds + [line for line in lines(target) if "#" in line])


if len(sys.argv) < 4 or sys.argv[1] not in ("unpack", "keep", "pack"):
    sys.exit(__doc__)
{"unpack": unpack, "keep": keep, "pack": pack}[sys.argv[1]](*sys.argv[2:])
