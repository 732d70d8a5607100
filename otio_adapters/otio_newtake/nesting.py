"""What a nested composition shows: the clips beneath it, each with its part of the record.

Nested stacks and tracks may be trimmed, retimed and dissolved at every level. All of that is one
line from record seconds to the clip's own, and windows that are cut ever smaller on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from otio_newtake.retimes import Interval, Line, line_of, speed_of
from otio_newtake.spans import seconds_of

LengthOf = Callable[[Any], Fraction]
"""An item's length in its parent, in seconds; raises TimelineError where it has none."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item of a composition at its place, in the composition's own seconds."""

    item: Any
    span: Interval
    head: Any
    """The transition before it; None where there is none."""
    tail: Any

    @property
    def reach(self) -> Interval:
        """Its span and what the transitions at both ends show of it beyond: a transition's
        in_offset lies before the cut, its out_offset after it."""
        if self.head is None and self.tail is None:
            return self.span
        start, end = self.span
        before = min(_offset(self.head, "in_offset"), start)  # nothing shows before a track begins
        return start - before, end + _offset(self.tail, "out_offset")


@dataclass(frozen=True, slots=True)
class View:
    """A part of an item that shows. Both windows are in record seconds."""

    clock: Line
    """Record seconds -> seconds since the item's in point."""
    window: Interval
    reach: Interval
    """The window, and what transitions show beyond it."""


@dataclass(frozen=True, slots=True)
class Beneath:
    """A clip that shows through a nested composition."""

    item: Any
    within: tuple[Any, ...]
    """The compositions that hold it, from the outermost."""
    view: View
    edges: tuple[Any, Any]
    """The transitions at its start and end in the record, be they its own or those of what holds
    it; None where there is none."""
    steady: bool
    """False when a speed around it changes or is not known; the view is a guess then."""


def place(track: Any, length_of: LengthOf) -> Iterator[Placed]:
    """A track's items one after another, gaps left out; transitions take no time."""
    items, at = list(track), Fraction(0)
    transitions = [isinstance(item, otio.schema.Transition) for item in items]
    dissolves = any(transitions)
    head = tail = None
    for index, item in enumerate(items):
        if transitions[index]:
            continue
        begin, at = at, at + length_of(item)
        if not isinstance(item, otio.schema.Gap):
            if dissolves:
                head, tail = _beside(items, index - 1), _beside(items, index + 1)
            yield Placed(item, (begin, at), head, tail)


def beneath(
    composition: Any, view: View, length_of: LengthOf, edges: tuple[Any, Any] = (None, None)
) -> Iterator[Beneath]:
    """Every clip with a picture that shows at any moment of the view. What is disabled does not.

    Args:
        composition: A Stack, or a Track inside something.
        view: What its parent shows of it.
        length_of: Lengths of items.
        edges: The transitions at its start and end.
    """
    if isinstance(composition, otio.schema.Track) and composition.kind.lower() != "video":
        return
    span, speed = composition.source_range, speed_of(composition)
    start = seconds_of(span.start_time) if span is not None else None
    known = Fraction(1) if speed is None else speed
    line = line_of(start or Fraction(0), length_of(composition), known)
    clock = view.clock.then(line)
    for placed in _children(composition, length_of):
        reach = clock.seen(placed.reach, view.reach)
        if reach is None or not placed.item.enabled:
            continue
        window = clock.seen(placed.span, view.window) or (reach[0], reach[0])
        item, own = placed.item, Line(clock.offset - placed.span[0], clock.speed)
        inner = View(own, window, reach)
        first, last = (placed.head, placed.tail) if clock.speed >= 0 else (placed.tail, placed.head)
        touching = (
            first or (edges[0] if window[0] == view.window[0] else None),
            last or (edges[1] if window[1] == view.window[1] else None),
        )
        if isinstance(item, otio.schema.Clip):
            yield Beneath(item, (composition,), inner, touching, speed is not None)
            continue
        for found in beneath(item, inner, length_of, touching):
            steady = found.steady and speed is not None
            within = (composition, *found.within)
            yield Beneath(found.item, within, found.view, found.edges, steady)


def _children(composition: Any, length_of: LengthOf) -> Iterator[Placed]:
    if isinstance(composition, otio.schema.Track):
        yield from place(composition, length_of)
        return
    for layer in list(composition):
        if isinstance(layer, otio.core.Item) and not isinstance(layer, otio.schema.Gap):
            yield Placed(layer, (Fraction(0), length_of(layer)), None, None)


def _beside(items: list[Any], index: int) -> Any:
    if 0 <= index < len(items) and isinstance(items[index], otio.schema.Transition):
        return items[index]
    return None


def _offset(transition: Any, field: str) -> Fraction:
    seconds = seconds_of(getattr(transition, field)) if transition is not None else None
    return max(seconds or Fraction(0), Fraction(0))
