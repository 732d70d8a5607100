"""The cache of compare proxies: made on demand, found again, kept to a limit by `kept_files`.

Rule: a proxy has its name when it is complete and its frames were counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.adapters.ffmpeg_export import Cut
from newtake.adapters.kept_files import KeptFiles, stamps
from newtake.adapters.small_copy import make_small_copy
from newtake.adapters.toolchain import Toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.proxies import (
    SHORT_SIDE_PX,
    Proxy,
    check_range,
    proxy_name,
)
from newtake.durable import hidden_name
from newtake.ports import Progress, no_progress


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
        self._kept = KeptFiles(folder, (".mp4",), max_bytes, now)
        self._tools = toolchain
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
        files = await anyio.to_thread.run_sync(stamps, media, first, frames)
        name = proxy_name(files, first, frames, short_side)
        to = self._kept.folder / name
        async with self._making.setdefault(name, anyio.Lock()):
            reused = await anyio.to_thread.run_sync(self._kept.found, to)
            if not reused:
                await self._make(media, Cut(first, frames), short_side, to, progress)
                await anyio.to_thread.run_sync(self._kept.tidy)
        return Proxy(to, frames, media.rate, reused)

    async def _make(
        self, media: MediaInfo, cut: Cut, short_side: int, to: Path, progress: Progress
    ) -> None:
        self._kept.make_folder()
        part = hidden_name(to)
        try:
            await make_small_copy(
                self._tools, media, cut, short_side=short_side, to=part, progress=progress
            )
            await anyio.to_thread.run_sync(self._kept.put, part, to)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
