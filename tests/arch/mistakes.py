#!/usr/bin/python3
"""Every mistake that is built in to see it found still fits the sources: one that does not is noticed at once, and not
where it takes a build and a storm."""
import subprocess

from check import SOURCE, files, finish, offence

for path in files("*.patch", under=("tests",)):
    ran = subprocess.run(["patch", "-p1", "--dry-run", "--force", "--silent", "-i", SOURCE / path], cwd=SOURCE,
                         capture_output=True, text=True, check=False)
    if ran.returncode:
        offence(path, "does not fit: " + " ".join(ran.stdout.split()))
finish("every mistake on purpose fits the sources")
