"""What is compared: which takes, how many frames, what is counted, and where pictures stand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.adapters.fonts import find_font, known_fonts
from newtake.bootstrap.comparing import chosen_takes, comparison_of
from newtake.bootstrap.shown_frames import ShownFrames
from newtake.domain.clip import TakeSummary
from newtake.domain.comparing import (
    CompareMode,
    evenly_spaced,
    fitted_into,
    grid_of,
    shared_frames,
    sweep_frames,
)
from newtake.domain.errors import SelectionError
from newtake.domain.timing import FrameRange
from orders import RATE, order

KEYS = ("original", "take_001", "take_001_exr", "take_002", "take_003")


def takes(selected: str) -> tuple[TakeSummary, ...]:
    return tuple(
        TakeSummary(i, key if i else "DEFAULT_MEDIA", key, "x.mov", selected=key == selected)
        for i, key in enumerate(KEYS)
    )


def chosen(mode: CompareMode, *wanted: str, selected: str = "original") -> list[str]:
    clip = replace(order().clip, takes=takes(selected))
    return [take.key for take in chosen_takes(clip, wanted, mode)]


def test_without_a_word_all_movies_are_compared_and_a_wipe_shows_one() -> None:
    assert chosen(CompareMode.SIDE) == ["take_001", "take_002", "take_003"]
    assert chosen(CompareMode.WIPE) == ["take_003"]
    assert chosen(CompareMode.WIPE, selected="take_001") == ["take_001"]
    named = chosen(CompareMode.SIDE, "take_001_exr", "take_001_exr", "take_002")
    assert named == ["take_001_exr", "take_002"]


def test_what_is_not_there_or_too_much_is_refused() -> None:
    with pytest.raises(SelectionError, match="has no take 'take_009'"):
        chosen(CompareMode.SIDE, "take_009")
    with pytest.raises(SelectionError, match="A wipe shows one take"):
        chosen(CompareMode.WIPE, "take_001", "take_002")
    with pytest.raises(SelectionError, match="no takes to compare"):
        chosen_takes(replace(order().clip, takes=takes("x")[:1]), (), CompareMode.SIDE)


def shown(frames: int = 90) -> ShownFrames:
    source = replace(order().source, rate=RATE)
    return ShownFrames(source, 0, frames, "x", FrameRange(107892, frames, RATE))


def test_record_timecode_is_written_where_the_timeline_shows_frame_for_frame() -> None:
    sides = [shown(), shown()]
    made, notes = comparison_of(order().clip, ["a", "b"], sides, sides[0], CompareMode.SIDE)
    assert (made.counts_record, made.counted) == (True, order().clip.record)
    assert (made.frames, made.rate, made.short_side) == (90, RATE, 540)
    assert (made.sound is not None) == order().source.has_audio
    assert bool(notes) != order().source.has_audio


def test_sound_is_the_original_s_also_where_only_takes_are_compared() -> None:
    heard = replace(shown(), media=replace(order().source, rate=RATE, has_audio=True), first=7)
    made, notes = comparison_of(
        order().clip, ["a", "b"], [shown(), shown()], heard, CompareMode.STACK, bare=True
    )
    assert made.sound is not None
    assert (made.sound.media, made.sound.first, notes) == (heard.media, 7, ())


def test_a_retimed_clip_counts_its_media_frames_says_so_and_is_silent() -> None:
    clip = replace(order().clip, speed=Fraction(2), record=FrameRange(107892, 45, RATE))
    sides = [shown(), shown(88)]
    made, notes = comparison_of(clip, ["a", "b"], sides, sides[0], CompareMode.SIDE)
    assert (made.counts_record, made.counted) == (False, FrameRange(107892, 88, RATE))
    assert made.sound is None
    assert "the first 88 are compared" in notes[0]
    assert "the media frames that the clip consumes" in notes[1]
    assert notes[2].startswith("silent")


def test_frames_that_a_take_lacks_are_left_out_and_said() -> None:
    heard = replace(shown(), media=replace(order().source, rate=RATE, frames=200, has_audio=True))
    slipped = replace(shown(), media=replace(order().source, frames=90), first=3)
    early = replace(shown(), first=-2)
    made, notes = comparison_of(
        order().clip, ["o", "a", "b"], [heard, slipped, early], heard, CompareMode.SIDE
    )
    assert [each.first for each in made.sides] == [2, 5, 0]
    assert (made.frames, made.counted.start) == (85, order().clip.record.start + 2)
    assert made.sound is not None
    assert made.sound.first == 2
    assert notes == (
        "a lacks the clip's last 3 frames; b lacks the clip's first 2 frames. "
        "Compared: the 85 frames that all sides have",
    )
    gone = replace(slipped, first=90)
    with pytest.raises(SelectionError, match="There is no frame of") as refused:
        comparison_of(order().clip, ["o", "a"], [heard, gone], heard, CompareMode.SIDE)
    assert refused.value.why == "a lacks all frames of the clip."


def test_columns_hold_the_first_and_the_last_frame() -> None:
    assert evenly_spaced(100, 6) == (0, 20, 40, 59, 79, 99)
    assert evenly_spaced(3, 6) == (0, 1, 2)
    assert evenly_spaced(1, 6) == (0,)
    assert evenly_spaced(9, 1) == (0,)


def test_pictures_stand_in_rows_of_three_at_most() -> None:
    grids = [grid_of(CompareMode.SIDE, count) for count in range(2, 10)]
    assert grids == [(2, 1), (3, 1), (2, 2), (3, 2), (3, 2), (3, 3), (3, 3), (3, 3)]
    assert grid_of(CompareMode.STACK, 3) == (1, 3)
    assert grid_of(CompareMode.WIPE, 2) == (1, 1)


def test_a_picture_of_another_shape_keeps_it() -> None:
    assert fitted_into((1280, 718), (640, 360)) == (640, 360)
    assert fitted_into((1080, 1920), (640, 360)) == (202, 360)
    assert shared_frames([5, 5]) == (5, "")
    assert sweep_frames(10, Fraction(24)) == 10
    assert sweep_frames(1000, Fraction(24)) == 96


def test_a_font_is_found_by_its_place_or_not_at_all(tmp_path: Path) -> None:
    font = tmp_path / "a.ttf"
    font.touch()
    assert find_font([tmp_path / "none.ttf", font]) == font
    assert find_font([tmp_path / "none.ttf"]) is None
    assert all(each.is_absolute() for each in known_fonts())
