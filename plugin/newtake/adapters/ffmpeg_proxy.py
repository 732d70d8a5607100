"""The command line that makes a proxy: the frames of a cut, small, each coded by itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ffmpeg

from newtake.adapters.ffmpeg_export import Cut, compiled, cut_frames
from newtake.adapters.ffmpeg_picture import fitted_size, sdr_picture
from newtake.adapters.packets import ffmpeg_address
from newtake.domain.clip import MediaInfo

PROXY_QUALITY = 22
"""x264's constant rate factor: good to look at, small to keep."""


def proxy_command(
    program: str,
    media: MediaInfo,
    cut: Cut,
    *,
    seek: Fraction,
    short_side: int,
    maps_tones: bool,
    to: Path,
    quality: int = PROXY_QUALITY,
) -> list[str]:
    """Write an MP4 that a browser plays: 8-bit H.264, BT.709, no frame that refers to another.

    A browser asked for a moment shows the frame before it is decoded from the last key frame; with
    every frame a key frame, stepping is exact and costs the same everywhere.
    """
    stream = cut_frames(media, cut, seek=seek, rate=media.rate)
    size = fitted_size(media, short_side)
    stream = sdr_picture(stream, media, size, maps_tones=maps_tones)
    output = ffmpeg.output(
        stream,
        ffmpeg_address(to),
        r=str(media.rate),
        format="mp4",
        vcodec="libx264",
        preset="veryfast",
        crf=quality,
        g=1,
        bf=0,
        pix_fmt="yuv420p",
        movflags="+faststart",
        map_metadata=-1,
        map_chapters=-1,
    )
    return compiled(program, output)
