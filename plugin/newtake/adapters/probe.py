"""The one prober: a media file's facts, read in-process with PyAV.

What a file does not say is None; what it says wrongly (the frames behind an edit list, a download
that was cut off) is found by looking at its packets.
"""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio.to_thread
import av
import av.container
import av.video.frame
import av.video.stream

from newtake.adapters.colour import colour_tags, hdr_of
from newtake.adapters.mp4_promises import check_promises
from newtake.adapters.packets import (
    DEADLINE_SECONDS,
    MAX_PIXELS,
    follows_rate,
    frame_times,
    frames_promised,
    index_follows_rate,
    opened,
    picture_stream,
    read_sample,
    tick_of,
)
from newtake.adapters.quicktime import timecode_track_rate
from newtake.domain.clip import ColourTags, MediaInfo
from newtake.domain.errors import OFFLINE_FIX, MediaError
from newtake.domain.timing import exact_rate, frame_of_timecode
from newtake.domain.variable import nominal_rate


async def probe(path: Path, *, count_frames: bool = False) -> MediaInfo:
    """A file's facts; `count_frames` reads the whole file and counts its frames.

    Raises:
        MediaError: If it is offline, no video, not safe to read, or broken.
    """
    return await anyio.to_thread.run_sync(
        lambda: probe_now(path, count_frames=count_frames), abandon_on_cancel=True
    )


def probe_now(
    path: Path, *, count_frames: bool = False, most_pixels: int = MAX_PIXELS
) -> MediaInfo:
    """`probe`, in this thread."""
    if not path.is_file():
        if path.exists():
            raise MediaError(f"{path} is no regular file.", fix="Link the clip to a video file.")
        raise MediaError(f"offline: {path}", why="There is no such file.", fix=OFFLINE_FIX)
    check_promises(path)
    deadline = time.monotonic() + DEADLINE_SECONDS
    with opened(path, most_pixels) as container:
        stream = picture_stream(container, path)
        if stream.codec_context.width * stream.codec_context.height > most_pixels:
            raise MediaError(
                f"{path} has pictures of {stream.codec_context.width} x "
                f"{stream.codec_context.height} pixels, more than is opened here."
            )
        sample = read_sample(container, stream, path, deadline, everything=count_frames)
        first = sample.first_frame
        tick = tick_of(stream)
        start = Fraction(first.pts if first.pts is not None else sample.times[0]) * tick
        times = [each * tick for each in sample.times]
        rate = _rate(stream, times, path)
        constant = follows_rate(times, rate) and index_follows_rate(stream, rate)
        moments: tuple[Fraction, ...] = ()
        if not constant:
            read = sample.complete or count_frames
            moments = tuple(each - times[0] for each in times) if read else frame_times(path)
            rate = _nominal(moments, stream, rate)
        if moments:
            frames, counted = len(moments), True
        elif count_frames or sample.complete:
            frames, counted = len(times), True
        else:
            frames, counted = (
                frames_promised(container, stream, start, rate, constant, deadline),
                False,
            )
        mastering, light = hdr_of(_side_data(first))
        timecode = _found("timecode", stream, container)
        return MediaInfo(
            path=path,
            container=container.format.name,
            codec=stream.codec_context.codec.canonical_name,
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            rate=rate,
            frames=frames,
            frames_counted=counted,
            video_start_seconds=start,
            container_start_seconds=Fraction(container.start_time or 0, av.time_base),
            pixel_format=first.format.name,
            bit_depth=max(component.bits for component in first.format.components),
            pixel_aspect=_pixel_aspect(stream),
            rotation_degrees=int(first.rotation),
            interlaced=bool(first.interlaced_frame),
            constant_rate=constant,
            has_alpha=any(component.is_alpha for component in first.format.components),
            has_audio=bool(container.streams.audio),
            colour=_colour(stream, first),
            timecode=timecode,
            timecode_rate=_timecode_rate(path, timecode, rate),
            reel=_found("reel_name", stream, container),
            mastering=mastering,
            light=light,
            frame_times=moments,
        )


def _rate(stream: av.video.stream.VideoStream, times: list[Fraction], path: Path) -> Fraction:
    """The stated rate that the packets follow; the average where they follow none."""
    stated = [
        exact_rate(each)
        for each in (stream.average_rate, stream.base_rate)
        if each and 0 < each <= 1000
    ]
    for rate in stated:
        if follows_rate(times, rate):
            return rate
    if len(times) > 1 and times[-1] > times[0]:
        measured = exact_rate((len(times) - 1) / (times[-1] - times[0]))
        return measured if follows_rate(times, measured) or not stated else stated[0]
    if stated:
        return stated[0]
    raise MediaError(f"{path} does not say at what rate it runs.")


def _nominal(
    moments: tuple[Fraction, ...], stream: av.video.stream.VideoStream, otherwise: Fraction
) -> Fraction:
    """The rate that a variable one is counted at."""
    stated = [exact_rate(each) for each in (stream.average_rate, stream.base_rate) if each]
    try:
        return nominal_rate(moments, stated)
    except ValueError:
        return otherwise


def _pixel_aspect(stream: av.video.stream.VideoStream) -> Fraction:
    ratio = stream.sample_aspect_ratio
    return Fraction(ratio) if ratio and ratio > 0 else Fraction(1)


def _colour(stream: av.video.stream.VideoStream, frame: av.video.frame.VideoFrame) -> ColourTags:
    context = stream.codec_context
    return colour_tags(
        int(context.color_primaries),
        int(context.color_trc),
        int(context.colorspace),
        int(context.color_range),
        is_rgb=frame.format.is_rgb,
    )


def _side_data(frame: av.video.frame.VideoFrame) -> dict[str, bytes]:
    # PyAV's types of this container differ from release to release; its numbers do not.
    there: Any = frame.side_data
    return {there[place].type.name: bytes(there[place]) for place in range(len(there))}


def _found(
    key: str, stream: av.video.stream.VideoStream, container: av.container.InputContainer
) -> str | None:
    """A metadata value of the stream, of a timecode track beside it, or of the file."""
    places = [stream.metadata, *(each.metadata for each in container.streams.data)]
    for metadata in (*places, container.metadata):
        value = metadata.get(key)
        if value:
            return str(value)
    return None


def _timecode_rate(path: Path, timecode: str | None, rate: Fraction) -> Fraction | None:
    """The rate a label counts at: its own track's, else the picture's where the label exists at it.

    Above 30 frames per second cameras count at the full or at half the rate, and a label alone does
    not say which.
    """
    if timecode is None:
        return None
    own = timecode_track_rate(path)
    if own is not None:
        return exact_rate(own) if 0 < own <= 1000 else None
    if rate > 30:
        return None
    try:
        frame_of_timecode(timecode, rate)
    except ValueError:
        return None
    return rate
