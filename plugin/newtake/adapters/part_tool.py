"""The tool for joined takes, with ffmpeg.

Rule 1: a join opens two results at a time, however many parts there are: each piece is coded by
itself, every frame on its own, and the coded pieces are copied into one file.
Rule 2: what was joined is read back like any take.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import anyio
import anyio.to_thread
import av

from newtake.adapters.ffmpeg_cut_in import untouched_command
from newtake.adapters.ffmpeg_cuts import (
    frames_in,
    seeks_of,
    stamped_file,
    too_short,
)
from newtake.adapters.ffmpeg_export import Cut
from newtake.adapters.ffmpeg_parts import (
    concat_command,
    concat_list,
    exact_times,
    piece_command,
    scores_command,
    scores_in,
    still_command,
)
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.adapters.ffmpeg_sound import require_decoded
from newtake.adapters.image_feed import image_feed
from newtake.adapters.parts import part_of, stamp_of
from newtake.adapters.room import require_room
from newtake.adapters.take_check import check_take, keep_colours
from newtake.adapters.toolchain import Toolchain, find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.cut_in import placed_in, take_picture
from newtake.domain.errors import MediaError, ResultError, StorageError
from newtake.domain.files import FileStamp
from newtake.domain.parts import Piece
from newtake.domain.take_size import certain_bytes
from newtake.durable import put_in_place
from newtake.ports import ConformOutcome, Progress
from newtake.ports.parts import PartResult, SourceFrames, slots_of

_JOINED = "prores"
"""What a take is coded as that no single result can be rewrapped into."""


class FfmpegPartTool:
    """Implements `ports.PartTool`."""

    def __init__(self, toolchain: Toolchain | None = None) -> None:
        """Work with `toolchain`, or with the one that is found when it is first needed."""
        self._toolchain = toolchain
        self._sound: set[tuple[FileStamp | None, Path, int, int]] = set()
        self._looking = anyio.Lock()

    async def scene_scores(
        self, source: MediaInfo, first: int, frames: int, progress: Progress
    ) -> Sequence[float]:
        """See the port.

        Raises:
            MediaError: The source is offline or broken.
            MediaToolError: ffmpeg failed.
        """
        tools = await self._tools()
        with tempfile.TemporaryDirectory(prefix="newtake-") as folder:
            listing = Path(folder) / "scores"
            for seek in await seeks_of(source, first):
                with image_feed(source, first, frames, listing) as feed:
                    cut = Cut(first, frames, feed=feed)
                    command = scores_command(tools.executable, source, cut, seek=seek, to=listing)
                    await run_ffmpeg(
                        command,
                        doing="Looking for cuts",
                        frames=frames,
                        progress=progress,
                        stdin=feed.stream.out if feed and feed.stream else None,
                    )
                scores = scores_in(listing.read_text("ascii", "replace"))
                if scores:
                    return scores
        raise MediaError(f"Frame {first} of {source.path.name} is not there.")

    async def require_sound(
        self, source: MediaInfo, first: int, frames: int, progress: Progress
    ) -> None:
        """See the port. All parts of a clip ask for the same frames, which are decoded once.

        Raises:
            MediaError: The source is offline or broken.
            MediaToolError: ffmpeg failed.
        """
        stamp = await anyio.to_thread.run_sync(stamp_of, stamped_file(source, first))
        wanted = (stamp, source.path, first, frames)
        async with self._looking:
            if wanted in self._sound:
                return
            await require_decoded(await self._tools(), source, Cut(first, frames), progress)
            self._sound.add(wanted)

    async def still(self, part: PartResult, slot: int, *, to: Path) -> None:
        """See the port.

        Raises:
            ResultError: The result has no such frame.
            MediaToolError: ffmpeg failed.
            StorageError: The picture cannot be written.
        """
        tools = await self._tools()
        with part_of(to) as new:
            command = still_command(
                tools.executable, part, slot, maps_tones=tools.maps_tones, to=new
            )
            await run_ffmpeg(command, doing="Taking a picture", stall_seconds=60)
            if not new.exists() or not new.stat().st_size:
                raise ResultError(f"{part.result.path.name} has no frame for slot {slot}.")
            await anyio.to_thread.run_sync(put_in_place, new, to)

    async def join(
        self,
        parts: Sequence[PartResult | SourceFrames],
        pieces: Sequence[Piece],
        whole: ConformPlan,
        *,
        to: Path,
        progress: Progress,
    ) -> ConformOutcome:
        """See the port.

        Raises:
            MediaError: The clip's own media is gone, changed or broken.
            ResultError: What was joined is not as planned.
            MediaToolError: ffmpeg failed.
            StorageError: The take cannot be written, or is there already.
        """
        if await anyio.Path(to).exists():
            raise StorageError(f"{to} exists already.", why="Takes are never overwritten.")
        own = [each for each in parts if isinstance(each, SourceFrames)]
        results = [each for each in parts if isinstance(each, PartResult)]
        aged = [await anyio.to_thread.run_sync(_told_of_age, each) for each in own]
        frames = whole.available.duration
        picture = take_picture(own[0].source) if own else results[0].result
        files = [each.source if isinstance(each, SourceFrames) else each.result for each in parts]
        codec = _JOINED if whole.codec == "copy" else whole.codec
        # One format for all pieces: they are copied into one stream.
        deep = any(each.bit_depth > 8 for each in files)
        # The pieces, and the take that they are copied into.
        least = certain_bytes(codec, picture.width, picture.height, frames)
        require_room(2 * least, to, "The take")
        tools = await self._tools()
        with ExitStack() as kept:
            coded = [kept.enter_context(part_of(to, f"{n:04}")) for n in range(len(pieces))]
            listing = kept.enter_context(part_of(to, "list"))
            new = kept.enter_context(part_of(to))
            done = 0

            def shown(count: int, _: int | None) -> None:
                progress(min(done + count, frames), frames)

            for piece, file in zip(pieces, coded, strict=True):
                part = parts[piece.part]
                if isinstance(part, SourceFrames):
                    await self._copy_frames(part, piece, whole, codec, deep, file, shown)
                else:
                    sources = [
                        (each, *slots_of(piece, each.plan.available))
                        for each in results[piece.part : piece.part + (2 if piece.dissolves else 1)]
                    ]
                    command = piece_command(
                        tools.executable,
                        sources,
                        whole,
                        codec,
                        picture=picture,
                        cuts_in=bool(own),
                        deep=deep,
                        to=file,
                    )
                    await run_ffmpeg(
                        command, doing="Joining the parts", progress=shown, stall_seconds=120
                    )
                done += piece.frames.duration
                progress(done, frames)
            await anyio.Path(listing).write_text(concat_list(coded), encoding="utf-8")
            command = concat_command(tools.executable, listing, whole, to=new)
            await run_ffmpeg(command, doing="Joining the parts", stall_seconds=120)
            await anyio.to_thread.run_sync(keep_colours, new, picture)
            made = await check_take(new, whole, frames, picture)
            await anyio.to_thread.run_sync(_check_times, new, whole.available.rate)
            await anyio.to_thread.run_sync(put_in_place, new, to)
        notes = _brought(results, picture) if own else _resized(results, picture)
        notes = (*(each for each in aged if each), *notes)
        return ConformOutcome(frames, 0, notes, codec, made)

    async def _copy_frames(
        self,
        own: SourceFrames,
        piece: Piece,
        whole: ConformPlan,
        codec: str,
        deep: bool,
        to: Path,
        progress: Progress,
    ) -> None:
        """Code the frames of a piece from the clip's own media. Raises: as `join`."""
        tools = await self._tools()
        source, frames = own.source, piece.frames.duration
        first = piece.frames.start - own.origin
        found = 0
        with tempfile.TemporaryDirectory(prefix="newtake-") as folder:
            for seek in await seeks_of(source, first):
                with image_feed(source, first, frames, Path(folder) / "images") as feed:
                    cut = Cut(first, frames, feed=feed)
                    command = untouched_command(
                        tools.executable,
                        source,
                        cut,
                        whole,
                        codec,
                        seek=seek,
                        picture=take_picture(source),
                        deep=deep,
                        to=to,
                        **exact_times(whole.available.rate),
                    )
                    await run_ffmpeg(
                        command, doing="Copying the original's frames", progress=progress
                    )
                found = await frames_in(to)
                if found:
                    break
        if found != frames:
            raise too_short(source, cut, found)

    async def _tools(self) -> Toolchain:
        if self._toolchain is None:
            self._toolchain = await anyio.to_thread.run_sync(find_toolchain)
        return self._toolchain


def _resized(parts: Sequence[PartResult], picture: MediaInfo) -> tuple[str, ...]:
    return tuple(
        f"part {number} came as {part.result.width}x{part.result.height} and was scaled"
        for number, part in enumerate(parts, start=1)
        if (part.result.width, part.result.height) != (picture.width, picture.height)
    )


def _brought(parts: Sequence[PartResult], picture: MediaInfo) -> tuple[str, ...]:
    """How restyled frames became as large as those around them."""
    notes: dict[str, None] = {}
    size = (picture.width, picture.height)
    for each in (part.result for part in parts):
        placed = placed_in(each, picture)
        if placed != size:
            notes[
                f"the restyled frames show as {each.display_size[0]}x{each.display_size[1]}, "
                "another shape than the source's: black bars fill the difference"
            ] = None
        if (each.width, each.height) != size:
            notes[
                f"the restyled frames came as {each.width}x{each.height} and were scaled to the "
                f"source's {size[0]}x{size[1]}"
            ] = None
    return tuple(notes)


def _told_of_age(own: SourceFrames) -> str:
    """What to say of a date that changed since the plate was cut; "" where it did not.

    A date alone refuses nothing: copying and syncing change it, and a result was paid for.

    Raises:
        MediaError: The clip's media is gone, or of another size.
    """
    file = stamped_file(own.source, own.stamped_index)
    now = stamp_of(file)
    if now is None:
        raise MediaError(
            f"offline: {file}",
            why="The take shows the original's frames around those that were restyled.",
            fix="Bring the media back, then `newtake jobs resume`; it costs nothing.",
        )
    if own.stamp is not None and own.stamp.size_bytes != now.size_bytes:
        raise MediaError(
            f"{file.name} has changed since frames of it were sent.",
            why="The original's frames around those that were restyled would be other ones.",
            fix="Bring the media back as it was, then `newtake jobs resume`; it costs nothing.",
        )
    if own.stamp not in (None, now):
        return f"{file.name} has another date than when frames of it were sent, and the same size"
    return ""


def _check_times(take: Path, rate: Fraction) -> None:
    """See that frame i stands at exactly i / rate. Raises: ResultError."""
    with av.open(str(take)) as container:
        stream = container.streams.video[0]
        tick = stream.time_base
        assert tick is not None
        times = sorted(each.pts for each in container.demux(stream) if each.pts is not None)
    wrong = [place for place, time in enumerate(times) if (time - times[0]) * tick * rate != place]
    if wrong:
        raise ResultError(
            "The joined take did not come out as planned.",
            why=f"{len(wrong)} frames, from number {wrong[0]} on, are not at their times.",
        )
