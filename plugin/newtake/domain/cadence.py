"""The cadence: whether a plate keeps every source frame, or real time on the model's frame grid.

`frame` sends the media's frames one to one and labels them with the grid's rate. `time` sends, for
each moment of the grid, the media frame nearest to it, so that motion keeps its speed. The grid is
laid from the clip's first frame on: that frame is always sent, and no slot of the clip ever shows a
frame from before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from newtake.domain.choices import Cadence, PlateCadence
from newtake.domain.timing import display_rate

MAX_FRAME_CADENCE_RATE = 30
"""Where more frames than these go by in a second, as the clip plays, a frame-for-frame plate is
slow motion to the model: at 50, half as fast as life."""
_HALF = Fraction(1, 2)
_NUMBERS_TOLD = 6


def chosen_cadence(asked: Cadence, rate: Fraction, speed: Fraction = Fraction(1)) -> PlateCadence:
    """What `auto` stands for.

    Args:
        asked: By the person.
        rate: The media's rate.
        speed: The clip's, media seconds per record second. Media that is slowed down shows each of
            its frames, and slow motion is what the model is to see of it.
    """
    if asked == "auto":
        return "time" if _played(rate, speed) > MAX_FRAME_CADENCE_RATE else "frame"
    return asked


def _played(rate: Fraction, speed: Fraction) -> Fraction:
    """Media frames that go by in a record second; one that is sped up plays as it was shot."""
    return rate * min(Fraction(1), abs(speed))


def grid_step(cadence: PlateCadence, rate: Fraction, grid: Fraction) -> Fraction:
    """Media frames from one plate frame to the next.

    Args:
        cadence: How the plate goes through the media.
        rate: The media's rate.
        grid: The model's.
    """
    return rate / grid if cadence == "time" else Fraction(1)


def media_offset(place: int, step: Fraction) -> int:
    """The media frame nearest to a place of the grid; of two, the earlier one.

    Both count from the clip's first frame and are negative before it. Nearest, not the one that
    began last: 23.976 is a hair slower than 24 and would be a frame late all the way.
    """
    return ceil(place * step - _HALF)


def first_place(offset: int, step: Fraction) -> int:
    """The first place of the grid whose media frame is `offset` or later: undoes `media_offset`."""
    return floor((offset - _HALF) / step) + 1


def reason_of_cadence(
    asked: Cadence, rate: Fraction, grid: Fraction, speed: Fraction = Fraction(1)
) -> str | None:
    """Why a plate has its cadence, where a person may not expect it; None where nothing is odd.

    Args:
        asked: By the person.
        rate: The media's rate.
        grid: The model's.
        speed: The clip's, as for `chosen_cadence`.
    """
    if rate <= MAX_FRAME_CADENCE_RATE or asked == "time":
        return None
    shown, own, played = display_rate(rate), display_rate(grid), _played(rate, speed)
    if played <= MAX_FRAME_CADENCE_RATE:
        return (
            f"its media runs at {shown} frames a second and is slowed down to "
            f"{float(played):.4g}: every frame is sent, so the model sees the slow motion that it "
            "shows"
        )
    if asked == "frame":
        return (
            f"its {shown} frames a second are sent one for one as {own}: the model sees it "
            f"{float(played / grid):.2g} times slower than it is"
        )
    return (
        f"its media runs at {shown} frames a second; above {MAX_FRAME_CADENCE_RATE} real time is "
        "kept (--cadence time), because one for one the model would see slow motion (--cadence "
        "frame does that)"
    )


def told_numbers(numbers: Sequence[int]) -> str:
    """How many, and the first of them: "130 (101, 103, 105, 107, 110, 112 and 124 more)"."""
    if not numbers:
        return "none"
    first = ", ".join(str(number) for number in numbers[:_NUMBERS_TOLD])
    more = len(numbers) - _NUMBERS_TOLD
    return f"{len(numbers)} ({first}{f' and {more} more' if more > 0 else ''})"
