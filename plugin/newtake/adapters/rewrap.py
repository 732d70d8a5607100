"""Copies a result's coded pictures into a take, in this process: new times, labels and tags only.

A program of its own would take longer to start than the whole copy takes, and ffmpeg's timecode
track runs at the rate of its input. Nothing is decoded and nothing coded here; that the pictures
are the same is proved afterwards.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from newtake.adapters.packets import ffmpeg_address, opened, picture_stream
from newtake.adapters.quicktime_write import TimecodeTrack, complete_movie
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.errors import MediaToolError
from newtake.domain.timing import frame_of_timecode, is_drop, nominal, timecode

_LEAST_TIMESCALE = 10_000
"""Below it ffmpeg's MOV muxer doubles a time scale on its own."""


def rewrap_ticks(rate: Fraction) -> tuple[int, int]:
    """Ticks per second, and per frame: whole numbers at any rate."""
    times = math.ceil(_LEAST_TIMESCALE / rate.numerator)
    return rate.numerator * times, rate.denominator * times


def rewrap(result: MediaInfo, plan: ConformPlan, order: list[int], to: Path) -> None:
    """Write the first packets of a result as a MOV of the plan's rate, timecode and tags.

    Args:
        result: As probed.
        plan: What the take is to be.
        order: For each packet to copy, in decoding order, its rank in presentation order.
        to: The file; replaced.
    Raises:
        MediaError: The result cannot be read.
        MediaToolError: The take cannot be muxed.
        ValueError: The take came out in a shape that cannot be labelled.
        OSError: It cannot be written.
    """
    try:
        _copy(result, plan, order, to)
    except av.error.FFmpegError as error:
        raise MediaToolError("The result could not be rewrapped.", why=str(error)) from error
    complete_movie(
        to,
        timecode=timecode_track(plan),
        mastering=result.mastering,
        light=result.light,
    )


def timecode_track(plan: ConformPlan) -> TimecodeTrack:
    """The take's label, in the source's own form, dropping or not."""
    rate = plan.available.rate
    label = timecode(plan.timecode_start, rate, drop=plan.drop)
    return TimecodeTrack(
        # By way of the label: it wraps at midnight.
        frame_of_timecode(label, rate),
        rate,
        nominal(rate),
        is_drop(label),
        plan.reel,
    )


def _copy(result: MediaInfo, plan: ConformPlan, order: list[int], to: Path) -> None:
    scale, step = rewrap_ticks(plan.available.rate)
    # A packet is decoded before it shows; how far before is the same for all.
    ahead = max(place - rank for place, rank in enumerate(order))
    scales = {"video_track_timescale": str(scale), "movie_timescale": str(scale)}
    with (
        opened(result.path) as source,
        av.open(ffmpeg_address(to), "w", format="mov", options=scales) as take,
    ):
        stream = picture_stream(source, result.path)
        copied: Any = take.add_stream_from_template(stream)
        if result.codec == "hevc":
            copied.codec_context.codec_tag = "hvc1"
        copied.time_base = Fraction(1, scale)
        if plan.disclosure is not None:
            take.metadata["comment"] = plan.disclosure.comment
            take.metadata["xmp"] = plan.disclosure.xmp
        place = 0
        for packet in source.demux(stream):
            if not packet.size:
                continue
            if place == len(order):
                break
            packet.stream = copied
            packet.time_base = Fraction(1, scale)
            packet.pts = order[place] * step
            packet.dts = (place - ahead) * step
            packet.duration = step
            take.mux(packet)
            place += 1
