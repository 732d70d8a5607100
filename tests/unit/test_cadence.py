"""Real time on the model's grid: what is sent of any rate, and where it comes back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from newtake.domain.cadence import chosen_cadence, reason_of_cadence, told_numbers
from newtake.domain.choices import Cadence
from newtake.domain.clip import Clip, ColourTags, Refusal, RefusalReason
from newtake.domain.conform import plan_conform
from newtake.domain.edit import Limits
from newtake.domain.errors import ResultError
from newtake.domain.plate import PlatePlan, plan_plate, told_cadence
from newtake.domain.timing import FrameRange
from orders import order

GRID = Limits().rate
NTSC = {nominal: Fraction(nominal * 1000, 1001) for nominal in (24, 30, 48, 60, 120)}
RESULT = replace(order().source, codec="h264", colour=ColourTags(), rate=GRID, frames=120)


def planned(
    rate: Fraction,
    start: int = 500,
    frames: int = 40,
    media: int = 2000,
    cadence: Cadence = "time",
    speed: Fraction = Fraction(1),
) -> PlatePlan:
    source = FrameRange(start, frames, rate)
    clip = Clip("k", 1, "shot", "V1", source, source, None, speed)
    plan = plan_plate(clip, FrameRange(0, media, rate), 0, Limits(), "auto", cadence)
    assert isinstance(plan, PlatePlan)
    return plan


def around_the_clip(plan: PlatePlan, count: int) -> list[int]:
    """The plate's media frames from the clip's first on, counted from it."""
    first = plan.clip_places.start
    return [slot - plan.clip_offset for slot in plan.sent[first : first + count]]


@pytest.mark.parametrize(
    ("rate", "sent"),
    [
        (Fraction(12), [0, 0, 1, 1, 2, 2, 3]),
        (NTSC[24], [0, 1, 2, 3, 4, 5, 6]),
        (Fraction(24), [0, 1, 2, 3, 4, 5, 6]),
        (Fraction(30), [0, 1, 2, 4, 5, 6, 7]),
        (NTSC[48], [0, 2, 4, 6, 8, 10, 12]),
        (Fraction(48), [0, 2, 4, 6, 8, 10, 12]),
        (Fraction(50), [0, 2, 4, 6, 8, 10, 12]),
        (NTSC[60], [0, 2, 5, 7, 10, 12, 15]),
        (Fraction(60), [0, 2, 5, 7, 10, 12, 15]),
        (NTSC[120], [0, 5, 10, 15, 20, 25, 30]),
        (Fraction(120), [0, 5, 10, 15, 20, 25, 30]),
    ],
)
def test_each_moment_of_the_grid_shows_the_nearest_frame(rate: Fraction, sent: list[int]) -> None:
    assert around_the_clip(planned(rate), len(sent)) == sent


@pytest.mark.parametrize(
    ("rate", "covered", "dropped", "doubled"),
    [
        (Fraction(24), 120, 0, 0),
        (Fraction(25), 125, 5, 0),
        (Fraction(48), 240, 120, 0),
        (Fraction(50), 250, 130, 0),
        (Fraction(60), 300, 180, 0),
        (Fraction(12), 60, 0, 60),
    ],
)
def test_five_seconds_of_any_rate_are_five_seconds_of_the_model(
    rate: Fraction, covered: int, dropped: int, doubled: int
) -> None:
    plan = planned(rate)
    assert (plan.duration, plan.length, plan.held) == ("5s", 120, 0)
    assert plan.media_range.duration == covered
    assert (len(plan.dropped), len(plan.doubled)) == (dropped, doubled)


@pytest.mark.parametrize(("frames", "tier"), [(250, "5s"), (251, "10s"), (500, "10s"), (501, None)])
def test_the_length_to_buy_is_counted_in_real_time(frames: int, tier: str | None) -> None:
    source = FrameRange(0, frames, Fraction(50))
    clip = Clip("k", 1, "shot", "V1", source, source, None)
    plan = plan_plate(clip, FrameRange(0, 999, Fraction(50)), 0, Limits(), "auto", "time")
    if tier is None:
        assert isinstance(plan, Refusal)
        assert plan.reason is RefusalReason.TOO_LONG
        assert "501 frames, 241 of them at 24" in plan.text
    else:
        assert isinstance(plan, PlatePlan)
        assert plan.duration == tier


@pytest.mark.parametrize(
    ("rate", "cadence"),
    [
        (NTSC[24], "frame"),
        (Fraction(30), "frame"),
        (Fraction(48), "time"),
        (NTSC[60], "time"),
        (Fraction(120), "time"),
    ],
)
def test_real_time_is_kept_above_thirty_unless_asked_otherwise(
    rate: Fraction, cadence: str
) -> None:
    assert chosen_cadence("auto", rate) == cadence
    assert planned(rate, cadence="auto").cadence == cadence
    assert planned(rate, cadence="frame").sent == ()
    assert (reason_of_cadence("auto", rate, GRID) is not None) is (cadence == "time")
    assert (reason_of_cadence("frame", rate, GRID) is not None) is (cadence == "time")
    assert reason_of_cadence("time", rate, GRID) is None


def test_frame_for_frame_above_thirty_says_that_it_is_slow_motion() -> None:
    assert "2.1 times slower" in (reason_of_cadence("frame", Fraction(50), GRID) or "")


@pytest.mark.parametrize(
    ("rate", "speed", "cadence"),
    [
        (NTSC[60], Fraction(2, 5), "frame"),
        (NTSC[60], Fraction(-1, 2), "frame"),
        (NTSC[120], Fraction(1, 5), "frame"),
        (Fraction(50), Fraction(4, 5), "time"),
        (Fraction(50), Fraction(2), "time"),
        (Fraction(25), Fraction(2), "frame"),
    ],
)
def test_media_that_is_slowed_down_to_thirty_or_less_is_sent_whole(
    rate: Fraction, speed: Fraction, cadence: str
) -> None:
    assert chosen_cadence("auto", rate, speed) == cadence
    plan = planned(rate, cadence="auto", speed=speed)
    assert plan.cadence == cadence
    reason = reason_of_cadence("auto", rate, GRID, speed) or ""
    assert ("slowed down" in reason) is (cadence == "frame" and rate > 30)
    assert chosen_cadence("time", rate, speed) == "time"


def test_short_media_is_held_and_a_clip_at_its_end_keeps_its_last_slots() -> None:
    plan = planned(Fraction(50), start=0, frames=50, media=51)
    assert (plan.media_range, plan.clip_offset, plan.tail) == (
        FrameRange(0, 51, Fraction(50)),
        0,
        1,
    )
    assert plan.held == 120 - 25
    assert plan.slots[-3:] == (23, 23, 24)


def test_a_take_shows_its_own_frame_or_the_one_before() -> None:
    plan = planned(Fraction(60), start=0, frames=10, media=10)
    conform = plan_conform(plan, RESULT, grid_rate=GRID, timecode_start=0)
    assert conform.frame_map == (0, 0, 1, 1, 1, 2, 2, 3, 3, 3)
    assert (conform.rewrap, conform.codec) == (False, "prores")
    assert conform.available == FrameRange(0, 10, Fraction(60))
    assert any("dropped: 6 (1, 3, 4, 6, 8, 9)" in note for note in conform.notes)
    assert any("6 of the take's 10 frames" in note for note in conform.notes)


def test_real_time_of_the_grid_s_own_rate_is_still_rewrapped() -> None:
    conform = plan_conform(planned(GRID), RESULT, grid_rate=GRID, timecode_start=0)
    assert conform.rewrap
    assert told_cadence(planned(GRID), GRID) is None


def test_a_doubled_frame_comes_back_once() -> None:
    conform = plan_conform(planned(Fraction(12)), RESULT, grid_rate=GRID, timecode_start=0)
    assert conform.frame_map == tuple(range(0, 120, 2))


def test_a_result_of_another_rate_goes_through_the_grid_s_moments() -> None:
    result = replace(RESULT, rate=Fraction(48), frames=240)
    conform = plan_conform(planned(Fraction(50)), result, grid_rate=GRID, timecode_start=0)
    straight = plan_conform(planned(Fraction(50)), RESULT, grid_rate=GRID, timecode_start=0)
    assert conform.frame_map == tuple(2 * frame for frame in straight.frame_map)


def test_a_short_result_shortens_the_tail_by_its_own_frames_and_never_the_clip() -> None:
    plan = planned(Fraction(50))
    needed = plan.clip_places.stop
    short = plan_conform(plan, replace(RESULT, frames=needed), grid_rate=GRID, timecode_start=0)
    assert short.available.end >= plan.media_range.start + plan.clip_offset + plan.clip_frames
    assert any("shorter than planned" in note for note in short.notes)
    with pytest.raises(ResultError, match="ends 1 frame before"):
        plan_conform(plan, replace(RESULT, frames=needed - 1), grid_rate=GRID, timecode_start=0)


def test_numbers_are_told_by_their_first_ones() -> None:
    assert told_numbers([]) == "none"
    assert told_numbers([4, 9]) == "2 (4, 9)"
    assert told_numbers(range(10)) == "10 (0, 1, 2, 3, 4, 5 and 4 more)"
