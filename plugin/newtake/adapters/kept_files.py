"""A folder of files that can be made again at any time: the least recently used go first.

Rule 1: a file has its name when it is complete; two processes that make the same one put the same
in the same place.
Rule 2: a file's time says when it was last asked for.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from newtake.adapters.room import storage_error
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import OFFLINE_FIX, MediaError
from newtake.domain.proxies import KeptProxy, surplus
from newtake.durable import make_private, put_in_place

_LEFT_BEHIND_SECONDS = 24 * 3600.0
"""After them what a process began was left by one that died."""


class KeptFiles:
    """The files of one folder, of the given kinds, up to a limit. Its methods wait for the disk."""

    def __init__(
        self,
        folder: Path,
        suffixes: tuple[str, ...],
        max_bytes: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is made yet.

        Args:
            folder: Of this cache alone.
            suffixes: Of its files; others are left alone.
            max_bytes: What they may take together.
            now: Seconds since 1970.
        """
        self.folder = folder
        self._suffixes = suffixes
        self._max_bytes = max_bytes
        self._now = now

    def found(self, path: Path) -> bool:
        """Whether a file is there; marks it as used. Raises: StorageError."""
        moment = self._now()
        try:
            os.utime(path, (moment, moment))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise storage_error(error, path) from error
        return True

    def make_folder(self) -> None:
        """Raises: StorageError."""
        try:
            make_private(self.folder)
        except OSError as error:
            raise storage_error(error, self.folder) from error

    def put(self, part: Path, to: Path, *, durably: bool = True) -> None:
        """Give a complete file its name, as used just now. Raises: StorageError.

        Args:
            part: On the same disk.
            to: In the folder.
            durably: Whether it is to be there after the power went; small files are many, and
                soon made again.
        """
        try:
            moment = self._now()
            os.utime(part, (moment, moment))
            if durably:
                put_in_place(part, to)
            else:
                part.replace(to)
        except OSError as error:
            raise storage_error(error, to) from error

    def tidy(self) -> None:
        """Keep to the limit. What cannot be removed is somebody's at the moment, and stays."""
        now = self._now()
        kept: list[KeptProxy] = []
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    facts, path = entry.stat(follow_symlinks=False), Path(entry.path)
                    if entry.name.startswith("."):
                        if now - facts.st_mtime > _LEFT_BEHIND_SECONDS:
                            _remove(path)
                    elif path.suffix in self._suffixes:
                        kept.append(KeptProxy(path, facts.st_size, facts.st_mtime))
        for path in surplus(kept, self._max_bytes, now):
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def stamps(media: MediaInfo, first: int, frames: int) -> list[tuple[str, int, int]]:
    """Path, size and time of each file that is read. Raises: MediaError for a file that is gone."""
    if media.sequence is None:
        files = [media.path]
    else:
        numbers = dict.fromkeys(media.sequence.numbers(first, frames))
        files = [media.sequence.file(number) for number in numbers if number not in media.missing]
    found = []
    for file in files:
        try:
            facts = file.stat()
        except OSError as error:
            raise MediaError(f"offline: {file}", why=str(error), fix=OFFLINE_FIX) from error
        found.append((str(file.absolute()), facts.st_size, facts.st_mtime_ns))
    return found
