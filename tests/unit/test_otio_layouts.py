"""Takes put into clips in memory: what a clip becomes, how its media is spelled."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.domain.files import Layout, Profile
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import find_appearances
from otio_newtake.dialect import dialect_of, shape
from otio_newtake.marks import mark_of
from otio_newtake.spans import frames_at
from otio_newtake.takes import summaries
from otio_placed import HIERO, NTSC, clip, new_take, place, ranges, span, timeline


def test_a_take_is_one_more_selected_reference_and_nothing_else_changes() -> None:
    cut = clip(24, 48)
    made = timeline(cut)
    assert place(made, new_take(12, 72)) == ("take_001", 1)
    references = cut.media_references()
    assert sorted(references) == ["DEFAULT_MEDIA", "take_001"]
    assert cut.active_media_reference_key == "take_001"
    assert cut.source_range == span(24, 48)
    assert references["DEFAULT_MEDIA"].target_url == "/media/a b.mov"
    assert references["take_001"].available_range == span(12, 72)
    assert references["take_001"].name == "Take 1: oil painting"
    assert references["take_001"].available_image_bounds is None
    assert mark_of(references["take_001"])["ai_generated"] is True


@pytest.mark.parametrize("layout", list(Layout))
def test_a_clip_without_a_range_of_its_own_stays_as_long_as_it_was(layout: Layout) -> None:
    whole = clip(0, 48)
    whole.media_reference.available_range, whole.source_range = span(0, 48), None
    made = timeline(whole, clip(0, 24))
    place(made, new_take(0, 120), layout)
    assert made.tracks[0].range_of_child(whole) == span(0, 48)
    assert made.tracks[0].range_of_child(made.tracks[0][1]) == span(48, 24)


def test_no_signed_address_is_written() -> None:
    made = timeline(clip(24, 48))
    place(made, new_take(12, 72))
    assert "secret" not in made.to_json_string()


def test_both_ranges_hold_the_source_range_at_a_noisy_rate() -> None:
    cut = clip(86400, 24, HIERO, first=86400)
    made = timeline(cut)
    place(made, new_take(86400, 24, rate=NTSC))
    for reference in cut.media_references().values():
        assert reference.available_range.contains(cut.source_range, 0.0)


@pytest.mark.parametrize("layout", [Layout.TAKES, Layout.TRACK])
@pytest.mark.parametrize("profile", [Profile.RESOLVE, Profile.GENERIC])
@pytest.mark.parametrize(("first", "rate"), [(0, 24.0), (86_400, 24.0), (86_400, HIERO)])
def test_a_plain_reader_finds_the_exr_of_each_frame_that_the_clip_shows(
    layout: Layout, profile: Profile, first: int, rate: float
) -> None:
    exact = Fraction(24) if rate == 24 else NTSC
    made = timeline(clip(first + 24, 48, rate, first=first))
    key, _ = place(made, new_take(first + 12, 72, rate=exact, exr=True), layout, profile)

    read = otio.adapters.read_from_string(made.to_json_string(), "otio_json")

    holder = next(each for each in read.find_clips() if f"{key}_exr" in each.media_references())
    holder.active_media_reference_key = f"{key}_exr"
    sequence = holder.media_reference
    shown = holder.trimmed_range()
    assert sequence.rate == sequence.available_range.duration.rate == shown.duration.rate
    assert sequence.available_range.contains(shown, 0.0)
    assert sequence.end_frame() == first + 12 + 71
    assert sequence.number_of_images_in_sequence() == 72
    for frame in (0, 47):
        time = shown.start_time + otio.opentime.RationalTime(frame, rate)
        number = sequence.frame_for_time(time)
        assert number == first + 24 + frame
        address = sequence.target_url_for_image_number(number - sequence.start_frame)
        assert address.endswith(f"/takes/A_001/A_001.{number:07}.exr")


def test_numbers_go_on_where_a_clip_has_takes_and_the_exr_follows() -> None:
    cut = clip(24, 48)
    made = timeline(cut)
    place(made, new_take(12, 72, label="a"))
    assert place(made, new_take(12, 72, label="b", number=1, exr=True)) == ("take_002", 2)
    exr = cut.media_references()["take_002_exr"]
    assert (exr.target_url_base, exr.start_frame, exr.frame_zero_padding) == (
        "/takes/A_001/",
        12,
        7,
    )
    assert exr.number_of_images_in_sequence() == 72
    assert mark_of(exr)["colour_space"] == "ACES2065-1"
    listed = [(take.number, take.key, take.selected) for take in summaries(cut)]
    assert listed == [
        (0, "DEFAULT_MEDIA", False),
        (1, "take_001", False),
        (2, "take_002", True),
        (2, "take_002_exr", False),
    ]


def test_a_free_number_of_the_file_is_kept() -> None:
    assert place(timeline(clip(24, 48)), new_take(12, 72, number=7)) == ("take_007", 7)


@pytest.mark.parametrize(
    ("url", "profile", "expected"),
    [
        ("/media/a.mov", Profile.AUTO, "/takes/A_take_001.mov"),
        ("file:///media/a.mov", Profile.AUTO, "file:///takes/A_take_001.mov"),
        ("file:///media/a.mov", Profile.RESOLVE, "/takes/A_take_001.mov"),
        ("/media/a.mov", Profile.GENERIC, "file:///takes/A_take_001.mov"),
    ],
)
def test_addresses_are_spelled_for_the_reader(url: str, profile: Profile, expected: str) -> None:
    cut = clip(24, 48, url=url)
    place(timeline(cut), new_take(12, 72), profile=profile)
    assert cut.media_reference.target_url == expected


def test_an_explicit_profile_spells_the_other_media_too_and_auto_does_not() -> None:
    made = timeline(clip(24, 48), clip(0, 24, url="rel/b.mov"))
    shape(made, dialect_of(Profile.AUTO, made), Path("/jobs"), lambda _: False)
    assert [each.media_reference.target_url for each in made.find_clips()] == [
        "/media/a b.mov",
        "rel/b.mov",
    ]
    shape(made, dialect_of(Profile.GENERIC, made), Path("/jobs"), lambda _: False)
    assert [each.media_reference.target_url for each in made.find_clips()] == [
        "file:///media/a%20b.mov",
        "file:///jobs/rel/b.mov",
    ]
    shape(made, dialect_of(Profile.RESOLVE, made), Path("/jobs"), lambda _: False)
    assert made.find_clips()[0].media_reference.target_url == "/media/a b.mov"
    assert made.global_start_time is not None


def test_replacing_a_clip_that_its_track_cuts_moves_nothing() -> None:
    cut = clip(24, 48)
    made = timeline(cut, clip(80, 24))
    made.tracks[0].source_range = span(12, 50)
    before = ranges(made)
    place(made, new_take(12, 72), Layout.REPLACE)
    assert ranges(made) == before
    assert cut.source_range == span(12, 48)


def test_replacing_leaves_one_reference_and_keeps_the_address_of_the_original() -> None:
    cut = clip(24, 48)
    made = timeline(cut)
    assert place(made, new_take(12, 72), Layout.REPLACE) == ("DEFAULT_MEDIA", 1)
    assert list(cut.media_references()) == ["DEFAULT_MEDIA"]
    assert cut.media_reference.target_url == "/takes/A_take_001.mov"
    assert (cut.source_range, cut.media_reference.available_range) == (span(12, 48), span(0, 72))
    assert mark_of(cut)["original_url"] == "/media/a b.mov"


def test_places_agree_with_opentimelineio_where_that_is_right() -> None:
    made = timeline(clip(0, 30), otio.schema.Gap(source_range=span(0, 7)), clip(5, 11))
    theirs = made.tracks[0].range_of_all_children()
    for each in find_appearances(made):
        expected = frames_at(theirs[each.item], Fraction(24))
        assert expected == FrameRange(int(each.start * 24), int(each.duration * 24), Fraction(24))
