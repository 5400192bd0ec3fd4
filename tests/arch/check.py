"""tests/arch/check.py - what the checks of this directory share: the files of the project, and one way to complain.

A check is a script that is called with the source tree and the build tree. It prints a line per offence
and its sentence, and exits 1 when there was an offence.
"""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
BUILD = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else SOURCE / "build").resolve()
OWN = ("common", "services", "ops", "tests")
offences = []


def files(*patterns, under=OWN):
    """Own files whose names match, as paths from the root of the source tree."""
    for folder in under:
        for pattern in patterns:
            for path in sorted((SOURCE / folder).rglob(pattern)):
                if path.is_file() and "node_modules" not in path.parts:
                    yield path.relative_to(SOURCE)


def text(path):
    return (SOURCE / path).read_text(encoding="utf-8")


def code(path):
    """The text of a C file without comments and the insides of strings, line by line the same."""
    def blank(match):
        found = match.group(0)
        if found.startswith("/"):
            return re.sub(r"[^\n]", " ", found)
        return found[0] + re.sub(r"[^\n]", " ", found[1:-1]) + found[-1]
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank,
                  text(path), flags=re.S)


def offence(where, what):
    offences.append(f"{where}: {what}")


def finish(sentence):
    for line in offences:
        print(line)
    print(("BROKEN: " if offences else "kept: ") + sentence)
    sys.exit(1 if offences else 0)
