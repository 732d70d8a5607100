"""The ways to Resolve through pipes: of a bridge that we start, or of one that started us.

A bridge is never killed: it may be in the middle of calls that belong together. It ends by itself
at the end of its lines, once it has done what it was asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import anyio

from newtake.domain.errors import HostAwayError
from newtake.hosts.bridging.pipes import OwnPipes, PipeLines

SECONDS_TO_END = 2.0
BRIDGE = Path(__file__).with_name("bridge_doors.py")
PYTHON = "NEWTAKE_RESOLVE_PYTHON"
"""Environment variable: the Python that reaches Resolve from outside, instead of our own. Some
builds, such as uv's, crash Resolve's library (observed on Windows)."""

_LAST_WORDS = 2000


def menu_pipes() -> OwnPipes:
    """Those of the script in Resolve's menu that started us; see there."""
    return OwnPipes("Resolve, or the script in its menu, has ended.")


class ChildBridge:
    """A bridge that we start, which reaches Resolve from outside."""

    def __init__(
        self, process: subprocess.Popen[bytes], program: str, last_words: IO[bytes]
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._program = program
        self._last_words = last_words
        with process.stdin as stdin, process.stdout as stdout:
            self._lines = PipeLines(os.dup(stdout.fileno()), os.dup(stdin.fileno()))

    @classmethod
    async def start(cls, environment: Mapping[str, str] | None = None) -> ChildBridge:
        """Raises: HostAwayError."""
        environment = dict(os.environ if environment is None else environment)
        command = [environment.get(PYTHON) or sys.executable, str(BRIDGE), "--connect"]
        # A file, so that what Resolve's library prints never waits for a reader, nor fails.
        last_words = tempfile.TemporaryFile()  # noqa: SIM115 # closed with the bridge
        try:
            process = subprocess.Popen(  # noqa: ASYNC220 # it is never killed, and threads read its pipes
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=last_words,
                bufsize=0,
                env=environment,
                # Ctrl-C is for us alone, and on Windows no console window opens.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            last_words.close()
            raise HostAwayError(
                f"The bridge to Resolve cannot be started with {command[0]}.",
                why=str(error),
                fix=f"Set {PYTHON} to a Python of 3.8 or later.",
            ) from error
        return cls(process, command[0], last_words)

    async def send(self, line: str) -> None:
        if not self._lines.put(line):
            raise HostAwayError(
                "The bridge to Resolve has ended.", why=self.why_ended(), fix=_OTHER_PYTHON
            )

    async def receive(self) -> str:
        line = await self._lines.receive()
        if not line:
            await self._end()
        return line

    def why_ended(self) -> str:
        code = self._process.poll()
        if not code or self._last_words.closed:
            return ""
        size = self._last_words.seek(0, os.SEEK_END)
        self._last_words.seek(max(0, size - _LAST_WORDS))
        said = self._last_words.read().decode(errors="replace").strip()
        return f"{self._program} ended with code {code}. {said}".strip()

    async def aclose(self) -> None:
        self._lines.end()
        await self._end()
        self._last_words.close()
        if self._process.poll() is None:
            wait: Callable[[], object] = self._process.wait
            threading.Thread(target=wait, name="newtake-bridge-ends", daemon=True).start()

    async def _end(self) -> None:
        with anyio.move_on_after(SECONDS_TO_END, shield=True):
            while self._process.poll() is None:  # noqa: ASYNC110 # another program ends
                await anyio.sleep(0.01)


_OTHER_PYTHON = (
    f"Set {PYTHON} to another Python (python.org's works with Resolve); "
    "`newtake resolve status` says what is missing."
)
