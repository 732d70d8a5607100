"""Split a clip at two cuts, so that a take sits exactly on a range inside it.

Head, middle and tail show together what the clip showed, frame for frame, at the same places: each
has a source range of its own over the same media, effects and takes. A nested timeline is split
itself, as a blade does it, and each piece shows its part.

Rule 1: every piece gets an id and the keys that the whole was known by (`split_of`), so that jobs
which were planned before the split find the piece that is theirs.
Rule 2: what would move a frame is refused: a cut inside a dissolve, or between two frames of a
retimed clip's media.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import opentimelineio as otio

from newtake.domain.clip import Refusal, RefusalReason
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import Appearance, item_length, track_offset
from otio_newtake.identity import ClipIndex, keys_before
from otio_newtake.marks import mark_of, original_of, put_mark, text_of
from otio_newtake.nesting import Placed, place
from otio_newtake.retimes import Interval, speed_of
from otio_newtake.spans import rate_of, seconds_of

_OFF_FRAME = Fraction(1, 1000)
"""Frames by which a cut may miss a frame of a retimed clip's media and still mean it."""
_CLOSE = Fraction(1, 1_000_000)
"""Seconds; no two frames lie as close together."""


class UnsplittableError(Exception):
    """The clip cannot be split there; `refusal` says why."""

    def __init__(self, reason: RefusalReason, text: str) -> None:
        super().__init__(text)
        self.refusal = Refusal(reason, text)


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be a clip of its own."""

    span: Interval
    """Seconds from the stack's start."""
    close: Fraction
    """Seconds by which an end of it may miss a clip's end and still mean that: under half a record
    frame, as clips may begin between two of them."""

    @classmethod
    def of(cls, timeline: Any, frames: FrameRange) -> Part:
        """The part of the timeline that record frames name."""
        start = timeline.global_start_time
        first = (seconds_of(start) or Fraction(0)) if start is not None else Fraction(0)
        rate = frames.rate
        return cls(
            (frames.start / rate - first, frames.end / rate - first), Fraction(499, 1000) / rate
        )

    def lies_in(self, place: Appearance) -> bool:
        end = place.start + place.duration
        return place.start - self.close <= self.span[0] and self.span[1] <= end + self.close

    def is_all_of(self, place: Appearance) -> bool:
        first, last = self.span
        end = place.start + place.duration
        return abs(place.start - first) <= self.close and abs(end - last) <= self.close


def holder_of(key: str, part: Part, index: ClipIndex) -> Appearance | None:
    """The clip that a key names, or the piece of it in which the part lies; None for neither.

    Args:
        key: As listed, before or after the clip was split.
        part: Of the record.
        index: Of all appearances.
    """
    pieces = [each for each in index.pieces(key) if part.lies_in(each)]
    if len(pieces) == 1:
        return pieces[0]
    # On a large timeline it takes long to find out that no clip has the key any more.
    named = index.clip(key)
    fits = [named] if named is not None and part.lies_in(named) else []
    fits += [each for each in pieces if each is not named]
    return fits[0] if len(fits) == 1 else None


def pieces_of(key: str, found: Sequence[Appearance]) -> list[Appearance]:
    """All pieces of the clip that had this key before it was split, in order; none of others."""
    return [each for each in found if key in keys_before(each)]


def split_out(timeline: Any, target: Appearance, part: Part, key: str) -> bool:
    """Make the part a clip of its own, in place. False where it is one already: nothing changes.

    Args:
        timeline: Holds the clip.
        target: The clip; it is the piece before the part afterwards, or else the part, so that of
            several parts the last one is to be split out first.
        part: Of the record; inside what shows of the clip.
        key: The clip's own.

    Raises:
        UnsplittableError: A frame would move.
        TimelineError: An item has no length.
    """
    top = target.within[0] if target.within else target.item
    track = target.track
    if track is None:
        raise UnsplittableError(
            RefusalReason.UNSUPPORTED, "it lies on no track, so that nothing of it can be split off"
        )
    placed = next(
        each
        for each in place(track, lambda item: item_length(item, target.label))
        if each.item is top
    )
    begin, end = placed.span
    shift = track_offset(timeline, track) - begin
    cuts = [each for each in _cuts(target, part, shift) if each < end - begin - _CLOSE]
    if not cuts:
        return False
    _check_dissolves(placed, cuts)
    bounds = [Fraction(0), *cuts, end - begin]
    spans = list(_spans(top, bounds, end - begin))
    keys = _keys(target, key)
    split = text_of(mark_of(top), "split") or uuid.uuid4().hex
    way = _way_to(top, target.item)
    items = [top, *(top.deepcopy() for _ in spans[1:])]
    ids = text_of(mark_of(target.item), "clip_id")
    start = _own_range(top).start_time
    index = next(i for i, each in enumerate(track) if each is top)
    del track[index]
    for number, (item, span) in enumerate(zip(items, spans, strict=True)):
        _keep_markers(item, bounds, number, start, span.start_time)
        item.source_range = span
        put_mark(item, split=split)
        _mark_piece(item, way, keys, ids if not number else "")
        track.insert(index + number, item)
    return True


def _cuts(target: Appearance, part: Part, shift: Fraction) -> list[Fraction]:
    """Where to cut, in seconds since the item's in point: not where the part meets what shows."""
    start, end = part.span
    found = []
    if start > target.start + part.close:
        found.append(start + shift)
    if end < target.start + target.duration - part.close:
        found.append(end + shift)
    return found


def _check_dissolves(placed: Placed, cuts: Sequence[Fraction]) -> None:
    head = _offset(placed.head, "out_offset")
    tail = placed.span[1] - placed.span[0] - _offset(placed.tail, "in_offset")
    for cut in cuts:
        inside = placed.head if cut < head - _CLOSE else placed.tail
        if cut < head - _CLOSE or cut > tail + _CLOSE:
            name = inside.name or inside.transition_type or "a transition"
            raise UnsplittableError(
                RefusalReason.TRANSITION,
                f"the range begins or ends inside {name}, where the clip cannot be split; end it "
                "before the dissolve, or reach over all of it",
            )


def _offset(transition: Any, field: str) -> Fraction:
    if transition is None:
        return Fraction(0)
    return max(seconds_of(getattr(transition, field)) or Fraction(0), Fraction(0))


def _own_range(item: Any) -> Any:
    """Its source range, or what stands for one where it has none."""
    if item.source_range is not None:
        return item.source_range
    if isinstance(item, otio.schema.Clip):
        reference = original_of(item)[1]
        return reference.available_range if reference is not None else item.available_range()
    return item.trimmed_range()


def _spans(item: Any, bounds: Sequence[Fraction], length: Fraction) -> Iterator[Any]:
    """The source range of each piece."""
    speed, span = speed_of(item), _own_range(item)
    if speed is None:
        raise UnsplittableError(
            RefusalReason.RETIMED, "its speed changes or is not known, so it cannot be split"
        )
    rates = rate_of(span.start_time.rate), rate_of(span.duration.rate)
    if rates[0] is None or rates[1] is None:
        raise UnsplittableError(RefusalReason.UNKNOWN_RATE, "its range counts at no known rate")
    for first, last in pairwise(bounds):
        # Backwards the end of what is consumed shows first.
        later = first * speed if speed >= 0 else (length - last) * -speed
        moved = later * rates[0]
        if speed != 1 and abs(moved - round(moved)) > _OFF_FRAME:
            raise UnsplittableError(
                RefusalReason.RETIMED,
                f"it plays at {float(speed * 100):g} % speed and the cut would fall between two "
                "frames of its media; move the range by a few frames, or mean the whole clip",
            )
        yield otio.opentime.TimeRange(
            _time(Fraction(span.start_time.value) + moved, span.start_time.rate),
            _time((last - first) * rates[1], span.duration.rate),
        )


def _time(frames: Fraction, rate: float) -> Any:
    return otio.opentime.RationalTime(float(frames), rate)


def _keep_markers(item: Any, bounds: Sequence[Fraction], number: int, start: Any, own: Any) -> None:
    """Leave a piece the markers that begin in it, at the same pictures."""
    begin = seconds_of(start) or Fraction(0)
    here = seconds_of(own) or Fraction(0)
    first, last = bounds[number], bounds[number + 1]
    ends = len(bounds) - 2
    kept = []
    for marker in list(item.markers or ()):
        at = (seconds_of(marker.marked_range.start_time) or Fraction(0)) - begin
        if (at >= first or not number) and (at < last or number == ends):
            kept.append((marker, here + at - first))
    item.markers.clear()
    for marker, at in kept:
        span = marker.marked_range
        rate = rate_of(span.start_time.rate) or Fraction(span.start_time.rate)
        marker.marked_range = otio.opentime.TimeRange(
            _time(at * rate, span.start_time.rate), span.duration
        )
        item.markers.append(marker)


def _keys(target: Appearance, key: str) -> list[str]:
    """Everything that the clip is or was known by."""
    mark = target.mark
    known = [key, text_of(mark, "clip_id"), text_of(mark, "first_key"), *keys_before(target)]
    return list(dict.fromkeys(each for each in known if each))


def _way_to(top: Any, item: Any) -> list[int]:
    """The places of children that lead from a nested composition to the clip in it."""
    way: list[int] = []
    while item is not top:
        parent = item.parent()
        way.insert(0, next(i for i, each in enumerate(parent) if each is item))
        item = parent
    return way


def _mark_piece(piece: Any, way: Sequence[int], keys: list[str], own: str) -> None:
    """Give the clip in a piece an id, `own` where it keeps that of the whole."""
    clip = piece
    for place_of_child in way:
        clip = clip[place_of_child]
    put_mark(clip, clip_id=own or uuid.uuid4().hex, first_key="", split_of=keys)
