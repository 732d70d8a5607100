"""A number drawn into every frame of test media, and read again from what Resolve renders.

Eight blocks side by side are the bits, the lowest first; the lower half of the picture has their
complement. So a picture that is no such picture, or is torn, is known as one.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

BITS = 8
SIZE = (320, 180)
_DARK, _BRIGHT = 32, 224


def source(first: int, rate: Fraction) -> str:
    """ffmpeg's input that draws the number of each frame, counted from `first`, in grey."""
    bit = f"mod(floor((N+{first})/pow(2,X)),2)"
    light = f"{_DARK}+{_BRIGHT - _DARK}*if(lt(Y,1),{bit},1-{bit})"
    # One pixel a block, then enlarged: the expression is slow.
    width, height = SIZE
    drawn = f"color=c=black:s={BITS}x2:r={rate},format=gray,geq=lum='{light}'"
    return f"{drawn},scale={width}:{height}:flags=neighbor"


def number_of(picture: npt.NDArray[np.uint8]) -> int | None:
    """The number on a grey picture of any size; None where there is none."""
    upper, lower = _halves(picture)
    number = 0
    for bit in range(BITS):
        if abs(upper[bit] - lower[bit]) < (_BRIGHT - _DARK) / 4:
            return None
        number |= int(upper[bit] > lower[bit]) << bit
    return number


def _halves(picture: npt.NDArray[np.uint8]) -> tuple[list[float], list[float]]:
    """The light in the middle of every block, of the upper and of the lower half."""
    height, width = picture.shape

    def light(row: int, bit: int) -> float:
        middle = slice(width * (4 * bit + 1) // (4 * BITS), width * (4 * bit + 3) // (4 * BITS))
        rows = slice(height * (4 * row + 1) // 8, height * (4 * row + 3) // 8)
        block: Any = picture[rows, middle]
        return float(block.mean())

    return [light(0, bit) for bit in range(BITS)], [light(1, bit) for bit in range(BITS)]
