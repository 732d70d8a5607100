"""What a person means who names images without a timeline: all of a pattern, or the one."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

from newtake.domain.errors import OFFLINE_FIX, MediaError
from newtake.domain.proxies import single_image
from newtake.domain.sequence import SUFFIXES, ImageSequence, number_in, sequence_of_name
from newtake.domain.timing import FrameRange


def images_named(path: Path, rate: Fraction) -> ImageSequence | None:
    """The images; None for a file that is none, such as a video.

    Args:
        path: `name.####.exr`, `name.%06d.exr`, `name.[1-9].exr`, or one image.
        rate: At which they show.

    Raises:
        MediaError: There is no such image, or its name has no number.
    """
    if path.suffix.lower() not in SUFFIXES:
        return None
    pattern = None if path.is_file() else sequence_of_name(path, FrameRange(0, 1, rate))
    if pattern is None:
        if not path.is_file():
            raise MediaError(f"offline: {path}", why="There is no such file.", fix=OFFLINE_FIX)
        image = single_image(path, rate)
        if image is None:
            raise MediaError(
                f"{path.name} has no number in its name.", fix="Rename it: name.0001.exr."
            )
        return image
    if "[" in path.name:
        return pattern
    try:
        there = [number_in(each.name, pattern) for each in os.scandir(path.parent)]
    except OSError as error:
        raise MediaError(f"offline: {path.parent}", why=str(error), fix=OFFLINE_FIX) from error
    numbers = [each for each in there if each is not None]
    if not numbers:
        raise MediaError(f"offline: {path}", why="There is no such image.", fix=OFFLINE_FIX)
    first = min(numbers)
    return sequence_of_name(path, FrameRange(first, max(numbers) - first + 1, rate))
