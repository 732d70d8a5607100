"""Takes taken out of clips: what goes, what is selected then, and what no removal touches."""

from __future__ import annotations

from typing import Any

import opentimelineio as otio
import pytest

from laid_takes import clip, dissolve, lay, timeline
from newtake.domain.errors import SelectionError
from newtake.domain.files import Layout, TakeChange
from otio_newtake.appearances import find_appearances
from otio_newtake.changes import as_change
from otio_newtake.marks import mark_of, text_of
from otio_newtake.removing import remove
from otio_newtake.takes import summaries, track_takes


def above(made: Any, item: Any) -> list[Any]:
    own = text_of(mark_of(item), "clip_id")
    return track_takes(own, [each.item for each in find_appearances(made)])


def shape(track: Any) -> list[tuple[str, float]]:
    """Each item's first letter and its frames; a transition's reach."""
    return [
        ("T", each.in_offset.value + each.out_offset.value)
        if isinstance(each, otio.schema.Transition)
        else (type(each).__name__[0], each.source_range.duration.value)
        for each in track
    ]


def three_takes() -> tuple[Any, Any]:
    made = timeline(clip(24, 48))
    for label in "abc":
        lay(made, Layout.TAKES, label=label, exr=label == "b")
    return made, made.tracks[0][0]


def test_a_take_that_is_not_selected_goes_with_its_exr_and_the_selected_one_stays() -> None:
    _, cut = three_takes()
    original = cut.media_references()["DEFAULT_MEDIA"].deepcopy()

    remove(cut, [], "take_002")

    references = cut.media_references()
    assert set(references) == {"DEFAULT_MEDIA", "take_001", "take_003"}
    assert cut.active_media_reference_key == "take_003"
    assert references["DEFAULT_MEDIA"].is_equivalent_to(original)


def test_where_the_selected_one_goes_the_original_is_selected() -> None:
    _, cut = three_takes()

    remove(cut, [], "take_003")

    assert cut.active_media_reference_key == "DEFAULT_MEDIA"
    assert [take.selected for take in summaries(cut)] == [True, False, False, False]


def test_with_its_movie_the_selected_exr_goes_too() -> None:
    _, cut = three_takes()
    cut.active_media_reference_key = "take_002_exr"

    remove(cut, [], "take_002")

    assert cut.active_media_reference_key == "DEFAULT_MEDIA"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("original", "never removed"),
        ("DEFAULT_MEDIA", "never removed"),
        ("take_002_exr", "goes with its movie"),
        ("take_009", "no take 'take_009'"),
    ],
)
def test_what_cannot_go_stays(key: str, said: str) -> None:
    made, cut = three_takes()
    before = made.deepcopy()

    with pytest.raises(SelectionError, match=said):
        remove(cut, [], key)

    assert made.is_equivalent_to(before)


def test_another_program_s_reference_is_no_take() -> None:
    _, cut = three_takes()
    media = otio.schema.ExternalReference("/media/b.mov")
    cut.set_media_references({**cut.media_references(), "proxy": media}, "take_003")

    with pytest.raises(SelectionError, match="no take of New Take's"):
        remove(cut, [], "proxy")


def test_a_take_that_replaced_the_original_cannot_go() -> None:
    made = timeline(clip(24, 48))
    key = lay(made, Layout.REPLACE)

    with pytest.raises(SelectionError, match="replaced the original"):
        remove(made.tracks[0][0], [], key)


def test_a_take_on_a_track_of_its_own_takes_the_track_along() -> None:
    made = timeline(clip(24, 48), clip(80, 24))
    before = made.tracks[0].deepcopy()
    lay(made, Layout.TRACK, which=1)
    cut = made.tracks[0][1]

    remove(cut, above(made, cut), "take_001")

    assert len(made.tracks) == 1
    assert shape(made.tracks[0]) == shape(before)
    assert [take.number for take in summaries(cut, above(made, cut))] == []


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (0, [("G", 48), ("C", 24), ("C", 30)]),
        (1, [("C", 48), ("G", 24), ("C", 30)]),
        (2, [("C", 48), ("C", 24)]),
    ],
)
def test_the_others_on_its_track_stay_in_their_places(
    which: int, left: list[tuple[str, float]]
) -> None:
    made = timeline(clip(24, 48), clip(80, 24), clip(120, 30))
    for each in range(3):
        lay(made, Layout.TRACK, which=each, label=str(each))
    cut = made.tracks[0][which]

    remove(cut, above(made, cut), "take_001")

    assert shape(made.tracks[1]) == left
    assert lay(made, Layout.TRACK, which=which, label="again") == "take_001"
    assert shape(made.tracks[1]) == [("C", 48), ("C", 24), ("C", 30)]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ([1], [("C", 30), ("T", 12), ("G", 48), ("T", 12), ("C", 24)]),
        ([1, 0], [("G", 78), ("T", 12), ("C", 24)]),
        ([0, 2], [("G", 30), ("T", 12), ("C", 48), ("T", 12), ("G", 24)]),
    ],
)
def test_a_transition_goes_with_the_last_take_that_it_touches(
    gone: list[int], left: list[tuple[str, float]]
) -> None:
    made = timeline(clip(24, 30), dissolve(), clip(24, 48), dissolve(4, 8), clip(80, 24))
    for each in range(3):
        lay(made, Layout.TRACK, which=each, label=str(each))
    cuts = [item for item in made.tracks[0] if isinstance(item, otio.schema.Clip)]

    for which in gone:
        remove(cuts[which], above(made, cuts[which]), "take_001")

    assert shape(made.tracks[1]) == left
    assert otio.adapters.read_from_string(made.to_json_string()).is_equivalent_to(made)


def test_changes_of_one_clip_see_what_those_before_them_did() -> None:
    made = timeline(clip(24, 48))
    lay(made, Layout.TRACK, label="a")
    lay(made, Layout.TRACK, label="b")
    cut = made.tracks[0][0]
    takes = above(made, cut)

    as_change(TakeChange("", "star", "take_001"))(cut, takes)
    as_change(TakeChange("", "remove", "take_002"))(cut, takes)
    with pytest.raises(SelectionError, match="take_002"):
        as_change(TakeChange("", "use", "take_002"))(cut, takes)
    as_change(TakeChange("", "use", "take_001"))(cut, takes)

    (original, take) = summaries(cut, above(made, cut))
    assert (original.selected, take.selected, take.starred) == (False, True, True)
