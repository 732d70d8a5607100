"""A take's strip tells which take of which clip it is, in the bytes that Blender keeps."""

from __future__ import annotations

import pytest

from newtake.hosts.blender.strip_names import exr_name, strip_name

LONG = "Kamera Süd A001_C004_0612 zweiter Anlauf "


@pytest.mark.parametrize(
    ("clip", "number", "take", "name"),
    [
        ("A", 1, "Take 1: oil", "A Take 1: oil"),
        # The number is the take's among its strip's, whatever its file's is.
        ("A.001", 3, "Take 1: oil", "A.001 Take 3: oil"),
        ("A", 2, "Take 2", "A Take 2"),
        (LONG + "1", 1, "Take 1: oil", "Kamera Süd …ter Anlauf 1 Take 1: oil"),
        ("A", 1, "Take 1: " + "ö" * 40, "A Take 1: " + "ö" * 22 + "…"),
    ],
    ids=["short", "numbered", "no prompt", "long clip", "long prompt"],
)
def test_a_name_tells_clip_and_take(clip: str, number: int, take: str, name: str) -> None:
    made = strip_name(clip, number, take)

    assert made == name
    assert len(exr_name(made).encode()) <= 61


def test_no_two_strips_have_a_name() -> None:
    taken = {"A Take 1: oil", "A Take 1 (2): oil EXR"}
    assert strip_name("A", 1, "Take 1: oil", taken) == "A Take 1 (3): oil"
    assert strip_name(LONG + "1", 1, "Take 1: x") != strip_name(LONG + "2", 1, "Take 1: x")
