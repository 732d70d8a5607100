"""In a real Blender a take looks like its clip to the pixel, whatever made that look or lies above.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from blender_child import BlenderChild
from blender_looks import LOOKS, MODIFIERS
from blender_strips import (
    END,
    START,
    listed,
    movie_take,
    pixels,
    place,
    rendered,
    without_ours,
)

SEEN = (START + 4, START + 7)
"""The record frames whose pixels are compared."""
UNSEEN = ("deinterlace", "muted")
"""Looks whose picture may be the plain one."""


@pytest.mark.parametrize("name", LOOKS)
def test_the_look_is_carried_over_to_the_pixel(
    laid: BlenderChild, blender_media: Path, tmp_path: Path, name: str
) -> None:
    if name.startswith("modifier ") and name.split()[1] not in laid.call("modifier_types"):
        pytest.skip(f"this Blender has no {name}")
    plain = pixels(rendered(laid, tmp_path / "plain", *SEEN))
    for call, body in LOOKS[name]:
        laid.call(call, **body)
    before = laid.call("state")
    wanted = pixels(rendered(laid, tmp_path / "clip", *SEEN))
    assert wanted != plain or name.endswith(UNSEEN)
    place(laid, movie_take(blender_media / "clip_take.mp4"))
    assert pixels(rendered(laid, tmp_path / "take", *SEEN)) == wanted
    laid.call("undo")
    assert without_ours(laid.call("state")) == before


def test_the_looks_above_are_all_that_this_blender_has(laid: BlenderChild) -> None:
    of_sound = {"SOUND_EQUALIZER"}
    assert set(laid.call("modifier_types")) <= {*MODIFIERS, *of_sound}


def test_a_take_of_another_size_fills_what_the_clip_filled(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    for call, body in (*LOOKS["transform"], *LOOKS["crop"], *LOOKS["scale keys"]):
        laid.call(call, **body)
    wanted = pixels(rendered(laid, tmp_path / "clip"))
    place(laid, movie_take(blender_media / "small_take.mp4"))
    found = pixels(rendered(laid, tmp_path / "take"))
    for one, other in zip(wanted, found, strict=True):
        apart = sum(abs(a - b) for a, b in zip(one[::7], other[::7], strict=True))
        assert apart / len(one[::7]) < 6


def test_what_lies_directly_above_stays_above(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    title = {"kind": "COLOR", "name": "title", "channel": 3, "start": START + 4, "end": END}
    laid.call("effect", **title)
    laid.call("channel", number=3, name="Titles")
    before = laid.call("state")
    with_title = pixels(rendered(laid, tmp_path / "clip"))
    assert listed(laid)["room"] == {"channel": 3, "moves_up": 1, "why_not": ""}
    placed = place(laid, movie_take(blender_media / "clip_take.mp4"))
    assert (placed["takes"][0]["channel"], placed["moved_up"]) == (3, 1)
    assert pixels(rendered(laid, tmp_path / "take")) == with_title
    assert laid.call("state")["channels"][2:6] == [
        *("Channel 2", "Channel 3", "Titles", "Channel 5"),
    ]
    laid.call("undo")
    assert without_ours(laid.call("state")) == before
