"""The command lines that make pictures of single frames: small ones by the dozen, or one whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import ffmpeg

from newtake.adapters.ffmpeg_export import Cut, compiled, cut_frames, offset_of
from newtake.adapters.ffmpeg_picture import sdr_picture
from newtake.adapters.packets import ffmpeg_address
from newtake.domain.clip import MediaInfo

Kind = Literal["jpg", "png"]

_JPEG_QUALITY = 4
"""Of mjpeg's 2 to 31: what lies below is not to be seen at these sizes."""
_CLOSE_FRAMES = 3


def close_seeks(source: MediaInfo, index: int) -> Iterator[Fraction]:
    """Where to seek before `ffmpeg_export.seek_points` for a still: a few frames ahead of it.

    A cut spends a second of decoding to be on the safe side; for a still that is most of the work.
    A seek that lands too late selects nothing, as there.
    """
    target = offset_of(source) + (index - _CLOSE_FRAMES) / source.rate
    if target > 0:
        yield target


def size_of_height(source: MediaInfo, height: int) -> tuple[int, int]:
    """Even width and height in the source's shape, no larger than the source."""
    width, own = source.display_size
    height = max(2, 2 * (min(height, own) // 2))
    return max(2, 2 * round(Fraction(width * height, 2 * own))), height


def stills_command(
    program: str,
    source: MediaInfo,
    cut: Cut,
    *,
    seek: Fraction,
    size: tuple[int, int],
    kind: Kind,
    maps_tones: bool,
    to: Path,
) -> list[str]:
    """Write the pictures of a cut, each into a file of its own as `still_file` names it.

    Args:
        program: ffmpeg.
        source: What is cut.
        cut: Its `sent` are the frames wanted.
        seek: As for `plate_command`; where it lands too late no file is written.
        size: Of the pictures, even.
        kind: Of the files.
        maps_tones: Whether this ffmpeg maps HDR.
        to: An empty folder.
    """
    stream = cut_frames(source, cut, seek=seek, rate=source.rate)
    stream = sdr_picture(stream, source, size, maps_tones=maps_tones)
    options: dict[str, Any] = {"format": "image2", "start_number": 0, "r": str(source.rate)}
    if kind == "png":
        stream = stream.filter("scale", in_color_matrix="bt709").filter("format", "rgb24")
        # Fast before small: the picture is looked at once and sent once.
        options |= {"vcodec": "png", "compression_level": 1, "pred": "up"}
    else:
        stream = stream.filter(
            "scale",
            in_color_matrix="bt709",
            out_color_matrix="bt601",
            in_range="tv",
            out_range="pc",
        ).filter("format", "yuvj420p")
        options |= {"vcodec": "mjpeg", "q:v": _JPEG_QUALITY}
    folder = ffmpeg_address(to).replace("%", "%%")
    return compiled(program, ffmpeg.output(stream, f"{folder}/%07d.{kind}", **options))


def still_file(folder: Path, number: int, kind: Kind) -> Path:
    """The file of a cut's picture, counted from 0."""
    return folder / f"{number:07}.{kind}"


def gathered(indices: Sequence[int], nearest: int, span: int, most: int) -> list[int]:
    """Those of the frames wanted that are made in one run with one of them, in order.

    Args:
        indices: All that are wanted of a media; `nearest` among them.
        nearest: The one that is wanted first.
        span: How far apart the first and the last may lie.
        most: How many.
    """
    ordered = sorted(set(indices))
    place = ordered.index(nearest)
    first = last = place
    # Later ones first: decoding goes that way.
    while last + 1 < len(ordered) and last + 1 - first < most:
        if ordered[last + 1] - ordered[first] > span:
            break
        last += 1
    while first > 0 and last + 1 - first < most and ordered[last] - ordered[first - 1] <= span:
        first -= 1
    return ordered[first : last + 1]
