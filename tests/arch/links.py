#!/usr/bin/python3
"""What a page points to is there: relative links, anchors of headings, and paths that stand in `code`."""
import os
import re

from check import SOURCE, finish, offence, text

NOT_OURS = re.compile(r"^(build.*|var|node_modules|__pycache__|\..*)$")
FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.M | re.S)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.M)
# A path from the root of the tree: ops/check, services/funding/core.c.
PATH = re.compile(r"^(?:\./)?((?:ops|proto|common|services|tests|\.ci)/[\w./-]*)(?:\s.*)?$")


def pages():
    for folder, below, names in os.walk(SOURCE):
        below[:] = sorted(name for name in below if not NOT_OURS.match(name))
        for name in sorted(names):
            if name.endswith(".md"):
                yield (SOURCE / folder / name).relative_to(SOURCE)


def anchors(page):
    """The headings as GitHub names them, and names given by hand."""
    body, seen, found = FENCE.sub("", text(page)), {}, set()
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", body, re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(slug if count == 0 else f"{slug}-{count}")
    return found | set(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", body))


def check_link(page, target):
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return  # elsewhere; not for us to ask
    path, _, anchor = target.partition("#")
    place = (SOURCE / path[1:] if path.startswith("/") else SOURCE / page.parent / path) if path else SOURCE / page
    if not place.exists() or SOURCE not in [place.resolve(), *place.resolve().parents]:
        offence(page, f"links to {target}, which is not there")
    elif anchor and (place.suffix != ".md" or anchor not in anchors(place.resolve().relative_to(SOURCE))):
        offence(page, f"links to {target}, where there is no such heading")


for page in pages():
    body = FENCE.sub("", text(page))
    for code in CODE.findall(body):
        found = PATH.match(code)
        if found and not (SOURCE / found.group(1)).exists():
            offence(page, f"names {found.group(1)}, which is not there")
    for inline, reference in LINK.findall(CODE.sub("", body)):
        check_link(page, inline or reference)
finish("what a page points to is there")
