"""Which image shows at which frame, which are missing, and what an editor's name for them means."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.sequence import (
    ImageSequence,
    frames_there,
    number_in,
    sequence_of_name,
    spelled,
    whole_around,
    without_file,
)
from newtake.domain.timing import FrameRange

RATE = Fraction(24)
SHOT = ImageSequence(Path("/in"), "shot.", ".exr", 4, 1001, RATE)


@pytest.mark.parametrize(
    ("padding", "number", "name"),
    [(4, 7, "shot.0007.exr"), (4, 12345, "shot.12345.exr"), (0, 7, "shot.7.exr"),
     (4, -3, "shot.-0003.exr")],
)  # fmt: skip
def test_a_name_has_its_number_as_opentimelineio_writes_it(
    padding: int, number: int, name: str
) -> None:
    sequence = replace(SHOT, padding=padding)
    assert sequence.name(number) == name
    assert number_in(name, sequence) == number


@pytest.mark.parametrize(
    "name", ["shot.7.exr", "shot.00007.exr", "shot..exr", "shot.1e3.exr", "x.0007.exr", "shot.0007"]
)
def test_other_names_are_no_images_of_it(name: str) -> None:
    assert number_in(name, SHOT) is None


def test_frames_and_numbers_go_together_also_on_twos() -> None:
    twos = replace(SHOT, step=2)
    assert SHOT.numbers(3, 3) == [1004, 1005, 1006]
    assert twos.numbers(3, 4) == [1003, 1005, 1005, 1007]
    there = {1001, 1003, 1005}
    assert frames_there(there, twos) == 6
    assert frames_there(there, SHOT) == 5
    assert frames_there((), SHOT) == 0
    assert without_file(there, SHOT, 0, 6) == [1002, 1004, 1006]
    assert without_file(there, twos, 0, 8) == [1007]


@pytest.mark.parametrize(
    ("shown", "whole"),
    [((0, 3), (0, 9)), ((12, 5), (10, 10)), ((22, 2), (21, 9)), ((10, 10), (10, 10))],
)
def test_handles_end_at_holes(shown: tuple[int, int], whole: tuple[int, int]) -> None:
    sequence = replace(SHOT, frames=30)
    found = whole_around([1010, 1021], sequence, FrameRange(*shown, RATE))
    assert (found.start, found.duration) == whole


def test_numbers_are_spelled_for_a_person() -> None:
    assert spelled([1003]) == "1003"
    assert spelled([1004, 1001, 1003, 1002, 1009]) == "1001-1004, 1009"
    assert spelled(range(0, 40, 2)) == "0, 2, 4, 6, 8, 10 and 14 more"


@pytest.mark.parametrize(
    ("name", "prefix", "padding", "start", "frames"),
    [
        ("a.%04d.exr", "a.", 4, 86400, 50),
        ("a.%d.png", "a.", 0, 86400, 50),
        ("100%% a.%06d.dpx", "100% a.", 6, 86400, 50),
        ("a_####.tif", "a_", 4, 86400, 50),
        ("a.[1001-1120].exr", "a.", 4, 1001, 120),
    ],
)
def test_editors_spell_sequences_in_their_ways(
    name: str, prefix: str, padding: int, start: int, frames: int
) -> None:
    found = sequence_of_name(Path("/in") / name, FrameRange(86400, 50, RATE))
    assert found is not None
    assert (found.prefix, found.padding, found.start, found.frames) == (
        prefix,
        padding,
        start,
        frames,
    )


@pytest.mark.parametrize(
    "name", ["a.exr", "a.%04d.mov", "a.%04x.exr", "a.[5-1].exr", "%s.exr", "a.%04d"]
)
def test_other_names_mean_one_file(name: str) -> None:
    assert sequence_of_name(Path("/in") / name, FrameRange(0, 50, RATE)) is None
