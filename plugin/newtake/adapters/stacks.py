"""The cache of stacked comparisons, in the folder of the compare proxies and under their limit.

Rule: a movie has its name when it is complete and its frames were counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.adapters.comparing import FfmpegCompareMaker
from newtake.adapters.kept_files import KeptFiles, stamps
from newtake.adapters.probe import probe
from newtake.adapters.toolchain import Toolchain
from newtake.domain.comparing import Comparison
from newtake.domain.proxies import check_range, stack_name
from newtake.durable import hidden_name
from newtake.ports import Progress, Stacked, no_progress


class StackCache:
    """Implements `ports.StackMaker` on a folder."""

    def __init__(
        self,
        folder: Path,
        toolchain: Toolchain,
        *,
        max_bytes: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is made yet; arguments as for `proxies.ProxyCache`, whose folder it may be."""
        self._kept = KeptFiles(folder, (".mp4",), max_bytes, now)
        self._maker = FfmpegCompareMaker(toolchain)
        self._making: dict[str, anyio.Lock] = {}
        self._turn = anyio.Lock()

    async def stacked(self, comparison: Comparison, *, progress: Progress = no_progress) -> Stacked:
        for side in comparison.sides:
            check_range(side.media, side.first, comparison.frames)
        name = await anyio.to_thread.run_sync(_name, comparison)
        to = self._kept.folder / f"{name}.mp4"
        notes: tuple[str, ...] = ()
        async with self._making.setdefault(name, anyio.Lock()):
            if not await anyio.to_thread.run_sync(self._kept.found, to):
                # One after the other: each keeps all cores busy.
                async with self._turn:
                    notes = await self._make(comparison, to, progress)
                await anyio.to_thread.run_sync(self._kept.tidy)
        made = await probe(to)
        return Stacked(to, made.width, made.height // len(comparison.sides), made.has_audio, notes)

    async def _make(self, comparison: Comparison, to: Path, progress: Progress) -> tuple[str, ...]:
        await anyio.to_thread.run_sync(self._kept.make_folder)
        part = hidden_name(to)
        try:
            made = await self._maker.compare(
                comparison, movie=part, sheet=None, columns=1, progress=progress
            )
            await anyio.to_thread.run_sync(self._kept.put, part, to)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return made.notes


def _name(comparison: Comparison) -> str:
    frames = comparison.frames
    shown = [*comparison.sides, *([comparison.sound] if comparison.sound else [])]
    sides = [(stamps(each.media, each.first, frames), each.first) for each in shown]
    return stack_name(sides, frames, comparison.short_side, len(comparison.sides))
