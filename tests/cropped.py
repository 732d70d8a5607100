"""The numbers on a part of each picture, for movies and sheets that show several."""

from __future__ import annotations

from pathlib import Path

import numbered_media
from newtake.adapters.toolchain import find_toolchain


def numbers_at(path: Path, size: tuple[int, int], place: tuple[int, int], to: Path) -> list[int]:
    """The number in a rectangle of each frame.

    Args:
        path: A movie or a picture.
        size: Width and height of a numbered picture in it.
        place: Its left and its top.
        to: A folder for the part, which is cut out without another coding.
    """
    (width, height), (left, top) = size, place
    part = to / f"{path.stem}_{left}_{top}.mkv"
    numbered_media.run(
        [
            *(find_toolchain().executable, "-nostdin", "-v", "error", "-y", "-i", str(path)),
            *("-vf", f"crop={width}:{height}:{left}:{top}:exact=1", "-an"),
            *("-fps_mode", "passthrough", "-c:v", "ffv1", str(part)),
        ]
    )
    return numbered_media.numbers_in(part)
