"""tests/faults/mistakes.py - the system with a mistake in it: a copy of the sources, one patch, a build of its own.

`mistakes/NAME.patch` begins with a sentence that says what is wrong. The copy is kept between mistakes, so that only
what a patch touches is built again.
"""
import contextlib
import pathlib
import shutil
import subprocess

from stack import REPO

FOLDER = pathlib.Path(__file__).resolve().parent / "mistakes"
MUST_FAIL = "# Must fail: "
COPY = REPO / "build-mistakes"
BREAKABLE = {"SANGKIEN_LOG_LEVEL": "warning", "notifications": {"SANGKIEN_MAIL_RETRY_SECONDS": "1"}}  # settings


def names():
    return sorted(path.stem for path in FOLDER.glob("*.patch"))


def missed_by():
    """{name: the test that must fail}, of the patches that name one"""
    found = {}
    for name in names():
        line = next((line for line in (FOLDER / f"{name}.patch").read_text().splitlines() if MUST_FAIL in line), None)
        if line:
            found[name] = line.partition(MUST_FAIL)[2]
    return found


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True, check=False, **more)
    assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}"


def _copy():
    """The tree as it is. A file that says the same keeps its time, so that it is not built again."""
    for part in ("CMakeLists.txt", "proto", "common", "services", "ops"):
        sources = [path for path in [REPO / part, *(REPO / part).rglob("*")] if path.is_file()]
        for source in sources:
            target = COPY / source.relative_to(REPO)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.read_bytes() != source.read_bytes():
                shutil.copyfile(source, target)
                target.chmod(source.stat().st_mode)


@contextlib.contextmanager
def built_with(name):
    """The folder of a build with the mistake in it, and of the sources it was made from."""
    _copy()
    run("patch", "-p1", "--no-backup-if-mismatch", "-i", FOLDER / f"{name}.patch", cwd=COPY)
    run("cmake", "-S", COPY, "-B", COPY / "build", "-G", "Ninja", "-DSANGKIEN_TESTS=OFF", "-DSANGKIEN_CRASHES=ON")
    run("cmake", "--build", COPY / "build")
    yield COPY / "build", COPY
