"""Command lines that cut frames out of a source, exactly: the plate and the single frame.

A cut seeks a little early, keeps absolute times, maps them onto the source's own frame grid, and
takes the frames by time. When a seek lands behind the target (MPEG-TS has no index) nothing is
selected, and the caller tries again from further ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import ffmpeg

from newtake.adapters.ffmpeg_frames import remapped
from newtake.adapters.ffmpeg_picture import Table, fitted_size, sdr_picture
from newtake.adapters.image_feed import Feed
from newtake.adapters.packets import SAFE_INPUT, ffmpeg_address
from newtake.domain.clip import MediaInfo

UNINDEXED = ("mpegts", "mpeg")
"""Containers without an index, by ffmpeg's names."""

_FIRST_PREROLL_SECONDS = 1
_SPARE_SECONDS = 2
_GAP_PIXELS = 8


@dataclass(frozen=True, slots=True)
class Cut:
    """`frames` frames of a source from frame `index` on; `held` copies of the last one follow."""

    index: int
    frames: int
    held: int = 0
    sent: tuple[int, ...] = ()
    """Which of the frames come out, in order, by their numbers in the cut; empty: each once."""
    feed: Feed | None = None
    """The cut's images, of a source that is a sequence of them."""

    @property
    def length(self) -> int:
        return (len(self.sent) or self.frames) + self.held


def seek_points(
    source: MediaInfo, index: int, keyframe: Fraction | None = None
) -> Iterator[Fraction]:
    """Where to seek, in seconds after the container's start: nearest first, 0 last.

    Args:
        source: The file.
        index: The first frame wanted.
        keyframe: Presentation time of a frame at or before it that refers to no other. Wanted for
            containers of `UNINDEXED`, where a seek ends on any frame: HEVC pictures that refer to
            missing ones come out as guesses (measured with ffmpeg 5.1.9).
    """
    target = offset_of(source) + index / source.rate
    if keyframe is not None:
        target = min(target, keyframe - source.container_start_seconds)
    preroll = _FIRST_PREROLL_SECONDS
    while target > preroll:
        yield target - preroll
        preroll *= 4
    yield Fraction(0)


def plate_command(
    program: str,
    source: MediaInfo,
    cut: Cut,
    *,
    seek: Fraction,
    rate: Fraction,
    short_side: int,
    maps_tones: bool,
    to: Path,
    table: Table | None = None,
) -> list[str]:
    """Cut a plate into an MP4 labelled `rate`, source frame for frame.

    Its frames are fewer than `cut.length` when the source ends early, and none when the seek landed
    too late.
    """
    stream = cut_frames(source, cut, seek=seek, rate=rate)
    size = fitted_size(source, short_side)
    stream = sdr_picture(stream, source, size, maps_tones=maps_tones, table=table)
    output = ffmpeg.output(
        stream,
        ffmpeg_address(to),
        r=str(rate),
        format="mp4",
        vcodec="libx264",
        preset="veryfast",
        crf=18,
        pix_fmt="yuv420p",
        movflags="+faststart",
        map_metadata=-1,
        map_chapters=-1,
    )
    return compiled(program, output)


def pair_command(
    program: str,
    source: MediaInfo,
    cut: Cut,
    take: MediaInfo,
    take_index: int,
    *,
    seek: Fraction,
    height: int,
    maps_tones: bool,
    kind: Literal["png", "jpg"],
    to: Path,
) -> list[str]:
    """One picture: a source frame left, a take frame right.

    Args:
        program: ffmpeg.
        source: What is cut.
        cut: A cut of one frame.
        take: The other file.
        take_index: Its frame, from 0 on.
        seek: As for `plate_command`.
        height: Of the picture.
        maps_tones: Whether this ffmpeg maps HDR.
        kind: Of the picture's file.
        to: The picture.
    """
    left = cut_frames(source, cut, seek=seek, rate=source.rate)
    right = (
        _input(take, {})
        .filter("select", f"eq(n,{take_index})")
        .filter("settb", f"1/({source.rate})")
        .filter("setpts", "N")
        .filter("trim", end_frame=1)
    )
    left = sdr_picture(left, source, _size_of_height(source, height), maps_tones=maps_tones)
    right = sdr_picture(right, take, _size_of_height(take, height), maps_tones=maps_tones)
    left = left.filter("pad", f"iw+{_GAP_PIXELS}", "ih", 0, 0, "black")
    pair = ffmpeg.filter([left, right], "hstack")
    # Written as a stream of one picture: a name with `%` would be a pattern to `image2`.
    options: dict[str, Any] = {"format": "image2pipe", "vframes": 1}
    if kind == "png":
        pair = pair.filter("scale", in_color_matrix="bt709").filter("format", "rgb24")
        options |= {"vcodec": "png"}
    else:
        pair = pair.filter(
            "scale",
            in_color_matrix="bt709",
            out_color_matrix="bt601",
            in_range="tv",
            out_range="pc",
        ).filter("format", "yuvj420p")
        options |= {"vcodec": "mjpeg", "q:v": 2}
    return compiled(program, ffmpeg.output(pair, ffmpeg_address(to), **options))


def cut_frames(source: MediaInfo, cut: Cut, *, seek: Fraction, rate: Fraction) -> Any:
    """The filters of a cut: frame i comes out at i / `rate`."""
    stream = _found(source, cut, seek) if cut.feed is None else _fed(cut.feed, rate)
    if source.has_alpha and source.codec != "exr":
        # Over black; without it the model sees whatever colour lies under what is clear.
        stream = stream.filter("premultiply", inplace=1)
    stream = remapped(stream, cut.sent or range(cut.frames), rate)
    if cut.held:
        # Numbered again: a held frame is as long as one of the source's, rounded to the new grid.
        stream = stream.filter("tpad", stop=cut.held, stop_mode="clone").filter("setpts", "N")
    return stream


def _found(source: MediaInfo, cut: Cut, seek: Fraction) -> Any:
    """The frames of a video from the cut's first one on, found by their time."""
    fps = source.rate
    first = cut.index / fps
    until = offset_of(source) + first - seek + cut.frames / fps + _SPARE_SECONDS
    options: dict[str, Any] = {"copyts": None}
    if source.constant_rate:
        # A seek that lands too late reads no further. Of a variable rate the last picture wanted
        # may stay for longer than anything that could be said here.
        options["t"] = _seconds(until)
    if seek > 0:
        options["ss"] = _seconds(seek)
    stream = _input(source, options)
    # Rounded: a tick may be as long as a frame, and `setpts` cuts off what lies behind the point.
    stream = stream.filter("setpts", f"round(PTS-({source.video_start_seconds})/TB)")
    if source.interlaced:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    half = 1 / (2 * fps)
    landed = "st(1,if(eq(n,0),t,ld(1)))*0"
    return stream.filter("fps", fps=str(fps), round="near").filter(
        "select",
        f"{landed}+gte(t,{_seconds(first - half)})*lte(ld(1),{_seconds(first + half)})",
    )


def _fed(feed: Feed, rate: Fraction) -> Any:
    """The images of a feed, in its order."""
    stream = ffmpeg.input(feed.address, **feed.options)["V:0"]
    stream = stream.filter("settb", f"1/({rate})").filter("setpts", "N")
    if feed.blackened:
        runs = "+".join(f"between(n,{first},{last})" for first, last in feed.blackened)
        stream = stream.filter("drawbox", color="black", thickness="fill", enable=runs)
    return stream


def compiled(program: str, output: Any) -> list[str]:
    """The command line; the output's name is the caller's own part file and may exist."""
    command: list[str] = ffmpeg.compile(output, cmd=program, overwrite_output=True)
    return command


def _input(media: MediaInfo, options: dict[str, Any]) -> Any:
    return ffmpeg.input(ffmpeg_address(media.path), **options, **SAFE_INPUT)["V:0"]


def offset_of(source: MediaInfo) -> Fraction:
    """ffmpeg's input seek counts from the earliest stream, which is often the audio."""
    return source.video_start_seconds - source.container_start_seconds


def _size_of_height(info: MediaInfo, height: int) -> tuple[int, int]:
    width, own = info.display_size
    return max(2, 2 * round(Fraction(width * height, 2 * own))), height


def _seconds(value: Fraction) -> str:
    return f"{float(value):.9f}"
