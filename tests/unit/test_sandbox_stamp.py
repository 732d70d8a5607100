"""The sandbox's mark: a PNG made of dots, and nothing but the standard library."""

from __future__ import annotations

import struct
import zlib

import pytest

from newtake.sandbox.stamp import TEXT, dot_rows, stamp_png


def test_letters_are_seven_rows_of_equal_width() -> None:
    rows = dot_rows(TEXT)

    assert [6 * len(TEXT) - 1] * 7 == [len(row) for row in rows]


@pytest.mark.parametrize("short_side", [540, 720, 1080])
def test_the_png_is_small_even_and_well_formed(short_side: int) -> None:
    png = stamp_png(short_side)

    width, height = struct.unpack(">II", png[16:24])
    packed = png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8]
    rows = zlib.decompress(packed)

    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (width % 2, height % 2) == (0, 0)
    assert height * (1 + 4 * width) == len(rows)
    assert width < short_side / 2 > 8 * height
