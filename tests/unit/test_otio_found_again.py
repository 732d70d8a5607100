"""What is found again in a timeline in memory: a clip by its key, a take by whoever chooses it."""

from __future__ import annotations

from typing import Any

import pytest

from newtake.domain.errors import SelectionError
from newtake.domain.files import Layout
from otio_newtake.appearances import Appearance, find_appearances
from otio_newtake.identity import clip_keys, find_clip
from otio_newtake.linking import link_take
from otio_newtake.marks import mark_of
from otio_newtake.takes import choose, star, summaries
from otio_placed import clip, new_take, place, timeline


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
