"""Which clips a person meant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.errors import SelectionError
from newtake.domain.selection import Selection, select_clips
from newtake.domain.timing import FrameRange

RATE = Fraction(30000, 1001)
HOUR = 107892  # 01:00:00;00


def clip(
    index: int, name: str, track: str, start: int, refused: RefusalReason | None = None
) -> Clip:
    frames = FrameRange(HOUR + start, 50, RATE)
    refusal = Refusal(refused, "no") if refused else None
    return Clip(str(index), index, name, track, frames, frames, None, refusal=refusal)


CLIPS = [
    clip(1, "wide", "V1", 0),
    clip(2, "close", "V1", 50),
    clip(3, "close", "V2", 0),
    clip(4, "title", "V2", 60, RefusalReason.GENERATOR),
    clip(5, "wide", "A1", 0, RefusalReason.AUDIO),
]


def chosen(**asked: object) -> list[int]:
    return [each.index for each in select_clips(CLIPS, Selection(**asked))]  # type: ignore[arg-type]  # typed by the cases


def test_numbers_and_names_add_up_in_the_timelines_order() -> None:
    assert chosen(clips=("3", "wide")) == [1, 3]


def test_a_name_means_the_picture_and_not_its_sound() -> None:
    assert chosen(clips=("WIDE",)) == [1]


def test_a_name_that_fits_twice_is_refused_with_the_numbers() -> None:
    with pytest.raises(SelectionError, match="2, 3"):
        chosen(clips=("close",))


def test_a_track_makes_a_name_clear() -> None:
    assert chosen(clips=("close",), track="v2") == [3]


def test_a_record_timecode_means_the_topmost_clip() -> None:
    assert chosen(at=("01:00:00;10",)) == [3]
    assert chosen(at=("01:00:01;21",)) == [2]


def test_all_means_everything_with_a_picture() -> None:
    assert chosen(everything=True) == [1, 2, 3, 4]
    assert chosen(everything=True, track="V1") == [1, 2]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"clips": ("9",)},
        {"clips": ("nobody",)},
        {"at": ("02:00:00;00",)},
        {"at": ("1 o'clock",)},
        {"track": "V9", "everything": True},
        {"track": "A1", "everything": True},
        {"clips": ("1",), "everything": True},
        {"at": ("01:00:00:00",), "everything": True},
    ],
)
def test_what_fits_nothing_is_an_error_that_says_what_to_do(asked: dict[str, object]) -> None:
    with pytest.raises(SelectionError) as caught:
        chosen(**asked)

    assert caught.value.fix
    assert caught.value.exit_code == 2
