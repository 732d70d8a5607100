"""Ways a line goes to a bridge and back: a child process, this process's own pipes, or a folder.

Rule: a transport that has come to its end says so with an empty line, once and for all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import anyio
import anyio.abc
import anyio.to_thread
from anyio.streams.buffered import BufferedByteReceiveStream

from newtake.domain.errors import HostAwayError

LINE_BYTES_MAX = 64 << 20
"""A listing of ten thousand items has some megabytes."""
_POLL_SECONDS = 0.02
BRIDGE = Path(__file__).with_name("bridge.py")
PYTHON = "NEWTAKE_RESOLVE_PYTHON"
"""Environment variable: the Python that reaches Resolve from outside, instead of our own. Some
builds, such as uv's, crash Resolve's library (observed on Windows)."""


class Transport(Protocol):
    async def send(self, line: str) -> None:
        """Raises: HostAwayError."""
        ...

    async def receive(self) -> str:
        """The next line; "" when there will be none."""
        ...

    async def aclose(self) -> None: ...


class ChildBridge:
    """A bridge that we start, which reaches Resolve from outside."""

    def __init__(self, process: anyio.abc.Process) -> None:
        self._process = process
        assert process.stdout is not None
        self._lines = BufferedByteReceiveStream(process.stdout)

    @classmethod
    async def start(cls, environment: Mapping[str, str] | None = None) -> ChildBridge:
        """Raises: HostAwayError."""
        environment = dict(os.environ if environment is None else environment)
        command = [environment.get(PYTHON) or sys.executable, str(BRIDGE), "--connect"]
        try:
            # Its stderr, where Resolve's library prints, is nobody's: errors come as answers.
            process = await anyio.open_process(command, stderr=None, env=environment)
        except OSError as error:
            raise HostAwayError(
                f"The bridge to Resolve cannot be started with {command[0]}.",
                why=str(error),
                fix=f"Set {PYTHON} to a Python of 3.8 or later.",
            ) from error
        return cls(process)

    async def send(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            await self._process.stdin.send(line.encode())
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
            raise HostAwayError("The bridge to Resolve has ended.") from error

    async def receive(self) -> str:
        try:
            return (await self._lines.receive_until(b"\n", LINE_BYTES_MAX)).decode()
        except (anyio.IncompleteRead, anyio.EndOfStream, anyio.ClosedResourceError):
            return ""

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            if self._process.stdin is not None:
                await self._process.stdin.aclose()
            with anyio.move_on_after(2):
                await self._process.wait()
            if self._process.returncode is None:
                self._process.kill()
            await self._process.aclose()


class OwnPipes:
    """A bridge that started us: it reads our standard output and writes our standard input."""

    def __init__(self) -> None:
        """Takes both over: what else is printed goes to standard error from now on."""
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)
        sys.stdout = sys.stderr

    async def send(self, line: str) -> None:
        def write() -> None:
            self._out.write(line)
            self._out.flush()

        try:
            await anyio.to_thread.run_sync(write, abandon_on_cancel=True)
        except (OSError, ValueError) as error:
            raise HostAwayError("Resolve, or the script in its menu, has ended.") from error

    async def receive(self) -> str:
        return await anyio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)

    async def aclose(self) -> None:
        try:
            self._out.close()
        except OSError:
            # Nobody reads it any more.
            return


class SpoolFolder:
    """A bridge that can only read and write files: requests and answers have a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sent = 0
        self._read = 0

    async def send(self, line: str) -> None:
        self._sent += 1
        path = anyio.Path(self._folder / f"{self._sent:06}.request")
        new = path.with_suffix(".new")
        try:
            await new.write_text(line, encoding="utf-8")
            await new.rename(path)
        except OSError as error:
            raise HostAwayError("The script in Resolve's menu has ended.") from error

    async def receive(self) -> str:
        """The next answer, in order."""
        path = anyio.Path(self._folder / f"{self._read + 1:06}.answer")
        while not await path.exists():
            if not await anyio.Path(self._folder).exists():
                return ""
            await anyio.sleep(_POLL_SECONDS)
        self._read += 1
        line = await path.read_text(encoding="utf-8")
        await path.unlink(missing_ok=True)
        return line

    async def aclose(self) -> None:
        try:
            await anyio.Path(self._folder / "stop").write_text("")
        except OSError:
            # The script took the folder away, and with it has ended.
            return
