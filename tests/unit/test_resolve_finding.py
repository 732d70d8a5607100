"""The clip that was chosen is found again, and another is never taken for it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.errors import HostError
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.finding import find, find_item, refuse_changed
from newtake.hosts.resolve.identity import MANY_COPIES, ItemKey, copies_of

KEY = ItemKey("item", "timeline", "media", "V1", 1000, 50, 100)
ITEM = ItemFacts("item", "shot", "video", 1, 1000, 50, 100, media="media")
COPIED = replace(KEY, copies=copies_of(["copy"]))


def marked(item: ItemFacts, job: str, clip: str = "item") -> ItemFacts:
    mark = {"customData": json.dumps({"newtake": 1, "job": job, "clip": clip, "colour": ""})}
    return replace(item, markers={"100": mark})


def test_the_id_counts_first() -> None:
    moved = replace(ITEM, start=5000, left=0)
    copy = marked(replace(ITEM, uid="copy"), "job1")
    assert find_item(KEY, "job1", [copy, moved]) is moved


def test_then_the_mark_of_the_job() -> None:
    far = marked(replace(ITEM, uid="new", start=5000, left=90), "job1")
    near = marked(replace(ITEM, uid="copy"), "job2")
    assert find_item(KEY, "job1", [near, far]) is far


def test_then_the_exact_place() -> None:
    there = replace(ITEM, uid="a")
    copy = replace(ITEM, uid="b", start=3000)
    assert find_item(KEY, "job1", [copy, there]) is there


@given(
    st.builds(
        replace,
        st.just(ITEM),
        uid=st.just("another"),
        start=st.sampled_from([990, 1000, 1010]),
        duration=st.sampled_from([45, 50]),
        left=st.sampled_from([95, 100, 105]),
        track=st.sampled_from([1, 2]),
        media=st.sampled_from(["media", "other"]),
    )
)
def test_nothing_but_the_exact_place_makes_another_id_the_clip(item: ItemFacts) -> None:
    is_there = replace(item, uid="item") == ITEM
    assert find_item(KEY, "job1", [item]) is (item if is_there else None)


def test_a_clip_that_slid_into_its_place_is_said_and_left_alone() -> None:
    neighbour = replace(ITEM, uid="next", left=150, duration=40)
    found = find(KEY, "job1", [neighbour])
    assert found.item is None
    assert "another clip of its media, which was not chosen" in found.why


@pytest.mark.parametrize("job", ["job1", ""])
def test_a_copy_that_slid_into_its_place_is_not_the_clip(job: str) -> None:
    found = find(COPIED, job, [replace(ITEM, uid="copy")])
    assert found.item is None
    assert "may be another clip of the same frames" in found.why


def test_a_copy_whose_id_changed_as_well_is_not_taken_for_the_clip() -> None:
    assert find_item(COPIED, "job1", [replace(ITEM, uid="new")]) is None
    assert find_item(replace(KEY, copies=MANY_COPIES), "job1", [replace(ITEM, uid="x")]) is None


def test_beside_its_copies_the_clip_is_found_by_its_place() -> None:
    there, copy = replace(ITEM, uid="new"), replace(ITEM, uid="copy", start=2000)
    assert find_item(COPIED, "job1", [copy, there]) is there


def test_the_mark_that_a_job_put_on_another_clip_is_not_the_clip_s() -> None:
    first = marked(replace(ITEM, uid="first", start=7000), "job1", "first")
    assert find_item(KEY, "job1", [first]) is None


def test_parts_or_copies_that_all_carry_the_mark_are_nobody() -> None:
    one = marked(replace(ITEM, uid="a", duration=20), "job1")
    two = marked(replace(ITEM, uid="b", start=1020, left=120, duration=30), "job1")
    found = find(KEY, "job1", [one, two])
    assert found.item is None
    assert found.why.startswith("2 clips carry the mark of this take")


def test_of_two_that_carry_the_mark_the_one_in_its_place_is_the_clip() -> None:
    one, two = (
        marked(replace(ITEM, uid="a"), "job1"),
        marked(replace(ITEM, uid="b", start=0), "job1"),
    )
    assert find_item(KEY, "job1", [two, one]) is one


def test_an_id_that_two_items_have_proves_nothing() -> None:
    one, two = replace(ITEM, start=10), replace(ITEM, start=20)
    assert find(KEY, "job1", [one, two]).why.startswith("2 clips have the id")


def test_markers_of_others_are_no_marks() -> None:
    odd = {"1": {"customData": "x"}, "2": {}, "3": {"customData": '{"newtake": 2}'}}
    item = replace(ITEM, uid="a", media="other", markers=odd)
    assert find_item(KEY, "job1", [item]) is None


def test_media_that_were_replaced_are_refused_before_anything_is_sent() -> None:
    refuse_changed(KEY, ITEM)
    with pytest.raises(HostError, match="was replaced"):
        refuse_changed(KEY, replace(ITEM, media="other"))
    with pytest.raises(HostError, match="trimmed or slipped"):
        refuse_changed(KEY, replace(ITEM, left=101))
