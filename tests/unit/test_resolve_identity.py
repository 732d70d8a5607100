"""The key of a Resolve item: every value comes back from its text, and no other text is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.hosts.resolve.identity import MANY_COPIES, ItemKey, copies_of, parse_key

frames = st.integers(-(10**9), 10**9)
keys = st.builds(
    ItemKey,
    item=st.text(),
    timeline=st.text(),
    media=st.text(),
    track=st.integers(1, 999).map(lambda number: f"V{number}"),
    start=frames,
    duration=st.integers(0, 10**9),
    left=frames,
    kind=st.sampled_from(["plain", "render"]),
    copies=st.lists(st.text(), max_size=20).map(copies_of),
)


@given(keys)
def test_a_key_comes_back_from_its_text(key: ItemKey) -> None:
    assert parse_key(str(key)) == key


def test_a_key_is_short_and_can_be_read() -> None:
    key = ItemKey("b1-2", "c3", "d4", "V2", 86400, 48, 12)
    assert str(key) == "plain|V2@86400+48/12|b1-2|d4|c3"


def test_a_key_names_few_copies_and_says_of_many_that_there_are_many() -> None:
    assert copies_of([]) == ()
    assert len(copies_of(["a", "b", "a"])) == 2
    assert copies_of(map(str, range(500))) == MANY_COPIES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gone",
        "V1/1",
        "other|V2@86400+48/12|a|b|c",
        "plain|V2@86400+48/12|a|b",
        "plain|V2@86400+48|a|b|c",
        "plain|X2@86400+48/12|a|b|c",
        "plain|V2@86400+48/12|a|b|c|",
        "plain|V2@86400+48/12|a|b|c|xyz",
    ],
)
def test_another_text_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        parse_key(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        key = parse_key(text)
    except ValueError:
        return
    assert parse_key(str(key)) == key
