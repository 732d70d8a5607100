"""Tracks that are added above the picture for takes: finding room, filling gaps."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from otio_newtake.appearances import Appearance
from otio_newtake.marks import mark_of, put_mark
from otio_newtake.spans import rate_of, seconds_of, spelling_of


def lay_above(
    timeline: Any, target: Appearance, clip: Any, resolve_shape: bool, rate: Fraction
) -> None:
    """Put `clip` over `target` on a track of ours that has room there, or on a new top one.

    Args:
        timeline: Changed in place.
        target: The clip to be covered.
        clip: The take's clip, as long as the target shows.
        resolve_shape: Name the track as Resolve names its own.
        rate: The record rate; the place is a whole frame of it.
    """
    stack = timeline.tracks
    offset = stack.source_range.start_time if stack.source_range is not None else None
    begin = target.start + ((seconds_of(offset) or Fraction(0)) if offset is not None else 0)
    at = Fraction(round(begin * rate)) / rate
    spelled = spelling_of(rate, clip.source_range)
    length = seconds_of(clip.source_range.duration) or Fraction(0)
    top = max(_picture_rows(stack), default=-1)
    for row in _picture_rows(stack):
        ours = mark_of(stack[row]).get("takes") is True and _covers(stack, row, target)
        if ours and _put(stack[row], at, length, clip, spelled):
            return
    track = otio.schema.Track(name=_name(stack, resolve_shape), kind=otio.schema.TrackKind.Video)
    put_mark(track, takes=True)
    if resolve_shape:
        track.metadata["Resolve_OTIO"] = {"Locked": False}
    _put(track, at, length, clip, spelled)
    stack.insert(top + 1, track)


def _picture_rows(stack: Any) -> Iterator[int]:
    for row, track in enumerate(stack):
        if not isinstance(track, otio.schema.Track) or track.kind.lower() == "video":
            yield row


def _covers(stack: Any, row: int, target: Appearance) -> bool:
    """Whether the row lies above the target's track."""
    mine = [place for place, track in enumerate(stack) if track is target.track]
    return not mine or row > mine[0]


def _name(stack: Any, resolve_shape: bool) -> str:
    names = {track.name for track in stack}
    if resolve_shape:
        count = sum(1 for _ in _picture_rows(stack)) + 1
        while f"Video {count}" in names:
            count += 1
        return f"Video {count}"
    count = 1
    while (name := "New Take" if count == 1 else f"New Take {count}") in names:
        count += 1
    return name


def _put(track: Any, at: Fraction, length: Fraction, clip: Any, rate: float) -> bool:
    """Lay the clip into a gap or behind the end; False where something is in the way, or where
    somebody put something on the track whose place is not plain."""
    if track.source_range is not None:
        return False
    begin = Fraction(0)
    for place, item in enumerate(list(track)):
        if isinstance(item, otio.schema.Transition) or item.source_range is None:
            return False
        end = begin + (seconds_of(item.source_range.duration) or Fraction(0))
        if isinstance(item, otio.schema.Gap) and begin <= at and at + length <= end:
            parts = [_gap(at - begin, rate), clip, _gap(end - at - length, rate)]
            track[place : place + 1] = [part for part in parts if part is not None]
            return True
        begin = end
    if at < begin:
        return False
    gap = _gap(at - begin, rate)
    if gap is not None:
        track.append(gap)
    track.append(clip)
    return True


def _gap(seconds: Fraction, rate: float) -> Any:
    exact = rate_of(rate)
    if seconds <= 0 or exact is None:
        return None
    duration = otio.opentime.RationalTime(float(seconds * exact), rate)
    return otio.schema.Gap(duration=duration)
