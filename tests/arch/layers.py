#!/usr/bin/python3
"""Who may include whom: common/ knows no service, a service no other, a core no machine."""
import re

from check import files, finish, offence, text

# What a core may not know: machines.
NOT_FOR_CORES = re.compile(r"^(stdio|time|unistd|zmq|czmq|libpq-fe|pthread|stdlib|sys/.*|curl/.*)\.h$|"
                           r"^common/(db|bus|journal|store|batch|hearing|config|log|socket|loop|errand)\.h$")
# Of a service, these parts work outside the runtime's transactions.
MAY_KNOW_THE_DATABASE = re.compile(r"^services/(gateway|notifications)/")
MACHINES = re.compile(r"^(libpq-fe|zmq|czmq)\.h$|^common/(db|bus|journal|store|batch|hearing)\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def check(path):
    name = str(path)
    for included in INCLUDE.findall(text(path)):
        if name.startswith("common/") and re.match(r"services/|ops/|tests/", included):
            offence(name, f"common/ knows no service, but includes {included}")
        if name.startswith("common/") and re.match(r"sangkien/(?!wire|directory|types)", included):
            offence(name, f"common/ knows the words of no service but the directory's, and includes {included}")
        if not name.startswith("services/"):
            continue
        own = "/".join(path.parts[:2]) + "/"
        if included.startswith(("services/", "ops/", "tests/")) and not included.startswith(own):
            offence(name, f"a service knows no other, but includes {included}")
        if path.name.startswith("core") and NOT_FOR_CORES.match(included):
            offence(name, f"a core knows no machine, but includes {included}")
        if MACHINES.match(included) and not MAY_KNOW_THE_DATABASE.match(name):
            offence(name, f"only the runtime talks to machines, but this includes {included}")


for path in files("*.c", "*.h", "*.cc", "*.hh", under=("common", "services")):
    check(path)
finish("common/ knows no service, a service no other, a core no machine")
