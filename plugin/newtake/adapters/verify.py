"""Whether a video that was fetched plays to its end: every frame is decoded, and counted.

An index at a file's beginning promises frames that a cut-off download does not hold, so counting
what the index says proves nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio.to_thread
import av

from newtake.adapters.packets import opened, picture_stream
from newtake.adapters.probe import probe_now
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError, Money

_FIX = "Fetch it again."


async def verify(path: Path) -> MediaInfo:
    """The file's facts, with the frames that decode.

    Raises:
        MediaError: It cannot be opened, has no picture, breaks off, or has a damaged frame.
    """
    return await anyio.to_thread.run_sync(_verified, path, abandon_on_cancel=True)


def _verified(path: Path) -> MediaInfo:
    try:
        info = probe_now(path, count_frames=True)
        return replace(info, frames=_decoded(path), frames_counted=True)
    except MediaError as error:
        # The words are for what came, not for an editor's own media.
        raise MediaError(error.what, why=error.why, fix=_FIX, money=Money.NONE) from error


def _decoded(path: Path) -> int:
    frames = hidden = 0
    with opened(path) as container:
        stream = picture_stream(container, path)
        stream.thread_type = "AUTO"
        try:
            for packet in container.demux(stream):
                if packet.is_corrupt:
                    raise MediaError(f"{path} breaks off after {frames} frames.")
                hidden += packet.is_discard
                for frame in packet.decode():
                    if frame.is_corrupt:
                        raise MediaError(f"{path} has a damaged frame, number {frames}.")
                    frames += 1
        except av.FFmpegError as error:
            raise MediaError(f"{path} is damaged after {frames} frames.", why=str(error)) from error
        if frames + hidden < stream.frames:
            raise MediaError(
                f"{path} breaks off after {frames} frames.",
                why=f"Its index promises {stream.frames}.",
            )
    return frames
