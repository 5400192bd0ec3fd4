#!/usr/bin/python3
"""Every check of this directory sees the fault that it is there for: each is seeded into a small tree of its own."""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEAD = "/* {path} - a file of the test. */\n"
PROTO = """
syntax = "proto3";
package sangkien.x.v1;
message Inner { repeated string words = 1; }
%s
"""


def write(tree, path, text, headed=True):
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((HEAD.format(path=path) if headed else "") + text)


def compile_core(tree, text):
    write(tree, "services/x/core.c", text)
    home = tree / "build/services/x/CMakeFiles/service_x.dir"
    home.mkdir(parents=True)
    subprocess.run(["cc", "-c", tree / "services/x/core.c", "-o", home / "core.c.o"], check=True)


def compile_proto(tree, text):
    file = tree / "proto/sangkien/x/v1/commands.proto"
    file.parent.mkdir(parents=True)
    file.write_text(PROTO % text)
    (tree / "build").mkdir()
    subprocess.run(["protoc", "-I", tree / "proto", "--include_imports", "-I", "/usr/include", "-o",
                    tree / "build/sangkien.binpb", file], check=True)


def page(tree, text):
    write(tree, "README.md", text, headed=False)


def draw(tree, kind, arrow):
    """A page with the state machine x.y, and a program that prints one with the arrow."""
    page(tree, f"<!-- diagram: x.{kind} -->\n```mermaid\n---\ntitle: x.y\n---\nA --> B\n```\n<!-- end -->\n")
    program = tree / "build/bin/sangkien-x"
    write(tree, "build/bin/sangkien-x", f"#!/bin/sh\nprintf -- '---\\ntitle: x.y\\n---\\n{arrow}\\n'\n", headed=False)
    program.chmod(0o755)


def refuse(tree, said, tested):
    write(tree, "proto/sangkien/x/v1/types.proto", "enum Refusal {\n  REFUSAL_UNSPECIFIED = 0;\n  REFUSAL_LATE = 1;\n}\n",
          headed=False)
    write(tree, "services/x/service.c", said)
    write(tree, "tests/unit/x.c", f'assert_refused("{tested}");\n')


FAULTS = {
    "links": {
        "links to gone.md, which is not there": lambda t: page(t, "[here](gone.md)\n"),
        "links to #gone, where there is no such heading": lambda t: page(t, "# Here\n\n[there](#gone)\n"),
        "names ops/gone, which is not there": lambda t: page(t, "Run `ops/gone --all`.\n"),
    },
    "diagrams": {
        "is not what sangkien-x --describe prints": lambda t: draw(t, "y", "A --> C"),
        "is no state machine of sangkien-x": lambda t: draw(t, "z", "A --> B"),
        "build first: there is no sangkien-x": lambda t: [draw(t, "y", "A --> B"),
                                                          (t / "build/bin/sangkien-x").unlink()],
        "is not between its two markers": lambda t: page(t, "<!-- diagram: x.y -->\n"),
    },
    "pure": {
        "calls time": lambda t: compile_core(t, "#include <time.h>\nlong f(void) { return time(0); }\n"),
        "calls malloc": lambda t: compile_core(t, "#include <stdlib.h>\nvoid *f(void) { return malloc(9); }\n"),
        "build first": lambda t: (t / "build").mkdir(),
    },
    "layers": {
        "a service knows no other": lambda t: write(t, "services/x/core.c", '#include "services/y/y.h"\n'),
        "common/ knows no service": lambda t: write(t, "common/x.c", '#include "services/y/y.h"\n'),
        "common/ knows the words of no service": lambda t: write(
            t, "common/x.c", '#include "sangkien/funding/v1/events.pb-c.h"\n'),
        "a core knows no machine": lambda t: write(t, "services/x/core_y.c", "#include <stdio.h>\n"),
        "only the runtime talks to machines": lambda t: write(t, "services/x/store.c", "#include <libpq-fe.h>\n"),
    },
    "banned": {
        "strcpy": lambda t: write(t, "common/x.c", "void f(char *a) { strcpy(a, a); }\n"),
        "usleep": lambda t: write(t, "tests/unit/x.c", "void f(void)\n{\n    usleep (9);\n}\n"),
    },
    "length": {
        "451 lines": lambda t: write(t, "common/x.c", "int x;\n" * 450),
    },
    "mistakes": {
        "does not fit": lambda t: write(t, "tests/x.patch", "--- a/common/x.c\n+++ b/common/x.c\n@@ -1 +1 @@\n-a\n+b\n",
                                        headed=False),
    },
    "refusals": {
        "x's LATE: is given nowhere": lambda t: refuse(t, '{ NO(LATE), "it is late" },\n', "LATE"),
        "x's LATE: is what no test": lambda t: refuse(t, "return NO(LATE);\n", "LATER"),
    },
    "heads": {
        "does not begin with": lambda t: write(t, "common/x.c", "int x;\n", headed=False),
        "has no guard": lambda t: write(t, "common/x.h", "int x;\n"),
        "has the guard of": lambda t: [write(t, f"common/{name}.h", "#ifndef SANGKIEN_X\n#define SANGKIEN_X\n#endif\n")
                                       for name in "xy"],
    },
    "proto": {
        "is recursive": lambda t: compile_proto(t, "message A { B b = 1; } message B { A a = 1; }"),
        "is optional": lambda t: compile_proto(t, "message A { optional int32 b = 1; }"),
        "which may hold anything": lambda t: compile_proto(
            t, 'import "google/protobuf/any.proto"; message A { google.protobuf.Any b = 1; }'),
        "without max_items": lambda t: compile_proto(t, ""),
        "without max_bytes": lambda t: compile_proto(t, "message A { bytes b = 1; }"),
    },
}

missed = 0
for check, faults in FAULTS.items():
    for complaint, seed in faults.items():
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder)
            (tree / "common").mkdir()
            seed(tree)
            ran = subprocess.run([sys.executable, "-B", HERE / f"{check}.py", tree, tree / "build"],
                                 capture_output=True, text=True)
        if ran.returncode != 1 and complaint != "build first" or complaint not in ran.stdout:
            missed += 1
            print(f"{check} did not see: {complaint}\n{ran.stdout}{ran.stderr}")
unseeded = {p.stem for p in HERE.glob("*.py")} - {"check", "seeded"} - FAULTS.keys()
for check in sorted(unseeded):
    missed += 1
    print(f"{check} was never seen to fail: seed a fault for it here")
print(("BROKEN" if missed else "kept") + ": every check sees the fault that it is there for")
sys.exit(1 if missed else 0)
