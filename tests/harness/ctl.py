"""tests/harness/ctl.py - the command `sangkien`, as an operator of the system calls it."""
import json
import os
import subprocess


class Ctl:
    def __init__(self, stack):
        self.stack = stack
        places = stack.build / "bin/sangkien", stack.build / "ops/ctl/sangkien"
        self.program = next(place for place in places if place.exists())

    def __call__(self, *words, role="auditor", expect=0):
        """Runs it; what it printed. `expect` is the exit status it must end with."""
        env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "SANGKIEN_CTL_DSN": self.stack.dsn(role)}
        done = subprocess.run([self.program, *map(str, words)], env=env, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
        return done.stdout

    def json(self, *words, **more):
        return json.loads(self(*words, "--json", **more))
