#!/usr/bin/python3
"""Functions that hide a fault (overflow, a silent wrong number, a race, a wait) are not called.

A line that must call one says why in a comment that begins "banned:", on the same line or the one before.
"""
import re

from check import code, files, finish, offence, text

BANNED = {
    "strcpy": "snprintf", "strcat": "snprintf", "stpcpy": "snprintf", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "strncpy": "snprintf, which closes the text", "gets": "fgets", "alloca": "an arena",
    "strtok": "strchr", "atoi": "strtol and a look at its end", "atol": "strtol", "atoll": "strtoll", "atof": "strtod",
    "scanf": "strtol", "fscanf": "strtol",
    "sleep": "a wait on what one waits for", "usleep": "a wait on what one waits for",
    "nanosleep": "a wait on what one waits for", "system": "posix_spawn", "popen": "posix_spawn",
    "rand": "getrandom", "srand": "getrandom", "random": "getrandom", "drand48": "getrandom",
    "tmpnam": "mkstemp", "tempnam": "mkstemp", "mktemp": "mkstemp", "gmtime": "gmtime_r", "localtime": "gmtime_r",
    "ctime": "strftime", "asctime": "strftime", "signal": "sigaction", "vfork": "posix_spawn",
    "setjmp": "a return value", "longjmp": "a return value",
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(sorted(BANNED)) + r")\s*\(")

for path in files("*.c", "*.h", "*.cc", "*.hh"):
    said = text(path).splitlines()
    for number, line in enumerate(code(path).splitlines(), 1):
        for match in CALL.finditer(line):
            if any("banned:" in words for words in said[max(0, number - 2):number]):
                continue
            offence(f"{path}:{number}", f"{match.group(1)}: use {BANNED[match.group(1)]}")
finish("functions that hide a fault are not called")
