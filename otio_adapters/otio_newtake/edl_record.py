"""Carry the record timecode at which an EDL begins, which its adapter writes in a way of its own.

The adapter for CMX 3600 (measured with version 1.0.0) gives a track that begins at record timecode
T a range that begins at minus T. OpenTimelineIO says the same with the timeline's start; read as it
stands, such a range leaves every clip out.
"""

from __future__ import annotations

from typing import Any

import opentimelineio as otio


def begin_at_record(timeline: Any, start: Any = None) -> None:
    """Give what the adapter read the timeline's start, in place; a track that begins later gets a
    gap.

    Args:
        timeline: As the adapter read it.
        start: The record time at which it is known to begin, where it has no clip there; else it
            begins with its first clip.
    """
    tracks = [each for each in timeline.tracks if each.source_range is not None]
    begins = {id(each): -each.source_range.start_time for each in tracks}
    if not any(each.value > 0 for each in begins.values()):
        return
    first = min(begins.values())
    # A track whose first clip lies at zero has no range.
    if len(tracks) < len(timeline.tracks):
        first = otio.opentime.RationalTime(0, first.rate)
    if start is not None and start < first:
        first = start
    for track in tracks:
        lead, span = begins[id(track)] - first, track.source_range
        whole = span.duration == track.available_range().duration
        if lead.value > 0:
            track.insert(0, otio.schema.Gap(duration=lead))
        begin = otio.opentime.RationalTime(0, lead.rate)
        track.source_range = None if whole else otio.opentime.TimeRange(begin, lead + span.duration)
    timeline.global_start_time = first if first.value > 0 else None


def begin_before_zero(timeline: Any) -> Any:
    """A copy with which the adapter writes the timeline's own record timecodes."""
    start = timeline.global_start_time
    if start is None or start.value <= 0:
        return timeline
    copy = timeline.deepcopy()
    for track in copy.tracks:
        span = track.source_range if track.source_range is not None else track.available_range()
        track.source_range = otio.opentime.TimeRange(span.start_time - start, span.duration)
    return copy
