"""A take's frames in the order in which a strip shows them: one for each record frame.

Blender starts strips at whole frames only, so a movie of another rate than the scene's, cut out of
the middle, cannot be made to show given frames at "its own speed" (measured, 3.4 to 5.0). Made at
the scene's rate it plays one for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import anyio

from newtake.domain.conform import ConformPlan, FrameMapping
from newtake.domain.disclosure import Disclosure
from newtake.domain.errors import HostError
from newtake.domain.files import NewTake
from newtake.domain.timing import FrameRange, display_rate
from newtake.ports import MediaTool

_DEEP = 8


def file_for(take: Path, frames: Sequence[int], rate: Fraction) -> Path:
    """Where the file of these frames lies: beside the take, another name for other frames."""
    digest = hashlib.sha256(f"{rate} {list(frames)}".encode()).hexdigest()[:8]
    shown = display_rate(rate).replace(".", "_")
    return take.with_name(f"{take.stem}_{shown}fps_{digest}.mov")


async def rendition(
    media: MediaTool, take: NewTake, frames: Sequence[int], rate: Fraction, *, start: int
) -> Path:
    """The take's file with its frames in this order; made once, then found again.

    Args:
        media: Makes it.
        take: Conformed; its file stays as it is.
        frames: Of the take's file, from 0; none is before the one before it.
        rate: Of the scene.
        start: Record frame of the first one, which its timecode says.

    Raises:
        HostError: What is there under that name is something else.
        MediaToolError, MediaError, ResultError, StorageError: It cannot be made.
    """
    source = take.file
    to = file_for(source.path, frames, rate)
    if await anyio.Path(to).exists():
        made = await media.probe(to, count_frames=True)
        if (made.frames, made.rate) != (len(frames), rate):
            raise HostError(
                f"{to.name} is not the file that New Take made there.",
                why=f"It has {made.frames} frames at {display_rate(made.rate)}.",
                fix=f"Move {to} away, then bring the take in again.",
            )
        return to
    info = await media.probe(source.path, count_frames=True)
    is_deep = info.bit_depth > _DEEP or info.codec not in ("h264", "hevc")
    plan = ConformPlan(
        mapping=FrameMapping.FRAME,
        rewrap=False,
        codec="prores" if is_deep else "h264",
        available=FrameRange(start, len(frames), rate),
        result_rate=info.rate,
        grid_rate=info.rate,
        timecode_start=max(start, 0),
        reel=info.reel,
        colour=info.colour,
        disclosure=Disclosure(take.provenance.model),
        frame_map=tuple(frames),
    )
    await media.conform(info, plan, to=to, progress=_no_progress)
    return to


def _no_progress(done: int, total: int | None) -> None:
    del done, total
