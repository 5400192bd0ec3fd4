#!/usr/bin/python3
"""tests/fuzz/seeds.py - where the fuzzer begins: for each target a few inputs that are what they should be.

Usage: seeds.py    writes the seeds in tests/fuzz/data anew, from the messages of a build tree (BUILD_DIR)
"""
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import messages
from google.protobuf import json_format

HERE = pathlib.Path(__file__).resolve().parent
TYPES = messages.Types()
CHANCE = random.Random(1)
BEGIN_US = 1572566400000000
PG_EPOCH_US = 946684800000000


def place_of(name):
    """As tests/fuzz/input.h has it."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return struct.pack(">H", (value >> 16 ^ value) % 2**16)


def part(data):
    """Bytes behind their length, as take_bytes reads them."""
    data = data if isinstance(data, bytes) else data.encode()
    return struct.pack(">H", len(data)) + data


def message(name):
    return messages.make(TYPES, CHANCE, name)


def wanted():
    """Commands, and what travels on the wire; of the others every sixth."""
    every = TYPES.names
    commands = [n for n in every if TYPES.pool.FindMessageTypeByName(n).file.name.endswith("/commands.proto")]
    wire = [n for n in every if n.startswith("sangkien.wire.")]
    return sorted(set(commands + wire + every[::6]))


def scan():
    """The shortest of some: a seed need not be long."""
    return [place_of(name) + min((message(name).SerializeToString() for _ in range(4)), key=len) for name in wanted()]


def unpack():
    """What comes behind the scanner: the same again, otherwise made up."""
    return scan()[::2]


def request(name):
    made = message("sangkien.wire.v1.Request")
    made.type, made.programme = name, "khanh-hoa"
    made.subject = messages.uuid(CHANCE)
    made.body = message(name).SerializeToString()
    return made


def frames():
    frame = TYPES.named("sangkien.wire.v1.ClientFrame")
    found = [frame(request=request(f"sangkien.funding.v1.{name}").SerializeToString())
             for name in ("SignOff", "Allot", "GetFundingCase", "ListFundingCases")]
    found[0].receipt.CopyFrom(message("sangkien.wire.v1.Receipt"))
    for name in ("subscribe", "credit", "unsubscribe"):
        made = frame()
        getattr(made, name).CopyFrom(message(f"sangkien.wire.v1.{name.capitalize()}"))
        found.append(made)
    found[4].subscribe.types[:] = ["sangkien.funding.v1.FundingAgreed"]
    return [made.SerializeToString() for made in found]


def json():
    found = []
    for name in wanted()[::4]:
        made = message(name)
        place = place_of(name)
        found.append(b"\0" + place + json_format.MessageToJson(made, indent=0).encode())
        found.append(b"\2" + place + made.SerializeToString())
    for name in ("sangkien.funding.v1.SignOff", "sangkien.submissions.v1.CreateEntry"):
        body = json_format.MessageToJson(message(name), indent=0)
        intent = f'{{"type": "{name}", "expected_version": "3", "body": {body}}}'
        found.append(b"\1" + place_of(name) + intent.encode())
    found.append(b"\3" + place_of("sangkien.submissions.v1.RequireDossier") + part("due.date.year") + part("2020") +
                 part("due.inclusive") + part("true") + part("document") + part('{"document_symbol": "1"}'))
    return found


def csv():
    lines = (messages.ROOT / "ops/demo/data/entries.csv").read_bytes().splitlines(keepends=True)
    return [b"\0" + b"".join(lines[:3]),
            b"\0" + b'subject,title,entry_kind\r\n,"a ""b"", c\nx",ENTRY_KIND_MODEL\r\n\r\n,x,1\r\n',
            b"\1\xef\xbb\xbftype;actor;expected_version;reason\nfunding.ReviseProposal;;3;\"t\xe1\xba\xa3i\"\n",
            b"\2title\tlines\nx\t[{}]\n", b'\0{"type": "submissions.CreateEntry", "body": {"title": "x"}}\n\n{}\n']


def mail():
    html = "<!DOCTYPE html>\n<p>Kính gửi</p>\n"
    told = [("[CCHC] Đề nghị hoàn thiện hồ sơ", "Sở Y tế", "Cuộc thi \"Sáng kiến\"", "", "", "", "Kính gửi\n.\n", html),
            ("Plain subject", "A, B <c@d>", "x\r\nBcc: e@f", "a.b+c@d-e.vn", "f@g", "h.i", "From here\r\n", ""),
            ("y" * 1100, "z" * 1100, "t" * 1100, "", "", "", "u" * 1100, "v"),
            ("Mô hình " * 140, "Sở " * 300, "w " * 500, "", "", "", "", "")]
    return [struct.pack(">I", 1572566400) + b"".join(part(word) for word in row) for row in told]


def config():
    def entry(setting, form, before, behind=""):
        return bytes([setting, form]) + part(before) + part(behind)
    return [entry(0, 0, "sangkien", "localhost/db") + entry(14, 0, "x"), entry(0, 1, "host=h", "user=u"),
            entry(0, 2, "host='a b'", " user=u"), entry(0, 3, "sangkien", "user=u"), entry(14, 0x80, "\n"),
            entry(21, 0, "12") + entry(22, 0x80, "99\n"), entry(0xF0, 0, "SANGKIEN_CTL_X=1"), entry(2, 0, "key")]


# ------------------------------------------------------------------ rows of PostgreSQL

def int8(number):
    return struct.pack(">q", number)


def identity(number):
    return bytes(6) + b"\x70\0\x80" + bytes(6) + bytes([number])


def array(*ids):
    return struct.pack(">iiiii", 1, 0, 2950, len(ids), 1) + b"".join(struct.pack(">i", 16) + i for i in ids)


def row(fields, is_first):
    made = struct.pack(">h", len(fields))
    for field in fields:
        made += struct.pack(">i", -1) if field is None else struct.pack(">i", len(field)) + field
    return part((b"PGCOPY\n\xff\r\n\0" + bytes(8) if is_first else b"") + made)


def time(us):
    return int8(us - PG_EPOCH_US)


def event(position, service, kind, name, version, aggregate=9):
    return [int8(position), service.encode(), kind.encode(), identity(aggregate), int8(version),
            f"sangkien.{service}.v1.{name}".encode(), message(f"sangkien.{service}.v1.{name}").SerializeToString(),
            time(BEGIN_US), b"because", array(identity(1), identity(2)), identity(3), identity(position), int8(0),
            identity(1), identity(11), struct.pack(">i", 1), b"", bytes(32), bytes(32), bytes(32)]


def asked(number, is_erased=False):
    return [int8(number), identity(3), identity(number), b"funding", b"sangkien.funding.v1.SignOff", identity(9),
            identity(1), identity(11), struct.pack(">i", 1), time(BEGIN_US), time(BEGIN_US), bytes(32), b"reply",
            bytes(32), None if is_erased else bytes(16), None if is_erased else b"request", b"khanh-hoa"]


def table(rows):
    return b"".join(row(fields, n == 0) for n, fields in enumerate(rows)) + part(b"\xff\xff")


def heads(position, count):
    def head(name, position, count):
        return b"".join(bytes([len(v)]) + v for v in (name, int8(position), bytes(32), int8(count), bytes(32)))
    return head(b"directory", 0, 0) + head(b"khanh-hoa", position, count)


def verify():
    entry = ["EntryDrafted", "EntrySubmitted", "EntryRegistered", "EntryAssigned", "EntryReachedFinal", "EntryPaid"]
    case = ["FundingCaseOpened", "FundingProposed", "SignoffOpened", "SignedOff", "SignedOff", "FundingAgreed",
            "FundingSubmitted", "FundingApproved", "FundsAllotted", "FundsDisbursed"]
    lives = [[event(n, "submissions", "entry", name, n) for n, name in enumerate(entry, 1)],
             [event(n, "funding", "funding_case", name, n) for n, name in enumerate(case, 1)],
             [event(1, "directory", "agency", "AgencyRegistered", 1),
              event(3, "directory", "agency", "AgencyRenamed", 3)],
             [event(1, "appraisal", "appraisal_case", "AppraisalOpened", 1)[:7]]]
    found = []
    for life in lives:
        parts = [table(life), table([asked(1), asked(2, True), asked(4)]), heads(len(life), 4)]
        found.append(b"".join(struct.pack(">H", len(p)) for p in parts) + b"".join(parts) +
                     b"\1" + bytes([16]) + identity(9) + bytes([8]) + int8(1) + bytes([4]) + bytes(4))
    return found


def decide():
    """What follows a story is chance: the fuzzer finds its own way from there."""
    return [bytes([tale, far]) + CHANCE.randbytes(60) for tale in range(6) for far in range(0, 11, 2)]


def main():
    for target in (scan, unpack, frames, json, csv, mail, config, verify, decide):
        with tempfile.TemporaryDirectory() as folder:
            for number, data in enumerate(target()):
                (pathlib.Path(folder) / f"{number:03}").write_bytes(data)
            subprocess.run([sys.executable, HERE / "corpus.py", "pack", target.__name__, folder], check=True)


main()
