"""A clip split in three shows what it showed: every picture, at every frame of the record."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newtake.domain.clip import Clip, RefusalReason
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import find_appearances, record_rate
from otio_newtake.identity import ClipIndex, clip_keys, find_clip
from otio_newtake.listing import list_clips
from otio_newtake.marks import put_mark
from otio_newtake.pieces import list_pieces
from otio_newtake.reading import OpenedTimeline
from otio_newtake.splitting import Part, UnsplittableError, holder_of, pieces_of, split_out
from plain_reading import file_frame, moment_in

Time = otio.opentime.RationalTime
RATES = (24.0, 25.0, 24000 / 1001, 30000 / 1001, 50.0)


def span(start: float, count: float, rate: float) -> Any:
    return otio.opentime.TimeRange(Time(start, rate), Time(count, rate))


def clip(name: str, start: float, count: float, rate: float, speed: float = 1.0) -> Any:
    media = otio.schema.ExternalReference("/media/a.mov", span(0, 5000, rate))
    made = otio.schema.Clip(name, media, span(start, count, rate))
    if speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp("", speed))
    return made


def timeline(*items: Any, rate: float = 25.0, first: int = 0) -> Any:
    made = otio.schema.Timeline("cut", global_start_time=Time(first, rate))
    track = otio.schema.Track("Video 1", kind="Video")
    track.extend(items)
    made.tracks.append(track)
    return made


def split(made: Any, which: int, start: int, count: int) -> bool:
    found = find_appearances(made)
    rate = record_rate(made, found)
    part = Part.of(made, FrameRange(start, count, rate))
    return split_out(made, found[which], part, clip_keys(found)[which])


def shown(made: Any, rate: float, frames: range) -> list[tuple[str, int]]:
    """Per record frame the name and the file's frame, as a reader finds them that knows only
    OpenTimelineIO."""
    pictures = []
    for frame in frames:
        at = Time(frame, rate)
        item = made.tracks[0].child_at_time(at)
        pictures.append((item.name, file_frame(item, moment_in(item, made, frame, rate))))
    return pictures


@settings(deadline=None, max_examples=40)
@given(
    rate=st.sampled_from(RATES),
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=4),
    begin=st.integers(0, 2000),
    speed=st.sampled_from([1.0, 1.0, 2.0, -1.0, -2.0, 4.0]),
    data=st.data(),
)
def test_no_frame_moves_whatever_is_split(
    rate: float, lengths: list[int], begin: int, speed: float, data: st.DataObject
) -> None:
    items = [clip(f"c{i}", begin + 100 * i, n, rate, speed) for i, n in enumerate(lengths)]
    made = timeline(*items, rate=rate)
    total = range(sum(lengths))
    before = shown(made, rate, total)
    for _ in range(data.draw(st.integers(1, 3))):
        found = find_appearances(made)
        which = data.draw(st.integers(0, len(found) - 1))
        exact = Fraction(rate).limit_denominator(1001)
        first = round(found[which].start * exact)
        length = round(found[which].duration * exact)
        start = data.draw(st.integers(0, length - 1))
        count = data.draw(st.integers(1, length - start))
        changed = split(made, which, first + start, count)
        assert changed is (count < length)
        records = [
            (round(each.start * exact), round(each.duration * exact))
            for each in find_appearances(made)
        ]
        assert (first + start, count) in records
    assert shown(made, rate, total) == before
    keys = clip_keys(find_appearances(made))
    assert len(set(keys)) == len(keys)


def test_a_range_off_the_clips_own_frames_keeps_every_picture() -> None:
    """Clips that count at another rate than the timeline are cut at fractions of their frames."""
    made = timeline(clip("a", 10, 240, 24.0), rate=25.0)
    before = shown(made, 25.0, range(250))
    split(made, 0, 33, 101)
    assert [round(each.start * 25) for each in find_appearances(made)] == [0, 33, 134]
    assert shown(made, 25.0, range(250)) == before


@pytest.mark.parametrize(("start", "splits"), [(10, True), (11, False)])
def test_a_retimed_clip_is_split_between_frames_of_its_media_only(start: int, splits: bool) -> None:
    made = timeline(clip("slow", 40, 60, 25.0, 0.7))
    before = shown(made, 25.0, range(60))
    if splits:
        assert split(made, 0, start, 20)
        assert shown(made, 25.0, range(60)) == before
        return
    with pytest.raises(UnsplittableError) as raised:
        split(made, 0, start, 20)
    assert raised.value.refusal.reason is RefusalReason.RETIMED
    assert len(made.tracks[0]) == 1


def test_a_speed_that_changes_is_not_split() -> None:
    ramp = clip("ramp", 0, 50, 25.0)
    ramp.effects.append(otio.schema.TimeEffect("", "ramp"))
    with pytest.raises(UnsplittableError, match="speed changes"):
        split(timeline(ramp), 0, 10, 10)


@pytest.mark.parametrize(
    ("start", "count", "splits"),
    [(0, 40, True), (50, 20, True), (50, 50, True), (10, 86, False), (6, 40, True), (3, 40, False)],
)
def test_a_cut_inside_a_dissolve_is_refused(start: int, count: int, splits: bool) -> None:
    def dissolve(before: int, after: int) -> Any:
        kinds = otio.schema.TransitionTypes
        return otio.schema.Transition(
            "fade", kinds.SMPTE_Dissolve, Time(before, 25), Time(after, 25)
        )

    first, second, third = (clip(name, 100, 100, 25.0) for name in "abc")
    made = timeline(first, dissolve(4, 6), second, dissolve(8, 8), third)
    if splits:
        assert split(made, 1, 100 + start, count)
        kinds = [type(each).__name__ for each in made.tracks[0]]
        assert kinds[:3] == ["Clip", "Transition", "Clip"]
        assert kinds[-3:] == ["Clip", "Transition", "Clip"]
        return
    with pytest.raises(UnsplittableError) as raised:
        split(made, 1, 100 + start, count)
    assert raised.value.refusal.reason is RefusalReason.TRANSITION
    assert "fade" in raised.value.refusal.text


def test_markers_stay_at_their_pictures_and_effects_and_links_on_every_piece() -> None:
    cut = clip("a", 100, 60, 25.0)
    cut.metadata["Resolve_OTIO"] = {"Link Group ID": 7}
    cut.effects.append(otio.schema.Effect("blur", "Blur"))
    for at in (99, 100, 119, 120, 150, 170):
        cut.markers.append(otio.schema.Marker(str(at), span(at, 1, 25.0)))
    made = timeline(cut)
    split(made, 0, 20, 30)
    pieces = list(made.find_clips())
    assert [[m.name for m in each.markers] for each in pieces] == [
        ["99", "100", "119"],
        ["120"],
        ["150", "170"],
    ]
    assert [m.marked_range.start_time.value for each in pieces for m in each.markers] == [
        *(99, 100, 119, 120, 150, 170)
    ]
    assert [each.metadata["Resolve_OTIO"]["Link Group ID"] for each in pieces] == [7, 7, 7]
    assert [[e.effect_name for e in each.effects] for each in pieces] == [["Blur"]] * 3


def test_a_marker_of_a_retimed_clip_stays_at_its_moment() -> None:
    cut = clip("a", 100, 60, 25.0, 2.0)
    cut.markers.append(otio.schema.Marker("m", span(130, 1, 25.0)))
    made = timeline(cut)
    split(made, 0, 20, 30)
    head, middle, tail = made.find_clips()
    assert middle.source_range == span(140, 30, 25.0)
    assert [len(each.markers) for each in (head, middle, tail)] == [0, 1, 0]
    assert middle.markers[0].marked_range.start_time == Time(150, 25.0)


def test_other_clips_keep_the_keys_they_were_listed_with() -> None:
    """Also where they show the very same frames as the one that is split, or as each other."""
    made = timeline(*(clip("a", 100, 60, 25.0) for _ in range(5)))
    keys = clip_keys(find_appearances(made))
    split(made, 1, 70, 10)
    found = find_appearances(made)
    places = [find_clip(key, found) for key in keys]
    starts = [None if each is None else round(each.start * 25) for each in places]
    assert [starts[i] for i in (0, 2, 3, 4)] == [0, 120, 180, 240]
    assert [round(each.start * 25) for each in pieces_of(keys[1], found)] == [60, 70, 80]


def test_several_parts_of_one_clip_are_listed_as_the_clips_that_they_will_be() -> None:
    made = timeline(clip("a", 100, 100, 25.0), clip("b", 0, 50, 25.0))
    opened = OpenedTimeline(made, Path("/"))
    first, second = list_clips(opened, lambda _: True)
    rate = Fraction(25)
    parts = [(0, 10), (10, 10), (30, 20), (90, 10)]
    asked = [(first, FrameRange(*part, rate)) for part in parts]
    asked.append((second, FrameRange(120, 30, rate)))
    found = list_pieces(opened, asked, lambda _: True)
    assert [(each.source.start, each.source.duration) for each in found] == [
        *((100, 10), (110, 10), (130, 20), (190, 10)),
        (20, 30),
    ]
    assert [each.key for each in found] == [first.key] * 4 + [second.key]
    records = [each.record.start for each in list_clips(opened, lambda _: True)]
    assert records == [0, 10, 20, 30, 50, 90, 100, 120]


def test_a_piece_is_found_by_the_key_of_the_whole_and_split_again() -> None:
    made = timeline(clip("a", 100, 100, 25.0))
    (key,) = clip_keys(find_appearances(made))
    split(made, 0, 20, 10)
    part = Part.of(made, FrameRange(60, 20, Fraction(25)))
    found = find_appearances(made)
    tail = holder_of(key, part, ClipIndex(found))
    assert tail is not None
    assert round(tail.start * 25) == 30
    assert split_out(made, tail, part, key)
    again = find_appearances(made)
    assert [round(each.start * 25) for each in again] == [0, 20, 30, 60, 80]
    assert len(pieces_of(key, again)) == 5
    assert holder_of(key, Part.of(made, FrameRange(25, 10, Fraction(25))), ClipIndex(again)) is None


def test_a_nested_timeline_is_split_itself_and_each_piece_shows_its_part() -> None:
    inner = otio.schema.Track("inner", kind="Video")
    inner.append(clip("nested", 150, 100, 25.0))
    stack = otio.schema.Stack("nest", [inner], source_range=span(10, 60, 25.0))
    made = timeline(clip("a", 0, 30, 25.0), stack)
    opened = OpenedTimeline(made, Path("/"))
    listed = list_clips(opened, lambda _: True)
    (piece,) = list_pieces(opened, [(listed[1], FrameRange(50, 20, Fraction(25)))], lambda _: True)
    assert piece.refusal is None
    assert piece.record == FrameRange(50, 20, Fraction(25))
    assert piece.source == FrameRange(180, 20, Fraction(25))
    assert piece.piece_of == FrameRange(30, 60, Fraction(25))
    assert piece.key == listed[1].key
    assert [
        (each.source.start, each.source.duration) for each in list_clips(opened, lambda _: True)
    ] == [(0, 30), (160, 20), (180, 20), (200, 20)]
    ids = clip_keys(find_appearances(made))
    assert len(set(ids)) == 4


def test_what_a_tracks_range_hides_stays_hidden() -> None:
    made = timeline(clip("a", 100, 100, 25.0))
    made.tracks[0].source_range = span(20, 50, 25.0)
    assert split(made, 0, 10, 40)
    assert [
        (round(each.start * 25), round(each.duration * 25)) for each in find_appearances(made)
    ] == [(0, 10), (10, 40)]
    assert [each.source_range for each in made.find_clips()] == [
        span(100, 30, 25.0),
        span(130, 70, 25.0),
    ]


def test_drop_frame_record_frames_are_met_exactly() -> None:
    rate = 30000 / 1001
    made = timeline(clip("a", 0, 600, rate), rate=rate, first=107892)
    assert split(made, 0, 107892 + 299, 100)
    exact = Fraction(30000, 1001)
    assert [round(each.start * exact) for each in find_appearances(made)] == [0, 299, 399]
    assert [each.source_range for each in made.find_clips()] == [
        span(0, 299, rate),
        span(299, 100, rate),
        span(399, 201, rate),
    ]


def listed(made: Any) -> list[Clip]:
    return list_clips(OpenedTimeline(made, Path("/")), lambda _: True)


def piece(made: Any, start: int, count: int) -> Clip:
    """The part as it is planned; the timeline stays as it is."""
    rate = Fraction(25)
    whole = next(each for each in listed(made) if each.record.start <= start < each.record.end)
    opened = OpenedTimeline(made.deepcopy(), Path("/"))
    return list_pieces(opened, [(whole, FrameRange(start, count, rate))], lambda _: True)[0]


@pytest.mark.parametrize(
    ("start", "count", "between"), [(0, 25, False), (25, 25, False), (0, 10, True), (10, 40, True)]
)
def test_a_split_between_two_media_frames_is_said(start: int, count: int, between: bool) -> None:
    """48 media frames at 24 are 50 of the timeline's, and meet these at every 25th."""
    made = timeline(clip("a", 100, 48, 24.0), clip("b", 0, 50, 25.0), rate=25.0)
    said = [note for note in piece(made, start, count).notes if "between two media frames" in note]
    assert bool(said) == between


def test_a_part_is_the_same_clip_whatever_else_was_split_out_since() -> None:
    made = timeline(clip("a", 100, 100, 25.0))
    before = piece(made, 10, 20)
    split(made, 0, 50, 10)

    after = piece(made, 10, 20)
    assert after.is_same(before)
    assert not piece(made, 10, 19).is_same(before)
    split(made, 0, 10, 20)
    ready = listed(made)
    assert [each.is_same(before) for each in ready] == [False, True, False, False, False]


def test_a_clip_that_got_a_take_since_is_the_same_and_a_copy_of_a_piece_is_not() -> None:
    made = timeline(clip("a", 100, 100, 25.0), clip("b", 0, 50, 25.0))
    before = listed(made)[1]
    put_mark(made.tracks[0][1], clip_id="c1", first_key=before.key)
    assert listed(made)[1].is_same(before)

    split(made, 0, 50, 10)
    middle = listed(made)[1]
    assert middle.record.start == 50
    made.tracks[0].append(made.tracks[0][1].deepcopy())
    assert not listed(made)[1].is_same(listed(made)[-1])
