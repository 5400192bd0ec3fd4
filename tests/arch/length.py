#!/usr/bin/python3
"""A file can be read in one sitting: at most 450 lines of our own code, and better fewer than 400.

Tests tell long stories and have no limit; generated files are not ours.
"""
from check import SOURCE, files, finish, offence, text

MOST, BETTER = 450, 400

for path in files("*.c", "*.h", "*.cc", "*.hh", "*.py", "*.cmake", "*.sh", under=("common", "services", "ops")):
    lines = text(path).count("\n")
    if lines > MOST:
        offence(path, f"{lines} lines")
    elif lines > BETTER:
        print(f"{path}: {lines} lines, better fewer than {BETTER}")
if not (SOURCE / "common").is_dir():
    offence(SOURCE, "has no common/")
finish("a file can be read in one sitting")
