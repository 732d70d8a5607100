"""Whether a video that was fetched plays to its end: every frame is decoded, and counted.

An index at a file's beginning promises frames that a cut-off download does not hold, so counting
what the index says proves nothing.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import anyio.to_thread
import av

from newtake.adapters.mp4_index import check_index
from newtake.adapters.packets import DEADLINE_SECONDS, opened, picture_stream
from newtake.adapters.probe import probe_now
from newtake.domain.clip import MediaInfo
from newtake.domain.counting import counted
from newtake.domain.errors import MediaError, Money

MOST_PIXELS = 4096 * 2304
"""Of one frame; the largest that is sold has half as many on a side."""
_MOST_THREADS = 4
"""Each holds frames of its own."""
_FIX = "Fetch it again."


async def verify(path: Path) -> MediaInfo:
    """The file's facts, with the frames that decode.

    Raises:
        MediaError: It cannot be opened, has no picture, breaks off, has a damaged frame, or more or
            larger ones than a result can have.
    """
    return await anyio.to_thread.run_sync(_verified, path, abandon_on_cancel=True)


def _verified(path: Path) -> MediaInfo:
    try:
        check_index(path)
        info = probe_now(path, count_frames=True, most_pixels=MOST_PIXELS)
        return replace(info, frames=_decoded(path), frames_counted=True)
    except MediaError as error:
        # The words are for what came, not for an editor's own media.
        raise MediaError(error.what, why=error.why, fix=_FIX, money=Money.NONE) from error


def _decoded(path: Path) -> int:
    frames = hidden = 0
    deadline = time.monotonic() + DEADLINE_SECONDS
    with opened(path, MOST_PIXELS) as container:
        stream = picture_stream(container, path)
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = min(_MOST_THREADS, os.cpu_count() or 1)
        try:
            for packet in container.demux(stream):
                if time.monotonic() > deadline:
                    raise MediaError(f"{path} takes longer to play than a result can.")
                if packet.is_corrupt:
                    raise MediaError(f"{path} breaks off after {counted(frames, 'frame')}.")
                hidden += packet.is_discard
                for frame in packet.decode():
                    if frame.is_corrupt:
                        raise MediaError(f"{path} has a damaged frame, number {frames}.")
                    frames += 1
        except av.FFmpegError as error:
            raise MediaError(
                f"{path} is damaged after {counted(frames, 'frame')}.", why=str(error)
            ) from error
        if frames + hidden < stream.frames:
            raise MediaError(
                f"{path} breaks off after {counted(frames, 'frame')}.",
                why=f"Its index promises {stream.frames}.",
            )
    return frames
