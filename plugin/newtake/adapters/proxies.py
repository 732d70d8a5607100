"""The cache of compare proxies: made on demand, found again, the least recently used go first.

Rule 1: a proxy has its name when it is complete and its frames were counted; two processes that
make the same one put the same in the same place.
Rule 2: a file's time says when it was last asked for.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.adapters.ffmpeg_export import Cut
from newtake.adapters.room import storage_error
from newtake.adapters.small_copy import make_small_copy
from newtake.adapters.toolchain import Toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError
from newtake.domain.proxies import (
    SHORT_SIDE_PX,
    KeptProxy,
    Proxy,
    check_range,
    proxy_name,
    surplus,
)
from newtake.durable import hidden_name, put_in_place
from newtake.ports import Progress, no_progress

_LEFT_BEHIND_SECONDS = 24 * 3600.0
"""After them what a process began was left by one that died."""


class ProxyCache:
    """Implements `ports.ProxyMaker` on a folder."""

    def __init__(
        self,
        folder: Path,
        toolchain: Toolchain,
        *,
        max_bytes: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is made yet.

        Args:
            folder: Of this cache alone; made when it is needed.
            toolchain: The ffmpeg.
            max_bytes: What all proxies together may take.
            now: Seconds since 1970.
        """
        self._folder = folder
        self._tools = toolchain
        self._max_bytes = max_bytes
        self._now = now
        self._making: dict[str, anyio.Lock] = {}

    async def proxy(
        self,
        media: MediaInfo,
        first: int,
        frames: int,
        *,
        short_side: int = SHORT_SIDE_PX,
        progress: Progress = no_progress,
    ) -> Proxy:
        check_range(media, first, frames)
        stamps = await anyio.to_thread.run_sync(_stamps, media, first, frames)
        name = proxy_name(stamps, first, frames, short_side)
        to = self._folder / name
        async with self._making.setdefault(name, anyio.Lock()):
            reused = await anyio.to_thread.run_sync(self._found, to)
            if not reused:
                await self._make(media, Cut(first, frames), short_side, to, progress)
                await anyio.to_thread.run_sync(self._tidy)
        return Proxy(to, frames, media.rate, reused)

    def _found(self, to: Path) -> bool:
        """Whether it is there; marks it as used."""
        moment = self._now()
        try:
            os.utime(to, (moment, moment))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise storage_error(error, to) from error
        return True

    async def _make(
        self, media: MediaInfo, cut: Cut, short_side: int, to: Path, progress: Progress
    ) -> None:
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, to) from error
        part = hidden_name(to)
        try:
            await make_small_copy(
                self._tools, media, cut, short_side=short_side, to=part, progress=progress
            )
            await anyio.to_thread.run_sync(self._put, part, to)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _put(self, part: Path, to: Path) -> None:
        try:
            moment = self._now()
            os.utime(part, (moment, moment))
            put_in_place(part, to)
        except OSError as error:
            raise storage_error(error, to) from error

    def _tidy(self) -> None:
        """Keep to the limit. What cannot be removed is somebody's at the moment, and stays."""
        now = self._now()
        kept: list[KeptProxy] = []
        with suppress(OSError):
            for path in self._folder.iterdir():
                facts = path.stat()
                if path.suffix == ".mp4" and not path.name.startswith("."):
                    kept.append(KeptProxy(path, facts.st_size, facts.st_mtime))
                elif path.name.startswith(".") and now - facts.st_mtime > _LEFT_BEHIND_SECONDS:
                    _remove(path)
        for path in surplus(kept, self._max_bytes, now):
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _stamps(media: MediaInfo, first: int, frames: int) -> list[tuple[str, int, int]]:
    """Path, size and time of each file that is read. Raises: MediaError for a file that is gone."""
    if media.sequence is None:
        files = [media.path]
    else:
        numbers = dict.fromkeys(media.sequence.numbers(first, frames))
        files = [media.sequence.file(number) for number in numbers if number not in media.missing]
    stamps = []
    for file in files:
        try:
            facts = file.stat()
        except OSError as error:
            raise MediaError(f"offline: {file}", why=str(error)) from error
        stamps.append((str(file.absolute()), facts.st_size, facts.st_mtime_ns))
    return stamps
