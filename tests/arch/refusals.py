#!/usr/bin/python3
"""Every refusal that a service can give for its own reasons is given somewhere, and some test is refused for it."""
import re

from check import SOURCE, files, finish, offence, text

TESTED = tuple(f"tests/{layer}" for layer in ("unit", "races", "flow", "wire"))
tested = "\n".join(text(path) for path in files("*.c", "*.py", under=TESTED))
for proto in sorted(SOURCE.glob("proto/sangkien/*/v1/types.proto")):
    service = proto.parts[-3]
    named = re.search(r"^enum Refusal \{(.*?)^\}", proto.read_text(), re.M | re.S)
    said = "\n".join(text(path) for path in files("*.c", under=(f"services/{service}",)))
    given = set(re.findall(r"\bNO\((\w+)\)", re.sub(r'\{ NO\(\w+\), +"', "", said)))  # not the table of texts
    for refusal in re.findall(r"\bREFUSAL_(\w+) =", named.group(1) if named else ""):
        if refusal == "UNSPECIFIED":
            continue
        if refusal not in given:
            offence(f"{service}'s {refusal}", "is given nowhere")
        if not re.search(rf"\b{refusal}\b", tested):
            offence(f"{service}'s {refusal}", "is what no test is refused for")
finish("every refusal is given, and tested")
