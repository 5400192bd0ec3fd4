#!/usr/bin/python3
"""Every file says first which one it is and what it is for: path - one sentence."""
import re

from check import files, finish, offence, text

for path in files("*.c", "*.h", "*.cc", "*.hh"):
    first = text(path)[:400]
    if not re.match(r"/\* " + re.escape(str(path)) + r" - \S", first):
        offence(path, "does not begin with /* " + str(path) + " - what it is for")
guards = {}
for path in files("*.h", "*.hh"):
    found = re.search(r"^#ifndef (SANGKIEN_\w+)\n#define \1$", text(path), re.M)
    if not found:
        offence(path, "has no guard against being included twice")
    elif guards.setdefault(found.group(1), path) != path:
        offence(path, f"has the guard of {guards[found.group(1)]}")
finish("every file says first which one it is")
