"""Video whose every frame carries its own number, readable by a program after any re-encoding.

A number is drawn as 20 bits and, below them, their complement, in blocks large enough to survive
scaling and compression. A blended, torn or unreadable frame reads as `UNREADABLE`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import av

UNREADABLE = -1
SMALL = (270, 270)
"""A size for where the picture's shape is of no matter: the service gives the shorter side 540
pixels and more, so that a square one costs least to render, to prove and to read."""
MADE = "NEWTAKE_TESTS_MADE"
"""The variable that names a folder for what was made; not set: each is made anew."""
_BITS = 20
_DARK, _BRIGHT = 85, 170
_CONTRAST = 48

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
"""With B-frames, and one group of pictures up to 250 frames long."""
HEVC = (
    *("-c:v", "libx265", "-preset", "ultrafast", "-crf", "22", "-pix_fmt", "yuv420p10le"),
    *("-x265-params", "log-level=error:bframes=3:keyint=48", "-tag:v", "hvc1"),
)
PRORES = ("-c:v", "prores_aw", "-pix_fmt", "yuv422p10le")
DNXHR = ("-c:v", "dnxhd", "-profile:v", "dnxhr_sq", "-pix_fmt", "yuv422p")


def make_numbered(
    ffmpeg: str,
    path: Path,
    *,
    rate: Fraction,
    frames: int,
    coding: tuple[str, ...] = H264,
    size: tuple[int, int] = (480, 270),
    filters: str = "",
    options: tuple[str, ...] = (),
    inputs: tuple[str, ...] = (),
    first: int = 0,
) -> Path:
    """Write `frames` frames, numbered from `first` on.

    Args:
        filters: Further filters, after the numbers are drawn.
        options: Output options.
        inputs: Further inputs, from number 1 on.
    """
    width, height = size
    row, column = height // 3, Fraction(width, _BITS)
    boxes = []
    for bit in range(_BITS):
        is_set = f"mod(floor((n+{first})/{2**bit}),2)"
        left, right = int(bit * column), int((bit + 1) * column)
        place = f"x={left}:w={right - left}:h={row}:t=fill"
        for top, bright in ((0, is_set), (row, f"1-{is_set}")):
            boxes.append(f"drawbox=y={top}:{place}:c=white:enable='{bright}'")
    drawn = f"drawbox=x=0:y=0:w={width}:h={2 * row}:t=fill:c=black,{','.join(boxes)}"
    command = [
        *(ffmpeg, "-nostdin", "-v", "error", "-y"),
        *("-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r={rate},{drawn}{filters}"),
        *inputs,
        *("-map", "0:v", "-frames:v", str(frames), *coding, *options),
    ]
    _made_once(command, path)
    return path


def _made_once(command: list[str], path: Path) -> None:
    """Run a command that writes `path`, or copy what it wrote before in this run of the tests.

    Inputs lie in folders of single tests, so the same words write the same pictures.
    """
    folder = os.environ.get(MADE)
    if folder is None or "%" in path.name:
        run([*command, str(path)])
        return
    name = hashlib.sha256("\0".join(command).encode()).hexdigest()[:32]
    kept = Path(folder) / f"{name}{path.suffix}"
    if kept.exists():
        shutil.copyfile(kept, path)
        return
    run([*command, str(path)])
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_name(f"{secrets.token_hex(8)}.part")
    shutil.copyfile(path, partial)
    partial.replace(kept)


def run(command: list[str]) -> None:
    """Run a program; its words are the failure's message."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{subprocess.list2cmdline(command)}\n{done.stderr}"


def numbers_in(path: Path, *, by_contrast: bool = False, columns: int = 1) -> list[int]:
    """The number on each frame, in the order of presentation.

    Args:
        columns: Into how many equal columns the picture is divided, the first with the number.
        by_contrast: Of pictures whose black and white lie elsewhere, as HDR's do: a bit is what
            stands out from its complement. A frame on which one does not is `UNREADABLE`.
    """
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        return [
            _number_of(frame, width=frame.width // columns, by_contrast=by_contrast)
            for frame in container.decode(stream)
        ]


def picture_number(path: Path, *, left: int, width: int) -> int:
    """The number on a part of a still picture, from column `left` on."""
    with av.open(str(path)) as container:
        (frame,) = container.decode(container.streams.video[0])
        return _number_of(frame, left, width)


def _number_of(
    frame: av.VideoFrame, left: int = 0, width: int | None = None, by_contrast: bool = False
) -> int:
    gray = frame.reformat(format="gray")
    plane = gray.planes[0]
    pixels = memoryview(plane).cast("B")
    column = Fraction(width or gray.width, _BITS)
    number = 0
    for bit in range(_BITS):
        x = left + int((bit + Fraction(1, 2)) * column)
        value = pixels[int(gray.height / 6) * plane.line_size + x]
        opposite = pixels[int(gray.height / 2) * plane.line_size + x]
        if by_contrast:
            is_set, is_clear = value - opposite > _CONTRAST, opposite - value > _CONTRAST
        else:
            is_set = value > _BRIGHT and opposite < _DARK
            is_clear = value < _DARK and opposite > _BRIGHT
        if not is_set and not is_clear:
            return UNREADABLE
        number |= is_set << bit
    return number


def luma_of(path: Path) -> list[float]:
    """The mean luma of each frame, on the scale of 8 bits from black to white."""
    levels = []
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            plane = frame.reformat(format="gray").planes[0]
            data = memoryview(plane).cast("B")
            levels.append(sum(data[::97]) / len(data[::97]))
    return levels
