"""What becomes of clips that are split for takes, and which number each clip has afterwards."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from newtake.domain.clip import Refusal, RefusalReason
from newtake.domain.timing import FrameRange
from newtake.pipeline.planned import PlannedClip
from newtake.pipeline.splits import numbered, splits_of
from orders import order

RATE = Fraction(25)
TITLE = Refusal(RefusalReason.TITLE, "a title has no media")


def entry(index: int, start: int = 0, count: int = 100, *, refused: bool = False) -> PlannedClip:
    """A clip of 100 frames, or a piece of it; the clips stand one after the other."""
    whole = FrameRange(1000 + 100 * index, 100, RATE)
    record = replace(whole, start=whole.start + start, duration=count)
    made = order()
    clip = replace(
        made.clip,
        key=f"k{index}",
        index=index,
        record=record,
        piece_of=None if record == whole else whole,
    )
    return PlannedClip(
        clip, None if refused else replace(made, clip=clip), TITLE if refused else None
    )


def test_one_sentence_says_all_that_becomes_of_a_clip() -> None:
    (one, two) = splits_of([entry(1), entry(2, 5, 15), entry(2, 60, 40), entry(4, 0, 30)])
    assert one.text == (
        "it is split into 4 clips, 2 to 5 of the written timeline, of 5, 15*, 40 and 40* frames; "
        "* gets a take"
    )
    assert two.text == (
        "it is split into 2 clips, 7 and 8 of the written timeline, of 30* and 70 frames; "
        "* gets a take"
    )


@pytest.mark.parametrize(
    ("entries", "numbers"),
    [
        ([entry(1), entry(2)], [1, 2]),
        ([entry(2, 5, 15), entry(2, 60, 40), entry(3), entry(4, 0, 30), entry(9)],
         [3, 5, 6, 7, 13]),
        ([entry(2, 0, 50), entry(2, 50, 50), entry(3)], [2, 3, 4]),
        ([entry(2, 5, 15, refused=True), entry(3)], [2, 3]),
        ([entry(2, 5, 15), entry(2, 60, 10, refused=True), entry(3, refused=True)], [3, None, 5]),
        ([entry(1, 5, 15), entry(0, refused=True)], [2, None]),
    ],
    ids=["whole", "parts", "meeting", "refused part", "part beside refused", "no number"],
)  # fmt: skip
def test_every_clip_after_a_split_has_another_number(
    entries: list[PlannedClip], numbers: list[int | None]
) -> None:
    assert [each.written_index for each in numbered(entries)] == numbers


def test_a_piece_that_shares_another_clips_take_is_split_out_as_well() -> None:
    first, use = entry(1), replace(entry(2, 5, 15), order=None)
    (split,) = splits_of([first, replace(use, same_as=first.clip)])
    assert [each.has_take for each in split.pieces] == [False, True, False]
    assert [each.number for each in split.pieces] == [2, 3, 4]
