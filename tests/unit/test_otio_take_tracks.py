"""Takes on tracks of their own, in memory: where they lie, what they count from and bring."""

from __future__ import annotations

from typing import Any

import opentimelineio as otio
import pytest

from newtake.domain.files import Layout, Profile
from otio_placed import HIERO, NTSC, clip, new_take, place, ranges, span, timeline


def test_a_take_on_a_track_lies_over_its_clip_and_leaves_the_original() -> None:
    cut = clip(24, 48)
    made = timeline(clip(0, 30, name="before"), cut, clip(80, 24, name="after"))
    before = cut.media_reference.target_url
    assert place(made, new_take(12, 72), Layout.TRACK, which=1) == ("take_001", 1)
    assert ranges(made)[-1] == ("V2", 30, 48)
    assert [track.name for track in made.tracks] == ["Video 1", "New Take", "Audio 1"]
    assert (cut.media_reference.target_url, cut.source_range) == (before, span(24, 48))
    assert list(cut.media_references()) == ["DEFAULT_MEDIA"]


def test_a_track_take_counts_from_zero_where_the_media_does() -> None:
    made = timeline(clip(24, 48))
    place(made, new_take(12, 72), Layout.TRACK)
    top = made.tracks[1][-1]
    assert (top.source_range, top.media_reference.available_range) == (span(12, 48), span(0, 72))


@pytest.mark.parametrize("layout", [Layout.TRACK, Layout.REPLACE])
def test_a_generic_reader_gets_takes_that_begin_at_zero(layout: Layout) -> None:
    made = timeline(clip(86424, 48, first=86400))
    place(made, new_take(86412, 72), layout, Profile.GENERIC)
    top = made.tracks[1][-1] if layout is Layout.TRACK else made.tracks[0][0]
    assert (top.source_range, top.media_reference.available_range) == (span(12, 48), span(0, 72))


def test_a_fraction_of_an_in_point_is_gone_where_counting_begins_anew() -> None:
    made = timeline(clip(86424.1, 24, HIERO, first=86400))
    place(made, new_take(86424, 24, rate=NTSC), Layout.TRACK, Profile.GENERIC)
    top = made.tracks[1][-1]
    assert top.source_range == span(0, 24, HIERO)
    assert top.media_reference.available_range == span(0, 24, HIERO)


def test_a_track_take_keeps_timecode_for_resolve() -> None:
    made = timeline(clip(86424, 48, first=86400))
    place(made, new_take(86412, 72), Layout.TRACK, Profile.RESOLVE)
    top = made.tracks[1][-1]
    assert made.tracks[1].name == "Video 2"
    assert top.source_range == span(86424, 48)
    assert top.media_reference.available_range == span(86412, 72)


def test_tracks_for_takes_are_reused_where_there_is_room() -> None:
    made = timeline(clip(24, 48), clip(80, 24), clip(120, 24))
    place(made, new_take(120, 24, label="c"), Layout.TRACK, which=2)
    place(made, new_take(24, 48, label="a"), Layout.TRACK, which=0)
    place(made, new_take(80, 24, label="b"), Layout.TRACK, which=1)
    assert ranges(made)[3:] == [("V2", 0, 48), ("V2", 48, 24), ("V2", 72, 24)]
    place(made, new_take(80, 24, label="b2"), Layout.TRACK, which=1)
    assert ranges(made)[6:] == [("V3", 48, 24)]
    lower, upper = made.tracks[1][1], made.tracks[2][-1]
    assert (lower.enabled, upper.enabled) == (False, True)


@pytest.mark.parametrize("strange", ["transition", "clip without a range", "range of the track"])
def test_a_track_that_somebody_worked_on_is_left_as_it_is(strange: str) -> None:
    made = timeline(clip(24, 48), clip(80, 24))
    place(made, new_take(24, 48), Layout.TRACK, which=0)
    track = made.tracks[1]
    if strange == "transition":
        second = otio.opentime.RationalTime(12, 24)
        track.append(otio.schema.Transition(in_offset=second, out_offset=second))
    elif strange == "range of the track":
        track.source_range = track.available_range()
    else:
        track.append(otio.schema.Clip(media_reference=clip(0, 24).media_reference))
    before, count = track.deepcopy(), len(made.tracks)

    place(made, new_take(80, 24, label="b"), Layout.TRACK, which=1)

    assert len(made.tracks) == count + 1
    assert made.tracks[1].is_equivalent_to(before)


def dissolve(before: float = 6, after: float = 6) -> Any:
    time = otio.opentime.RationalTime
    return otio.schema.Transition("", "SMPTE_Dissolve", time(before, 24), time(after, 24))


def kinds(track: Any) -> list[tuple[str, float]]:
    """Each item's first letter and its length; a transition's reach over the cut."""
    return [
        ("T", each.in_offset.value + each.out_offset.value)
        if isinstance(each, otio.schema.Transition)
        else (type(each).__name__[0], each.source_range.duration.value)
        for each in track
    ]


def test_a_take_on_a_track_brings_its_clip_s_transitions() -> None:
    made = timeline(clip(24, 30), dissolve(), clip(24, 48), dissolve(4, 8), clip(80, 24))
    place(made, new_take(0, 120), Layout.TRACK, which=1)
    assert kinds(made.tracks[1]) == [("G", 30), ("T", 12), ("C", 48), ("T", 12), ("G", 8)]
    top = made.tracks[1][2]
    assert top.media_reference.available_range.contains(top.visible_range())


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_takes_of_neighbours_dissolve_into_each_other_in_whatever_order_they_come(
    order: tuple[int, ...],
) -> None:
    made = timeline(clip(24, 30), dissolve(), clip(24, 48), dissolve(4, 8), clip(80, 24))
    for which in order:
        place(made, new_take(0, 120, label=f"job/{which}"), Layout.TRACK, which=which)
    parts = [("C", 30), ("T", 12), ("C", 48), ("T", 12), ("C", 24)]
    assert kinds(made.tracks[1]) == parts
    assert len(made.tracks) == 3  # with the sound
    assert ranges(made)[3:] == [("V2", 0, 30), ("V2", 30, 48), ("V2", 78, 24)]


def test_a_take_on_a_track_is_retimed_as_its_clip_and_what_holds_it() -> None:
    inner = clip(100, 40)
    inner.effects.append(otio.schema.LinearTimeWarp("", 2.0))
    track = otio.schema.Track("inner", kind="Video")
    track.append(inner)
    nest = otio.schema.Stack("nest", [track], source_range=span(10, 20))
    nest.effects.append(otio.schema.LinearTimeWarp("", -0.5))
    made = timeline(clip(0, 24), nest)
    place(made, new_take(110, 60), Layout.TRACK, Profile.RESOLVE, which=1)
    top = made.tracks[1][1]
    # 20 record frames consume 10 .. 20 of the clip, which is 120 .. 140 of the media, backwards.
    assert [effect.time_scalar for effect in top.effects] == [-0.5, 2.0]
    assert top.source_range == span(120, 20)
    assert [effect.time_scalar for effect in inner.effects] == [2.0]


def test_a_retimed_take_on_a_track_keeps_the_half_frames_of_its_cut() -> None:
    slow = clip(100, 48)
    slow.effects.append(otio.schema.LinearTimeWarp("", 0.5))
    made = timeline(slow)
    made.tracks[0].source_range = span(7, 30)
    place(made, new_take(90, 40), Layout.TRACK, Profile.GENERIC)
    top = made.tracks[1][0]
    assert top.source_range == span(13.5, 30)
