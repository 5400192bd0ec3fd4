#!/usr/bin/python3
"""proto_tables.py - prints the C tables that protobuf-c's descriptors do not carry.

Reads a FileDescriptorSet on standard input; writes proto_tables.c: every message of our packages with
its limits per field (sangkien/wire/v1/limits.proto), sorted by full name, and what kind of word it is
(command, event, query, or part), which the name of its file says.
"""
import sys
from google.protobuf import descriptor_pb2 as d

OPTIONS = {  # number in limits.proto -> member of struct field_limit
    51001: "max_bytes", 51002: "max_items", 51003: "required", 51004: "uuid",
    51005: "positive", 51006: "not_negative", 51007: "exact_bytes",
}
KINDS = {"commands": "WORD_COMMAND", "events": "WORD_EVENT", "queries": "WORD_QUERY"}


def options(field):
    """Custom options of a field, read from the unknown bytes: pairs of varint key and varint value."""
    data, at, found = field.options.SerializeToString(), 0, {}

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
        assert key & 7 == 0, f"{field.name}: option is not a number"
        value = varint()
        if key >> 3 in OPTIONS:
            found[OPTIONS[key >> 3]] = value
    return found


def c_symbol(package, names):
    """protobuf-c's name of a descriptor: words split at capitals, joined by underscores."""
    def words(name):
        out = ""
        for i, c in enumerate(name):
            out += ("_" if i and c.isupper() and not name[i - 1].isupper() else "") + c.lower()
        return out
    return "__".join([package] + [words(n) for n in names]) + "__descriptor"


def main():
    files = d.FileDescriptorSet.FromString(sys.stdin.buffer.read()).file
    rows, includes = [], []
    for f in files:
        if not f.package.startswith(("sangkien.", "io.cloudevents")) or f.name.endswith("limits.proto"):
            continue
        includes.append(f.name.removesuffix(".proto") + ".pb-c.h")
        package = f.package.split(".")[-2]
        word = KINDS.get(f.name.split("/")[-1].removesuffix(".proto"), "WORD_PART")

        def walk(message, outer, package=package, word=word, f=f):
            names = outer + [message.name]
            kind = word
            if word == "WORD_QUERY" and message.name.endswith("Response"):
                kind = "WORD_PART"
            if outer:
                kind = "WORD_PART"
            rows.append((".".join([f.package] + names), c_symbol(package, names), kind,
                         sorted(message.field, key=lambda x: x.number)))
            for nested in message.nested_type:
                walk(nested, names)

        for message in f.message_type:
            walk(message, [])
    rows.sort()
    out = ["/* proto_tables.c - made from the .proto files; see ops/cmake/proto_tables.py. */",
           '#include "common/proto.h"', ""]
    out += [f'#include "{i}"' for i in sorted(includes)] + [""]
    for n, (_, _, _, fields) in enumerate(rows):
        limits = []
        for field in fields:
            inside = ", ".join(f".{k} = {v}" for k, v in options(field).items())
            limits.append("    { " + (inside or "0") + " },")
        if limits:
            out += [f"static const struct field_limit limits_{n}[] = {{"] + limits + ["};"]
    out += ["", "const struct word proto_words[] = {"]
    for n, (full, symbol, kind, fields) in enumerate(rows):
        out.append(f'    {{ "{full}", &{symbol}, {kind}, {f"limits_{n}" if fields else "NULL"} }},')
    out += ["};", f"const size_t proto_word_count = {len(rows)};", ""]
    sys.stdout.write("\n".join(out))


main()
