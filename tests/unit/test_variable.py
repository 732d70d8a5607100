"""Variable rates on an even grid: which rate, which picture at which frame, and what is said."""

from __future__ import annotations

from fractions import Fraction

import pytest

from newtake.domain.timing import FrameRange
from newtake.domain.variable import (
    Unevenness,
    frames_on_grid,
    nominal_rate,
    shown,
    unevenness,
    unevenness_text,
)

NTSC_30 = Fraction(30000, 1001)


def at(rate: Fraction | int, *numbers: int) -> list[Fraction]:
    return [Fraction(each) / rate for each in numbers]


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), 24, 25, NTSC_30, 30, 50, 60])
def test_the_usual_step_decides_whatever_is_missing(rate: Fraction) -> None:
    moments = at(rate, *(each for each in range(200) if each % 7 and not 40 < each < 90))
    assert nominal_rate(moments) == rate


def test_steps_rounded_to_milliseconds_still_mean_a_rate_of_the_field() -> None:
    moments = [Fraction(round(each * 1001 / 30), 1000) for each in range(0, 300) if each % 5]
    assert nominal_rate(moments) == NTSC_30
    assert nominal_rate(moments, [NTSC_30]) == NTSC_30


def test_what_the_file_states_decides_between_close_neighbours_only() -> None:
    moments = at(30, 0, 1, 2, 4, 5, 6, 8)
    assert nominal_rate(moments, [NTSC_30]) == NTSC_30
    assert nominal_rate(moments, [Fraction(25)]) == 30


def test_a_rate_that_nobody_else_has_is_kept() -> None:
    assert nominal_rate(at(18, 0, 1, 2, 3, 5)) == 18


def test_pictures_of_one_moment_have_no_rate() -> None:
    with pytest.raises(ValueError, match="one moment"):
        nominal_rate([Fraction(0), Fraction(0)])


def test_each_frame_shows_the_last_picture_that_began_before_its_middle() -> None:
    moments = [Fraction(each) for each in ("0", "0.04", "0.1", "0.12", "0.4")]
    frames = FrameRange(0, frames_on_grid(moments, Fraction(25)), Fraction(25))
    assert frames.duration == 11
    # 0.1 s lies at 2.5 frames and rounds up, where the picture after it shows already.
    assert shown(moments, frames.rate, frames) == [0, 1, 1, 3, 3, 3, 3, 3, 3, 3, 4]
    assert unevenness(moments, frames.rate, frames) == Unevenness(4, 7, 1)
    said = unevenness_text(Unevenness(4, 7, 1), 11, frames.rate)
    assert "11 frames are 4 pictures of the file, 7 shown once more, and 1 between" in said
