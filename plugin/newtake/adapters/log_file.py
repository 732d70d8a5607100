"""The log: one small file and its predecessors, written by any number of processes at once.

Rule 1: a record is one write at the file's end, so that processes do not write into each other.
Rule 2: no secret that is known, and nothing that looks like one, gets in.
Rule 3: a log that cannot be written stops nothing.
"""

from __future__ import annotations

import logging
import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from newtake.domain.redaction import without_secrets
from newtake.durable import make_private

FILE_NAME = "newtake.log"
MAX_BYTES = 1_000_000
KEPT = 3
"""Files in all: the log and its predecessors, `newtake.log.1` being the younger."""
_MESSAGE_MAX_CHARACTERS = 4_000
_TRACEBACK_MAX_CHARACTERS = 20_000


class LogFile(logging.Handler):
    """Writes to `FILE_NAME` in a folder that it makes when there is something to write."""

    def __init__(self, folder: Path, where: Callable[[], str], *, max_bytes: int = MAX_BYTES):
        """Log into `folder`.

        Args:
            folder: For the log and its predecessors.
            where: The job and step that the calling task works on, "" outside of any.
            max_bytes: Of one file.
        """
        super().__init__()
        self.path = folder / FILE_NAME
        self.secrets: set[str] = set()
        """Known so far; taken out of every line."""
        self._where = where
        self._max_bytes = max_bytes

    def emit(self, record: logging.LogRecord) -> None:
        # Whatever goes wrong here must not become the fault of who had something to say.
        try:
            self._write(self._line(record).encode("utf-8", "backslashreplace"))
        except Exception:
            return

    def _line(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        message = _on_one_line(record.getMessage())[:_MESSAGE_MAX_CHARACTERS]
        lines = [
            f"{moment}.{int(record.msecs):03}Z {record.levelname} {os.getpid()} "
            f"[{self._where() or '-'}] {message}"
        ]
        if record.exc_info:
            text = "".join(traceback.format_exception(*record.exc_info))
            lines += [f"    {each}" for each in text[-_TRACEBACK_MAX_CHARACTERS:].splitlines()]
        return without_secrets("\n".join(lines), self.secrets) + "\n"

    def _write(self, line: bytes) -> None:
        make_private(self.path.parent)
        if self._is_full(len(line)):
            self._make_room(len(line))
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    def _is_full(self, more: int) -> bool:
        try:
            return self.path.stat().st_size + more > self._max_bytes
        except FileNotFoundError:
            return False

    def _make_room(self, more: int) -> None:
        """Move the files on by one. Where that is not possible now, the next record tries again."""
        try:
            with FileLock(self.path.with_suffix(".lock"), timeout=1):
                # Another process may have done it while this one waited.
                if self._is_full(more):
                    for number in range(KEPT - 1, 0, -1):
                        older = self.path if number == 1 else _numbered(self.path, number - 1)
                        if older.exists():
                            older.replace(_numbered(self.path, number))
        except (OSError, Timeout):
            return


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def log_files(folder: Path) -> list[Path]:
    """The log and its predecessors, the younger first."""
    log = folder / FILE_NAME
    every = [log, *(_numbered(log, number) for number in range(1, KEPT))]
    return [each for each in every if each.is_file()]


def _on_one_line(text: str) -> str:
    """What a server or a file name says must not look like a record of its own."""
    return text.replace("\r", "\\r").replace("\n", "\\n")
