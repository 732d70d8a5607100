"""Which clips a person meant."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.errors import SelectionError
from newtake.domain.marking import marked
from newtake.domain.selection import Selection, counting_notes, gaps_in, meant_clips, select_clips
from newtake.domain.timing import FrameRange, Handles

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


def parts(*ranges: str, track: str | None = None) -> list[tuple[int, int, int, bool]]:
    """Number, first media frame and frames of each clip, and whether it is only a part."""
    found = select_clips(CLIPS, Selection(ranges=ranges, track=track))
    return [
        (each.index, each.source.start - HOUR, each.source.duration, each.whole is not None)
        for each in found
    ]


def test_a_range_marks_what_lies_in_it_of_each_clip_of_the_track() -> None:
    whole = "01:00:00;00-01:00:01;20"
    assert parts("01:00:00;10-01:00:00;15", track="V1") == [(1, 10, 5, True)]
    assert parts("01:00:01;10-01:00:02;00", track="V1") == [(1, 40, 10, True), (2, 50, 10, True)]
    assert parts(whole, track="V1") == [(1, 0, 50, False)]
    assert parts("00:50:00;00-01:10:00;00", track="V1") == [(1, 0, 50, False), (2, 50, 50, False)]
    assert parts("01:00:03;00-01:00:03;05") == [(2, 90, 5, True)]


def test_two_ranges_mean_two_clips() -> None:
    asked = ("01:00:00;10-01:00:00;15", "01:00:02;00-01:00:02;05")
    assert [each[0] for each in parts(*asked, track="V1")] == [1, 2]


def test_drop_frame_labels_are_counted_as_such() -> None:
    late = clip(1, "a", "V1", 60 * 30)  # 01:01:00;02, the first label after those left out
    (found,) = select_clips([late], Selection(ranges=("01:01:00;02-01:01:00;05",)))
    assert (found.source.start, found.source.duration) == (HOUR + 60 * 30, 3)


def test_a_clip_is_not_meant_twice() -> None:
    with pytest.raises(SelectionError, match="meant twice"):
        parts("01:00:00;00-01:00:00;05", "01:00:00;10-01:00:00;15", track="V1")
    with pytest.raises(SelectionError, match="meant twice"):
        chosen(clips=("1",), ranges=("01:00:00;00-01:00:00;05",), track="V1")


def test_a_range_over_several_tracks_asks_for_one() -> None:
    with pytest.raises(SelectionError, match="2 tracks") as caught:
        parts("01:00:00;00-01:00:00;05")
    assert "--track V1 or --track V2" in caught.value.fix


def test_a_clip_that_is_refused_stays_so() -> None:
    (found,) = select_clips(CLIPS, Selection(ranges=("01:00:02;05-01:00:02;10",), track="V2"))
    assert found.refusal is not None
    assert found.refusal.reason is RefusalReason.GENERATOR


def test_a_part_of_a_retimed_clip_is_refused_and_the_whole_is_not() -> None:
    fast = replace(CLIPS[0], speed=Fraction(2))
    (part,) = select_clips([fast], Selection(ranges=("01:00:00;00-01:00:00;05",)))
    (whole,) = select_clips([fast], Selection(ranges=("01:00:00;00-01:00:05;00",)))

    assert part.refusal is not None
    assert part.refusal.reason is RefusalReason.RETIMED
    assert whole == fast


def test_frames_that_only_a_dissolve_shows_go_with_the_end_that_they_are_at() -> None:
    frames = FrameRange(1000, 70, RATE)
    faded = replace(CLIPS[0], source=frames, dissolves=Handles(8, 12))

    head = marked(faded, FrameRange(HOUR, 10, RATE))
    middle = marked(faded, FrameRange(HOUR + 10, 10, RATE))
    tail = marked(faded, FrameRange(HOUR + 40, 99, RATE))

    assert (head.source, head.dissolves) == (FrameRange(1000, 18, RATE), Handles(8, 0))
    assert (middle.source, middle.dissolves) == (FrameRange(1018, 10, RATE), Handles(0, 0))
    assert (tail.source, tail.dissolves) == (FrameRange(1048, 22, RATE), Handles(0, 12))
    assert {head.whole, middle.whole, tail.whole} == {frames}


def test_media_at_another_rate_is_covered() -> None:
    slow = replace(CLIPS[0], record=FrameRange(0, 50, Fraction(25)))
    fast = replace(slow, source=FrameRange(7, 100, Fraction(50)))
    odd = replace(slow, source=FrameRange(7, 60, Fraction(30)))

    assert marked(fast, FrameRange(10, 5, Fraction(25))).source == FrameRange(27, 10, Fraction(50))
    # From 0.4 to 0.6 seconds, and from 0.44 to 0.48: every frame that shows at any moment.
    assert marked(odd, FrameRange(10, 5, Fraction(25))).source == FrameRange(19, 6, Fraction(30))
    assert marked(odd, FrameRange(11, 1, Fraction(25))).source == FrameRange(20, 2, Fraction(30))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"ranges": ("02:00:00;00-02:00:01;00",)},
        {"ranges": ("01:00:00;05",), "track": "V1"},
        {"ranges": ("01:00:00;05-01:00:00;05",), "track": "V1"},
        {"ranges": ("01:00:00;05-01:00:00;01",), "track": "V1"},
        {"ranges": ("01:00:00;05-soon",), "track": "V1"},
        {"ranges": ("01:00:00;00-01:00:00;05",), "everything": True},
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


def test_what_of_a_range_lies_on_a_gap_is_told() -> None:
    label = "01:00:01;10-01:00:04;10"
    found = meant_clips(CLIPS, Selection(ranges=(label,), track="V1"))
    assert [(each.record.start - HOUR, each.record.duration) for each in found] == [
        (40, 10),
        (50, 50),
    ]
    later = [*CLIPS, replace(CLIPS[0], record=FrameRange(HOUR + 500, 50, RATE))]
    assert gaps_in((label,), found, later) == [f"30 of the 90 frames of {label} lie on a gap."]
    assert gaps_in(("01:00:01;10-01:00:02;00",), found, CLIPS) == []


def test_colons_are_told_where_the_listing_writes_drop_frame() -> None:
    record = CLIPS[0].record
    assert counting_notes(["01:01:00:10", "01:01:00;10", "01:02:00:10"], record) == [
        "01:01:00:10 is read as non-drop-frame, and 1 more like it: here it is 01:01:04;00; write "
        "01:01:00;10 where drop-frame is meant."
    ]
    assert counting_notes(["01:01:00;10", "01:01:00.10", "00:00:10:10"], record) == []
    assert counting_notes(["01:01:00:10"], replace(record, drop=True)) == []
    assert counting_notes(["01:01:00:10"], replace(record, drop=False)) == []


def test_what_of_a_range_lies_past_the_ends_is_no_gap() -> None:
    label = "00:59:59;20-01:01:00;02"
    found = meant_clips(CLIPS, Selection(ranges=(label,), track="V1"))
    assert gaps_in((label,), found, CLIPS[:2]) == [
        f"1710 of the 1810 frames of {label} show no clip: 10 before the first clip, "
        "1700 after the last clip."
    ]
    after = "01:00:03;00-01:00:04;00"
    assert gaps_in((after,), found, CLIPS[:2]) == [
        f"20 of the 30 frames of {after} lie after the last clip."
    ]


def test_two_parts_of_one_clip_are_two_ranges_and_the_same_frames_are_not() -> None:
    one, other, over = (f"01:00:00;{at}-01:00:00;{at + 5}" for at in (10, 15, 12))
    found = meant_clips(CLIPS, Selection(ranges=(one, other), track="V1"))
    assert [(each.clip.index, each.record.start - HOUR) for each in found] == [(1, 10), (1, 15)]
    with pytest.raises(SelectionError, match="meant twice"):
        meant_clips(CLIPS, Selection(ranges=(one, over), track="V1"))
    with pytest.raises(SelectionError, match="meant twice"):
        select_clips(CLIPS, Selection(ranges=(one, other), track="V1"))
