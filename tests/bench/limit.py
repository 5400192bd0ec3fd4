"""limit.py - what PostgreSQL alone can store, when commands come to it as arrays."""
import json
import subprocess

import command

# Every byte of a marked value is the same: limit.c knows by it what differs from command to command.
MARKS = {"id": f"'{'11' * 16}'::uuid", "subject": f"'{'22' * 16}'::uuid", "version": str(0x33 * 0x0101010101010101)}
POSITION = str(0x44 * 0x0101010101010101)
SETTINGS = [(batch, connections) for connections in (1, 2) for batch in (128, 256, 512)]


def marked(kind):
    values = {**command.constants(kind), **MARKS, "edition": "bench.edition_id(0)"}
    filled = [command.fill(statement, values) for statement in command.statements(kind, "plain")]
    return "\n".join(filled).replace("nextval('bench.position')", POSITION)


def run(world, kind, batch, connections, seconds):
    words = [world.stack.build / "bin/limit", world.stack.dsn(), kind, batch, connections, seconds]
    done = subprocess.run([str(word) for word in words], input=marked(kind), text=True, check=True, capture_output=True)
    return json.loads(done.stdout)
