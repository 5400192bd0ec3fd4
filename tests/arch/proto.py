#!/usr/bin/python3
"""What may be said on the wire has an end: no recursion, no Any or Struct, no optional, a limit on every text and list."""
import re
import sys

from google.protobuf import descriptor_pb2 as d

from check import BUILD, SOURCE, finish, offence

LIMITS = {51001: "max_bytes", 51002: "max_items", 51003: "required", 51004: "uuid",
          51005: "positive", 51006: "not_negative", 51007: "exact_bytes"}
FIELD = d.FieldDescriptorProto
FORBIDDEN = (".google.protobuf.Any", ".google.protobuf.Struct", ".google.protobuf.Value",
             ".google.protobuf.ListValue")


def limits(field):
    """Custom options, read from the unknown bytes: pairs of varint key and varint value."""
    data, at, found = field.options.SerializeToString(), 0, set()

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        varint()
        found.add(LIMITS.get(key >> 3))
    return found


def messages(prefix, found):
    for m in found:
        yield f"{prefix}.{m.name}", m
        yield from messages(f"{prefix}.{m.name}", m.nested_type)


try:
    tree = d.FileDescriptorSet.FromString((BUILD / "sangkien.binpb").read_bytes())
except OSError as error:
    sys.exit(f"{error}: build first")
known, said_by_clients = {}, []
for file in tree.file:
    for name, message in messages("." + file.package, file.message_type):
        known[name] = message
        if re.search(r"/(commands|queries)\.proto$", file.name):
            said_by_clients.append(name)


def walk(name, way):
    """Follows every field that is a message: whoever comes by twice on one way is recursive."""
    if name in way:
        offence(name[1:], "is recursive: " + " > ".join(n.split(".")[-1] for n in way + [name]))
        return
    for field in known[name].field if name in known else ():
        if field.type == FIELD.TYPE_MESSAGE:
            walk(field.type_name, way + [name])


def reached(names):
    """These messages and all that are inside them."""
    seen, ahead = set(), list(names)
    while ahead:
        name = ahead.pop()
        if name in seen or name not in known or name.startswith(".google."):
            continue
        seen.add(name)
        ahead += [f.type_name for f in known[name].field if f.type == FIELD.TYPE_MESSAGE]
    return sorted(seen)


for name in sorted(known):
    if not name.startswith(".sangkien."):
        continue
    walk(name, [])
    for field in known[name].field:
        if field.proto3_optional:
            offence(f"{name[1:]}.{field.name}", "is optional; say presence by a message or a oneof")
        if field.type_name in FORBIDDEN:
            offence(f"{name[1:]}.{field.name}", f"is {field.type_name[1:]}, which may hold anything")

# Responses are made by us; everything else in these files comes from outside.
for name in reached(n for n in said_by_clients if not n.endswith("Response")):
    for field in known[name].field:
        has = limits(field)
        where = f"{name[1:]}.{field.name}"
        if field.label == FIELD.LABEL_REPEATED and "max_items" not in has:
            offence(where, "is repeated without max_items")
        if field.type in (FIELD.TYPE_STRING, FIELD.TYPE_BYTES) and not has & {"max_bytes", "uuid", "exact_bytes"}:
            offence(where, "is text or bytes without max_bytes")

for path in sorted((SOURCE / "proto/sangkien").rglob("*.proto")):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.match(r"\s*optional\s", line):
            offence(f"{path.relative_to(SOURCE)}:{number}", "optional")
finish("what may be said on the wire has an end")
