"""Filters that make any source picture upright, square-pixelled, SDR and BT.709."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.domain.clip import MediaInfo
from newtake.domain.cube import Lut
from newtake.domain.errors import MediaError, MediaToolError
from newtake.domain.viewing import (
    Viewing,
    is_full_range,
    is_rgb,
    keeps_transfer,
    matrix_of,
    unread_colours,
    viewing_of,
)

SCALE_MATRIX = {
    "bt709": "bt709",
    "bt470bg": "bt601",
    "smpte170m": "bt601",
    "fcc": "fcc",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
}
"""The matrices of swscale, by the names of `setparams`: those of `READ_MATRICES`."""

_ZSCALE_MATRIX = {"smpte240m": "7"}
"""Where zscale spells a matrix in other ways than `setparams`, and ffmpeg 5.1.9 and 9.0.2 each in
their own, its number of ITU-T H.273: what both take."""

_BT709 = {
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "range": "tv",
}
SCALING = "bicubic+accurate_rnd+full_chroma_int"

_RESULT_WHITE_NITS = 203
"""Where HDR holds the white of standard range: ITU-R BT.2408, HDR reference white."""
_PEAK_NITS = {"smpte2084": 10_000, "arib-std-b67": 1_000}
_KEPT = 0.95
"""Of white: light below passes as it is. White itself comes to 252 of 255 (measured)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A look-up table, and the file that ffmpeg reads it from."""

    lut: Lut
    file: Path
    """Written by `adapters.cubes`: nothing of somebody else's spelling reaches ffmpeg."""


def fitted_size(info: MediaInfo, short_side: int) -> tuple[int, int]:
    """Even width and height, in square pixels, no larger than the source and than `short_side`."""
    width, height = info.display_size
    scale = min(Fraction(1), Fraction(short_side, min(width, height)))
    return _even(width * scale, width), _even(height * scale, height)


def sdr_picture(
    stream: Any,
    info: MediaInfo,
    size: tuple[int, int],
    *,
    maps_tones: bool,
    table: Table | None = None,
    is_result: bool = False,
) -> Any:
    """Continue an ffmpeg-python stream of `info`'s picture to 8-bit BT.709 of exactly `size`.

    ffmpeg turns rotated pictures upright before the first filter.

    Args:
        stream: Of `info`'s frames.
        info: Source or result.
        size: Width and height, even.
        maps_tones: Whether this ffmpeg can.
        table: What the colours go through instead.
        is_result: Whether it was made of a plate, and is to be as bright as that.

    Raises:
        MediaToolError: If the source is HDR or of wide gamut and this ffmpeg cannot map it.
        MediaError: If its colours are such as nothing here converts.
    """
    lut = table.lut if table else None
    if (unread := unread_colours(info, lut)) is not None:
        raise MediaError(f"{info.path.name}: {unread}.", fix="Do that, then run again.")
    viewing = viewing_of(info, lut)
    if viewing in (Viewing.TONE_MAPPED, Viewing.CONVERTED):
        if not maps_tones:
            raise MediaToolError(
                f"{info.path.name} is HDR or BT.2020, and this ffmpeg cannot map it to SDR.",
                why="The filters zscale and tonemap are missing.",
                fix="Install an ffmpeg with zimg, or unset NEWTAKE_FFMPEG to use the bundled one; "
                "or give a table with --lut.",
            )
        # Scaled first: the float stages cost in proportion to the pixels.
        stream = _scaled(stream, size)
        stream = _mapped_to_bt709(
            stream, info, rolled_off=viewing is Viewing.TONE_MAPPED, is_result=is_result
        )
    elif table is not None:
        # 16 bits between the steps, in RGB of full range: what tables are made for.
        stream = _scaled(stream, size, **read_as(info), out_range="pc")
        stream = stream.filter("format", "gbrp16le")
        stream = _looked_up(stream, table)
        stream = stream.filter(
            "scale", flags=SCALING, out_color_matrix="bt709", in_range="pc", out_range="tv"
        )
    elif maps_tones and _wants_zscale(info):
        stream = _converted(stream, info, size)
    else:
        stream = _scaled(stream, size, **read_as(info), out_color_matrix="bt709", out_range="tv")
    return stream.filter("format", "yuv420p").filter("setparams", **_BT709)


def _scaled(stream: Any, size: tuple[int, int], **options: str) -> Any:
    width, height = size
    return stream.filter("scale", width, height, flags=SCALING, **options).filter("setsar", 1)


def _wants_zscale(info: MediaInfo) -> bool:
    """Whether samples change by more than scaling, in a picture that zimg takes.

    swscale dithers what it brings to 8 bits, and ffmpeg 9's rounds ranges twice: up to 3.4 of 255
    beside the truth, where zimg stays within 1.7 (measured, ffmpeg 5.1.9 and 9.0.2).
    """
    plain = matrix_of(info) == "bt709" and not is_full_range(info) and info.bit_depth == 8
    known = is_rgb(info) or (
        info.pixel_format.startswith("yuv") and matrix_of(info) in SCALE_MATRIX
    )
    # zimg takes no subsampled picture of odd size.
    return known and not plain and info.width % 2 == 0 and info.height % 2 == 0


def _converted(stream: Any, info: MediaInfo, size: tuple[int, int]) -> Any:
    width, height = size
    rgb = is_rgb(info)
    return stream.filter(
        "zscale",
        w=width,
        h=height,
        filter="bicubic",
        dither="none",
        min=_zscale_matrix(info),
        rin="pc" if rgb or is_full_range(info) else "tv",
        m="bt709",
        r="tv",
    ).filter("setsar", 1)


def _zscale_matrix(info: MediaInfo) -> str:
    matrix = matrix_of(info) or "gbr"
    return _ZSCALE_MATRIX.get(matrix, matrix)


def _looked_up(stream: Any, table: Table) -> Any:
    if table.lut.kind == "1d":
        return stream.filter("lut1d", file=str(table.file), interp="linear")
    return stream.filter("lut3d", file=str(table.file), interp="tetrahedral")


def _mapped_to_bt709(
    stream: Any, info: MediaInfo, *, rolled_off: bool, is_result: bool = False
) -> Any:
    """Through linear light. HDR of a source is rolled off with the Hable curve, 100 nits as SDR
    white; of a result only what is brighter than the white that its plate had."""
    colour = info.colour
    wide = colour.is_hdr or colour.primaries == "bt2020"
    primaries = colour.primaries or ("bt2020" if wide else "bt709")
    stream = stream.filter(
        "zscale",
        tin=colour.transfer or "bt2020-10",
        pin=primaries,
        # Said for what comes out as well, which else says what the file does: perhaps nothing.
        p=primaries,
        min=_zscale_matrix(info) if colour.matrix or not wide else "bt2020nc",
        rin="pc" if is_rgb(info) or is_full_range(info) else "tv",
        t="linear",
        npl=_RESULT_WHITE_NITS if is_result else 100,
    )
    stream = stream.filter("format", "gbrpf32le").filter("zscale", p="bt709")
    if rolled_off and is_result:
        peak = _PEAK_NITS[colour.transfer or ""] / _RESULT_WHITE_NITS
        stream = stream.filter("tonemap", tonemap="mobius", param=_KEPT, peak=peak, desat=0)
    elif rolled_off:
        stream = stream.filter("tonemap", tonemap="hable", desat=0)
    # Display P3 has sRGB's curve, and BT.709's would make it darker than it is.
    shown = colour.transfer if keeps_transfer(info) else "bt709"
    return stream.filter("zscale", t=shown, m="bt709", r="tv")


def read_as(info: MediaInfo) -> dict[str, str]:
    """Swscale's options for the source's matrix and range; none for RGB, which has neither.

    The matrix is one of `READ_MATRICES`.
    """
    tag = matrix_of(info)
    if tag is None:
        return {}
    span = "pc" if is_full_range(info) else "tv"
    return {"in_color_matrix": SCALE_MATRIX[tag], "in_range": span}


def _even(wanted: Fraction, limit: int) -> int:
    return max(2, min(2 * round(wanted / 2), limit - limit % 2))
