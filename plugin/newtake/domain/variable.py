"""Media of a variable frame rate: a list of moments, read on an even grid.

Editors count such media at one rate, and show at each frame what the file shows at that time. The
grid is that rate; frame k shows the last picture whose moment, rounded to the grid, is k or less.
The same rule cuts the plate (ffmpeg's `fps` with `round=near`) and says here what it will do.
Moments are seconds after the first picture.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from newtake.domain.timing import FrameRange, display_rate, exact_rate

_FIELD_RATES = tuple(
    Fraction(each)
    for each in (
        *("12", "12.5", "15", "24000/1001", "24", "25", "30000/1001", "30", "48"),
        *("50", "60000/1001", "60", "100", "120000/1001", "120", "240"),
    )
)
_NEAR = Fraction(3, 100)
_CLOSE = Fraction(3, 2000)
"""How far apart 24 and 23.976 are, and a half more: what is nearer is not told apart by chance."""
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Unevenness:
    """What reading a range on an even grid does to its pictures."""

    pictures: int
    """Different ones that the range shows."""
    repeated: int
    """Frames that show the picture before once more."""
    skipped: int
    """Pictures between the first and the last shown that no frame shows."""


def nominal_rate(moments: Sequence[Fraction], stated: Sequence[Fraction] = ()) -> Fraction:
    """The rate at which the pictures were meant to come: that of the usual step between two.

    Args:
        moments: At least two, in order.
        stated: Rates that the file names. One of them decides between rates of the field that lie
            as close as 24 and 23.976.

    Raises:
        ValueError: If no step is longer than nothing.
    """
    steps = sorted(after - before for before, after in pairwise(moments) if after > before)
    if not steps:
        raise ValueError("all pictures show at one moment")
    usual = steps[len(steps) // 2]
    # Over many steps, each a whole number of usual ones: single ones are rounded to the container's
    # ticks, and the very long ones tell nothing.
    short = [each for each in steps if each <= max(Fraction(1), usual)]
    measured = sum(round(each / usual) for each in short) / sum(short, Fraction(0))
    near = [each for each in _FIELD_RATES if abs(each - measured) <= measured * _NEAR]
    if not near:
        return exact_rate(measured)
    nearest = min(near, key=lambda each: abs(each - measured))
    for rate in stated:
        if rate in near and abs(rate - nearest) <= nearest * _CLOSE:
            return rate
    return nearest


def frames_on_grid(moments: Sequence[Fraction], rate: Fraction) -> int:
    """How many frames the grid has: up to the last picture's own."""
    return _slot(moments[-1], rate) + 1


def shown(moments: Sequence[Fraction], rate: Fraction, frames: FrameRange) -> list[int]:
    """The picture, by its number in the file, that each frame of the grid shows."""
    slots = [_slot(each, rate) for each in moments]
    return [max(0, bisect_right(slots, k) - 1) for k in range(frames.start, frames.end)]


def unevenness(moments: Sequence[Fraction], rate: Fraction, frames: FrameRange) -> Unevenness:
    """What the range's frames repeat and leave out."""
    pictures = shown(moments, rate, frames)
    different = sorted(set(pictures))
    between = different[-1] - different[0] + 1 if different else 0
    return Unevenness(
        len(different), len(pictures) - len(different), between - len(different) if between else 0
    )


def unevenness_text(found: Unevenness, frames: int, rate: Fraction) -> str:
    """For the plan, as one sentence without a full stop."""
    text = (
        f"its media has a variable frame rate; it is read at {display_rate(rate)} frames per "
        f"second, each frame showing what the file shows at its time: {frames} frames are "
        f"{found.pictures} pictures of the file"
    )
    if found.repeated:
        text += f", {found.repeated} shown once more"
    if found.skipped:
        text += f", and {found.skipped} between them fall on no frame"
    return text


def _slot(moment: Fraction, rate: Fraction) -> int:
    return floor(moment * rate + _HALF)
