"""Which clips ranges mean, and what is told of those that mean none or meet each other."""

from __future__ import annotations

from fractions import Fraction

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.marker import Marker
from newtake.domain.marking import Meant
from newtake.domain.pull import Pull, Pulled, pulled
from newtake.domain.range_table import read_ranges
from newtake.domain.timing import FrameRange
from newtake.domain.words import Said

RATE = Fraction(25)


def clip(index: int, track: str, start: int, refused: RefusalReason | None = None) -> Clip:
    record = FrameRange(start, 50, RATE)
    refusal = Refusal(refused, "no") if refused else None
    source = FrameRange(1000 * index, 50, RATE)
    return Clip(f"k{index}", index, f"c{index}", track, record, source, None, refusal=refusal)


CLIPS = [
    clip(1, "V1", 0),
    clip(2, "V1", 50),
    clip(3, "V1", 120),
    clip(4, "V1", 170, RefusalReason.RETIMED),
    clip(5, "V2", 5, RefusalReason.TITLE),
    clip(6, "V2", 120),
    clip(7, "A1", 0, RefusalReason.AUDIO),
]


def pull(start: int, count: int, **fields: str) -> Pull:
    span = FrameRange(start, count, RATE)
    return Pull(f"The marker at {start}", span, is_place=count <= 1, **fields)  # type: ignore[arg-type]  # texts only


def meant(found: Pulled) -> list[tuple[int, int, int, bool]]:
    """Number, first record frame and frames of each, and whether it is the whole clip."""
    return [
        (each.clip.index, each.record.start, each.record.duration, each.span is None)
        for each, _ in found.meant
    ]


def test_a_range_means_what_lies_in_it_of_each_clip_of_its_track() -> None:
    found = pulled([pull(40, 30)], CLIPS)
    assert meant(found) == [(1, 40, 10, False), (2, 50, 20, False)]
    assert found.left_out == ()
    assert meant(pulled([pull(0, 50)], CLIPS)) == [(1, 0, 50, True)]


def test_a_marker_without_a_length_means_the_clip_under_it_whole() -> None:
    assert meant(pulled([pull(70, 0), pull(10, 1)], CLIPS)) == [(2, 50, 50, True), (1, 0, 50, True)]
    assert meant(pulled([pull(130, 1)], CLIPS)) == [(6, 120, 50, True)]
    assert meant(pulled([pull(130, 1, track="v1")], CLIPS)) == [(3, 120, 50, True)]
    assert meant(pulled([pull(130, 1, clip_key="k3")], CLIPS)) == [(3, 120, 50, True)]


def test_one_frame_of_a_table_is_that_frame_and_no_out_is_the_clip() -> None:
    text = "in,out\n00:00:00:10,00:00:00:11\n00:00:02:10,\n"
    rows, _ = read_ranges(text, "shots.csv", CLIPS[0].record)
    found = pulled([Pull.of_row(row, Said()) for row in rows], CLIPS)
    assert meant(found) == [(1, 10, 1, False), (2, 50, 50, True)]
    one = Marker("m", "", "RED", FrameRange(10, 1, RATE))
    assert meant(pulled([Pull.of_marker(one, Said())], CLIPS)) == [(1, 0, 50, True)]


def test_what_falls_on_a_gap_is_told() -> None:
    found = pulled([pull(105, 10), pull(105, 1), pull(90, 20), pull(0, 9, clip_key="k2")], CLIPS)
    assert meant(found) == [(2, 90, 10, False)]
    assert found.left_out == (
        "The marker at 105 is left out: no clip lies there.",
        "The marker at 105 is left out: no clip lies there.",
        "10 of the 20 frames of the marker at 90 lie on a gap.",
        "The marker at 0 is left out: its clip does not show there.",
    )


def test_a_range_over_two_tracks_is_left_out_until_one_is_said() -> None:
    found = pulled([pull(125, 10)], CLIPS)
    assert meant(found) == []
    assert "clips of V1 and V2 lie in it; say which track" in found.left_out[0]
    assert meant(pulled([pull(125, 10)], CLIPS, track="V2")) == [(6, 125, 10, False)]
    assert meant(pulled([pull(125, 10, track="V1")], CLIPS)) == [(3, 125, 10, False)]


def test_frames_that_are_asked_for_twice_go_to_the_first_and_the_other_is_told() -> None:
    found = pulled([pull(10, 10), pull(19, 10), pull(20, 10)], CLIPS)
    assert meant(found) == [(1, 10, 10, False), (1, 20, 10, False)]
    assert found.left_out == (
        "The marker at 19 is left out in clip 1 (c1): the marker at 10 asks for the same frames.",
    )
    named = pulled([pull(10, 10)], CLIPS, taken=[Meant(CLIPS[0])])
    assert meant(named) == []
    assert "the command line asks for the same frames" in named.left_out[0]


def test_what_cannot_be_restyled_stays_in_the_list_with_its_reason() -> None:
    assert meant(pulled([pull(160, 30, track="V1")], CLIPS)) == [
        (3, 160, 10, False),
        (4, 170, 20, False),
    ]
    # A title above a clip does not make it unclear which is meant.
    assert meant(pulled([pull(10, 20)], CLIPS)) == [(1, 10, 20, False)]
