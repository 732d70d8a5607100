"""Which media frame shows at a record frame: cut, retimed, backwards, frozen, dissolved."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from newtake.domain.clip import Clip
from newtake.domain.media_offset import media_offset
from newtake.domain.timing import FrameRange, Handles

RATE = Fraction(24)
START = 86_400


def clip(
    consumed: int, shown: int, speed: Fraction | int = 1, rate: Fraction = RATE, head: int = 0,
    tail: int = 0,
) -> Clip:  # fmt: skip
    return Clip(
        key="k", index=1, name="A", track="V1", media=None, speed=Fraction(speed),
        record=FrameRange(START, shown, RATE),
        source=FrameRange(100 - head, consumed + head + tail, rate),
        dissolves=Handles(head, tail),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (clip(5, 5), [0, 1, 2, 3, 4]),
        (clip(10, 5, 2), [0, 2, 4, 6, 8]),
        (clip(3, 5, Fraction(1, 2)), [0, 0, 1, 1, 2]),
        (clip(5, 5, -1), [4, 3, 2, 1, 0]),
        (clip(10, 5, -2), [9, 7, 5, 3, 1]),
        (clip(1, 5, 0), [0, 0, 0, 0, 0]),
        (clip(11, 5, rate=Fraction(50)), [0, 2, 4, 6, 8]),
        (clip(5, 5, head=3, tail=2), [3, 4, 5, 6, 7]),
        (clip(5, 5, -1, head=3, tail=2), [7, 6, 5, 4, 3]),
        (clip(5, 5, 0, head=0, tail=0), [0, 0, 0, 0, 0]),
    ],
    ids=["as_cut", "fast", "slow", "backwards", "fast_backwards", "freeze", "rates", "dissolves",
         "dissolved_backwards", "freeze_of_more"],
)  # fmt: skip
def test_each_record_frame_has_its_media_frame(made: Clip, wanted: list[int]) -> None:
    assert [media_offset(made, START + place) for place in range(5)] == wanted


def test_beside_the_clip_only_dissolves_show_it() -> None:
    made = clip(5, 5, head=2, tail=1)
    assert [media_offset(made, START + place) for place in (-3, -2, -1, 5, 6)] == [
        None, 0, 1, 7, None,
    ]  # fmt: skip
    assert media_offset(clip(5, 5), START - 1) is None
    assert media_offset(clip(1, 5, 0), START + 5) is None
    assert media_offset(replace(made, source=FrameRange(0, 0, RATE)), START) is None
