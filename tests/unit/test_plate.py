"""Which frames are sent: the tier, the handles, the held frames."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.edit import Limits
from newtake.domain.plate import PlatePlan, plan_plate
from newtake.domain.timing import FrameRange

RATE = Fraction(25)


def clip(start: int, frames: int, rate: Fraction = RATE) -> Clip:
    return Clip(
        key="k",
        index=1,
        name="shot",
        track="V1",
        record=FrameRange(0, frames, rate),
        source=FrameRange(start, frames, rate),
        media=None,
    )


def planned(
    start: int, frames: int, media: FrameRange, origin: int = 0, duration: str = "auto"
) -> PlatePlan:
    plan = plan_plate(clip(start, frames), media, origin, Limits(), duration)
    assert isinstance(plan, PlatePlan)
    return plan


@pytest.mark.parametrize(
    ("start", "frames", "media_frames", "head", "tail", "held"),
    [
        (100, 60, 1000, 30, 30, 0),
        (100, 61, 1000, 29, 30, 0),
        (10, 60, 1000, 10, 50, 0),
        (930, 60, 1000, 50, 10, 0),
        (5, 60, 70, 5, 5, 50),
        (0, 120, 120, 0, 0, 0),
        (0, 1, 1, 0, 0, 119),
    ],
)
def test_handles_fill_the_paid_length_and_held_frames_the_rest(
    start: int, frames: int, media_frames: int, head: int, tail: int, held: int
) -> None:
    plan = planned(start, frames, FrameRange(0, media_frames, RATE))
    assert (plan.clip_offset, plan.tail, plan.held) == (head, tail, held)
    assert (plan.length, plan.duration) == (120, "5s")


@pytest.mark.parametrize(
    ("frames", "duration", "tier"),
    [(120, "auto", "5s"), (121, "auto", "10s"), (240, "auto", "10s"), (60, "10s", "10s")],
)
def test_the_shortest_length_that_holds_the_clip_is_bought(
    frames: int, duration: str, tier: str
) -> None:
    plan = planned(300, frames, FrameRange(0, 1000, RATE), duration=duration)
    assert plan.duration == tier
    assert plan.length == Limits().tiers[tier]


@pytest.mark.parametrize(("frames", "duration"), [(241, "auto"), (121, "5s")])
def test_a_clip_longer_than_the_model_is_refused(frames: int, duration: str) -> None:
    plan = plan_plate(clip(0, frames), FrameRange(0, 999, RATE), 0, Limits(), duration)
    assert isinstance(plan, Refusal)
    assert plan.reason is RefusalReason.TOO_LONG


def test_a_time_base_that_starts_at_the_timecode_changes_no_file_index() -> None:
    plan = planned(90_100, 60, FrameRange(90_000, 1000, RATE), origin=90_000)
    assert plan.media_range == FrameRange(90_070, 120, RATE)
    assert plan.file_index == 70


@given(st.data())
def test_the_clip_lies_whole_inside_a_plate_of_paid_length(data: st.DataObject) -> None:
    origin = data.draw(st.integers(0, 2_000_000))
    media = FrameRange(origin, data.draw(st.integers(1, 2000)), RATE)
    frames = data.draw(st.integers(1, min(240, media.duration)))
    start = media.start + data.draw(st.integers(0, media.duration - frames))
    plan = planned(start, frames, media, origin)
    assert media.contains(plan.media_range)
    assert plan.media_range.start + plan.clip_offset == start
    assert plan.media_range.duration + plan.held == plan.length
    assert plan.held == 0 or plan.media_range == media
    assert plan.file_index == plan.media_range.start - origin
