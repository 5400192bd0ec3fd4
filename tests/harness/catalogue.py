#!/usr/bin/python3
"""tests/harness/catalogue.py - the generated parts of proto/README.md, from the .proto files and the handler tables.

Usage: catalogue.py [--write]

A part stands between `<!-- NAME begins -->` and `<!-- NAME ends -->`. Without --write it tells whether the page
is as it should be. The refusals of a command are those that its decision can reach in the code.
"""
import hashlib
import pathlib
import re
import sys

REPO = pathlib.Path(__file__).resolve().parents[2]
README = REPO / "proto/README.md"
SERVICES = ("directory", "submissions", "appraisal", "funding", "notifications")
ROLES = r"(?:MAY|ANYBODY|ONLY_RUNTIME|HEARD)[^,]*"
BIRTH = {"CREATES": "new", "FOUNDS": "new", "EITHER": "new or existing", "MUST_EXIST": "existing"}
# Refusals that only the database can find (service.c, guards), and who may meet them.
FOUND_BY_DATABASE = {
    ("directory", "CODE_ALREADY_USED"): ["register_agency"],
    ("submissions", "ORDINAL_USED"): ["create_edition"],
    ("submissions", "CODE_USED"): ["register_entry"],
    ("submissions", "ENTRIES_OPEN"): ["confirm_entrants"],
    ("appraisal", "AUTHOR_ON_COUNCIL"): ["constitute_council"],
    ("appraisal", "UNEQUAL_SHEETS"): ["propose_ranking", "decide_tie", "confirm_round"],  # ranking.c
    ("funding", "CASE_OPEN"): ["open_funding_case"],
    ("funding", "CEILING_EXISTS"): ["set_ceiling"],
    ("funding", "VOUCHER_USED"): ["record_disbursement"],
}


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def proto(service, file):
    return (REPO / f"proto/sangkien/{service}/v1/{file}.proto").read_text()


def messages(text):
    """[(name, comment)] in order; the comment lines right above."""
    found = []
    for match in re.finditer(r"((?:^//[^\n]*\n)*)^message (\w+) \{", text, re.M):
        comment = " ".join(line[2:].strip() for line in match.group(1).splitlines())
        found.append((match.group(2), comment))
    return found


def enum(text, name, prefix):
    """[(word, number, comment)] without the first."""
    body = re.search(rf"^enum {name} \{{(.*?)^\}}", text, re.M | re.S).group(1)
    found = []
    for comment, word, number in re.findall(rf"((?:^ *//[^\n]*\n)*)^ *{prefix}_(\w+) = (\d+);", body, re.M):
        said = " ".join(line.strip()[2:].strip() for line in comment.splitlines())
        found.append((word, int(number), said))
    return found[1:]


def spelled_out(text):
    """A table in full: a name that a file gives to several roles is those roles."""
    for name, roles in re.findall(r"^#define (\w+) \((MAY\(.*)\)$", text, re.M):
        text = re.sub(rf"\b{name}\b", roles, text)
    return text


class Code:
    """The functions of a service's core, by file and name, and the handler tables."""

    def __init__(self, service):
        self.functions, self.handlers = {}, []
        for file in sorted((REPO / "services" / service).glob("core*.c")):
            text = file.read_text()
            for name, body in re.findall(r"^(\w+)\([^{;]*?\)\n\{(.*?)^\}", text, re.M | re.S):
                self.functions.setdefault(name, {})[file.name] = body
            text = spelled_out(text)
            for row in re.findall(rf"\{{ ON\((\w+)\),\s+({ROLES}),\s+(\w+),\s+(\w+)", text):
                self.handlers.append((file.name,) + row)

    def reach(self, file, name, seen):
        """The refusals of a function and of all it calls."""
        places = self.functions.get(name, {})
        body = places.get(file) or next(iter(places.values()), None)
        file = file if file in places else next(iter(places), None)
        if body is None or (file, name) in seen:
            return set()
        seen.add((file, name))
        found = set(re.findall(r"\bNO\((\w+)\)", body))
        for word in set(re.findall(r"\b([a-z]\w+)\(", body)) & set(self.functions):
            found |= self.reach(file, word, seen)
        return found


def guards(service):
    """The refusals that the database's constraints mean."""
    text = (REPO / f"services/{service}/service.c").read_text()
    return set(re.findall(r'^ *\{ "\w+",\s+NO\((\w+)\) \},', text, re.M))


def heard():
    """{service: full names of the events that it hears}, by its handler tables."""
    found = {}
    for service in SERVICES:
        for file in sorted((REPO / "services" / service).glob("core*.c")):
            text = file.read_text()
            rows = re.findall(r"OF\((\w+), (\w+)\),\s+HEARD", text) + re.findall(r"^ +TELL\((\w+), +(\w+)\)", text, re.M)
            rows += re.findall(r"&([a-z]+)__(\w+?)__descriptor,\s+HEARD", text)
            for package, event in rows:
                if package not in SERVICES:
                    continue  # the macro itself
                name = "".join(word.capitalize() for word in event.split("_"))
                found.setdefault(service, []).append(f"sangkien.{package}.v1.{name}")
    return found


def who(text):
    """"MAY(AUTHOR) | MAY(CLERK)" -> "AUTHOR, CLERK"; the role is looked for by the core where it says ANYBODY."""
    return ", ".join(re.findall(r"MAY\((\w+)\)", text)) or "(as the message says)"


def commands():
    lines = []
    for service in SERVICES:
        code = Code(service)
        order = [word for word, _, _ in enum(proto(service, "types"), "Refusal", "REFUSAL")]
        rows = [row for row in code.handlers if not re.search("ONLY_RUNTIME|HEARD", row[2])]
        if not rows:
            continue
        comments = dict(messages(proto(service, "commands")))
        lines += [f"#### sangkien.{service}.v1", "", "| command | role of the actor | subject | refusals of its own |",
                  "| --- | --- | --- | --- |"]
        told = set()
        for name in comments:
            for file, message, may, decide, birth in rows:
                if message != snake(name):
                    continue
                found = code.reach(file, decide, set())
                found |= {refusal for refusal in order if message in FOUND_BY_DATABASE.get((service, refusal), [])}
                told |= found
                subject = re.search(r"Subject: (?:the )?(?:new )?([^.]+)", comments[name])
                lines.append(f"| `{name}` | {who(may)} | {BIRTH[birth]}: {subject.group(1)} | "
                             + (", ".join(sorted(found, key=order.index)) or "–") + " |")
        unsaid = guards(service) - told
        assert not unsaid, f"{service}: say in FOUND_BY_DATABASE who may meet {unsaid}"
        lines.append("")
    return lines[:-1]


def queries():
    lines = ["| query | subject | answer |", "| --- | --- | --- |"]
    for service in SERVICES:
        for name, comment in messages(proto(service, "queries")):
            if name.endswith("Response"):
                continue
            subject = re.search(r"Subject: the (\w+)", comment)
            lines.append(f"| `sangkien.{service}.v1.{name}` | {subject.group(1) if subject else '–'} |"
                         f" `{name}Response` |")
    return lines


def events():
    lines = []
    for service in SERVICES:
        names = [name for name, _ in messages(proto(service, "events"))]
        lines.append(f"- `sangkien.{service}.v1`: " + ", ".join(f"`{name}`" for name in names))
    return lines


def refusals():
    lines = []
    for service in SERVICES:
        text = (REPO / f"services/{service}/service.c").read_text()
        rows = re.findall(r'\{ NO\((\w+)\),\s+"((?:[^"\\]|\\.)*)"', text)
        if not rows:
            continue
        lines += [f"#### sangkien.{service}.v1.Refusal", "", "| reason | sentence |", "| --- | --- |"]
        for reason, sentence in rows:
            sentence = sentence.replace('\\"', '"').rstrip(".")
            lines.append(f"| {reason} | {sentence[0].upper() + sentence[1:]}. |")
        lines.append("")
    return lines[:-1]


def pieces(data):
    """Bytes as hex, 32 to a line."""
    return [data[at:at + 32].hex(" ") for at in range(0, len(data), 32)]


def golden():
    """Messages with fixed content, as bytes: {what: bytes}."""
    sys.path.insert(0, str(REPO / "ops/demo"))
    from sangkien_client import Words

    words = Words()
    request = words["wire.Request"](
        id="01900000-0000-7000-8000-000000000001", type="sangkien.submissions.v1.RegisterEntry",
        programme="kh-2019", subject="01900000-0000-7000-8000-000000000002",
        body=words["submissions.RegisterEntry"](entry_code="MS-07").SerializeToString(),
        actor=dict(person="01900000-0000-7000-8000-000000000003", capacity="CAPACITY_HEAD"))
    proposal = words["funding.ProposeFunding"](total_vnd=2000000, justification="Một văn bản", lines=[dict(
        description="Máy quét", quantity=2, unit_price_vnd=1000000, amount_vnd=2000000)])
    subscribe = words["wire.Subscribe"](subscription="a", programme="kh-2019", after_position=41, credit=100,
                                        types=["sangkien.submissions.v1.EntryRegistered"])
    return {"request": request.SerializeToString(),
            "frame": words["wire.ClientFrame"](request=request.SerializeToString()).SerializeToString(),
            "subscribe": words["wire.ClientFrame"](subscribe=subscribe).SerializeToString(),
            "proposal": proposal.SerializeToString()}


def examples():
    data = golden()
    digest = hashlib.sha256(data["proposal"]).hexdigest()
    return ["A `Request`: person ...03 gives entry ...02 of `kh-2019` the code `MS-07`. Its SHA-256 is what makes it",
            f"\"the same content\": `{hashlib.sha256(data['request']).hexdigest()}`.", "", "```",
            *pieces(data["request"]), "```", "",
            "The `ClientFrame` that carries it: one tag, one length, the bytes.", "", "```",
            *pieces(data["frame"]), "```", "",
            "The `ClientFrame` with a `Subscribe` \"a\" to that programme after position 41, credit 100, one type.", "",
            "```", *pieces(data["subscribe"]), "```", "",
            "The body of a `ProposeFunding` of 2,000,000 dong in one line, and the digest that everybody signs.", "",
            "```", *pieces(data["proposal"]), "", "SHA-256 " + digest, "```"]


PARTS = {"commands": commands, "queries": queries, "events": events, "refusals": refusals,
         "examples": examples}


def renewed(page):
    for name, make in PARTS.items():
        begin, end = f"<!-- {name} begins -->\n", f"<!-- {name} ends -->"
        head, _, rest = page.partition(begin)
        assert rest, f"{README}: no part {name}"
        page = head + begin + "\n".join(make()) + "\n" + end + rest.partition(end)[2]
    return page


def main():
    page = README.read_text()
    good = renewed(page)
    if "--write" in sys.argv:
        README.write_text(good)
        return 0
    print("as it should be" if good == page else "not as the code is; run it with --write")
    return good != page


if __name__ == "__main__":
    sys.exit(main())
