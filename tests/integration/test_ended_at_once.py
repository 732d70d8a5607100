"""A process that is ended at once while it starts a program ends that program, too."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither the signals nor poll")

_PATIENCE_MS = 20_000
PROGRAM = """
import asyncio, signal, sys
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.shells.cli import interrupts

def interrupt_twice():
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)

async def main():
    loop = asyncio.get_running_loop()
    # Next in turn once the program runs, and before anybody was told its number.
    sys.addaudithook(
        lambda event, _: event == "subprocess.Popen" and loop.call_soon(interrupt_twice)
    )
    await run_ffmpeg(sys.argv[1:], doing="x", stdin=sys.stdin.buffer)

interrupts.run(main)
"""


def test_a_program_that_is_being_started_does_not_outlive_an_end_at_once(tmp_path: Path) -> None:
    stubborn = tmp_path / "stubborn"
    # It holds the pipe open for as long as it lives.
    stubborn.write_text("#!/bin/sh\ntrap '' TERM INT\nexec sleep 60\n")
    stubborn.chmod(0o755)
    reading, writing = os.pipe()
    try:
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(stubborn)],
            stdin=reading,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        os.close(reading)
        assert (ran.returncode, "Ended at once" in ran.stderr) == (130, True), ran.stderr
        watched = select.poll()
        watched.register(writing, select.POLLERR)
        # A pipe that nobody can read from any more: every program has ended.
        assert watched.poll(_PATIENCE_MS) == [(writing, select.POLLERR)]
    finally:
        os.close(writing)
