"""Which result frame goes into which slot, and by which means."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.clip import ColourTags, MediaInfo
from newtake.domain.conform import ConformPlan, FrameMapping, closed_prefix, plan_conform
from newtake.domain.errors import Money, ResultError
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange

RATE = Fraction(25)
GRID = Fraction(24)
PLATE = PlatePlan("5s", 120, FrameRange(1000, 110, RATE), 0, 20, 70)
"""20 frames of head handle, 70 of the clip, 20 of tail, 10 held."""

RESULT = MediaInfo(
    path=Path("result.mp4"),
    container="mov,mp4,m4a,3gp,3g2,mj2",
    codec="h264",
    width=960,
    height=540,
    rate=GRID,
    frames=120,
    frames_counted=True,
    video_start_seconds=Fraction(0),
    container_start_seconds=Fraction(0),
    pixel_format="yuv420p",
    bit_depth=8,
    pixel_aspect=Fraction(1),
    rotation_degrees=0,
    interlaced=False,
    constant_rate=True,
    has_alpha=False,
    has_audio=False,
    colour=ColourTags("bt709", "bt709", "bt709", "tv"),
)


def plan(codec: str = "auto", **result: object) -> ConformPlan:
    return plan_conform(
        PLATE,
        replace(RESULT, **result),  # type: ignore[arg-type]  # fields by name
        grid_rate=GRID,
        timecode_start=90_000,
        reel="A001",
        codec=codec,
        drop=False,
    )


@pytest.mark.parametrize("frames", [120, 121])
def test_equal_counts_map_frame_for_frame_and_are_rewrapped(frames: int) -> None:
    made = plan(frames=frames)
    assert (made.mapping, made.rewrap, made.codec) == (FrameMapping.FRAME, True, "copy")
    assert made.available == PLATE.media_range
    assert any("dropped" in note for note in made.notes) is (frames == 121)


def test_held_frames_are_no_part_of_the_take() -> None:
    assert any("10 held frames" in note for note in plan().notes)


def test_a_shorter_result_on_the_grid_shortens_the_tail_handle() -> None:
    made = plan(frames=100)
    assert (made.mapping, made.rewrap) == (FrameMapping.TIME, True)
    assert made.available == FrameRange(1000, 100, RATE)
    assert any("10 frames shorter" in note for note in made.notes)
    assert any("is 1 frame shorter" in note for note in plan(frames=109).notes)


@pytest.mark.parametrize(("frames", "rate"), [(150, 30), (150, 25), (300, 60)])
def test_another_rate_maps_by_time_and_is_coded_anew(frames: int, rate: int) -> None:
    made = plan(frames=frames, rate=Fraction(rate))
    assert (made.mapping, made.rewrap, made.codec) == (FrameMapping.TIME, False, "prores")
    assert made.available.duration == 110


@pytest.mark.parametrize(("frames", "rate"), [(89, 24), (110, 30)])
def test_a_result_that_ends_before_the_clip_is_no_take(frames: int, rate: int) -> None:
    with pytest.raises(ResultError) as caught:
        plan(frames=frames, rate=Fraction(rate))
    assert "number 90" in caught.value.why
    # The pure rule knows of no submission: what is known of money is the job's to say.
    assert caught.value.money is Money.NONE


@pytest.mark.parametrize(
    ("frames", "rate", "slots"), [(46, 12, 92), (94, 25, 91), (88, Fraction(24000, 1001), 89)]
)
def test_a_result_of_another_rate_reaches_as_far_as_its_last_frame_shows(
    frames: int, rate: Fraction, slots: int
) -> None:
    """Slot i shows frame floor(i / 24 * rate), which must be one that is there."""
    if slots < 90:
        with pytest.raises(ResultError):
            plan(frames=frames, rate=Fraction(rate))
        return
    assert plan(frames=frames, rate=Fraction(rate)).available.duration == slots
    shown = [int(Fraction(slot, 24) * rate) for slot in range(slots + 1)]
    assert shown[slots - 1] < frames <= shown[slots]


def test_as_many_frames_at_another_rate_are_taken_one_for_one_and_said() -> None:
    made = plan(rate=Fraction(12))
    assert made.mapping is FrameMapping.FRAME
    assert any("12 frames a second" in note for note in made.notes)


def test_the_last_frame_that_the_clip_needs_is_enough() -> None:
    assert plan(frames=90).available.duration == 90


@pytest.mark.parametrize("codec", ["h264", "prores", "dnxhr"])
def test_a_codec_asked_for_is_never_replaced_by_a_rewrap(codec: str) -> None:
    made = plan(codec)
    assert (made.rewrap, made.codec) == (False, codec)


def test_a_codec_that_editors_do_not_read_is_coded_anew() -> None:
    assert plan(codec="auto").rewrap
    made = plan_conform(PLATE, replace(RESULT, codec="av1"), grid_rate=GRID, timecode_start=0)
    assert (made.rewrap, made.codec) == (False, "prores")


def test_timecode_reel_and_colour_are_carried() -> None:
    made = plan()
    assert (made.timecode_start, made.reel, made.drop) == (90_000, "A001", False)
    assert made.colour == RESULT.colour


@pytest.mark.parametrize(
    ("order", "frames", "packets"),
    [
        ([0, 1, 2, 3], 2, 2),
        ([0, 2, 1, 4, 3], 2, 3),
        ([0, 2, 1, 4, 3], 3, 3),
        ([0, 4, 2, 1, 3, 5], 2, 5),
        ([0, 4, 2, 1, 3, 5], 6, 6),
    ],
)
def test_a_cut_is_made_where_no_kept_frame_is_missing(
    order: list[int], frames: int, packets: int
) -> None:
    assert closed_prefix(order, frames) == packets


def test_a_cut_longer_than_the_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="3 packets"):
        closed_prefix([0, 2, 1], 4)


@given(st.permutations(range(12)), st.integers(1, 12))
def test_the_kept_packets_are_the_first_frames_without_a_gap(order: list[int], frames: int) -> None:
    count = closed_prefix(order, frames)
    assert count >= frames
    assert sorted(order[:count]) == list(range(count))
