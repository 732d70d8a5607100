"""EXR frames that carry their own numbers as pixels, written and read with the OpenEXR library.

Source: the same 20 bits as `numbered_media` draws, as blocks of 0.0 and 4.0 in scene-linear light:
a bright block is beyond what a reader that clips at 1.0 would keep.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR

BITS = 20
BRIGHT = 4.0
SIZE = (160, 90)
AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)


def picture_of(number: int, size: tuple[int, int] = SIZE) -> Any:
    """The number on rows of the upper third, its complement below, as `numbered_media` has it."""
    width, height = size
    picture = np.full((height, width, 3), 0.18, dtype=np.float16)
    for bit in range(BITS):
        left, right = width * bit // BITS, width * (bit + 1) // BITS
        is_set = bool(number >> bit & 1)
        picture[: height // 3, left:right] = BRIGHT if is_set else 0.0
        picture[height // 3 : 2 * (height // 3), left:right] = 0.0 if is_set else BRIGHT
    return picture


def write_numbered(
    path: Path,
    number: int,
    *,
    size: tuple[int, int] = SIZE,
    header: Mapping[str, Any] | None = None,
    compression: str = "DWAB",
    kind: type[np.generic] = np.float16,
) -> Path:
    attributes = {
        "compression": getattr(OpenEXR, f"{compression}_COMPRESSION"),
        "type": OpenEXR.scanlineimage,
        **(header or {}),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = picture_of(number, size).astype(kind)
    OpenEXR.File(attributes, {"RGB": pixels}).write(str(path))
    return path


def number_in(path: Path) -> int:
    """The number, read from the pixels alone; -1 where they carry none."""
    pixels = OpenEXR.File(str(path)).channels()["RGB"].pixels
    height, width, _ = pixels.shape
    number = 0
    for bit in range(BITS):
        column = (width * bit // BITS + width * (bit + 1) // BITS) // 2
        value, opposite = pixels[height // 6, column, 0], pixels[height // 2, column, 0]
        if value > BRIGHT * 0.9 and opposite < BRIGHT * 0.1:
            number |= 1 << bit
        elif not (value < BRIGHT * 0.1 and opposite > BRIGHT * 0.9):
            return -1
    return number


def number_by_contrast(path: Path) -> int:
    """The number on any picture in linear light: each bit's block against its complement's."""
    pixels = OpenEXR.File(str(path)).channels()["RGB"].pixels
    height, width, _ = pixels.shape
    number = 0
    for bit in range(BITS):
        column = int((bit + 0.5) * width / BITS)
        if pixels[height // 6, column, 1] > pixels[height // 2, column, 1]:
            number |= 1 << bit
    return number


def package_of(path: Path, numbers: Sequence[int], *, first: int = 1, **options: Any) -> Path:
    """A ZIP of frames as a service sends it, counted from `first`."""
    with zipfile.ZipFile(path, "w") as archive:
        for place, number in enumerate(numbers):
            frame = write_numbered(path.with_suffix(".frame.exr"), number, **options)
            archive.write(frame, f"frames/out_{first + place:05}.exr")
            frame.unlink()
    return path
