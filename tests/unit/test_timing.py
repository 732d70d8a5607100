"""Exact rates, half-open ranges, and timecode against the published drop-frame table."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.timing import (
    FrameRange,
    Handles,
    display_rate,
    exact_rate,
    frame_of_timecode,
    is_drop,
    timecode,
)

NTSC_24 = Fraction(24000, 1001)
NTSC_30 = Fraction(30000, 1001)
NTSC_60 = Fraction(60000, 1001)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (23.976, NTSC_24),
        ("23.98", NTSC_24),
        ("24000/1001", NTSC_24),
        (23.976023976, NTSC_24),
        (24, Fraction(24)),
        (24.0, Fraction(24)),
        (29.97, NTSC_30),
        (Fraction(2997, 100), NTSC_30),
        (59.94, NTSC_60),
        (25, Fraction(25)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_the_rate_that_was_meant(written: float | str | Fraction, meant: Fraction) -> None:
    assert exact_rate(written) == meant


@pytest.mark.parametrize("nonsense", [0, -24, float("nan"), float("inf"), "fast", "1/0", 1e9])
def test_nonsense_is_no_rate(nonsense: float | str) -> None:
    with pytest.raises(ValueError, match="not a frame rate"):
        exact_rate(nonsense)


# The labels around the dropped ones: SMPTE ST 12-1, "Drop-frame compensation".
@pytest.mark.parametrize(
    ("frame", "label"),
    [
        (0, "00:00:00;00"),
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17981, "00:09:59;29"),
        (17982, "00:10:00;00"),
        (107892, "01:00:00;00"),
        (2589407, "23:59:59;29"),
    ],
)
def test_drop_frame_labels(frame: int, label: str) -> None:
    assert timecode(frame, NTSC_30) == label
    assert frame_of_timecode(label, NTSC_30) == frame


@pytest.mark.parametrize(
    ("frame", "rate", "label"),
    [
        (86400, Fraction(24), "01:00:00:00"),
        (86399, NTSC_24, "00:59:59:23"),
        (90024, Fraction(25), "01:00:00:24"),
        (3600, NTSC_60, "00:01:00;04"),
        (2160000, Fraction(25), "00:00:00:00"),
    ],
)
def test_labels_of_other_rates_wrap_at_a_day(frame: int, rate: Fraction, label: str) -> None:
    assert timecode(frame, rate) == label


def test_a_non_drop_label_at_a_drop_rate() -> None:
    assert timecode(108000, NTSC_30, drop=False) == "01:00:00:00"
    assert frame_of_timecode("01:00:00:00", NTSC_30) == 108000


@pytest.mark.parametrize(
    ("label", "rate"),
    [
        ("00:01:00;00", NTSC_30),
        ("01:00:00:24", Fraction(24)),
        ("01:60:00:00", Fraction(24)),
        ("01:00:00;00", Fraction(24)),
        ("one o'clock", Fraction(24)),
        ("01:00:00", Fraction(24)),
    ],
)
def test_labels_that_do_not_exist_are_refused(label: str, rate: Fraction) -> None:
    with pytest.raises(ValueError, match=r"timecode|exist|drop"):
        frame_of_timecode(label, rate)


@given(
    st.integers(0, 24 * 3600 * 24 - 1),
    st.sampled_from([NTSC_24, Fraction(24), Fraction(25), NTSC_30, Fraction(30), NTSC_60]),
)
def test_every_label_names_its_frame(frame: int, rate: Fraction) -> None:
    assert frame_of_timecode(timecode(frame, rate), rate) == frame


def test_ranges_are_half_open() -> None:
    rate = Fraction(25)
    shot = FrameRange(100, 50, rate)
    assert (shot.end, shot.seconds) == (150, Fraction(2))
    assert shot.covers_frame(149)
    assert not shot.covers_frame(150)
    assert shot.intersection(FrameRange(150, 10, rate)) is None
    assert shot.intersection(FrameRange(140, 30, rate)) == FrameRange(140, 10, rate)


def test_handles_end_where_the_media_does() -> None:
    rate = Fraction(24)
    media = FrameRange(0, 100, rate)
    assert FrameRange(10, 80, rate).with_handles(Handles(24, 24), media) == media
    with pytest.raises(ValueError, match="outside"):
        FrameRange(90, 20, rate).with_handles(Handles(0, 0), media)


def test_ranges_of_two_rates_are_never_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        FrameRange(0, 10, NTSC_24).contains(FrameRange(0, 1, Fraction(24)))


def test_rates_are_written_as_the_field_writes_them() -> None:
    shown = [display_rate(each) for each in (NTSC_24, Fraction(25), NTSC_30, Fraction(25, 2))]
    assert shown == ["23.976", "25", "29.97", "12.5"]


@pytest.mark.parametrize(
    ("text", "drop"),
    [("01:00:00;02", True), ("01:00:00.02", True), ("01:00:00:02", False), ("no timecode", False)],
)
def test_drop_frame_is_told_by_both_of_its_spellings(text: str, drop: bool) -> None:
    assert is_drop(text) is drop
