"""Handles that were asked for: as many on each side, at the next length, or refused."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.choices import Cadence
from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.edit import EditSettings, Limits, settings_problems
from newtake.domain.plate import PlatePlan, plan_plate
from newtake.domain.timing import FrameRange, Handles

RATE = Fraction(25)


def planned(
    start: int,
    frames: int,
    media_frames: int,
    handles: Handles,
    *,
    duration: str = "auto",
    rate: Fraction = RATE,
    cadence: Cadence = "auto",
) -> PlatePlan | Refusal:
    clip = Clip(
        key="k",
        index=1,
        name="shot",
        track="V1",
        record=FrameRange(0, frames, rate),
        source=FrameRange(start, frames, rate),
        media=None,
    )
    available = FrameRange(0, media_frames, rate)
    return plan_plate(clip, available, 0, Limits(), duration, cadence, least=handles)


@pytest.mark.parametrize(
    ("start", "frames", "asked", "head", "tail", "tier"),
    [
        (100, 60, 12, 30, 30, "5s"),
        (100, 100, 10, 10, 10, "5s"),
        (100, 101, 10, 69, 70, "10s"),
        (10, 100, 10, 10, 10, "5s"),
        (100, 110, 5, 5, 5, "5s"),
    ],
)
def test_the_next_length_is_bought_where_the_shorter_one_has_no_room(
    start: int, frames: int, asked: int, head: int, tail: int, tier: str
) -> None:
    plan = planned(start, frames, 1000, Handles(asked, asked))

    assert isinstance(plan, PlatePlan)
    assert (plan.clip_offset, plan.tail, plan.duration) == (head, tail, tier)


def test_one_side_may_be_asked_for_alone() -> None:
    plan = planned(100, 110, 1000, Handles(0, 10))

    assert isinstance(plan, PlatePlan)
    assert (plan.clip_offset, plan.tail, plan.duration) == (0, 10, "5s")


def test_media_that_ends_too_early_is_said_with_its_numbers() -> None:
    plan = planned(5, 60, 200, Handles(8, 8))

    assert isinstance(plan, Refusal)
    assert plan.reason is RefusalReason.OUTSIDE_MEDIA
    assert "5 frames before it and 135 after" in plan.text


@pytest.mark.parametrize(("duration", "frames"), [("5s", 110), ("auto", 230), ("10s", 230)])
def test_a_clip_that_leaves_no_room_is_refused(duration: str, frames: int) -> None:
    plan = planned(100, frames, 1000, Handles(12, 12), duration=duration)

    assert isinstance(plan, Refusal)
    assert plan.reason is RefusalReason.TOO_LONG
    assert "handles of 12 and 12 frames" in plan.text


@given(
    frames=st.integers(1, 240),
    before=st.integers(0, 60),
    after=st.integers(0, 60),
    head=st.integers(0, 40),
    tail=st.integers(0, 40),
    rate=st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(50), Fraction(120)]),
    cadence=st.sampled_from(get_args(Cadence)),
)
def test_a_plate_has_the_handles_or_is_refused(
    frames: int, before: int, after: int, head: int, tail: int, rate: Fraction, cadence: Cadence
) -> None:
    plan = planned(
        before, frames, before + frames + after, Handles(head, tail), rate=rate, cadence=cadence
    )

    if isinstance(plan, PlatePlan):
        assert plan.clip_offset >= head
        assert plan.tail >= tail
        assert len(plan.shown) <= plan.length
    else:
        fits_once = before >= head + 10 and after >= tail and frames + head + tail + 10 <= 120
        assert not fits_once


def test_handles_and_a_first_frame_exclude_each_other() -> None:
    settings = EditSettings("x", handles=8, first_frame="https://x.example/a.png")

    (problem,) = settings_problems(settings)

    assert "before it" in problem
