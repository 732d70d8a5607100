"""Filters that make any source picture upright, square-pixelled, SDR and BT.709."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError, MediaToolError

_SD_LINES = 576
_SCALE_MATRIX = {
    "bt709": "bt709",
    "bt470bg": "bt601",
    "smpte170m": "bt601",
    "fcc": "fcc",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
}
"""The matrices of swscale, by the names of `setparams`."""

_BT709 = {
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "range": "tv",
}


def fitted_size(info: MediaInfo, short_side: int) -> tuple[int, int]:
    """Even width and height, in square pixels, no larger than the source and than `short_side`."""
    width, height = info.display_size
    scale = min(Fraction(1), Fraction(short_side, min(width, height)))
    return _even(width * scale, width), _even(height * scale, height)


def sdr_picture(stream: Any, info: MediaInfo, size: tuple[int, int], *, maps_tones: bool) -> Any:
    """Continue an ffmpeg-python stream of `info`'s picture to 8-bit BT.709 of exactly `size`.

    ffmpeg turns rotated pictures upright before the first filter.

    Raises:
        MediaToolError: If the source is HDR or of wide gamut and this ffmpeg cannot map it.
        MediaError: If its colour matrix is one that nothing here converts.
    """
    width, height = size
    wide = info.colour.is_hdr or info.colour.primaries == "bt2020"
    if wide:
        if not maps_tones:
            raise MediaToolError(
                f"{info.path.name} is HDR or BT.2020, and this ffmpeg cannot map it to SDR.",
                why="The filters zscale and tonemap are missing.",
                fix="Install an ffmpeg with zimg, or unset NEWTAKE_FFMPEG to use the bundled one.",
            )
        # Scaled first: the float stages cost in proportion to the pixels.
        stream = stream.filter("scale", width, height, flags="bicubic").filter("setsar", 1)
        stream = _mapped_to_bt709(stream, info)
    else:
        options: dict[str, Any] = {"out_color_matrix": "bt709", "out_range": "tv"}
        matrix = _matrix(info)
        if matrix is not None:
            options["in_color_matrix"] = matrix
            options["in_range"] = "pc" if _is_full_range(info) else "tv"
        stream = stream.filter("scale", width, height, flags="bicubic", **options)
        stream = stream.filter("setsar", 1)
    return stream.filter("format", "yuv420p").filter("setparams", **_BT709)


def _mapped_to_bt709(stream: Any, info: MediaInfo) -> Any:
    """Through linear light; HDR is rolled off with the Hable curve, 100 nits as SDR white."""
    colour = info.colour
    stream = stream.filter(
        "zscale",
        tin=colour.transfer or "bt2020-10",
        pin=colour.primaries or "bt2020",
        min=colour.matrix or "bt2020nc",
        rin="pc" if _is_full_range(info) else "tv",
        t="linear",
        npl=100,
    )
    stream = stream.filter("format", "gbrpf32le").filter("zscale", p="bt709")
    if colour.is_hdr:
        stream = stream.filter("tonemap", tonemap="hable", desat=0)
    return stream.filter("zscale", t="bt709", m="bt709", r="tv")


def _matrix(info: MediaInfo) -> str | None:
    """Swscale's name of the source's matrix; None for RGB.

    An untagged picture of SD size is taken as BT.601 and any other as BT.709, as players do.
    """
    tag = info.colour.matrix
    if tag == "gbr" or info.pixel_format.startswith(("gbr", "rgb", "bgr", "argb", "abgr")):
        return None
    if tag is None:
        return "bt601" if min(info.width, info.height) <= _SD_LINES else "bt709"
    if tag not in _SCALE_MATRIX:
        raise MediaError(
            f"{info.path.name} is coded with the colour matrix {tag}.",
            why="No conversion from it to BT.709 is known here.",
            fix="Export the clip as BT.709 from your editor.",
        )
    return _SCALE_MATRIX[tag]


def _is_full_range(info: MediaInfo) -> bool:
    return info.colour.range == "pc" or info.pixel_format.startswith("yuvj")


def _even(wanted: Fraction, limit: int) -> int:
    return max(2, min(2 * round(wanted / 2), limit - limit % 2))
