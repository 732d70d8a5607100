"""Signals that end a command: in order, with every program, and at a question as anywhere else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from newtake.adapters.journal import SqliteJournal
from services import NEWTAKE, PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither the signals nor ptys")


def journalled() -> int:
    return len(SqliteJournal(Path(os.environ["NEWTAKE_HOME"]) / "journal.sqlite").jobs())


def restyle(timeline: Path, *more: str) -> list[str]:
    words = ("--clip", "2", "--prompt", "noir", "--provider", "sandbox")
    return [*NEWTAKE, "restyle", str(timeline), *words, *more]


@pytest.fixture
def terminal() -> Iterator[int]:
    master, slave = os.openpty()
    yield slave
    os.close(master)
    os.close(slave)


def test_ctrl_c_at_the_question_is_a_no(timeline: Path, terminal: int) -> None:
    process = subprocess.Popen(restyle(timeline), stdin=terminal, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = b""
    while b"[y/N]" not in said:
        assert process.poll() is None, said
        said += os.read(process.stderr.fileno(), 4096)

    process.send_signal(signal.SIGINT)
    # Without a line on the terminal: nobody has to answer first.
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert journalled() == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_command_that_is_told_to_end_ends_its_programs(
    timeline: Path, tmp_path: Path, name: str
) -> None:
    begun, slow = tmp_path / "begun", tmp_path / "slow"
    slow.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f"  *plate.mp4*) echo $$ > {begun}.new; mv {begun}.new {begun}; exec sleep 600 ;;\n"
        f'  *) exec {imageio_ffmpeg.get_ffmpeg_exe()} "$@" ;;\n'
        "esac\n"
    )
    slow.chmod(0o755)
    process = subprocess.Popen(
        restyle(timeline, "--yes"),
        env={**os.environ, "NEWTAKE_FFMPEG": str(slow)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(begun.exists)
    number = signal.Signals[name]

    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 128 + number
    assert "resume" in errors
    assert "Traceback" not in errors
    assert not Path(f"/proc/{begun.read_text().strip()}").exists() or sys.platform != "linux"
    assert list(tmp_path.rglob("*.part*")) == []
    assert journalled() == 1


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
