"""A process that is ended at once while it starts a program ends that program, too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/cmdline").exists(), reason="it reads Linux's own list of processes"
)

_PATIENCE_SECONDS = 20
PROGRAM = """
import asyncio, signal, sys
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.sandbox.render import run_quietly
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
    way, *command = sys.argv[1:]
    await (run_quietly(command) if way == "sandbox" else run_ffmpeg(command, doing="x"))

interrupts.run(main)
"""


@pytest.mark.parametrize("way", ["command", "sandbox"])
def test_a_program_that_is_being_started_does_not_outlive_an_end_at_once(
    way: str, tmp_path: Path
) -> None:
    stubborn = tmp_path / "stubborn"
    stubborn.write_text("#!/bin/sh\ntrap '' TERM INT\nwhile :; do sleep 1; done\n")
    stubborn.chmod(0o755)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, way, str(stubborn)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, "Ended at once" in ran.stderr) == (130, True), ran.stderr
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (running := of_script(stubborn)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    assert running == []


def of_script(script: Path) -> list[int]:
    """The processes that run it; one that has ended and is not asked for has no words."""
    found = []
    for words in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(script).encode() in words.read_bytes().split(b"\0"):
                found.append(int(words.parent.name))
        except OSError:
            continue
    return found
