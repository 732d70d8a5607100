"""Clip, plate and take: whatever the numbers, each clip frame has one slot, there and back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.choices import PlateCadence
from newtake.domain.clip import Clip, ColourTags, Refusal, RefusalReason, media_origin
from newtake.domain.conform import FrameMapping, plan_conform
from newtake.domain.edit import Limits
from newtake.domain.errors import ResultError, SelectionError
from newtake.domain.plate import PlatePlan, plan_plate
from newtake.domain.selection import Selection, select_clips
from newtake.domain.timing import FrameRange, timecode
from orders import order

GRID = Limits().rate
rates = st.sampled_from(
    [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)]
)
any_rates = rates | st.sampled_from([Fraction(12), Fraction(50), Fraction(60000, 1001)])
MEDIA = replace(order().source, codec="h264", colour=ColourTags(), timecode=None)


def clip_of(source: FrameRange) -> Clip:
    return Clip("k", 1, "shot", "V1", source, source, None)


@st.composite
def clips(draw: st.DrawFn) -> tuple[FrameRange, FrameRange]:
    """Frames of a clip, and all frames of its media around them."""
    rate = draw(any_rates)
    media = FrameRange(draw(st.integers(-10, 3_000_000)), draw(st.integers(1, 1500)), rate)
    start = draw(st.integers(0, media.duration - 1))
    length = draw(st.integers(1, min(260, media.duration - start)))
    return FrameRange(media.start + start, length, rate), media


@given(clips(), st.sampled_from(["auto", "5s", "10s"]))
def test_a_plate_shows_every_frame_once_and_then_the_last_one(
    clip: tuple[FrameRange, FrameRange], duration: str
) -> None:
    source, media = clip
    plan = plan_plate(clip_of(source), media, media.start, Limits(), duration, "frame")
    if isinstance(plan, Refusal):
        assert plan.reason is RefusalReason.TOO_LONG
        assert source.duration > Limits().tiers.get(duration, 240)
        return
    sent = [min(plan.media_range.start + i, plan.media_range.end - 1) for i in range(plan.length)]
    assert plan.length == Limits().tiers[plan.duration]
    shown = sent[plan.clip_offset : plan.clip_offset + plan.clip_frames]
    assert shown == list(range(source.start, source.end))
    assert all(media.covers_frame(frame) for frame in sent)
    assert sent[: plan.length - plan.held] == sorted(set(sent))
    assert plan.clip_offset + plan.clip_frames + plan.tail + plan.held == plan.length
    assert plan.held == 0 or plan.media_range == media
    assert plan.file_index == sent[0] - media.start
    assert plan.dropped == plan.doubled == ()
    if plan.held == 0 and plan.length < media.duration:
        # Uneven handles only where the media ends.
        uneven = abs(plan.clip_offset - plan.tail) > 1
        assert not uneven or media.start in sent or media.end - 1 in sent


@given(clips(), st.sampled_from(["auto", "5s", "10s"]))
def test_a_plate_in_real_time_shows_each_moment_and_gives_each_slot_a_frame_of_its_own_side(
    clip: tuple[FrameRange, FrameRange], duration: str
) -> None:
    source, media = clip
    plan = plan_plate(clip_of(source), media, media.start, Limits(), duration, "time")
    if isinstance(plan, Refusal):
        assert plan.reason is RefusalReason.TOO_LONG
        longest = Limits().tiers.get(duration, 240) / GRID
        assert source.seconds > longest - 1 / source.rate
        return
    assert media.contains(plan.media_range)
    assert plan.media_range.contains(source)
    assert plan.media_range.start + plan.clip_offset == source.start
    assert plan.file_index == plan.media_range.start - media.start
    assert len(plan.sent) + plan.held == plan.length
    sent = [plan.media_range.start + slot for slot in plan.sent]
    first = plan.clip_places.start
    assert sent[first] == source.start
    for place, frame in enumerate(sent):
        moment = (place - first) / GRID
        assert abs((frame - source.start) / source.rate - moment) <= 1 / (2 * source.rate)
    shown = [sent[place] for place in plan.slots]
    numbers = range(plan.media_range.start, plan.media_range.end)
    for number, frame in zip(numbers, shown, strict=True):
        assert frame <= number
        assert number in plan.dropped or frame == number
        assert (number - frame) / source.rate <= 1 / GRID
        # Nothing of the handles, which may be another shot, is seen inside the clip.
        assert source.covers_frame(frame) or not source.covers_frame(number)
    assert {frame for frame in sent if sent.count(frame) > 1} == set(plan.doubled)
    assert plan.held == 0 or media.duration / source.rate <= (plan.length + 1) / GRID


@given(clips(), any_rates, st.integers(1, 800), st.sampled_from(["frame", "time"]))
def test_each_slot_of_a_take_has_a_result_frame_that_is_there(
    clip: tuple[FrameRange, FrameRange], rate: Fraction, frames: int, cadence: PlateCadence
) -> None:
    source, media = clip
    plate = plan_plate(clip_of(source), media, media.start, Limits(), "auto", cadence)
    if not isinstance(plate, PlatePlan):
        return
    result = replace(MEDIA, rate=rate, frames=frames)
    try:
        plan = plan_conform(plate, result, grid_rate=GRID, timecode_start=0)
    except ResultError:
        assert int((plate.clip_places.stop - 1) / GRID * rate) >= frames
        return
    take = plan.available
    assert take.contains(source)
    assert plate.media_range.contains(take)
    assert take.start == plate.media_range.start
    by_frame = plan.mapping is FrameMapping.FRAME
    slots = [i if by_frame else int(i / GRID * rate) for i in range(take.duration)]
    if plate.sent:
        slots = list(plan.frame_map)
        assert len(slots) == take.duration
    assert max(slots) < frames
    assert slots == sorted(slots)
    assert plan.rewrap <= (slots == list(range(take.duration)))


@given(clips(), st.integers(0, 2_000_000), st.booleans(), st.booleans())
def test_the_frames_wanted_are_in_the_file_or_it_is_said(
    clip: tuple[FrameRange, FrameRange], start: int, says_range: bool, from_zero: bool
) -> None:
    source, media = clip
    begin = 0 if from_zero else media.start
    info = replace(MEDIA, frames=media.duration, rate=source.rate)
    said = FrameRange(begin, media.duration, source.rate) if says_range else None
    wanted = source.moved(begin - media.start)
    try:
        origin = media_origin(wanted, said, info, start)
    except ValueError:
        assert not says_range
    else:
        assert 0 <= wanted.start - origin <= media.duration - wanted.duration
        assert not says_range or origin == begin


@st.composite
def timelines(draw: st.DrawFn) -> list[Clip]:
    """Clips that touch on each track, with audio among them."""
    rate, found = draw(any_rates), list[Clip]()
    for track in ("V1", "V2", "A1"):
        at = draw(st.integers(0, 100))
        for _ in range(draw(st.integers(0, 3))):
            frames = FrameRange(at, draw(st.integers(1, 50)), rate)
            refusal = Refusal(RefusalReason.AUDIO, "sound") if track == "A1" else None
            name = draw(st.sampled_from(["wide", "close", "7", "İ", ""]))
            number = len(found) + 1
            key = f"{track}/{number}"
            found.append(Clip(key, number, name, track, frames, frames, None, refusal=refusal))
            at = frames.end
    return found


_entries = st.lists(st.sampled_from(["1", "2", "wide", "İ", "٣"]) | st.text(max_size=4), max_size=2)
_selections = st.builds(
    Selection,
    clips=_entries.map(tuple),
    at=st.lists(st.text(max_size=4), max_size=1).map(tuple),
    everything=st.booleans(),
    track=st.none() | st.sampled_from(["V1", "v2", "A1", "V9"]) | st.text(max_size=3),
)


@given(timelines(), _selections)
def test_a_selection_is_clips_of_the_timeline_or_an_error(
    listed: list[Clip], asked: Selection
) -> None:
    try:
        chosen = select_clips(listed, asked)
    except SelectionError:
        return
    assert chosen
    assert [each.index for each in chosen] == sorted({each.index for each in chosen})
    assert all(each in listed for each in chosen)
    assert asked.track is None or {each.track for each in chosen} == {asked.track.upper()}


@given(timelines(), st.data())
def test_a_record_timecode_finds_the_topmost_picture_under_it(
    listed: list[Clip], data: st.DataObject
) -> None:
    pictures = [each for each in listed if each.refusal is None]
    if not pictures:
        return
    frame = data.draw(st.integers(0, max(each.record.end for each in pictures)))
    label = timecode(frame, pictures[0].record.rate)
    under = [each for each in pictures if each.record.covers_frame(frame)]
    try:
        chosen = select_clips(listed, Selection(at=(label,)))
    except SelectionError:
        assert not under
    else:
        assert chosen == under[-1:]


@pytest.mark.parametrize("entry", ["9" * 5000, "²", "٣" * 5000], ids=["long", "raised", "arabic"])
def test_a_number_that_no_computer_reads_is_no_clip(entry: str) -> None:
    with pytest.raises(SelectionError, match="no clip"):
        select_clips([clip_of(FrameRange(0, 10, GRID))], Selection(clips=(entry,)))
