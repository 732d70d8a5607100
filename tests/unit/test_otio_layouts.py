"""Takes put into timelines in memory: shapes, spellings, identity and choice."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from newtake.domain.errors import SelectionError
from newtake.domain.files import ExrFrames, Layout, NewTake, Profile, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import Appearance, find_appearances, record_rate
from otio_newtake.dialect import dialect_of, shape
from otio_newtake.identity import clip_keys, find_clip
from otio_newtake.layouts import place_take
from otio_newtake.linking import link_take
from otio_newtake.marks import mark_of
from otio_newtake.spans import frames_at
from otio_newtake.takes import choose, star, summaries

HIERO = 23.976024627685547
NTSC = Fraction(24000, 1001)


def span(start: float, duration: float, rate: float = 24.0) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate)
    )


def clip(start: float, duration: float, rate: float = 24.0, **fields: Any) -> Any:
    reference = otio.schema.ExternalReference(
        target_url=fields.get("url", "/media/a b.mov"),
        available_range=span(fields.get("first", 0), 240, rate),
    )
    return otio.schema.Clip(
        name=fields.get("name", "A"),
        media_reference=reference,
        source_range=span(start, duration, rate),
    )


def timeline(*items: Any) -> Any:
    made = otio.schema.Timeline(name="cut")
    track = otio.schema.Track(name="Video 1", kind="Video")
    track.extend(items)
    made.tracks.append(track)
    made.tracks.append(otio.schema.Track(name="Audio 1", kind="Audio"))
    return made


def new_take(
    start: int,
    duration: int,
    *,
    label: str = "job/1",
    number: int = 1,
    rate: Fraction = Fraction(24),
    exr: bool = False,
) -> NewTake:
    frames = ExrFrames(Path("/takes/A_001"), "A_001.", 7, start, duration, rate) if exr else None
    return NewTake(
        clip_key="",
        label=label,
        name=f"Take {number}: oil painting",
        file=TakeFile(
            path=Path(f"/takes/A_take_{number:03}.mov"),
            number=number,
            available=FrameRange(start, duration, rate),
            start_timecode="00:00:01:00",
            frames_in_file=duration,
            method="prores",
            sidecar=Path(f"/takes/A_take_{number:03}.json"),
            exr=frames,
        ),
        provenance=Provenance(
            job_id="job",
            submission_id="1",
            provider="sandbox",
            model="m",
            prompt="oil painting",
            settings={"resolution": "720p", "hdr": True},
            created_at="2026-01-01T00:00:00+00:00",
            source_url="https://example.com/a.mov?signature=secret",
            result_sha256="0" * 64,
        ),
    )


def place(
    made: Any,
    take: NewTake,
    layout: Layout = Layout.TAKES,
    profile: Profile = Profile.AUTO,
    which: int = 0,
) -> tuple[str, int]:
    found = find_appearances(made)
    dialect = dialect_of(profile, made)
    return place_take(made, found, found[which], take, layout, dialect, record_rate(made, found))


def ranges(made: Any) -> list[tuple[str, float, float]]:
    return [
        (each.label, float(each.start * 24), float(each.duration * 24))
        for each in find_appearances(made)
    ]


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


def keys(made: Any) -> tuple[list[Appearance], list[str]]:
    found = find_appearances(made)
    return found, clip_keys(found)


@pytest.mark.parametrize("layout", list(Layout))
def test_the_key_of_a_clip_still_finds_it_after_its_first_take(layout: Layout) -> None:
    cut = clip(24, 48)
    made = timeline(clip(0, 30, name="before"), cut)
    key = keys(made)[1][1]
    place(made, new_take(12, 72), layout, which=1)
    copy = made.deepcopy()
    found = find_clip(key, find_appearances(copy))
    assert found is not None
    assert found.item.name == "A"
    assert mark_of(found.item)["first_key"] == key
    again = find_clip(mark_of(found.item)["clip_id"], find_appearances(copy))
    assert again is not None
    assert again.item is found.item


def test_equal_clips_have_different_keys() -> None:
    own = keys(timeline(clip(24, 48), clip(24, 48), clip(24, 48)))[1]
    assert len(set(own)) == 3


def test_a_clip_that_was_moved_is_found_and_one_that_is_ambiguous_is_not() -> None:
    key = keys(timeline(clip(0, 10, name="x"), clip(24, 48)))[1][1]
    moved = timeline(clip(24, 48), clip(0, 10, name="x"))
    found = find_clip(key, find_appearances(moved))
    assert found is not None
    assert found.ordinal == 1
    twice = timeline(clip(24, 48), clip(0, 10, name="x"), clip(24, 48))
    assert find_clip(key, find_appearances(twice)) is None
    assert find_clip(key, find_appearances(timeline(clip(0, 10, name="x")))) is None


def test_a_clip_that_was_trimmed_in_place_is_found() -> None:
    key = keys(timeline(clip(24, 48)))[1][0]
    found = find_clip(key, find_appearances(timeline(clip(30, 20))))
    assert found is not None


def test_a_copy_of_a_clip_with_takes_does_not_share_its_key() -> None:
    cut = clip(24, 48)
    made = timeline(cut)
    place(made, new_take(12, 72))
    made.tracks[0].append(cut.deepcopy())
    own = keys(made)[1]
    assert len(set(own)) == 2


def taken() -> Any:
    cut = clip(24, 48)
    made = timeline(cut)
    for label in "abc":
        place(made, new_take(12, 72, label=label, exr=label == "c"))
    star(cut, [], "take_002", True)
    return cut.deepcopy()


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({}, "take_003"),
        ({"take": "latest"}, "take_003"),
        ({"take": "original"}, "DEFAULT_MEDIA"),
        ({"take": "starred"}, "take_002"),
        ({"take": "take_001"}, "take_001"),
        ({"take": "take_009"}, "take_001"),
        ({"take": "take_009", "missing": "original"}, "DEFAULT_MEDIA"),
    ],
)
def test_the_media_linker_chooses_a_take(arguments: dict[str, str], key: str) -> None:
    cut = taken()
    cut.active_media_reference_key = "take_001"
    link_take(cut, arguments)
    assert cut.active_media_reference_key == key


def test_the_media_linker_leaves_a_clip_without_takes_alone() -> None:
    cut = clip(24, 48)
    for arguments in ({}, {"take": "starred"}, {"take": "take_001"}):
        link_take(cut, arguments)
    assert cut.active_media_reference_key == "DEFAULT_MEDIA"


@pytest.mark.parametrize("arguments", [{"take": ""}, {"take": 3}, {"missing": "drop"}])
def test_the_media_linker_says_what_it_does_not_know(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        link_take(clip(24, 48), arguments)


def test_a_star_leaves_how_the_take_was_made() -> None:
    reference = taken().media_references()["take_002"]
    assert mark_of(reference)["starred"] is True
    assert dict(mark_of(reference)["settings"]) == {"resolution": "720p", "hdr": True}


def test_choosing_a_take_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(SelectionError, match="take_004") as caught:
        choose(taken(), [], "take_004")
    assert "original, take_001" in caught.value.fix
    assert "take_003" in caught.value.fix


def test_choosing_on_tracks_shows_one_take_and_the_original_shows_none() -> None:
    made = timeline(clip(24, 48))
    place(made, new_take(12, 72, label="a"), Layout.TRACK)
    place(made, new_take(12, 72, label="b"), Layout.TRACK)
    cut, above = made.tracks[0][0], [made.tracks[1][0], made.tracks[2][0]]
    choose(cut, above, "take_001")
    assert [take.enabled for take in above] == [True, False]
    assert [take.selected for take in summaries(cut, above)] == [False, True, False]
    choose(cut, above, "original")
    assert [take.selected for take in summaries(cut, above)] == [True, False, False]


def test_a_take_of_one_layout_after_one_of_another_is_the_only_one_that_shows() -> None:
    made = timeline(clip(24, 48))
    place(made, new_take(12, 72, label="a"), Layout.TRACK)
    place(made, new_take(12, 72, label="b"), Layout.TAKES)
    cut, above = made.tracks[0][0], [made.tracks[1][0]]
    assert not above[0].enabled
    assert [take.selected for take in summaries(cut, above)] == [False, False, True]
    place(made, new_take(12, 72, label="c"), Layout.TRACK)
    above = [*above, made.tracks[2][0]]
    assert [take.selected for take in summaries(cut, above)] == [False, False, False, True]


def test_places_agree_with_opentimelineio_where_that_is_right() -> None:
    made = timeline(clip(0, 30), otio.schema.Gap(source_range=span(0, 7)), clip(5, 11))
    theirs = made.tracks[0].range_of_all_children()
    for each in find_appearances(made):
        expected = frames_at(theirs[each.item], Fraction(24))
        assert expected == FrameRange(int(each.start * 24), int(each.duration * 24), Fraction(24))
