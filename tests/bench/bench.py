#!/usr/bin/python3
"""bench.py - how many durable commands a second, beside pgbench doing the same on the same PostgreSQL.

Both are measured in turns within one run, so that a noisy machine disturbs them alike; figures are medians.
They are for comparison with each other, never claims about a machine.
"""
import argparse
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import uuid

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "ops/demo"))
from sangkien_client import read_key_pair  # noqa: E402
from stack import Stack, first_operator_id  # noqa: E402

SOURCE = "00000000-0000-7000-8000-000000000001"
ROLES = ("OWNER", "STANDING", "ORGANISER", "CLERK")
PLAN = {"kind": "DOCUMENT_KIND_PLAN", "document_symbol": "1/KH-UBND", "issued_on": {"year": 2019, "month": 1, "day": 2}}


def must(reply):
    assert reply.ok, reply
    return reply


def make_world(stack):
    """A programme with an open edition, and a clerk who may create entries in it."""
    ids = {name: str(uuid.uuid4()) for name in ("agency", "person", "system", "programme", "edition")}
    operator, actor = stack.operator(), first_operator_id("person")

    def tell(type, subject, **body):
        must(operator.call(f"directory.{type}", body, programme="directory", subject=subject, actor=actor))

    tell("RegisterAgency", ids["agency"], name="Cơ quan đo tốc độ", agency_class="AGENCY_CLASS_DEPARTMENT",
         level="AGENCY_LEVEL_PROVINCE", agency_code="bench")
    tell("RegisterPerson", ids["person"], agency_id=ids["agency"], full_name="Người đo")
    tell("RegisterSystem", ids["system"], agency_id=ids["agency"], name="bench", public_key=stack.public_key("bench"))
    for role in ROLES:
        tell("BindRole", str(uuid.uuid4()), role=f"ROLE_{role}", agency_id=ids["agency"], person_id=ids["person"],
             programme="bench")
    with stack.client("bench") as client:
        def say(type, subject, **body):
            must(client.call(f"submissions.{type}", body, programme="bench", subject=subject, actor=ids["person"]))

        say("CreateProgramme", ids["programme"], name="Đo tốc độ", utc_offset_minutes=420)
        say("CreateEdition", ids["edition"], ordinal=1, year=2019, name="Đo tốc độ", threshold_centi=7500,
            maximum_centi=10000, document=PLAN)
        say("PublishEdition", ids["edition"])
        say("OpenRegistration", ids["edition"])
    operator.close()
    return ids


def run_load(stack, ids, in_flight, commands):
    public, secret = read_key_pair(stack.make_key("bench"))
    out = subprocess.run(
        [stack.build / "bin/load", stack.endpoint, stack.public_key("gateway"), public, secret, "bench",
         ids["edition"], ids["person"], str(in_flight), str(commands)],
        check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def run_pgbench(stack, clients, seconds):
    pgbench = shutil.which("pgbench") or max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    variables = {"source": f"'{SOURCE}'", "digest": "'\\x" + "ab" * 32 + "'", "salt": "'\\x" + "cd" * 16 + "'",
                 "reply": "'\\x" + "11" * 150 + "'", "body": "'\\x" + "22" * 300 + "'"}
    script = (REPO / "tests/bench/transaction.sql").read_text()
    for name, value in variables.items():
        script = script.replace(f":{name}", value)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        out = subprocess.run(
            [pgbench, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", file.name,
             "-l", "--log-prefix", file.name, stack.dsn()],
            check=True, capture_output=True, text=True).stdout
        latencies = []
        for log in pathlib.Path(file.name).parent.glob(pathlib.Path(file.name).name + ".[0-9]*"):
            latencies += [int(line.split()[2]) for line in log.read_text().splitlines()]
            log.unlink()
    latencies.sort()
    rate = float(re.search(r"tps = ([0-9.]+)", out).group(1))
    return {"clients": clients, "per_second": round(rate), "p50_ms": latencies[len(latencies) // 2] / 1000,
            "p99_ms": latencies[len(latencies) * 99 // 100] / 1000}


def middle(runs):
    """Medians of several runs of one contender, with the spread of the rate."""
    keys = ("per_second", "p50_ms", "p99_ms")
    found = {key: statistics.median(run[key] for run in runs) for key in keys}
    found["spread"] = [min(run["per_second"] for run in runs), max(run["per_second"] for run in runs)]
    return found


def show(name, row):
    print(f"{name:<28}{row['per_second']:>10.0f}/s  p50 {row['p50_ms']:>8.2f} ms  p99 {row['p99_ms']:>8.2f} ms"
          f"   ({row['spread'][0]:.0f} - {row['spread'][1]:.0f})")


def memory(stack):
    """Resident memory of every process, in KiB."""
    status = {name: pathlib.Path(f"/proc/{stack.pid(name)}/status").read_text() for name in stack.services}
    return {name: int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) for name, text in status.items()}


def main():
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contender (default 5)")
    parser.add_argument("--seconds", type=int, default=3, help="of each pgbench run (default 3)")
    parser.add_argument("--scale", type=float, default=1.0, help="more or fewer commands a run (default 1)")
    parser.add_argument("--json", metavar="FILE", help="also write the figures there")
    options = parser.parse_args()
    flights = {1: 2000, 16: 15000, 256: 60000}
    clients = (1, 4, 8, 16, 32)
    ours, theirs = {n: [] for n in flights}, {n: [] for n in clients}
    with tempfile.TemporaryDirectory(prefix="sangkien-bench-") as folder:
        stack = Stack(folder, settings={"SANGKIEN_LOG_LEVEL": "warning"})
        try:
            stack.start()
            subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-f", REPO / "tests/bench/schema.sql",
                            stack.dsn()], check=True, stderr=subprocess.DEVNULL)
            idle = memory(stack)
            ids = make_world(stack)
            run_load(stack, ids, 16, 2000)
            for n in range(options.rounds):
                for in_flight, commands in flights.items():
                    ours[in_flight].append(run_load(stack, ids, in_flight, int(commands * options.scale)))
                for count in clients:
                    theirs[count].append(run_pgbench(stack, count, options.seconds))
                print(f"round {n + 1} of {options.rounds} done", file=sys.stderr)
            busy = memory(stack)
        finally:
            stack.destroy()
            pathlib.Path(folder).mkdir(exist_ok=True)
    ours = {n: middle(runs) for n, runs in ours.items()}
    theirs = {n: middle(runs) for n, runs in theirs.items()}
    best = max(theirs.values(), key=lambda row: row["per_second"])
    for n, row in ours.items():
        show(f"sangkien, {n} in flight", row)
    for n, row in theirs.items():
        show(f"pgbench, {n} clients", row)
    ratios = {"rate_256_to_best_pgbench": ours[256]["per_second"] / best["per_second"],
              "p50_1_to_pgbench_1": ours[1]["p50_ms"] / theirs[1]["p50_ms"],
              "p99_1_to_pgbench_1": ours[1]["p99_ms"] / theirs[1]["p99_ms"]}
    for name, value in ratios.items():
        print(f"{name:<28}{value:>9.2f}x")
    print("memory KiB, idle -> after:  " + ", ".join(f"{n} {idle[n]} -> {busy[n]}" for n in idle))
    if options.json:
        report = {"sangkien": ours, "pgbench": theirs, "ratios": ratios, "idle_kib": idle, "busy_kib": busy}
        pathlib.Path(options.json).write_text(json.dumps(report, indent=2) + "\n")


main()
