"""Constant retimes as straight lines: from a moment outside an item to the moment inside it.

What an item with a linear time warp shows follows one rule: its source range's start is the
earliest moment it consumes, its duration is what it occupies outside, and it consumes
duration times speed; backwards from the end of that where the speed is negative. So Resolve and
Hiero write it, and so AYON reads both (ayon-core, test_media_range_with_retimes.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import opentimelineio as otio

_HIGHEST_SPEED = 1e6
_UNTOLD = ("timeremap", "timewarp", "speed")
"""Names of effects, without spaces, by which formats other than OTIO's own change a speed; Final
Cut Pro 7 XML's is read as a plain effect, its curve buried in metadata."""

Interval = tuple[Fraction, Fraction]
"""Seconds, half-open; both ends alike where time stands still."""


@dataclass(frozen=True, slots=True)
class Line:
    """Inside = offset + speed x outside, in seconds."""

    offset: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)

    def inside(self, outside: Interval) -> Interval:
        """The moments inside that an interval outside shows, the earlier end first."""
        ends = [self.offset + self.speed * end for end in outside]
        return min(ends), max(ends)

    def seen(self, inside: Interval, window: Interval) -> Interval | None:
        """The part of `window`, outside, in which moments of `inside` show; None for no part."""
        if not self.speed:
            return window if inside[0] <= self.offset < inside[1] else None
        ends = [(end - self.offset) / self.speed for end in inside]
        start, end = max(min(ends), window[0]), min(max(ends), window[1])
        return (start, end) if end > start else None

    def then(self, inner: Line) -> Line:
        """This line, and `inner` from its inside further in."""
        return Line(inner.offset + inner.speed * self.offset, inner.speed * self.speed)

    def counted_from(self, outside: Fraction) -> Line:
        """The same line, with the outside counted from that moment."""
        return Line(self.offset + self.speed * outside, self.speed)


def line_of(start: Fraction, length: Fraction, speed: Fraction) -> Line:
    """From the moments since an item's in point to those inside it.

    Args:
        start: Start of its source range.
        length: Duration of its source range: what it occupies outside.
        speed: As from `speed_of`.
    """
    return Line(start if speed >= 0 else start - length * speed, speed)


def speed_of(item: Any) -> Fraction | None:
    """Inner frames per outer frame: the product of the item's linear warps; 0 is a freeze.

    Returns:
        None for a speed that is no number, that changes over the item, or that nothing tells.
    """
    effects = item.effects
    speed = Fraction(1)
    # Without walking past the end, which costs 15 times as much.
    for effect in islice(effects, len(effects)):
        if isinstance(effect, otio.schema.LinearTimeWarp):
            scalar = effect.time_scalar
            if not math.isfinite(scalar) or abs(scalar) > _HIGHEST_SPEED:
                return None
            speed *= Fraction(scalar).limit_denominator(1_000_000)
        elif isinstance(effect, otio.schema.TimeEffect) or _changes_speed(effect):
            return None
    return speed


def warps_of(items: tuple[Any, ...]) -> Iterator[Any]:
    """Copies of the items' time effects: together they play as the items do inside each other."""
    for item in items:
        for effect in item.effects:
            if isinstance(effect, otio.schema.TimeEffect):
                yield effect.deepcopy()


def _changes_speed(effect: Any) -> bool:
    words = (effect.effect_name or effect.name or "").lower().replace(" ", "").replace("_", "")
    return words in _UNTOLD
