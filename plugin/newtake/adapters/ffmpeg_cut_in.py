"""Command lines that bring untouched and restyled frames to one picture: that of the source.

Both keep their R'G'B' values: what the plate did to matrix and range is undone, and nothing else.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.adapters.ffmpeg_conform import coded
from newtake.adapters.ffmpeg_export import Cut, cut_frames
from newtake.adapters.ffmpeg_picture import SCALE_MATRIX, SCALING, read_as
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.cut_in import placed_in, take_matrix
from newtake.domain.viewing import is_full_range


def untouched_command(
    program: str,
    source: MediaInfo,
    cut: Cut,
    whole: ConformPlan,
    codec: str,
    *,
    seek: Fraction,
    picture: MediaInfo,
    deep: bool,
    to: Path,
    **written: str,
) -> list[str]:
    """Code frames of the source as they are; none come out when the seek landed too late.

    Args:
        program: ffmpeg.
        source: The clip's media.
        cut: Which of its frames.
        whole: Rate and colour of the take.
        codec: Of the take.
        seek: One of `ffmpeg.seeks_of`.
        picture: The take's.
        deep: Whether the take has more than 8 bits.
        to: The piece, a MOV.
        written: Further options of the output.
    Raises:
        MediaError: Its colour matrix is one that nothing here converts.
    """
    stream = cut_frames(source, cut, seek=seek, rate=source.rate)
    if source.width % 2 or source.height % 2:
        # The plain `crop` would round its place to whole chroma samples.
        stream = stream.filter("crop", picture.width, picture.height, 0, 0, exact=1)
    stream = stream.filter(
        "scale",
        flags=SCALING,
        out_color_matrix=SCALE_MATRIX[take_matrix(source)],
        out_range="tv",
        **read_as(source),
    ).filter("setsar", _ratio(picture.pixel_aspect))
    return coded(program, stream, whole, codec, deep=deep, to=to, **written)


def in_picture(stream: Any, result: MediaInfo, picture: MediaInfo) -> Any:
    """A stream of a result's frames, brought to the take's picture; bars fill another shape.

    Args:
        stream: As `ffmpeg_conform.in_slots` gives it.
        result: One that `cut_in.refuse_result` lets pass. Without a word on its matrix it is read
            as what was sent: BT.709.
        picture: The take's.
    """
    width, height = placed_in(result, picture)
    stream = stream.filter(
        "scale",
        width,
        height,
        flags=SCALING,
        in_color_matrix=SCALE_MATRIX[result.colour.matrix or "bt709"],
        in_range="pc" if is_full_range(result) else "tv",
        out_color_matrix=SCALE_MATRIX[take_matrix(picture)],
        out_range="tv",
    )
    if (width, height) != (picture.width, picture.height):
        stream = stream.filter("format", "yuv444p10le").filter(
            "pad", picture.width, picture.height, "(ow-iw)/2", "(oh-ih)/2", "black"
        )
    return stream.filter("setsar", _ratio(picture.pixel_aspect))


def _ratio(shape: Fraction) -> str:
    """With both numbers: without a divisor ffmpeg takes a plain one as well, but rounds."""
    return f"{shape.numerator}/{shape.denominator}"
