"""Set everything up with nothing but Python, then run the demo or the tests.

    python3 start.py demo [OPTIONS]    the whole round trip on real footage
    python3 start.py test [OPTIONS]    all tests, side by side; options go to pytest (-n 0: in turn)
    python3 start.py bench [OPTIONS]   the ratios that are promised: memory, start-up, export
    python3 start.py matrix [OPTIONS]  all media, frame by frame; writes docs/exactness.md
    python3 start.py blender [OPTIONS] the tests in Blender again, in 4.5 and 5.0 from PyPI (350 MB
                                       each; needs Python 3.11)
    python3 start.py check             lint, types and import contracts
    python3 start.py newtake ...       the command itself

The environment is made once in .venv beside this file, and again whenever pyproject.toml changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
BLENDERS = ("4.5", "5.0")
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
)


def main(arguments: list[str]) -> int:
    """Returns the exit code of what was run."""
    word, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if word not in ("demo", "test", "bench", "matrix", "blender", "check", "newtake"):
        print(__doc__, file=sys.stderr)
        return 2
    if not (3, 10) <= sys.version_info < (3, 14):
        print(
            "New Take needs Python 3.10 to 3.13 (OpenTimelineIO has no other wheels).",
            file=sys.stderr,
        )
        return 2
    set_up()
    if word == "demo":
        return run("newtake", "demo", *rest)
    if word == "newtake":
        return run("newtake", *rest)
    if word == "bench":
        return run("pytest", "tests/benchmarks", "-m", "benchmark", "-s", *rest)
    if word == "matrix":
        os.environ["NEWTAKE_MATRIX_PAGE"] = "write"
        return run("pytest", "tests", "-m", "matrix or quick_matrix", "-s", *rest)
    if word == "blender":
        return in_blenders(rest)
    if word == "test":
        # One more than there are cores: many tests wait for a service, a clock or a disk.
        workers = str((os.cpu_count() or 1) + 1)
        return run("pytest", "-n", workers, "--dist", "worksteal", *rest)
    return one_code([run(*check) for check in CHECKS])


def one_code(codes: list[int]) -> int:
    """0 when all are; a check that a signal ended has a negative one."""
    return int(any(codes))


def in_blenders(options: list[str]) -> int:
    """Run what is tested in Blender without a window in each Blender that PyPI has for us."""
    if sys.version_info[:2] != (3, 11):
        print("Blender 4.5 and 5.0 come from PyPI for Python 3.11 alone.", file=sys.stderr)
        return 2
    tests = sorted(str(each) for each in ROOT.glob("tests/*/test_blender_*.py"))
    codes = []
    for version in BLENDERS:
        os.environ["NEWTAKE_BLENDER"] = str(blender_python(version))
        print(f"Blender {version}:", file=sys.stderr)
        codes.append(run("pytest", *tests, *options))
    return one_code(codes)


def blender_python(version: str) -> Path:
    """A Python that has this Blender as a module, in an environment of its own."""
    folder = ROOT / f".venv-bpy-{version}"
    python, stamp = folder / BIN.name / "python", folder / "newtake-set-up"
    if not stamp.exists():
        print(f"Setting up {folder.name} (once) ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        wanted = f"bpy=={version}.*"
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        subprocess.run([*pip, wanted], check=True)
        stamp.write_text(wanted)
    return python


def set_up() -> None:
    """Make the environment unless it fits this Python and this pyproject.toml already."""
    wanted = hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()
    ).hexdigest()
    stamp = ENVIRONMENT / "newtake-set-up"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Setting up .venv (once; about a minute) ...", file=sys.stderr)
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    subprocess.run(
        [
            BIN / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--editable",
            f"{ROOT}[demo,test,lint]",
        ],
        check=True,
    )
    stamp.write_text(wanted)


def run(program: str, *arguments: str) -> int:
    """Run a program of the environment from where the person stands."""
    folder = None if program == "newtake" else ROOT
    try:
        return subprocess.run([BIN / program, *arguments], cwd=folder, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
