"""Timecode and ranges: every frame has one label, and no conversion loses a frame or adds one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from opentimelineio import opentime

from newtake.domain.timing import (
    FrameRange,
    Handles,
    display_rate,
    drops_frames,
    exact_rate,
    frame_of_timecode,
    is_drop,
    nominal,
    timecode,
)

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48000, 1001),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
]
DROPPING = [rate for rate in RATES if drops_frames(rate)]
rates = st.sampled_from(RATES)


@st.composite
def ranges(draw: st.DrawFn, rate: Fraction, longest: int = 500_000) -> FrameRange:
    return FrameRange(draw(st.integers(-longest, longest)), draw(st.integers(0, longest)), rate)


def frames_of_a_day(rate: Fraction, drop: bool) -> int:
    """Labels between two midnights: the nominal count less two (or four) in 54 of 60 minutes."""
    return nominal(rate) * 86_400 - (nominal(rate) // 15 * 54 * 24 if drop else 0)


@given(rates, st.booleans(), st.integers(0, 10_000_000))
def test_a_label_names_the_frame_it_was_made_for(rate: Fraction, drop: bool, frame: int) -> None:
    drop = drop and drops_frames(rate)
    day = frames_of_a_day(rate, drop)
    label = timecode(frame, rate, drop=drop)
    assert frame_of_timecode(label, rate) == frame % day
    assert is_drop(label) is drop
    assert timecode(frame + day, rate, drop=drop) == label


@pytest.mark.parametrize("rate", DROPPING)
def test_every_label_of_ten_minutes_is_given_once_and_in_order(rate: Fraction) -> None:
    """Ten minutes are one period of drop-frame; the last minute reaches into the next."""
    labels = [timecode(frame, rate) for frame in range(nominal(rate) * 60 * 11)]
    assert labels == sorted(set(labels))


def _witness(rate: Fraction) -> bool:
    return bool(opentime.RationalTime.is_smpte_timecode_rate(float(rate)))


@given(rates, st.booleans(), st.data())
def test_opentimelineio_reads_the_same_labels(
    rate: Fraction, drop: bool, data: st.DataObject
) -> None:
    """Up to a day of real time, where the library begins anew; labels without drop-frame reach 86
    seconds further."""
    assume(_witness(rate))
    drop = drop and drops_frames(rate)
    day = min(frames_of_a_day(rate, drop), int(rate * 3600) * 24)
    frame = data.draw(st.integers(0, day - 1))
    label = timecode(frame, rate, drop=drop)
    assert (
        opentime.to_timecode(opentime.RationalTime(frame, float(rate)), float(rate), drop) == label
    )
    assert opentime.from_timecode(label, float(rate)).value == frame


def test_opentimelineio_knows_nearly_all_of_these_rates() -> None:
    assert sum(map(_witness, RATES)) >= 9


@given(rates, st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999),
       st.sampled_from(":;."))  # fmt: skip
def test_a_label_is_read_exactly_or_refused(
    rate: Fraction, hours: int, minutes: int, seconds: int, frames: int, mark: str
) -> None:
    label = f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:02}"
    frame = read(label, rate)
    if isinstance(frame, str):
        assert repr(label) in frame
    else:
        same = timecode(frame, rate, drop=mark != ":").replace(";", mark)
        assert hours > 23 or same == label


def read(label: str, rate: Fraction) -> int | str:
    """The frame, or why there is none."""
    try:
        return frame_of_timecode(label, rate)
    except ValueError as error:
        return str(error)


@given(st.text(max_size=14) | st.from_regex(r"\d{1,3}:\d\d:\d\d[:;.]\d{1,4}\s?"), rates)
def test_any_text_is_a_frame_or_an_error_that_quotes_it(text: str, rate: Fraction) -> None:
    frame = read(text, rate)
    assert repr(text) in frame if isinstance(frame, str) else frame >= 0


@given(rates)
def test_a_rate_is_known_again_in_every_way_it_is_written(rate: Fraction) -> None:
    assert rate.denominator in (1, 1001)
    for written in (
        display_rate(rate),
        float(display_rate(rate)),
        float(rate),
        f"{rate.numerator}/{rate.denominator}",
        f"{float(rate):.2f}",
        opentime.RationalTime(1, float(rate)).rate,
    ):
        assert exact_rate(written) == rate


@given(rates, rates, st.data())
def test_frames_at_another_rate_cover_the_range_and_no_frame_more(
    rate: Fraction, other: Fraction, data: st.DataObject
) -> None:
    shot = data.draw(ranges(rate))
    assume(shot.duration > 0)
    covering = shot.covered_at(other)
    frame = 1 / other
    begin, end = shot.start / rate, shot.end / rate
    assert covering.start * frame <= begin < (covering.start + 1) * frame
    assert (covering.end - 1) * frame < end <= covering.end * frame
    assert shot.covered_at(rate) == shot
    assert covering.covered_at(rate).contains(shot)


@given(rates, st.data())
def test_what_two_ranges_share_is_what_both_cover(rate: Fraction, data: st.DataObject) -> None:
    one, two = data.draw(ranges(rate, 30)), data.draw(ranges(rate, 30))
    both = one.intersection(two)
    shared = [f for f in range(-30, 61) if one.covers_frame(f) and two.covers_frame(f)]
    assert ([] if both is None else list(range(both.start, both.end))) == shared
    assert both == two.intersection(one)


@given(rates, st.integers(0, 60), st.integers(0, 60), st.data())
def test_handles_add_what_the_media_has_and_take_nothing_away(
    rate: Fraction, head: int, tail: int, data: st.DataObject
) -> None:
    media = data.draw(ranges(rate, 200))
    start = data.draw(st.integers(media.start, media.end))
    shot = FrameRange(start, data.draw(st.integers(0, media.end - start)), rate)
    wide = shot.with_handles(Handles(head, tail), media)
    assert media.contains(wide)
    assert wide.contains(shot)
    assert shot.start - wide.start == min(head, shot.start - media.start)
    assert wide.end - shot.end == min(tail, media.end - shot.end)


@given(rates, st.integers(-100_000, 100_000), st.data())
def test_a_moved_range_is_as_long_and_comes_back(
    rate: Fraction, by: int, data: st.DataObject
) -> None:
    shot = data.draw(ranges(rate))
    assert shot.moved(by).duration == shot.duration
    assert shot.moved(by).moved(-by) == shot
    assert shot.seconds * rate == shot.duration
