#!/usr/bin/python3
"""A state machine in a page is the one that the program has: what stands between the markers is what --describe prints.

    <!-- diagram: funding.funding_case -->
    ...
    <!-- end -->
"""
import re
import subprocess

from check import BUILD, SOURCE, finish, offence, text

MARKED = re.compile(r"^<!-- diagram: (\w+)\.(\w+) -->\n(.*?)^<!-- end -->$", re.M | re.S)
described = {}


def machines(service):
    """Title of each state machine -> its text, as the program prints it."""
    if service not in described:
        program = BUILD / "bin" / f"sangkien-{service}"
        if not program.exists():
            return None
        said = subprocess.run([program, "--describe"], capture_output=True, text=True, timeout=30, check=True).stdout
        parts = re.split(r"^(?=---\ntitle: )", said, flags=re.M)
        described[service] = {part.split("\n")[1].removeprefix("title: "): part.strip() for part in parts if part.strip()}
    return described[service]


for page in sorted(path.relative_to(SOURCE) for path in SOURCE.glob("*.md")):
    body = text(page)
    found = MARKED.findall(body)
    if len(found) != body.count("<!-- diagram:") or len(found) != body.count("<!-- end -->"):
        offence(page, "a diagram is not between its two markers")
    for service, kind, embedded in found:
        name, known = f"{service}.{kind}", machines(service)
        if known is None:
            offence(page, f"build first: there is no sangkien-{service}")
        elif name not in known:
            offence(page, f"{name} is no state machine of sangkien-{service}")
        elif embedded.strip() != f"```mermaid\n{known[name]}\n```":
            offence(page, f"{name} is not what sangkien-{service} --describe prints")
finish("a state machine in a page is the one that the program has")
