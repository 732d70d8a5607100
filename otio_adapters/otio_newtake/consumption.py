"""What a clip consumes of its media: every frame it shows, cut, retimed or dissolved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from newtake.domain.timing import FrameRange, Handles
from otio_newtake.appearances import Appearance
from otio_newtake.retimes import Interval, Line, line_of, speed_of
from otio_newtake.spans import TOLERANCE, rate_of, seconds_of


@dataclass(frozen=True, slots=True)
class Consumption:
    """Media frames of one clip, in the media's time base."""

    source: FrameRange
    """Every frame that shows at any moment, in dissolves too."""
    dissolves: Handles
    """How many frames at both ends of `source` only a transition shows."""


def media_line(appearance: Appearance, span: Any, speed: Fraction) -> Line | None:
    """Record seconds since the appearance's start -> media seconds; None without usable times.

    Args:
        appearance: The clip's place.
        span: The clip's own source range, or the one that its media gives it.
        speed: The clip's own speed.
    """
    start, length = seconds_of(span.start_time), seconds_of(span.duration)
    if start is None or length is None or length < 0:
        return None
    return appearance.clock.then(line_of(start, length, speed))


def consume(line: Line, appearance: Appearance, rate: Fraction, *, own: bool) -> Consumption:
    """The frames at `rate` that the line passes through.

    At normal speed and the media's own rate (`own`) start and duration are rounded: editors write
    in-points such as 86400.1 and mean a frame. Else every frame that shows at any moment counts.
    """
    end = appearance.duration
    shown = line.inside((Fraction(0), end))
    reach = line.inside((-appearance.before, end + appearance.after))
    if own and line.speed == 1:
        start, count = round(shown[0] * rate), round((shown[1] - shown[0]) * rate)
    else:
        start, count = _covering(shown, rate)
    if not line.speed and not count and end:
        count = 1
    head = math.ceil((shown[0] - reach[0]) * rate - TOLERANCE)
    tail = math.ceil((reach[1] - shown[1]) * rate - TOLERANCE)
    return Consumption(FrameRange(start - head, head + count + tail, rate), Handles(head, tail))


def shown_frames(appearance: Appearance, rate: Fraction) -> FrameRange | None:
    """The media frames at `rate` that a clip with a range of its own shows outside of dissolves;
    None where it has none, or no usable speed."""
    span, speed = appearance.item.source_range, speed_of(appearance.item)
    line = media_line(appearance, span, speed) if span and speed is not None else None
    if line is None:
        return None
    start, count = _covering(line.inside((Fraction(0), appearance.duration)), rate)
    return FrameRange(start, max(count, 1), rate)


def _covering(shown: Interval, rate: Fraction) -> tuple[int, int]:
    """First frame and number of the frames that show at any moment; none for an empty interval."""
    first = math.floor(shown[0] * rate + TOLERANCE)
    return first, max(0, math.ceil(shown[1] * rate - TOLERANCE) - first)


def settle(
    consumed: Consumption,
    available: FrameRange,
    appearance: Appearance,
    item: Any,
    speed: Fraction | None,
    notes: list[str],
) -> Consumption:
    """Take back the frames by which rounding alone reaches over the media's edge.

    That is one frame where rates differ or speeds divide frames, and at high speeds all that lies
    between the last frame a reader shows and the one it would show next.
    """
    source = consumed.source
    if available.contains(source):
        return consumed
    span = item.source_range
    inside = source.intersection(available)
    if span is None or inside is None or inside == source:
        return consumed
    total = abs((Fraction(1) if speed is None else speed) * appearance.clock.speed)
    if rate_of(span.duration.rate) == available.rate and total == 1:
        return consumed
    spare = max(1, math.ceil(total) - 1)
    lost = source.duration - inside.duration
    if lost > spare:
        return consumed
    dissolves = consumed.dissolves
    left_out = "one frame that its range touches by a fraction lies"
    if lost > 1:
        left_out = f"{lost} frames that it skips over lie"
    notes.append(f"{left_out} outside the media; left out")
    head = max(0, dissolves.head - (inside.start - source.start))
    tail = max(0, dissolves.tail - (source.end - inside.end))
    return Consumption(inside, Handles(head, tail))
