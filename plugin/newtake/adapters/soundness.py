"""Whether a stretch of a source decodes whole: a decoder that meets damage makes pictures up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import anyio.to_thread
import av
import av.packet
import av.video.stream

from newtake.adapters.packets import (
    DEADLINE_SECONDS,
    keyframe_before,
    opened,
    picture_stream,
    tick_of,
)
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError

_EARLIER_SECONDS = (2, 30)
"""Decoding begins so far before the key frame that counts, so that what it refers to is there; and
once more from further ahead, since a seek without an index ends anywhere."""
_LATER_SECONDS = 1
"""Packets are read for so long after the last frame, which may come behind some that show later."""
_TOLD = 6

if TYPE_CHECKING:
    _Packet = av.packet.Packet[av.video.stream.VideoStream]


async def require_sound(source: MediaInfo, index: int, frames: int) -> None:
    """Decode the frames strictly, with those that they may refer to.

    Strictly is too much for every file: some that play well break rules of their standard. So this
    is for where a decoder complained, and then it tells whose complaint it was.

    Args:
        source: A video file.
        index: The first frame, from 0 on.
        frames: How many.

    Raises:
        MediaError: One of them, or one since their key frame, does not decode whole.
    """
    near, far = _EARLIER_SECONDS
    damaged = await anyio.to_thread.run_sync(_damaged, source, index, frames, near)
    if damaged:
        damaged &= await anyio.to_thread.run_sync(_damaged, source, index, frames, far)
    if not damaged:
        return
    told = ", ".join(str(frame) for frame in sorted(damaged)[:_TOLD])
    more = f" and {len(damaged) - _TOLD} more" if len(damaged) > _TOLD else ""
    raise MediaError(
        f"{source.path.name} is damaged where frames {index} to {index + frames - 1} are read.",
        why=f"Counted from 0, what does not decode whole: {told}{more}. What a decoder shows "
        "there, and up to the next key frame, is made up.",
        fix="Copy the media again from its card or backup, or trim the clip so that it shows "
        "none of these frames.",
    )


def _damaged(source: MediaInfo, index: int, frames: int, earlier: int) -> set[int]:
    """The frames, from 0 on, that are missing or broken, decoded from `earlier` seconds before."""
    rate, begin = source.rate, source.video_start_seconds
    start, end = begin + index / rate, begin + (index + frames) / rate
    key = keyframe_before(source.path, start)
    first = begin if key is None else key
    broken: set[int] = set()
    shown: set[int] = set()
    complete = True
    with opened(source.path) as container:
        stream = picture_stream(container, source.path)
        # Frame threads would go on from what others have not found to be broken yet.
        stream.thread_type = "SLICE"
        stream.codec_context.options |= {"err_detect": "explode"}
        tick = tick_of(stream)

        def note(moment: int | None, found: set[int]) -> None:
            if moment is not None and first <= moment * tick < end:
                found.add(round((moment * tick - begin) * rate))

        container.seek(int((first - earlier) / tick), stream=stream, backward=True)
        deadline = time.monotonic() + DEADLINE_SECONDS
        for packet in _until(container.demux(stream), (end + _LATER_SECONDS) / tick):
            if packet is not None and packet.is_corrupt:
                note(packet.pts, broken)
            try:
                pictures = stream.decode(packet)
            except av.FFmpegError:
                pictures = []
                note(packet.pts if packet else None, broken)
            for picture in pictures:
                note(picture.pts, shown)
                if picture.is_corrupt:
                    note(picture.pts, broken)
            if time.monotonic() > deadline:
                complete = False
                break
    if source.constant_rate and complete:
        broken |= set(range(index, index + frames)) - shown
    return broken


def _until(packets: Iterator[_Packet], last: Fraction) -> Iterator[_Packet | None]:
    """Up to the first that shows after `last`, in ticks, and None: what the decoder still holds."""
    for packet in packets:
        if packet.pts is not None and packet.pts > last:
            break
        if packet.size:
            yield packet
    yield None
