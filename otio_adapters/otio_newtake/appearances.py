"""Where every clip of a timeline really appears: one pass, exact, in reading order.

OpenTimelineIO's own range functions disagree about a track's source range and cost seconds on
large timelines (reading one clip's place walks the track), so places are summed up here, in
seconds as fractions. The pass honours the source ranges of tracks and of the stack that holds
them; the timeline's global start is added by whoever counts in record frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import TimelineError
from otio_newtake.marks import mark_of, original_of, text_of
from otio_newtake.nesting import LengthOf, Placed, View, beneath, place
from otio_newtake.retimes import Line, speed_of
from otio_newtake.spans import rate_of, seconds_of

_LETTERS = {"video": "V", "audio": "A"}
_PLAIN = Line()
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """One clip, or nested composition, at its place. Times are seconds from the stack's start.

    A nested composition that shows a single clip stands for that clip: `item` is the clip, and
    `within` holds what is around it.
    """

    item: Any
    track: Any
    """The track; None for an item that lies in the stack directly."""
    label: str
    """V1, A2: the track's name in listings. T1 for tracks that are neither picture nor sound."""
    ordinal: int
    """Place among the clips of the track as they were before we split any, from 1."""
    start: Fraction
    duration: Fraction
    before: Fraction
    """Seconds that transitions show of it before its start."""
    after: Fraction
    clock: Line
    """Seconds since `start` -> seconds since the item's in point."""
    cut: bool
    """Whether a range around it leaves a part of it out."""
    shown: bool
    """False when the track's range leaves the item out."""
    edges: tuple[Any, Any]
    """The transitions at its start and end; None where there is none."""
    mark: Mapping[str, Any]
    """Our metadata of the item as it was when the pass was made."""
    within: tuple[Any, ...] = ()
    """Nested compositions around the clip, from the outermost."""
    layers: int = 1
    """How many clips a nested composition shows; 1 for everything else."""
    steady: bool = True
    """False when what holds it changes its speed in a way that cannot be told."""

    @property
    def plain(self) -> bool:
        """Whether it shows what its source range says: nothing cuts, dissolves or holds it."""
        return (
            self.clock is _PLAIN
            and self.shown
            and not (self.cut or self.within or self.before or self.after)
        )


def find_appearances(timeline: Any) -> list[Appearance]:
    """Every clip and nested composition: picture tracks from the bottom, then sound, then others.

    Raises:
        TimelineError: If an item has no length, so that nothing after it has a place.
    """
    window = _Window.of(timeline.tracks)
    steady = speed_of(timeline.tracks) == 1
    rows: dict[str, list[Appearance]] = {"V": [], "A": [], "T": []}
    count = dict.fromkeys(rows, 0)
    for row in timeline.tracks:
        is_track = isinstance(row, otio.schema.Track)
        letter = _LETTERS.get(row.kind.lower(), "T") if is_track else "V"
        count[letter] += 1
        label = f"{letter}{count[letter]}"
        still = steady and (not is_track or speed_of(row) == 1)
        rows[letter].extend(_row(row if is_track else None, row, label, window, still))
    return [*rows["V"], *rows["A"], *rows["T"]]


def find_again(timeline: Any, found: list[Appearance], changed: Appearance) -> list[Appearance]:
    """`find_appearances` where nothing but one track was changed since.

    Args:
        timeline: The timeline.
        found: All appearances as they were.
        changed: One of them, on the track, which is one of the timeline's own.

    Raises: TimelineError.
    """
    window, track = _Window.of(timeline.tracks), changed.track
    still = speed_of(timeline.tracks) == 1 and speed_of(track) == 1
    places = [place for place, each in enumerate(found) if each.label == changed.label]
    now = _row(track, track, changed.label, window, still)
    return [*found[: places[0]], *now, *found[places[-1] + 1 :]]


def track_offset(timeline: Any, track: Any) -> Fraction:
    """Seconds of the track that lie before the record's start: what its range and the stack's
    leave out."""
    return _Window.of(track).start + _Window.of(timeline.tracks).start


def record_rate(timeline: Any, found: list[Appearance]) -> Fraction:
    """The rate record frames count at: the global start's; else that of the first clip."""
    start = timeline.global_start_time
    own = rate_of(start.rate) if start is not None else None
    if own is not None and own <= 1000:
        return own
    for appearance in found:
        holders = (*appearance.within, appearance.item)
        span = next((each.source_range for each in holders if each.source_range), None)
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


def _row(track: Any, row: Any, label: str, outer: _Window, steady: bool) -> Iterator[Appearance]:
    inner = _Window.of(row) if track is not None else _Window(Fraction(0), None)

    def length_of(item: Any) -> Fraction:
        return item_length(item, label)

    if track is not None:
        rows = place(track, length_of)
    else:
        rows = iter([Placed(row, (Fraction(0), length_of(row)), None, None)])
    ordinal, whole = 0, ""
    for placed in rows:
        # Pieces of one clip count as that clip, so that those after it are known by their place.
        mark = mark_of(placed.item)
        split = text_of(mark, "split")
        ordinal += not split or split != whole
        whole = split
        yield _appearance(placed, mark, track, label, ordinal, inner, outer, steady, length_of)


def _appearance(
    placed: Placed,
    mark: Mapping[str, Any],
    track: Any,
    label: str,
    ordinal: int,
    inner: _Window,
    outer: _Window,
    steady: bool,
    length_of: LengthOf,
) -> Appearance:
    item, (begin, at) = placed.item, placed.span
    length, trimmed = at - begin, inner.duration is not None or outer.duration is not None
    start, end, shown, duration, head = begin, at, True, length, _NOTHING
    if trimmed:
        start, end = outer.seen(*inner.seen(begin, at))
        shown = end > start or at == begin
        if not shown:
            end = start
        duration = end - start
        head = start - (begin - inner.start - outer.start) if shown else _NOTHING
    first, last = placed.reach
    if shown and (first, last) != (begin, at):
        first, last = outer.seen(*inner.seen(first, last))
        before, after = start - first, last - end
    else:
        before = after = _NOTHING
    whole = Appearance(
        item=item,
        track=track,
        label=label,
        ordinal=ordinal,
        start=start,
        duration=duration,
        before=before,
        after=after,
        clock=Line(head) if head else _PLAIN,
        cut=trimmed and shown and duration < length,
        shown=shown,
        edges=(placed.head, placed.tail),
        mark=mark,
        steady=steady,
    )
    return whole if isinstance(item, otio.schema.Clip) else _opened(whole, length_of)


def _opened(whole: Appearance, length_of: LengthOf) -> Appearance:
    """The nested composition, or where it shows a single clip, that clip."""
    end = whole.duration
    view = View(whole.clock, (Fraction(0), end), (-whole.before, end + whole.after))
    found = list(beneath(whole.item, view, length_of, whole.edges)) if whole.shown else []
    if len(found) != 1:
        return replace(whole, layers=len(found))
    (only,) = found
    (start, end), (first, last) = only.view.window, only.view.reach
    length = length_of(only.item)
    own = only.view.clock.inside(only.view.window)
    return replace(
        whole,
        item=only.item,
        start=whole.start + start,
        duration=end - start,
        before=start - first,
        after=last - end,
        clock=only.view.clock.counted_from(start),
        cut=own[1] - own[0] < length,
        edges=only.edges,
        mark=mark_of(only.item),
        within=only.within,
        steady=whole.steady and only.steady,
    )


def item_length(item: Any, label: str) -> Fraction:
    """What an item occupies in its parent, in seconds. Raises: TimelineError without a length."""
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
