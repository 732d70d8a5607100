"""Count a clip's media from its timecode: the one way of counting that DaVinci Resolve imports.

Where a timeline counts media with a timecode from zero, Resolve imports nothing of it. Everything
of a clip that counts media frames moves together, so that it shows the same frames as before.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio

from newtake.domain.files import NewTake
from newtake.domain.timing import frame_of_timecode
from otio_newtake.marks import mark_of, put_mark, text_of
from otio_newtake.spans import rate_of
from otio_newtake.takes import track_takes

_MARK = "counted_from"
"""In the clip's mark: by how many frames, at the take's rate, its ranges were moved."""


def shift_of(take: NewTake) -> int:
    """By how many frames at its rate the take's range lies below its timecode; 0 where it does not.

    A take's timecode is the media's own at that frame.
    """
    available = take.file.available
    try:
        start = frame_of_timecode(take.file.start_timecode, available.rate)
    except ValueError:
        return 0
    # A label that lies below is one that went past midnight.
    return max(0, start - available.start)


def undo_shift(clip: Any, rate: Fraction) -> None:
    """Count the clip as it came, for a take that was planned with it that way."""
    moved = mark_of(clip).get(_MARK)
    if isinstance(moved, int) and moved:
        shift_clip(clip, -moved, rate)
        put_mark(clip, **{_MARK: 0})


def shift(timeline: Any, clip: Any, frames: int, rate: Fraction) -> None:
    """Move every range of the clip, and those of its takes on other tracks.

    Args:
        timeline: Holds the clip and the takes; changed in place.
        clip: Its own ranges count from zero.
        frames: As from `shift_of`.
        rate: What they count at.
    """
    shift_clip(clip, frames, rate)
    put_mark(clip, **{_MARK: frames})
    own = text_of(mark_of(clip), "clip_id")
    for take in track_takes(own, timeline.find_clips()):
        span = take.media_reference.available_range
        spoken = rate_of(span.start_time.rate) if span is not None else None
        if spoken is None:
            continue
        try:
            label = text_of(mark_of(take.media_reference), "start_timecode")
            start = frame_of_timecode(label, spoken)
        except ValueError:
            continue
        # It may have been written counted from its own first frame, or from its timecode already.
        shift_clip(take, start - round(span.start_time.value), spoken)


def shift_clip(clip: Any, frames: int, rate: Fraction) -> None:
    """Move the clip's range, its markers and what its references have."""
    if clip.source_range is not None:
        clip.source_range = moved(clip.source_range, frames, rate)
    references = clip.media_references()
    for reference in references.values():
        if reference is not None and reference.available_range is not None:
            reference.available_range = moved(reference.available_range, frames, rate)
    for marker in clip.markers:
        marker.marked_range = moved(marker.marked_range, frames, rate)


def moved(span: Any, frames: int, rate: Fraction) -> Any:
    """The same range later by `frames` at `rate`; it keeps its own rate."""
    start = span.start_time
    own = rate_of(start.rate) or Fraction(start.rate)
    by = frames if own == rate else float(frames / rate * own)
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start.value + by, start.rate), span.duration
    )
