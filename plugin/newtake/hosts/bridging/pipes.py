"""Ways a line goes to a bridge and back through pipes: a child's, or this process's own.

Rule 1: a transport that has come to its end says so with an empty line, from then on always.
Rule 2: whatever is cancelled meanwhile, a line that was sent goes out whole, and one that came is
kept until it is taken. So pipes are read and written by threads of their own.
Rule 3: a bridge is never killed: it may be in the middle of calls that belong together. It ends by
itself at the end of its lines, once it has done what it was asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Protocol

import anyio
import anyio.to_thread

from newtake.domain.errors import HostAwayError

LINE_BYTES_MAX = 64 << 20
"""A listing of ten thousand items has some megabytes."""
SECONDS_TO_END = 2.0
BRIDGE = Path(__file__).with_name("bridge_doors.py")
PYTHON = "NEWTAKE_RESOLVE_PYTHON"
"""Environment variable: the Python that reaches Resolve from outside, instead of our own. Some
builds, such as uv's, crash Resolve's library (observed on Windows)."""

_READ_BYTES = 1 << 16
_WAIT_SECONDS = 0.2
_LAST_WORDS = 2000


class Transport(Protocol):
    async def send(self, line: str) -> None:
        """Raises: HostAwayError."""
        ...

    async def receive(self) -> str:
        """The next line; "" when there will be none."""
        ...

    def why_ended(self) -> str:
        """What is known of the end, for a person; "" when nothing is."""
        ...

    async def aclose(self) -> None: ...


class PipeLines:
    """Lines in and out over two file descriptors, which it owns and closes."""

    def __init__(self, read: int, write: int) -> None:
        self._news = threading.Condition()
        self._came: deque[str] = deque()
        self._ended = False
        self._broken = False
        self._to_write: SimpleQueue[bytes | None] = SimpleQueue()
        for work, end in ((self._read_all, read), (self._write_all, write)):
            threading.Thread(target=work, args=(end,), name="newtake-pipe", daemon=True).start()

    def put(self, line: str) -> bool:
        """Have a line written; False when the other side reads no more."""
        if not self._broken:
            self._to_write.put(line.encode())
        return not self._broken

    async def receive(self) -> str:
        while True:
            with self._news:
                if self._came:
                    return self._came.popleft()
                if self._ended:
                    return ""
            # The thread only looks: one that is given up takes no line with it.
            await anyio.to_thread.run_sync(self._wait, abandon_on_cancel=True)

    def end(self) -> None:
        """Close the way out, after what was put; what still comes in is read to its end."""
        self._to_write.put(None)

    def _wait(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._came or self._ended, _WAIT_SECONDS)

    def _read_all(self, end: int) -> None:
        # Not through `sys.stdin`: a thread that waits inside of it brings Python's exit down.
        rest = bytearray()
        try:
            while len(rest) <= LINE_BYTES_MAX and (some := os.read(end, _READ_BYTES)):
                rest += some
                if b"\n" in some:
                    *lines, last = rest.split(b"\n")
                    rest = bytearray(last)
                    with self._news:
                        self._came.extend(line.decode(errors="replace") + "\n" for line in lines)
                        self._news.notify_all()
        except OSError:
            # A pipe that fails has ended, in the words of Windows.
            rest.clear()
        finally:
            os.close(end)
            with self._news:
                self._ended = True
                self._news.notify_all()

    def _write_all(self, end: int) -> None:
        try:
            while (line := self._to_write.get()) is not None:
                left = memoryview(line)
                while left:
                    left = left[os.write(end, left) :]
        except OSError:
            self._broken = True
        finally:
            os.close(end)


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
            process = subprocess.Popen(  # noqa: ASYNC220 # its pipes are read by threads, see rule 3
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


class OwnPipes:
    """A bridge that started us: it reads our standard output and writes our standard input."""

    def __init__(self) -> None:
        """Takes both over: what is printed from now on goes to standard error; there is no input.

        To be made once in a process, and early: what was read or printed before belongs to nobody.
        """
        sys.stdout.flush()
        self._lines = PipeLines(os.dup(0), os.dup(1))
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdout = sys.stderr

    async def send(self, line: str) -> None:
        if not self._lines.put(line):
            raise HostAwayError("Resolve, or the script in its menu, has ended.")

    async def receive(self) -> str:
        return await self._lines.receive()

    def why_ended(self) -> str:
        return ""

    async def aclose(self) -> None:
        self._lines.end()


_OTHER_PYTHON = (
    f"Set {PYTHON} to another Python (python.org's works with Resolve); "
    "`newtake resolve status` says what is missing."
)
