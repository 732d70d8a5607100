"""Where a take goes is decided from the clip as it was sent and the timeline as it stands."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.facts import ItemFacts, TakeFacts
from newtake.hosts.resolve.identity import ItemKey, copies_of
from newtake.hosts.resolve.relink_plan import RelinkPlan, plan_relink
from newtake.hosts.resolve.spans import in_points

RATE = Fraction(25)
AVAILABLE = FrameRange(95, 60, RATE)
KEY = ItemKey("item", "timeline", "media", "V1", 1000, 50, 100)
ITEM = ItemFacts("item", "shot", "video", 1, 1000, 50, 100, media="media")


def plan(*items: ItemFacts, key: ItemKey = KEY) -> RelinkPlan:
    return plan_relink(key, AVAILABLE, "job1", items)


def test_a_clip_that_nobody_touched() -> None:
    assert plan(ITEM) == RelinkPlan("take", ITEM, 5)


@given(st.integers(-200, 200), st.integers(1, 200))
def test_a_take_is_put_in_where_all_its_frames_are_there_and_nowhere_else(
    left: int, duration: int
) -> None:
    item = replace(ITEM, left=left, duration=duration)
    found = plan(item)
    if AVAILABLE.contains(FrameRange(left, duration, RATE)):
        assert (found.place, found.first) == ("take", left - AVAILABLE.start)
        assert 0 <= found.first <= AVAILABLE.duration - duration
    else:
        assert found.place == "bin"
        assert "beyond the take" in found.notes[0]


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"start": 1010}, "take", "10 frames later"),
        ({"start": 990}, "take", "10 frames earlier"),
        ({"track": 3}, "take", "from V1 to V3"),
        ({"left": 95, "duration": 60}, "take", "handles cover it"),
        ({"left": 94, "duration": 56}, "bin", "it shows frames 94 to 149"),
        ({"media": "other"}, "bin", "other media"),
        ({"speed": {"speed": 50.0}}, "bin", "retimed"),
        ({"source_start": 99, "source_end": 199}, "bin", "retimed"),
        ({"source_start": 99, "source_end": 149}, "take", None),
    ],
)
def test_what_an_editor_did_meanwhile_is_followed_or_said(
    change: dict[str, Any], place: str, said: str | None
) -> None:
    found = plan(replace(ITEM, **change))
    assert found.place == place
    assert found.item is not None
    assert any(said in note for note in found.notes) if said else found.notes == ()


def test_a_clip_that_is_gone() -> None:
    assert plan().place == "bin"
    assert plan(replace(ITEM, uid="else", media="else")).item is None


def test_the_original_counts_whichever_take_is_shown() -> None:
    takes = (TakeFacts(1, 100, 150, "media"), TakeFacts(2, 5, 55, "earlier"))
    item = replace(ITEM, media="earlier", left=5, takes=takes, selected_take=2)
    assert plan(item) == RelinkPlan("take", item, 5)
    trimmed = replace(item, left=8, duration=47)
    assert plan(trimmed).first == 8


@pytest.mark.parametrize("start", [5, 1006], ids=["zero", "number"])
def test_a_sequence_that_is_shown_may_be_counted_in_either_way(start: int) -> None:
    takes = (TakeFacts(1, 100, 150, "media"), TakeFacts(2, start, start + 50, "frames"))
    item = replace(ITEM, media="frames", left=5, takes=takes, selected_take=2, first_number=1001)
    assert plan(item) == RelinkPlan("take", item, 5)


SEQUENCE = replace(
    ITEM, media="earlier", left=5, selected_take=2, original_number=1, original_frames=200
)
"""Frame 100 of a sequence that is numbered from 1, and a movie of ours that shows."""


@pytest.mark.parametrize("start", [100, 101], ids=["zero", "number"])
def test_an_original_that_is_a_sequence_may_be_counted_in_either_way(start: int) -> None:
    takes = (TakeFacts(1, start, start + 50, "media"), TakeFacts(2, 5, 55, "earlier"))
    item = replace(SEQUENCE, takes=takes)
    assert plan(item) == RelinkPlan("take", item, 5)


@pytest.mark.parametrize("start", [100, 101], ids=["zero", "number"])
def test_a_trimmed_sequence_that_may_be_counted_in_either_way_gets_its_take_in_the_bin(
    start: int,
) -> None:
    takes = (TakeFacts(1, start, start + 50, "media"), TakeFacts(2, 5, 55, "earlier"))
    trimmed = plan(replace(SEQUENCE, takes=takes, left=6, duration=49))
    assert trimmed.place == "bin"
    assert "cannot be told" in trimmed.notes[0]


@pytest.mark.parametrize(
    ("counted", "number", "frames", "points"),
    [
        ((0, 50), 1, 100, (0,)),
        ((12, 62), 1, 100, (12, 11)),
        ((51, 101), 1, 100, (50,)),
        ((1012, 1062), 1001, 100, (11,)),
        ((11, 61), 1001, 100, (11,)),
        ((11, 61), 0, 100, (11,)),
    ],
)
def test_the_in_points_are_those_that_fit(
    counted: tuple[int, int], number: int, frames: int, points: tuple[int, ...]
) -> None:
    takes = (TakeFacts(1, *counted, "media"), TakeFacts(2, 5, 55, "earlier"))
    item = replace(SEQUENCE, takes=takes, original_number=number, original_frames=frames)
    assert in_points(item) == points


class TestARenderedClip:
    KEY = replace(KEY, kind="render")

    def test_goes_above_the_clip(self) -> None:
        found = plan(ITEM, key=self.KEY)
        assert (found.place, found.first) == ("track", 0)

    @pytest.mark.parametrize("change", [{"duration": 49}, {"left": 101}])
    def test_that_was_trimmed_goes_into_the_bin(self, change: dict[str, Any]) -> None:
        assert plan(replace(ITEM, **change), key=self.KEY).place == "bin"

    def test_may_be_retimed(self) -> None:
        item = replace(ITEM, speed={"speed": 50.0})
        assert plan(item, key=self.KEY).place == "track"


class TestAClipThatWasCut:
    HEAD = replace(ITEM, duration=20)
    TAIL = replace(ITEM, uid="tail", start=1020, duration=30, left=120)

    @pytest.mark.parametrize("key", [KEY, replace(KEY, item="tail")], ids=["head", "tail"])
    def test_gets_its_take_in_the_part_that_kept_its_id_and_the_other_part_is_said(
        self, key: ItemKey
    ) -> None:
        found = plan(self.HEAD, self.TAIL, key=key)
        assert found.place == "take"
        assert found.item is not None
        assert found.item.uid == key.item
        assert "was cut after it was sent" in found.notes[-1]
        assert "another part of it keeps the original" in found.notes[-1]

    def test_of_which_nothing_tells_the_part_gets_its_take_in_the_bin(self) -> None:
        found = plan(self.HEAD, self.TAIL, key=replace(KEY, item="old"))
        assert (found.place, found.item) == ("bin", None)
        assert "which was not chosen" in found.notes[0]

    def test_is_not_a_clip_that_was_trimmed_before_a_clip_of_the_same_media(self) -> None:
        known = replace(KEY, copies=copies_of(["tail"]))
        found = plan(self.HEAD, self.TAIL, key=known)
        assert "handles cover it" in found.notes[-1]
