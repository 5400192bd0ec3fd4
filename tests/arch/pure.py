#!/usr/bin/python3
"""A core decides from what it is given: it calls nothing that reads, writes, waits, allocates or tells the time.

Looks at the symbols that the objects of core*.c leave open, and at those of every other object of the
service that they reach.
"""
import re
import subprocess

from check import BUILD, finish, offence

ALLOWED = set("""
    list_add list_at list_init
    new_event new_event_on wrong set_alarm set_alarm_on put_aside id_text need need_state also transition_find
    uuid_of uuid_parse uuid_is_nil uuid_equal uuid_compare uuid_print uuid_text uuid_derive
    digest_equal digest_is sha256 hash_open hash_bytes hash_text hash_number hash_close hex_text
    arena_zero arena_text arena_format arena_bytes proto_new proto_pack proto_field proto_enum_word
    proto_time proto_time_us proto_digest proto_digest_of proto_text
    authority_agency authority_agency_of authority_system authority_system_by_key authority_holds
    authority_has_business authority_is_operator authority_has_other_operator
    authority_agency_holds authority_reads_all authority_each_agency authority_is_above
    local_midnight_us local_date_of text_fold
    memcpy memcmp memset memmove strcmp strncmp strlen strchr strspn strcspn
    __divti3 __modti3 __divmodti4
    __memcpy_chk __memset_chk __memmove_chk __stack_chk_fail __assert_fail _GLOBAL_OFFSET_TABLE_
""".split())
# Data, not deeds: descriptors and their initialisers, the tables and kinds of the same service.
DATA = re.compile(r"__(descriptor|init)$|_(table|kind|handlers|transitions)$")


def symbols(path):
    """Names that the object leaves open, and those that it has."""
    out = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return {r[-1] for r in rows if r[-2] == "U"}, {r[-1] for r in rows if r[-2] in "TDBRVW"}


def check(service):
    objects = {path: symbols(path) for path in service.rglob("*.o")}
    home = {name: path for path, (_, has) in objects.items() for name in has}
    to_see = [path for path in objects if path.name.startswith("core")]
    if not to_see and service.parent.parent.name != "gateway":
        offence(service.parent.parent.name, "has no core")
    seen = set()
    while to_see:
        path = to_see.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in sorted(objects[path][0] - ALLOWED):
            if DATA.search(name):
                continue
            if name in home:
                to_see.append(home[name])
            else:
                offence(f"{service.name}/{path.name}", f"calls {name}")
    return len(seen)


libraries = sorted((BUILD / "services").glob("*/CMakeFiles/service_*.dir"))
if not sum(check(library) for library in libraries):
    offence(BUILD, "has no object of a core: build first")
finish("a core decides from what it is given")
