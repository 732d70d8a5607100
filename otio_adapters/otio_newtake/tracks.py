"""Tracks that are added above the picture for takes: finding room, filling gaps, dissolving."""

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

    Its transitions come along as copies: beside the take of a neighbour they dissolve into that,
    and alone they fade to what lies below.

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
    edges = _edges(target)
    top = max(_picture_rows(stack), default=-1)
    for row in _picture_rows(stack):
        ours = mark_of(stack[row]).get("takes") is True and _covers(stack, row, target)
        if ours and _put(stack[row], at, length, clip, edges, spelled):
            return
    track = otio.schema.Track(name=_name(stack, resolve_shape), kind=otio.schema.TrackKind.Video)
    put_mark(track, takes=True)
    if resolve_shape:
        track.metadata["Resolve_OTIO"] = {"Locked": False}
    _put(track, at, length, clip, edges, spelled)
    stack.insert(top + 1, track)


def _edges(target: Appearance) -> tuple[Any, Any]:
    """Copies of the transitions that show whole at the target's start and end."""
    if target.clock.speed != 1 or (target.cut and target.clock.offset):
        head = None
    else:
        head = _copy(target.edges[0])
    if target.clock.speed != 1 or (target.cut and not target.after):
        return head, None
    return head, _copy(target.edges[1])


def _copy(transition: Any) -> Any:
    if transition is None:
        return None
    copy = transition.deepcopy()
    put_mark(copy, takes=True)
    return copy


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


def _put(
    track: Any, at: Fraction, length: Fraction, clip: Any, edges: tuple[Any, Any], rate: float
) -> bool:
    """Lay the clip into a gap or behind the end; False where something is in the way, or where
    somebody put something on the track whose place is not plain."""
    if track.source_range is not None:
        return False
    items, begin = list(track), Fraction(0)
    for place, item in enumerate(items):
        if isinstance(item, otio.schema.Transition) and mark_of(item).get("takes") is True:
            continue
        if isinstance(item, otio.schema.Transition) or item.source_range is None:
            return False
        end = begin + (seconds_of(item.source_range.duration) or Fraction(0))
        is_last = place == len(items) - 1
        if isinstance(item, otio.schema.Gap) and begin <= at and (at + length <= end or is_last):
            before, after = items[place - 1 : place], items[place + 1 : place + 2]
            room = at - begin, None if is_last else end - at - length
            track[place : place + 1] = _parts(clip, edges, room, (before, after), rate)
            return True
        begin = end
    if at < begin:
        return False
    track.extend(_parts(clip, edges, (at - begin, None), (items[-1:], []), rate))
    return True


def _parts(
    clip: Any,
    edges: tuple[Any, Any],
    room: tuple[Fraction, Fraction | None],
    beside: tuple[list[Any], list[Any]],
    rate: float,
) -> list[Any]:
    """The clip with its transitions and with what remains of the gap on both sides.

    A transition is left out where the neighbour, a take too, has brought it already, and where
    there is no room for it.

    Args:
        clip: The take's clip.
        edges: The transitions at its start and end, or None.
        room: Seconds of gap before and after it; None after it where the track ends.
        beside: The items before and after the gap, where there are any.
        rate: A spelling of the record rate.
    """
    (before, after), (head, tail) = room, edges
    reach = Fraction(0) if tail is None else seconds_of(tail.out_offset) or Fraction(0)
    if after is None:
        after = reach
    parts = [_gap(before, rate), None, clip, None, _gap(after, rate)]
    early = Fraction(0) if head is None else seconds_of(head.in_offset) or Fraction(0)
    if head is not None and early <= before and (before or not beside[0]):
        parts[1] = head
    if tail is not None and reach <= after and (after or not beside[1]):
        parts[3] = tail
    return [part for part in parts if part is not None]


def _gap(seconds: Fraction, rate: float) -> Any:
    exact = rate_of(rate)
    if seconds <= 0 or exact is None:
        return None
    duration = otio.opentime.RationalTime(float(seconds * exact), rate)
    return otio.schema.Gap(duration=duration)
