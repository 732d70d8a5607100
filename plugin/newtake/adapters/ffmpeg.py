"""The media tool: cuts plates, conforms results, unpacks EXR, with ffmpeg and PyAV.

Rule 1: a file is written under a part name, checked, and renamed; what is not right never appears
under its own name, and a cancelled run leaves nothing.
Rule 2: a take is checked by reading it back: frames, rate, timecode, and the pixels of a rewrap.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.adapters.cubes import table_of
from newtake.adapters.exr_take import take_exr_frames
from newtake.adapters.ffmpeg_conform import (
    RESULT_CODECS,
    encode_command,
    frame_hashes,
    hash_command,
)
from newtake.adapters.ffmpeg_cuts import frames_in, seeks_of, stamped_file, too_short
from newtake.adapters.ffmpeg_export import Cut, pair_command, plate_command
from newtake.adapters.ffmpeg_picture import Table, fitted_size
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.adapters.ffmpeg_sound import require_sound_where_doubtful
from newtake.adapters.image_feed import image_feed
from newtake.adapters.images import probe_sequence
from newtake.adapters.packets import decode_order
from newtake.adapters.parts import digest_of, part_of, stamp_of
from newtake.adapters.probe import probe
from newtake.adapters.rewrap import rewrap
from newtake.adapters.room import require_room
from newtake.adapters.take_check import check_take, keep_colours
from newtake.adapters.toolchain import Toolchain, find_toolchain
from newtake.adapters.verify import verify
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan, closed_prefix
from newtake.domain.counting import counted
from newtake.domain.cube import Lut
from newtake.domain.errors import (
    MediaError,
    MediaToolError,
    NewTakeError,
    ResultError,
    StorageError,
)
from newtake.domain.files import ExrFrames, PlateFile
from newtake.domain.plate import PlatePlan
from newtake.domain.sequence import ImageSequence
from newtake.domain.take_size import certain_bytes
from newtake.durable import put_in_place
from newtake.ports import PICTURE_HEIGHT, ConformOutcome, Progress

_PLATE_BYTES_PER_PIXEL = 0.6
"""A little more than pictures of pure noise took: 0.53 (ffmpeg 7.0)."""
_RECODED = "prores"
"""What a result becomes that cannot be rewrapped after all."""


class FfmpegMediaTool:
    """Implements `ports.MediaTool`."""

    def __init__(self, toolchain: Toolchain | None = None) -> None:
        """Work with `toolchain`, or with the one that is found when it is first needed."""
        self._toolchain = toolchain

    async def probe(self, path: Path, *, count_frames: bool = False) -> MediaInfo:
        return await probe(path, count_frames=count_frames)

    async def probe_sequence(self, sequence: ImageSequence) -> MediaInfo:
        return await probe_sequence(sequence)

    async def verify(self, path: Path) -> MediaInfo:
        return await verify(path)

    async def export_plate(
        self,
        source: MediaInfo,
        plate: PlatePlan,
        *,
        rate: Fraction,
        short_side: int,
        to: Path,
        progress: Progress,
        lut: Lut | None = None,
    ) -> PlateFile:
        """Cut the plate; an earlier file at `to` is replaced.

        Raises:
            MediaError: If the source is offline, damaged where the clip is, or ends before the
                plate does; if the table is gone or has changed.
            MediaToolError: If ffmpeg fails.
            StorageError: If the plate cannot be written.
        """
        tools = await self._tools()
        cut = Cut(plate.file_index, plate.media_range.duration, plate.held, plate.sent)
        stamp = await anyio.to_thread.run_sync(stamp_of, stamped_file(source, cut.index))
        frames = 0
        picture = math.prod(fitted_size(source, short_side))
        require_room(round(cut.length * picture * _PLATE_BYTES_PER_PIXEL), to, "The plate")
        with part_of(to) as part, ExitStack() as stack:
            complaints: tuple[str, ...] = ()
            table = Table(lut, stack.enter_context(table_of(lut, to))) if lut else None
            feed = stack.enter_context(image_feed(source, cut.index, cut.frames, to))
            cut = replace(cut, feed=feed)
            for seek in await seeks_of(source, cut.index):
                command = plate_command(
                    tools.executable,
                    source,
                    cut,
                    seek=seek,
                    rate=rate,
                    short_side=short_side,
                    maps_tones=tools.maps_tones,
                    to=part,
                    table=table,
                )
                complaints = await run_ffmpeg(
                    command,
                    doing="Cutting the plate",
                    frames=cut.length,
                    progress=progress,
                    stdin=feed.stream.out if feed and feed.stream else None,
                )
                if feed and feed.stream:
                    await anyio.to_thread.run_sync(feed.stream.check)
                frames = await frames_in(part)
                if frames:
                    break
            if frames != cut.length:
                raise too_short(source, cut, frames)
            # Handles may be damaged: no trim of the clip could keep them out of the plate.
            first = cut.index + plate.clip_offset
            await require_sound_where_doubtful(source, first, plate.clip_frames, complaints)
            sha256, size = await anyio.to_thread.run_sync(digest_of, part)
            await anyio.to_thread.run_sync(put_in_place, part, to)
        return PlateFile(to, sha256, size, frames, stamp)

    async def conform(
        self, result: MediaInfo, plan: ConformPlan, *, to: Path, progress: Progress
    ) -> ConformOutcome:
        """Make the take; `to` must not exist.

        Raises:
            ResultError: If the result cannot be decoded, or is not what was probed.
            MediaToolError: If ffmpeg fails.
            StorageError: If the take cannot be written, or is there already.
        """
        if result.codec not in RESULT_CODECS or "mov" not in result.container.split(","):
            raise ResultError(
                f"{result.path.name} is {result.codec} in {result.container}.",
                why="A result is expected as MP4 or MOV with H.264, HEVC, ProRes, AV1 or VP9.",
            )
        if await anyio.Path(to).exists():
            raise StorageError(f"{to} exists already.", why="Takes are never overwritten.")
        notes: list[str] = []
        if plan.rewrap:
            try:
                return await self._rewrap(result, plan, to)
            except (MediaError, MediaToolError, ResultError, ValueError) as error:
                reason = error.what if isinstance(error, NewTakeError) else str(error)
                notes.append(f"could not be rewrapped without loss, so it was coded anew: {reason}")
        codec = plan.codec if plan.codec != "copy" else _RECODED
        return await self._encode(result, plan, codec, to, progress, notes)

    async def unpack_exr(
        self,
        package: Path,
        plate: PlatePlan,
        plan: ConformPlan,
        result: MediaInfo,
        *,
        folder: Path,
        prefix: str,
    ) -> ExrFrames | None:
        return await anyio.to_thread.run_sync(
            lambda: take_exr_frames(package, plate, plan, result, folder=folder, prefix=prefix)
        )

    async def side_by_side(
        self,
        source: MediaInfo,
        source_index: int,
        take: Path,
        take_index: int,
        *,
        to: Path,
        height: int = PICTURE_HEIGHT,
    ) -> None:
        """One picture; an earlier file at `to` is replaced. Raises: as `export_plate`."""
        if to.suffix.lower() not in (".png", ".jpg", ".jpeg"):
            raise ValueError(f"{to.name} is no PNG or JPEG")
        tools = await self._tools()
        take_info = await probe(take)
        height = min(height, 2 * (take_info.display_size[1] // 2))
        with part_of(to) as part, image_feed(source, source_index, 1, to) as feed:
            for seek in await seeks_of(source, source_index):
                command = pair_command(
                    tools.executable,
                    source,
                    Cut(source_index, 1, feed=feed),
                    take_info,
                    take_index,
                    seek=seek,
                    height=height,
                    maps_tones=tools.maps_tones,
                    kind="png" if to.suffix.lower() == ".png" else "jpg",
                    to=part,
                )
                await run_ffmpeg(
                    command,
                    doing="Drawing source and take",
                    stall_seconds=60,
                    stdin=feed.stream.out if feed and feed.stream else None,
                )
                if part.exists() and part.stat().st_size:
                    await anyio.to_thread.run_sync(put_in_place, part, to)
                    return
        raise MediaError(
            f"Frame {source_index} of {source.path.name} or {take_index} of {take.name} "
            "is not there."
        )

    async def _rewrap(self, result: MediaInfo, plan: ConformPlan, to: Path) -> ConformOutcome:
        require_room(await _size(result.path), to, "The take")
        order = await anyio.to_thread.run_sync(decode_order, result.path)
        frames = closed_prefix(order, plan.available.duration)
        with part_of(to) as part:
            await anyio.to_thread.run_sync(rewrap, result, plan, order[:frames], part)
            made = await check_take(part, plan, frames, result)
            await self._prove(result.path, part, frames)
            await anyio.to_thread.run_sync(put_in_place, part, to)
        notes = []
        extra = frames - plan.available.duration
        if extra:
            notes.append(
                f"{counted(extra, 'frame')} after the take's last one kept in the file: coded "
                "pictures can only be cut where none refers to another"
            )
        return ConformOutcome(frames, frames, tuple(notes), "rewrap", made)

    async def _prove(self, result: Path, take: Path, frames: int) -> None:
        """Decode both files and compare every frame. Raises: ResultError."""
        tools = await self._tools()
        listings: dict[Path, list[str]] = {}

        async def decode(media: Path) -> None:
            with part_of(take, f"{media.suffix[1:]}.hashes") as listing:
                command = hash_command(tools.executable, media, frames, to=listing)
                await run_ffmpeg(command, doing=f"Decoding {media.name}", stall_seconds=120)
                listings[media] = frame_hashes(listing.read_text("ascii", "replace"))

        await decode(result)
        await decode(take)
        if len(listings[result]) != frames or listings[result] != listings[take]:
            raise ResultError(
                "its frames do not decode to the same pictures after rewrapping",
                why=f"{len(listings[result])} frames before, {len(listings[take])} after.",
            )

    async def _encode(
        self,
        result: MediaInfo,
        plan: ConformPlan,
        codec: str,
        to: Path,
        progress: Progress,
        notes: list[str],
    ) -> ConformOutcome:
        tools = await self._tools()
        frames = plan.available.duration
        # What may only be is no reason to stop: a disk that fills up under it loses nothing.
        require_room(certain_bytes(codec, result.width, result.height, frames), to, "The take")
        with part_of(to) as part:
            command = encode_command(tools.executable, result, plan, codec, to=part)
            await run_ffmpeg(
                command, doing="Conforming the result", frames=frames, progress=progress
            )
            await anyio.to_thread.run_sync(keep_colours, part, result)
            made = await check_take(part, plan, frames, result)
            await anyio.to_thread.run_sync(put_in_place, part, to)
        return ConformOutcome(frames, 0, tuple(notes), codec, made)

    async def _tools(self) -> Toolchain:
        if self._toolchain is None:
            self._toolchain = await anyio.to_thread.run_sync(find_toolchain)
        return self._toolchain


async def _size(file: Path) -> int:
    return (await anyio.Path(file).stat()).st_size
