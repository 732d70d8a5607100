"""Footage of any rate, speed or kind in a real Blender: the frames it shows, and its take's.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from blender_child import BlenderChild
from blender_strips import (
    BEGIN,
    CUT,
    END,
    FILMS,
    FRAMES,
    LONG,
    START,
    TAKE_FRAMES,
    listed,
    movie_take,
    numbers,
    place,
    rendered,
    uid_of,
)


@pytest.mark.parametrize("window", [(1, 40), (985, 1040)], ids=["begin", "far in"])
@pytest.mark.parametrize("base", [1.0, 1.001], ids=["25", "24.975"])
@pytest.mark.parametrize("film", FILMS)
def test_footage_of_another_rate_shows_what_is_said(
    blender: BlenderChild,
    blender_media: Path,
    tmp_path: Path,
    film: str,
    base: float,
    window: tuple[int, int],
) -> None:
    start, end = window if film == "film" else (window[0] // 2, window[1] // 2)
    start = max(start, 1)
    blender.call("reset", size=(160, 90), base=base)
    blender.call(
        "adjusted", path=str(blender_media / f"{film}.mp4"), frame_start=1, start=start, end=end
    )
    found = listed(blender)["media"]
    assert found["step"] == str(FILMS[film] / (25 / Fraction(base).limit_denominator(1000)))
    assert found["frames"] == LONG
    shown = numbers(rendered(blender, tmp_path / "clip", start, end))
    if found["exact"]:
        assert found["shown"] == shown
    else:
        assert all(abs(a - b) <= 1 for a, b in zip(found["shown"], shown, strict=True))
    take = movie_take(blender_media / "other.mp4", first=start - 1 - 3)
    placed = place(blender, take, expect={"start": start, "end": end, "first": found["first"]})
    assert placed["takes"][0]["media"]["step"] == "1"
    assert numbers(rendered(blender, tmp_path / "take", start, end)) == [
        5003 + at for at in range(end - start)
    ]


def test_a_look_opens_no_file_that_was_opened(laid: BlenderChild, blender_media: Path) -> None:
    laid.call("reset")
    laid.call("many", path=str(blender_media / "film.mp4"), count=100, frames=5)
    laid.call("look_seconds")
    # Each opening of a small file is 3 ms.
    assert laid.call("look_seconds") < 0.1


def test_footage_of_another_rate_may_play_frame_by_frame(
    blender: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    blender.call("reset", size=(160, 90))
    blender.call("movie", path=str(blender_media / "film.mp4"), frame_start=-5, start=30, end=50)
    found = listed(blender)["media"]
    assert (found["rate"], found["step"], found["shown"]) == ("24000/1001", "1", None)
    assert numbers(rendered(blender, tmp_path, 30, 50)) == [*range(35, 55)]
    assert (found["first"], found["last"], found["stands_at"]) == (35, 54, -5)


def test_held_frames_of_a_strobe_are_said(laid: BlenderChild, tmp_path: Path) -> None:
    laid.call("assign", name="clip", values={"strobe": 3.0})
    shown = numbers(rendered(laid, tmp_path))
    assert listed(laid)["media"]["shown"] == shown
    assert len(set(shown)) < len(shown)


@pytest.mark.parametrize("factor", [2.0, 0.5, 1.3])
def test_a_constant_speed_shows_what_is_said(
    blender: BlenderChild, blender_media: Path, tmp_path: Path, factor: float
) -> None:
    blender.call("reset", size=(160, 90))
    blender.call("movie", path=str(blender_media / "film.mp4"), frame_start=-5, start=30, end=50)
    if not blender.call("speed", name="clip", factor=factor):
        pytest.skip("this Blender has no speed but by retiming keys")
    found = listed(blender)
    shown = numbers(rendered(blender, tmp_path / "clip", found["start"], found["end"]))
    assert found["media"]["shown"] == shown
    assert (found["media"]["speed"], found["media"]["frames"]) == (pytest.approx(factor), LONG)
    first = found["start"] - found["media"]["stands_at"]
    place(blender, movie_take(blender_media / "other.mp4", first=first))
    taken = numbers(rendered(blender, tmp_path / "take", found["start"], found["end"]))
    assert taken == [5000 + at for at in range(len(shown))]


def test_a_strip_longer_than_its_media_holds_and_so_does_its_take(
    blender: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    blender.call("reset")
    blender.call("movie", path=str(blender_media / "clip.mp4"), frame_start=1, start=110, end=130)
    assert listed(blender)["media"]["held"]
    take = movie_take(blender_media / "other.mp4", first=FRAMES - TAKE_FRAMES)
    place(blender, take)
    assert numbers(rendered(blender, tmp_path, 110, 130)) == [
        min(5000 + record - 1 - take["first"], 5000 + TAKE_FRAMES - 1) for record in range(110, 130)
    ]


def test_a_strip_of_images_gets_a_take_of_images(
    blender: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    blender.call("reset")
    names = sorted(each.name for each in (blender_media / "images").iterdir())
    blender.call(
        "images",
        folder=str(blender_media / "images"),
        names=names,
        frame_start=BEGIN,
        start=START,
        end=END,
    )
    found = listed(blender)["media"]
    assert (found["frames"], found["first"], found["names"]) == (FRAMES, START - BEGIN, names)
    take = {
        **movie_take(blender_media / "styled"),
        "kind": "images",
        "folder": str(blender_media / "styled"),
        "names": [f"{at:04}.png" for at in range(1, TAKE_FRAMES + 1)],
        "colour_space": ["No Such Space", "Non-Color", "sRGB"],
    }
    del take["path"]
    (placed,) = place(blender, take)["takes"]
    assert (placed["type"], placed["media"]["colour_space"]) == ("IMAGE", "Non-Color")
    assert numbers(rendered(blender, tmp_path)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]


def test_a_movie_gets_the_exr_of_its_take_beside_it(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    spaces = ["ACES2065-1", "Linear ACES"]
    exr = {
        "label": "take 1 EXR",
        "name": "clip take 1 EXR",
        "kind": "images",
        "folder": str(blender_media / "exr"),
        "names": [f"{at:04}.exr" for at in range(1, TAKE_FRAMES + 1)],
        "first": CUT,
        "frames": TAKE_FRAMES,
        "colour_space": spaces,
        "show": False,
        "properties": {},
    }
    one, other = place(laid, movie_take(blender_media / "other.mp4"), exr)["takes"]
    assert (one["mute"], other["mute"]) == (False, True)
    assert other["channel"] == one["channel"] + 1
    assert other["media"]["colour_space"] in spaces
    clip = uid_of(laid)
    laid.ask("switch", document=None, clip=clip, label=exr["label"], undo="Switch Take")
    assert numbers(rendered(laid, tmp_path)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]
