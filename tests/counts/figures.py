#!/usr/bin/python3
"""figures.py - counts what a command asks of processor, memory and database, and knows what it may ask.

Nothing here is timed: the programs counts_batch and counts_door do the same work every time, on a database of their
own, once by themselves and once under callgrind. So figures move only when the code does, and by a little when a
library of Debian does.
"""
import argparse
import collections
import contextlib
import decimal
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("BUILD_DIR", TESTS.parent / "build")).resolve()
BUDGETS = TESTS / "counts/budgets"
PROFILES = BUILD / "counts"  # what callgrind wrote, by case
OURS = "/tests/counts/"  # files that only count

# How far above the measured figure its budget lies, in percent; those with none are of a batch, others of a command.
MARGINS = {"statements": 0, "round_trips": 0, "bytes_sent": 1, "allocations": 2, "arena_bytes": 2, "instructions": 2,
           "digest_instructions": 2}
SLACK = 10  # percent: a budget further above what is measured guards nothing

HEAD = """\
# tests/counts/budgets - what commands may ask of processor, memory and database.
#
# create, update: batches of 1, 16 and 128 entries that are drafted and handed in, from the requests' bytes to those of
# the replies; request, reply: the gateway's part. Statements and round trips are of a batch, and exact. All else is of
# a command: bytes sent to the database, allocations, bytes of the arena, instructions, and those of libcrypto apart
# (as many as it takes without the processor's own instructions for SHA-256, which callgrind does not know).
#
# Whoever means to change a figure sets all anew: tests/counts/figures.py --print >tests/counts/budgets
#
"""

# Whatever the processor, take the paths that every processor has.
PLAIN = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM",
         "OPENSSL_ia32cap": "~0x1000000000000000:0"}
CALLGRIND = ("valgrind", "-q", "--tool=callgrind", "--toggle-collect=counted", "--dump-after=counted")

HELP = "see tests/counts/figures.py --help"
Budget = collections.namedtuple("Budget", "most measured")


def run(command, **environment):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, check=False,
                          env={**os.environ, **environment})
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


@contextlib.contextmanager
def database():
    with tempfile.TemporaryDirectory(prefix="sangkien-counts-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        try:
            run([TESTS / "harness/database", "start", folder])
            yield folder + "/socket"
        finally:
            run([TESTS / "harness/database", "stop", folder])


# ------------------------------------------------------------------ what the programs tell

def read_cases(text):
    """{case: {figure: total}}, in the order in which they were counted; "commands" is one of them."""
    cases = {}
    for line in text.splitlines():
        what, name, number = line.split()
        if what == "case":
            case = cases[name] = {"commands": int(number)}
        else:
            case[name] = int(number)
    return cases


def read_profile(path):
    """{(object, function): instructions of its own} of one file of callgrind's, but for those that count."""
    names, where, costs = {}, {}, collections.Counter()
    is_call = False
    for line in path.read_text().splitlines():
        named = re.match(r"(c?)(ob|fn|f[lie])=\((\d+)\)(?: (.*))?$", line)
        if named:
            called, kind, number, name = named.groups()
            kind = kind if kind in ("ob", "fn") else "file"
            if name:
                names[kind, number] = name
            if not called:
                where[kind] = names[kind, number]
        elif line.startswith("calls="):
            is_call = True  # the next line has what the function called took
        elif re.match(r"[-+*0-9]", line):
            if not is_call and OURS not in where["file"]:
                costs[where["ob"], where["fn"]] += int(line.split()[1])
            is_call = False
    return costs


def profile(program, *arguments, **environment):
    """Runs it under callgrind; {case: {figure: total}}."""
    PROFILES.mkdir(exist_ok=True)
    whole = PROFILES / program
    cases = read_cases(run([*CALLGRIND, f"--callgrind-out-file={whole}", BUILD / "bin" / program, *arguments],
                           **PLAIN, **environment))
    for number, (name, case) in enumerate(cases.items(), 1):
        part = whole.with_name(f"{program}.{number}").rename(PROFILES / name)
        costs = read_profile(part)
        digests = sum(cost for (library, _), cost in costs.items() if "libcrypto" in library)
        case["instructions"] = sum(costs.values()) - digests
        if digests:
            case["digest_instructions"] = digests
    whole.unlink()
    return cases


def measure():
    """{case: {figure: total}}."""
    with database() as socket:
        cases = read_cases(run([BUILD / "bin/counts_batch", "alone"], SANGKIEN_TEST_DB=socket))
        profiles = profile("counts_batch", "profiled", SANGKIEN_TEST_DB=socket)
    cases.update(read_cases(run([BUILD / "bin/counts_door"])))
    profiles.update(profile("counts_door"))
    return {name: {**profiles[name], **case} for name, case in cases.items()}


def figures_of(cases):
    """{"case.figure": number}."""
    return {f"{name}.{figure}": each(figure, total, case["commands"]) for name, case in cases.items()
            for figure, total in case.items() if figure != "commands"}


def each(figure, total, commands):
    if not MARGINS[figure]:
        return decimal.Decimal(total)
    number = decimal.Decimal(total) / commands
    return round(number, 0 if number >= 100 else 2)


# ------------------------------------------------------------------ what they may be

def margin_of(name):
    return MARGINS[name.rpartition(".")[2]]


def read_budgets():
    budgets = {}
    for line in BUDGETS.read_text().splitlines():
        if not line.startswith("#"):
            name, most, measured = line.split()
            budgets[name] = Budget(decimal.Decimal(most), decimal.Decimal(measured))
    return budgets


def print_budgets(figures):
    print(HEAD + f"# {'figure':<38} {'budget':>10} {'measured':>10}")
    for name, measured in figures.items():
        most = (measured * (100 + margin_of(name)) / 100).quantize(measured)
        print(f"{name:<40} {most:>10} {measured:>10}")


def complaint(name, budget, now):
    """What is wrong with a figure; None when all is well."""
    slack = SLACK if margin_of(name) else 0
    if now > budget.most:
        return f"{name}: {now}, at most {budget.most} is allowed; it was {budget.measured} ({HELP})"
    if now * (100 + slack) < budget.most * 100:
        return f"{name}: {now}, and {budget.most} is allowed, which guards nothing: set the budgets anew ({HELP})"
    return None


def print_functions(case, name):
    """Those that take most, with their own instructions for one command."""
    for (library, function), cost in read_profile(PROFILES / name).most_common(40):
        print(f"{cost / case['commands']:>10.0f}  {function}  [{pathlib.Path(library).name}]")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--print", action="store_true", help="count, and print the table of budgets with these figures")
    what.add_argument("--where", metavar="CASE", help="count, and print in which functions a command of the case spends"
                      " most instructions; a case is like create.128")
    options = parser.parse_args()
    cases = measure()
    if options.where and options.where not in cases:
        parser.error("cases are " + ", ".join(cases))
    elif options.where:
        print_functions(cases[options.where], options.where)
    else:
        print_budgets(figures_of(cases))


if __name__ == "__main__":
    sys.exit(main())
