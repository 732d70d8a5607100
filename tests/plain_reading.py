"""What a reader shows that knows OpenTimelineIO and nothing of New Take.

It asks the library where a moment of the timeline lies in a clip, plays the clip's linear warps
from there, and looks into the file that the active reference names: its first frame is the first of
the available range where that is the whole file. Nothing here is New Take's own code.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import opentimelineio as otio

Time = otio.opentime.RationalTime


def moment_in(clip: Any, timeline: Any, record_frame: int, rate: float) -> Fraction:
    """Seconds since the clip's in point at which the timeline's frame begins to show it."""
    top = timeline.tracks
    offset = top.source_range.start_time if top.source_range else Time(0, rate)
    inside = top.transformed_time(Time(record_frame, rate) + offset, clip)
    return _seconds(inside) - _seconds(clip.trimmed_range().start_time)


def file_frame(clip: Any, moment: Fraction, *, file_frames: int | None = None) -> int:
    """The frame of the active reference's file, from 0, that the clip shows at that moment.

    Backwards playing begins with the last frame that the clip consumes.

    Args:
        clip: Of the timeline.
        moment: Seconds since its in point.
        file_frames: Of a file without timecode, its length: where the available range is a part of
            it, that counts as the file does, from 0 ("The available_range specifies the range of
            media that is available in the file", OpenTimelineIO, Timeline Structure). None: the
            available range is the whole file.
    """
    span, available = clip.trimmed_range(), clip.media_reference.available_range
    speed = Fraction(1)
    for effect in clip.effects:
        if isinstance(effect, otio.schema.TimeEffect):
            speed *= Fraction(effect.time_scalar).limit_denominator(1000)
    start, length = _seconds(span.start_time), _seconds(span.duration)
    rate = Fraction(available.duration.rate).limit_denominator(1001)
    first = round(_seconds(available.start_time) * rate)
    if file_frames is not None and round(_seconds(available.duration) * rate) < file_frames:
        first = 0
    if speed >= 0:
        return math.floor((start + speed * moment) * rate) - first
    return math.ceil((start - speed * (length - moment)) * rate) - 1 - first


def take_over(timeline: Any, clip: Any) -> Any:
    """The clip that covers `clip` on a track that was added for takes; None where none does."""
    own = clip.metadata["newtake"]["clip_id"]
    for each in timeline.find_clips():
        if each.metadata.get("newtake", {}).get("take_of") == own and each.enabled:
            return each
    return None


def _seconds(time: Any) -> Fraction:
    rate = Fraction(time.rate).limit_denominator(1001)
    return Fraction(time.value).limit_denominator(10_000) / rate
