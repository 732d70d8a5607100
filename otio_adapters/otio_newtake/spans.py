"""OTIO's times as exact frame ranges, and frame ranges as OTIO's times.

OTIO stores floats at float rates, and editors spell one rate in several ways (23.976,
23.976024627685547). A rate is snapped to the exact one first; only then is anything counted.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import HostError
from newtake.domain.timing import FrameRange, exact_rate

TOLERANCE = Fraction(1, 100)
"""Frames by which an edge may miss a frame boundary and still mean it."""

_LOWEST_RATE = 0.001
_HIGHEST_VALUE = 2.0**53
"""Beyond it a float no longer counts every frame."""


@lru_cache(maxsize=256)
def rate_of(value: float) -> Fraction | None:
    """The exact rate; None where the number is no rate. Sample rates are rates too."""
    if not math.isfinite(value) or value < _LOWEST_RATE:
        return None
    if value > 1000:
        return Fraction(round(value))
    try:
        return exact_rate(value)
    except ValueError:
        return None


def seconds_of(time: Any) -> Fraction | None:
    """A RationalTime in seconds at its exact rate; None where it is no time."""
    return _seconds(time.value, time.rate)


def meant_seconds(time: Any) -> Fraction:
    """A RationalTime in seconds; of a float such as 38.3616 the fraction that it was meant to be.

    Raises: HostError, where it is no time.
    """
    found = seconds_of(time)
    if found is None:
        raise HostError("The timeline holds a time that is no number of frames.")
    return found.limit_denominator(10**9)


@lru_cache(maxsize=4096)
def _seconds(value: float, rate: float) -> Fraction | None:
    exact = rate_of(rate)
    if exact is None or not abs(value) <= _HIGHEST_VALUE:
        return None
    return Fraction(value) / exact


def frames_at(span: Any, rate: Fraction) -> FrameRange | None:
    """A TimeRange in frames at `rate`.

    At its own rate start and duration are rounded: editors write in-points such as 86400.1 and
    mean a frame. At another rate every frame that shows at any moment is covered.

    Returns:
        None where the span holds no usable times.
    """
    begin, length_time = span.start_time, span.duration
    own, start, length = rate_of(length_time.rate), None, None
    if own == rate and begin.rate == length_time.rate:
        # The common case, without fractions: they cost most of the time of a large timeline.
        at, frames = begin.value, length_time.value
        usable = abs(at) <= _HIGHEST_VALUE and 0 <= frames <= _HIGHEST_VALUE
        return FrameRange(round(at), round(frames), rate) if usable else None
    if own is not None:
        start, length = seconds_of(begin), seconds_of(length_time)
    if start is None or length is None or length < 0:
        return None
    if own == rate:
        return FrameRange(round(start * rate), round(length * rate), rate)
    first = math.floor(start * rate + TOLERANCE)
    end = math.ceil((start + length) * rate - TOLERANCE)
    return FrameRange(first, max(0, end - first), rate)


def frame_at(seconds: Fraction, rate: Fraction) -> int:
    """`round(seconds * rate)`, without a fraction for what is only a step on the way."""
    above = seconds.numerator * rate.numerator
    below = seconds.denominator * rate.denominator
    whole, rest = divmod(above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))


def spelling_of(rate: Fraction, *spans: Any) -> float:
    """How the timeline writes a rate: the first span at that rate decides, else the plain float.

    Two spellings of one rate are two rates to OTIO, and a range in one is then not exactly inside
    a range in the other.
    """
    for span in spans:
        if span is not None and rate_of(span.duration.rate) == rate:
            return float(span.duration.rate)
    return float(rate)


def time_range(frames: FrameRange, rate: float) -> Any:
    """The frames as a TimeRange, at a spelling of their rate."""
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(frames.start, rate),
        otio.opentime.RationalTime(frames.duration, rate),
    )
