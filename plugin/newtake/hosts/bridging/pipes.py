"""Ways a line goes to a bridge and back through pipes, such as those of this process.

Rule 1: a transport that has come to its end says so with an empty line, from then on always.
Rule 2: whatever is cancelled meanwhile, a line that was sent goes out whole, and one that came is
kept until it is taken. So pipes are read and written by threads of their own.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from queue import SimpleQueue
from typing import Protocol

import anyio
import anyio.to_thread

from newtake.domain.errors import HostAwayError

LINE_BYTES_MAX = 64 << 20
"""A listing of ten thousand items has some megabytes."""

_READ_BYTES = 1 << 16
_WAIT_SECONDS = 0.2


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


class OwnPipes:
    """A bridge that started us: it reads our standard output and writes our standard input."""

    def __init__(self, ended: str) -> None:
        """Takes both over: what is printed from now on goes to standard error; there is no input.

        To be made once in a process, and early: what was read or printed before belongs to nobody.

        Args:
            ended: What an error says when a line can no longer be sent.
        """
        self._ended = ended
        sys.stdout.flush()
        self._lines = PipeLines(os.dup(0), os.dup(1))
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdout = sys.stderr

    async def send(self, line: str) -> None:
        if not self._lines.put(line):
            raise HostAwayError(self._ended)

    async def receive(self) -> str:
        return await self._lines.receive()

    def why_ended(self) -> str:
        return ""

    async def aclose(self) -> None:
        self._lines.end()
