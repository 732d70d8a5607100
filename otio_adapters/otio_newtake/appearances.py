"""Where every clip of a timeline really appears: one pass, exact, in reading order.

OpenTimelineIO's own range functions disagree about a track's source range and cost seconds on
large timelines (reading one clip's place walks the track), so places are summed up here, in
seconds as fractions. The pass honours the source ranges of tracks and of the stack that holds
them; the timeline's global start is added by whoever counts in record frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import TimelineError
from otio_newtake.marks import mark_of, original_of
from otio_newtake.spans import rate_of, seconds_of

_LETTERS = {"video": "V", "audio": "A"}


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """One clip, or nested composition, at its place. Times are seconds from the stack's start."""

    item: Any
    track: Any
    """The track; None for an item that lies in the stack directly."""
    label: str
    """V1, A2: the track's name in listings. T1 for tracks that are neither picture nor sound."""
    ordinal: int
    """Place among the clips of the track, from 1."""
    start: Fraction
    duration: Fraction
    head_cut: Fraction
    """Seconds of the item's own beginning that its track's range cuts off."""
    tail_cut: Fraction
    shown: bool
    """False when the track's range leaves the item out."""
    transitions: tuple[str, ...]
    """In words, those that touch it."""
    mark: Mapping[str, Any]
    """Our metadata of the item as it was when the pass was made."""


def find_appearances(timeline: Any) -> list[Appearance]:
    """Every clip and nested composition: picture tracks from the bottom, then sound, then others.

    Raises:
        TimelineError: If an item has no length, so that nothing after it has a place.
    """
    window = _Window.of(timeline.tracks)
    rows: dict[str, list[Appearance]] = {"V": [], "A": [], "T": []}
    count = dict.fromkeys(rows, 0)
    for row in timeline.tracks:
        is_track = isinstance(row, otio.schema.Track)
        letter = _LETTERS.get(row.kind.lower(), "T") if is_track else "V"
        count[letter] += 1
        label = f"{letter}{count[letter]}"
        rows[letter].extend(_row(row if is_track else None, row, label, window))
    return [*rows["V"], *rows["A"], *rows["T"]]


def record_rate(timeline: Any, found: list[Appearance]) -> Fraction:
    """The rate record frames count at: the global start's; else that of the first clip."""
    start = timeline.global_start_time
    own = rate_of(start.rate) if start is not None else None
    if own is not None and own <= 1000:
        return own
    for appearance in found:
        span = appearance.item.source_range
        if span is None and isinstance(appearance.item, otio.schema.Clip):
            reference = original_of(appearance.item)[1]
            span = reference.available_range if reference is not None else None
        rate = rate_of(span.duration.rate) if span is not None else None
        if rate is not None and rate <= 1000:
            return rate
    return Fraction(24)


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of a composition that its parent shows, in the composition's own seconds."""

    start: Fraction
    duration: Fraction | None

    @classmethod
    def of(cls, composition: Any) -> _Window:
        span = composition.source_range
        if span is None:
            return cls(Fraction(0), None)
        start, duration = seconds_of(span.start_time), seconds_of(span.duration)
        if start is None or duration is None:
            raise TimelineError(f"The range of track {composition.name!r} is no range.")
        return cls(start, duration)

    def seen(self, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction]:
        """The span in the parent's seconds, cut to the window; empty or negative when outside."""
        if self.duration is None:
            return start, end
        return max(start - self.start, Fraction(0)), min(end - self.start, self.duration)


def _row(track: Any, row: Any, label: str, outer: _Window) -> Iterator[Appearance]:
    items = list(row) if track is not None else [row]
    inner = _Window.of(row) if track is not None else _Window(Fraction(0), None)
    at, ordinal = Fraction(0), 0
    for place, item in enumerate(items):
        if isinstance(item, otio.schema.Transition):
            continue
        length = _length(item, label)
        begin, at = at, at + length
        if isinstance(item, otio.schema.Gap):
            continue
        ordinal += 1
        start, end = outer.seen(*inner.seen(begin, at))
        offset = inner.start + outer.start
        shown = end > start or not length
        yield Appearance(
            item=item,
            track=track,
            label=label,
            ordinal=ordinal,
            start=start,
            duration=end - start if shown else Fraction(0),
            head_cut=start - (begin - offset) if shown else Fraction(0),
            tail_cut=(at - offset) - end if shown else Fraction(0),
            shown=shown,
            transitions=tuple(_touching(items, place)),
            mark=mark_of(item),
        )


def _length(item: Any, label: str) -> Fraction:
    span = item.source_range
    try:
        if span is None and isinstance(item, otio.schema.Clip):
            reference = original_of(item)[1]
            span = reference.available_range if reference is not None else None
        elif span is None:
            span = item.trimmed_range()
    except Exception as error:  # opentimelineio raises several unrelated kinds here
        raise TimelineError(
            f"{item.name or type(item).__name__!r} on {label} has no length, so nothing after it "
            "has a place.",
            why=f"{error}.",
        ) from error
    length = seconds_of(span.duration) if span is not None else None
    if length is None or length < 0:
        raise TimelineError(
            f"{item.name or type(item).__name__!r} on {label} has no length, so nothing after it "
            "has a place.",
            why="It has no source range, and its media no available range.",
        )
    return length


def _touching(items: list[Any], place: int) -> Iterator[str]:
    for neighbour, words in ((place - 1, "start"), (place + 1, "end")):
        if 0 <= neighbour < len(items) and isinstance(items[neighbour], otio.schema.Transition):
            name = items[neighbour].name or items[neighbour].transition_type or "a transition"
            yield f"{name} at its {words}"
