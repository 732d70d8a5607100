"""Comparisons of a clip's original and its takes, made by ffmpeg from counted copies of each."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.adapters.ffmpeg_compare import (
    GAP_PX,
    Copy,
    Counting,
    Sound,
    label_width,
    movie_command,
    sheet_command,
)
from newtake.adapters.ffmpeg_export import Cut
from newtake.adapters.ffmpeg_picture import fitted_size
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.adapters.fonts import find_font
from newtake.adapters.probe import probe
from newtake.adapters.room import storage_error
from newtake.adapters.small_copy import make_small_copy
from newtake.adapters.toolchain import Toolchain
from newtake.domain.comparing import Compared, CompareMode, Comparison, evenly_spaced
from newtake.domain.errors import MediaError, MediaToolError, StorageError
from newtake.domain.proxies import check_range
from newtake.durable import put_new
from newtake.ports import Progress, no_progress

_COPY_QUALITY = 10
"""Of the copies, which are coded once more: nothing to be seen."""
_SHEET_PX = 240
"""The short side of one picture of a sheet, at most."""


class FfmpegCompareMaker:
    """Implements `ports.CompareMaker`."""

    def __init__(self, toolchain: Toolchain, *, fonts: Sequence[Path] | None = None) -> None:
        """Nothing is made yet.

        Args:
            toolchain: The ffmpeg.
            fonts: Where a font for labels is looked for; None: where this system has its own.
        """
        self._tools = toolchain
        self._font = find_font(fonts) if toolchain.writes_text else None

    async def compare(
        self,
        comparison: Comparison,
        *,
        movie: Path | None,
        sheet: Path | None,
        columns: int,
        progress: Progress = no_progress,
    ) -> Compared:
        """As the port has it."""
        for side in comparison.sides:
            check_range(side.media, side.first, comparison.frames)
        notes: list[str] = []
        counting = self._counting(comparison, notes)
        shown = evenly_spaced(comparison.frames, columns)
        wanted = [each for each in (movie, sheet) if each is not None]
        for each in wanted:
            if each.exists():
                raise StorageError(f"{each} exists already.", fix="Name another file.")
        try:
            wanted[0].parent.mkdir(parents=True, exist_ok=True)
            held = tempfile.TemporaryDirectory(prefix=".compare-", dir=wanted[0].parent)
        except OSError as error:
            raise storage_error(error, wanted[0]) from error
        with held as folder:
            work = Path(folder)
            read = comparison.frames * len(comparison.sides)
            total = read + (comparison.frames if movie is not None else 0)

            def told(done: int, _: int | None) -> None:
                progress(done, total)

            copies = await self._copies(comparison, work, labelled=counting is not None, told=told)
            if movie is not None:
                part = work / "movie.mp4"
                await self._movie(
                    comparison,
                    copies,
                    counting,
                    part,
                    notes,
                    lambda done, _: told(read + done, None),
                )
                await anyio.to_thread.run_sync(_put, part, movie)
            if sheet is not None:
                part = work / "sheet.png"
                cell = _sheet_cell(copies[0].size)
                for copy, side in zip(copies, comparison.sides, strict=True):
                    _write_label(copy.label, side.name, label_width(*cell))
                await run_ffmpeg(
                    sheet_command(
                        self._tools.executable,
                        copies,
                        shown,
                        comparison.rate,
                        cell=cell,
                        counting=counting,
                        to=part,
                    ),
                    doing="Making the contact sheet",
                )
                await anyio.to_thread.run_sync(_put, part, sheet)
        return Compared(movie, sheet, shown if sheet else (), tuple(notes))

    def _counting(self, comparison: Comparison, notes: list[str]) -> Counting | None:
        if comparison.bare:
            return None
        if self._font is None:
            lack = (
                "a font at a place it knows"
                if self._tools.writes_text
                else "an ffmpeg with drawtext"
            )
            notes.append(
                "names, timecodes and frame numbers are not written into the pictures: "
                f"New Take found no {lack.removeprefix('a ').removeprefix('an ')}"
            )
            return None
        return Counting(self._font, comparison.counted, comparison.counts_record)

    async def _copies(
        self, comparison: Comparison, work: Path, *, labelled: bool, told: Progress
    ) -> list[Copy]:
        copies = []
        for number, side in enumerate(comparison.sides):
            before = number * comparison.frames

            def one_side(done: int, _: int | None, before: int = before) -> None:
                told(before + done, None)

            size = fitted_size(side.media, comparison.short_side)
            file = work / f"{number}.mp4"
            await make_small_copy(
                self._tools,
                side.media,
                Cut(side.first, comparison.frames),
                short_side=comparison.short_side,
                to=file,
                quality=_COPY_QUALITY,
                doing="Reading the frames to compare",
                progress=one_side,
            )
            label = work / f"{number}.txt" if labelled else None
            copies.append(Copy(file, size, label))
        across, down = copies[0].size
        if comparison.mode is CompareMode.WIPE:
            across //= 2
        for copy, side in zip(copies, comparison.sides, strict=True):
            _write_label(copy.label, side.name, label_width(across, down))
        return copies

    async def _movie(
        self,
        comparison: Comparison,
        copies: Sequence[Copy],
        counting: Counting | None,
        part: Path,
        notes: list[str],
        told: Progress,
    ) -> None:
        sounds: list[Sound | None] = [None]
        heard = comparison.sound
        if heard is not None:
            media = heard.media
            offset = media.video_start_seconds - media.container_start_seconds
            sounds.insert(0, Sound(media.path, offset + heard.first / media.rate))
        for sound in sounds:
            command = movie_command(
                self._tools.executable,
                copies,
                comparison.mode,
                comparison.frames,
                comparison.rate,
                counting=counting,
                sound=sound,
                gap=0 if comparison.bare else GAP_PX,
                to=part,
            )
            try:
                await run_ffmpeg(
                    command,
                    doing="Making the comparison",
                    frames=comparison.frames,
                    progress=told,
                )
            except MediaToolError:
                if sound is None:
                    raise
                notes.append("silent: this ffmpeg cannot read the sound of the clip's file")
                continue
            break
        made = await probe(part, count_frames=True)
        if made.frames != comparison.frames:
            raise MediaError(
                "The comparison came out with another number of frames.",
                why=f"{made.frames} instead of {comparison.frames}.",
            )


def _sheet_cell(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(Fraction(1), Fraction(_SHEET_PX, min(size)))
    width, height = (max(2, 2 * round(side * scale / 2)) for side in size)
    return width, height


def _write_label(file: Path | None, name: str, width: int) -> None:
    if file is not None:
        text = "".join(each if each.isprintable() else " " for each in name)
        file.write_text(text if len(text) <= width else f"{text[: width - 3]}...", encoding="utf-8")


def _put(part: Path, to: Path) -> None:
    try:
        put_new(part, to)
    except FileExistsError as error:
        raise StorageError(f"{to} exists already.", fix="Name another file.") from error
    except OSError as error:
        raise storage_error(error, to) from error
