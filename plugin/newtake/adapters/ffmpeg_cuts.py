"""A cut of a source: where to seek for it, how many frames came out, and what to say of too few."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from pathlib import Path

import anyio.to_thread

from newtake.adapters.ffmpeg_export import UNINDEXED, Cut, seek_points
from newtake.adapters.packets import frame_times, keyframe_before
from newtake.adapters.probe import probe
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError
from newtake.domain.timing import FrameRange
from newtake.domain.variable import shown


async def seeks_of(source: MediaInfo, index: int) -> list[Fraction]:
    """Where to seek for a frame, to be tried in order; see `seek_points`."""
    if source.sequence is not None:
        return [Fraction(0)]
    if not source.constant_rate:
        # The picture that shows at the frame may have come long before it.
        times = source.frame_times or await anyio.to_thread.run_sync(frame_times, source.path)
        (picture,) = shown(times, source.rate, FrameRange(index, 1, source.rate))
        index = floor(times[picture] * source.rate)
    if source.container not in UNINDEXED:
        return list(seek_points(source, index))
    target = source.video_start_seconds + index / source.rate
    keyframe = await anyio.to_thread.run_sync(keyframe_before, source.path, target)
    return list(seek_points(source, index, keyframe)) if keyframe is not None else [Fraction(0)]


async def frames_in(part: Path) -> int:
    """Frames that were really written; 0 for a file without any."""
    try:
        return (await probe(part, count_frames=True)).frames
    except MediaError:
        return 0


def stamped_file(source: MediaInfo, index: int) -> Path:
    """The file whose size and date stand for the source's: of a sequence its first image sent."""
    if source.sequence is None:
        return source.path
    return source.sequence.file(source.sequence.number_at(index))


def too_short(source: MediaInfo, cut: Cut, frames: int) -> MediaError:
    """The error for a cut of which only so many frames came out."""
    if source.sequence is not None:
        numbers = source.sequence.numbers(cut.index, cut.frames)
        return MediaError(
            f"Images of {source.path.name} cannot be read.",
            why=f"Of those from {numbers[0]} to {numbers[-1]}, {frames} came out where "
            f"{cut.length} should have.",
            fix="Look for images that are damaged or of another kind than their names say.",
        )
    reached = max(0, frames - cut.held)
    if cut.sent and reached:
        reached = cut.sent[reached - 1] + 1
    return MediaError(
        f"{source.path.name} ends before the frames wanted.",
        why=f"Frames {cut.index} to {cut.index + cut.frames - 1} are wanted; "
        f"{reached} of {cut.frames} could be decoded.",
        fix="Check that the media is complete, and that the timeline's range lies inside it.",
    )
