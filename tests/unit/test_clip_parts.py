"""Long clips in parts: no frame lost or doubled, no cut smoothed, no part longer than a plate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.parts import OVERLAP_FRAMES, Part, join_parts, part_clip, part_id, real_cuts
from newtake.domain.timing import FrameRange

RATE = Fraction(25)


def clip(start: int, duration: int) -> FrameRange:
    return FrameRange(start, duration, RATE)


def spans(parts: tuple[Part, ...]) -> list[tuple[int, int, int]]:
    return [(each.span.start, each.span.end, each.lead) for each in parts]


def test_a_clip_that_fits_is_one_part() -> None:
    assert spans(part_clip(clip(10, 240), 240, (50, 100), carry=True)) == [(10, 250, 0)]


def test_a_long_shot_is_parted_equally_with_shared_frames() -> None:
    parts = part_clip(clip(0, 480), 240, (), carry=True)

    assert spans(parts) == [(0, 168, 0), (156, 324, 12), (312, 480, 12)]
    assert [each.carries for each in parts] == [False, True, True]


def test_a_real_cut_is_a_boundary_without_shared_frames_and_carries_nothing() -> None:
    parts = part_clip(clip(100, 400), 240, (150, 320), carry=True)

    assert spans(parts) == [(100, 320, 0), (320, 500, 0)]
    assert not any(each.carries for each in parts)


def test_a_shot_too_long_by_itself_is_parted_up_to_its_cut() -> None:
    parts = part_clip(clip(0, 700), 240, (400,), carry=False)

    assert spans(parts) == [(0, 206, 0), (194, 400, 12), (400, 556, 0), (544, 700, 12)]


def test_a_cut_too_near_to_a_boundary_parts_nothing() -> None:
    assert 3 not in {each.span.start for each in part_clip(clip(0, 300), 240, (3, 297), carry=True)}


def test_a_single_high_score_is_a_cut_and_two_in_a_row_are_a_flash() -> None:
    scores = [0.9, 0.0, 0.8, 0.0, 0.7, 0.9, 0.1, 0.29]

    assert real_cuts(scores, 1000) == (1002,)


def test_the_jobs_of_a_family_know_each_other() -> None:
    assert [part_id("ab12.7", number) for number in (1, 2, 12)] == ["ab12", "ab12.2", "ab12.12"]


@given(
    st.integers(-1000, 100_000),
    st.integers(1, 15_000),
    st.sampled_from((120, 240, 500)),
    st.lists(st.integers(-1000, 116_000), max_size=30),
)
def test_every_frame_comes_once(start: int, duration: int, most: int, cuts: list[int]) -> None:
    source = clip(start, duration)
    parts = part_clip(source, most, sorted(cuts), carry=True)

    assert all(1 <= each.span.duration <= most for each in parts)
    assert [each.number for each in parts] == list(range(1, len(parts) + 1))
    handles = [
        FrameRange(each.span.start - 5, each.span.duration + 10, each.span.rate) for each in parts
    ]
    pieces = join_parts(parts, handles)
    frames = [number for each in pieces for number in range(each.frames.start, each.frames.end)]
    assert frames == list(range(start - 5, start + duration + 5))
    for piece in pieces:
        neighbours = parts[piece.part : piece.part + (2 if piece.dissolves else 1)]
        for part in neighbours:
            reach = handles[parts.index(part)]
            assert reach.start <= piece.frames.start
            assert piece.frames.end <= reach.end
        if piece.dissolves:
            assert piece.frames.duration == OVERLAP_FRAMES
            assert not any(piece.frames.start < cut < piece.frames.end for cut in cuts)


@pytest.mark.parametrize("most", [120, 240])
def test_parts_are_as_few_as_they_can_be(most: int) -> None:
    for duration in range(most + 1, 10 * most, 37):
        parts = part_clip(clip(0, duration), most, (), carry=False)
        assert (len(parts) - 1) * (most - OVERLAP_FRAMES) + OVERLAP_FRAMES < duration
