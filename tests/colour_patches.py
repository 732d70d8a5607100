"""Pictures of known R'G'B' values, and a reader of video that uses no code of ours or FFmpeg's for
colour: planes are turned into R'G'B' by the file's own tags, in floating point.

Matrices: ITU-R BT.709-6, BT.601-7 and BT.2020-2, each by its two luma weights.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np

SIZE = (640, 360)
COLUMNS, ROWS = 18, 12
MARGIN = 9
"""Pixels from a patch's edge that chroma subsampling and ringing may reach."""
_WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Of red and blue, by the matrix numbers of ITU-T H.273."""

Picture = Any
"""A numpy array, height x width x 3."""


def patches() -> Picture:
    """216 patches: six levels of each channel, black and white among them."""
    width, height = SIZE
    picture = np.zeros((height, width, 3), np.uint8)
    for number in range(COLUMNS * ROWS):
        top, left, bottom, right = _place(number)
        levels = (number // 36, number // 6 % 6, number % 6)
        picture[top:bottom, left:right] = [51 * level for level in levels]
    return picture


def slopes() -> Picture:
    """Smooth everywhere: red runs across, green down, blue along the diagonal."""
    width, height = SIZE
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return np.rint(255 * np.dstack([x, y, 1 - (x + y) / 2])).astype(np.uint8)


def inside() -> Picture:
    """Which pixels lie well inside a patch."""
    width, height = SIZE
    mask = np.zeros((height, width), bool)
    for number in range(COLUMNS * ROWS):
        top, left, bottom, right = _place(number)
        mask[top + MARGIN : bottom - MARGIN, left + MARGIN : right - MARGIN] = True
    return mask


def _place(number: int) -> tuple[int, int, int, int]:
    width, height = SIZE
    row, column = divmod(number, COLUMNS)
    return (
        height * row // ROWS,
        width * column // COLUMNS,
        height * (row + 1) // ROWS,
        width * (column + 1) // COLUMNS,
    )


def write(
    ffmpeg: str, picture: Picture, to: Path, *, filters: str, coding: tuple[str, ...], frames: int
) -> Path:
    """Write the same picture as every frame, at 24 a second."""
    width, height = SIZE
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", "24")
    command = [
        *(ffmpeg, "-v", "error", "-y", *raw, "-i", "pipe:0", "-vf", filters, *coding, str(to))
    ]
    done = subprocess.run(
        command, input=picture.tobytes() * frames, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return to


def read(path: Path, number: int = 0) -> Picture:
    """One frame as R'G'B' of 0 to 255, unrounded; by the file's tags alone."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for index, frame in enumerate(container.decode(stream)):
            if index == number:
                context = stream.codec_context
                return _rgb(frame, int(context.colorspace), int(context.color_range))
    raise AssertionError(f"{path} has no frame {number}")


def _rgb(frame: av.VideoFrame, matrix: int, value_range: int) -> Picture:
    bits = frame.format.components[0].bits
    top = 2**bits - 1
    if frame.format.is_rgb:
        if bits == 8:
            return frame.to_ndarray(format="rgb24").astype(float)
        green, blue, red = (_plane(frame, number) for number in range(3))
        return np.dstack([red, green, blue]) * 255.0 / top
    luma, cb, cr = (_plane(frame, number).astype(float) for number in range(3))
    if value_range == 2 or frame.format.name.startswith("yuvj"):
        luma, cb, cr = luma / top, (cb - (top + 1) / 2) / top, (cr - (top + 1) / 2) / top
    else:
        step = 2 ** (bits - 8)
        luma = (luma - 16 * step) / (219 * step)
        cb, cr = ((each - 128 * step) / (224 * step) for each in (cb, cr))
    cb, cr = (_enlarged(each, luma.shape) for each in (cb, cr))
    kr, kb = _WEIGHTS[matrix]
    red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.dstack([red, green, blue]), 0, 1) * 255


def _plane(frame: av.VideoFrame, number: int) -> Picture:
    plane = frame.planes[number]
    kind = "u1" if frame.format.components[0].bits == 8 else "<u2"
    rows = np.frombuffer(bytes(plane), kind).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _enlarged(plane: Picture, shape: tuple[int, ...]) -> Picture:
    """Chroma at the luma's size: the nearest sample, left out of account beside edges."""
    high, wide = shape[0] // plane.shape[0], shape[1] // plane.shape[1]
    return plane.repeat(high, axis=0).repeat(wide, axis=1)
