"""Makes one small H.264 copy of a cut, and counts its frames: none is lost and none is made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio.to_thread

from newtake.adapters.ffmpeg_cuts import seeks_of
from newtake.adapters.ffmpeg_export import Cut
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.adapters.ffmpeg_proxy import PROXY_QUALITY, proxy_command
from newtake.adapters.image_feed import image_feed
from newtake.adapters.probe import probe
from newtake.adapters.room import require_room
from newtake.adapters.toolchain import Toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError
from newtake.ports import Progress, no_progress

_BYTES_PER_FRAME = 60_000
"""More than noise of the usual size takes."""


async def make_small_copy(
    tools: Toolchain,
    media: MediaInfo,
    cut: Cut,
    *,
    short_side: int,
    to: Path,
    quality: int = PROXY_QUALITY,
    doing: str = "Making the proxy",
    progress: Progress = no_progress,
) -> None:
    """Frame k of the copy is frame k of the cut.

    Args:
        tools: The ffmpeg.
        media: A file or images, as probed.
        cut: Which frames.
        short_side: Pixels, at most.
        to: Written, and left behind incomplete when this raises.
        quality: x264's constant rate factor.
        doing: For errors.
        progress: Is told of frames made.

    Raises:
        MediaError: The media is gone, broken, or ends before the cut does.
        MediaToolError: ffmpeg cannot make it.
        StorageError: The disk is full.
    """
    require_room(cut.frames * _BYTES_PER_FRAME, to, "The proxy")
    for seek in await seeks_of(media, cut.index):
        with image_feed(media, cut.index, cut.frames, to) as feed:
            command = proxy_command(
                tools.executable,
                media,
                replace(cut, feed=feed),
                seek=seek,
                short_side=short_side,
                maps_tones=tools.maps_tones,
                to=to,
                quality=quality,
            )
            stream = feed.stream if feed else None
            await run_ffmpeg(
                command,
                doing=doing,
                frames=cut.frames,
                progress=progress,
                stdin=stream.out if stream else None,
            )
            if stream:
                await anyio.to_thread.run_sync(stream.check)
        if await _has_frames(to):
            break
    made = await probe(to, count_frames=True)
    if made.frames != cut.frames:
        raise MediaError(
            f"{media.path.name} ends before the frames wanted.",
            why=f"{made.frames} of {cut.frames} frames from number {cut.index} came out.",
        )


async def _has_frames(made: Path) -> bool:
    """Whether anything came out: a seek may land behind the frames."""
    try:
        return (await probe(made)).frames > 0
    except MediaError:
        return False
