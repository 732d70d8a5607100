"""The numbers that video streams carry for colour, as ffmpeg's filters spell them, and for HDR.

Numbers: ITU-T H.273 (Coding-independent code points), tables 2 to 4. Spelling: the values that
ffmpeg's `setparams` filter takes. HDR: libavutil's `AVMasteringDisplayMetadata` and
`AVContentLightMetadata`, as decoders attach them to frames.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from fractions import Fraction

from newtake.domain.clip import ColourTags
from newtake.domain.mastering import ContentLight, MasteringDisplay

_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "jedec-p22",
}
_TRANSFER = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
_MATRIX = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
}
_RANGE = {1: "tv", 2: "pc"}


def colour_tags(
    primaries: int, transfer: int, matrix: int, value_range: int, *, is_rgb: bool
) -> ColourTags:
    """Tags by their numbers; a number that says "unspecified", or that is unknown, gives None.

    Args:
        is_rgb: Matrix number 0 means RGB; decoders also leave it at 0 for want of anything better.
        value_range: FFmpeg's own number: 1 limited, 2 full.
    """
    return ColourTags(
        primaries=_PRIMARIES.get(primaries),
        transfer=_TRANSFER.get(transfer),
        matrix=_MATRIX.get(matrix) if matrix or is_rgb else None,
        range=_RANGE.get(value_range),
    )


def hdr_of(
    side_data: Mapping[str, bytes],
) -> tuple[MasteringDisplay | None, ContentLight | None]:
    """What a frame says of its mastering; None for what it does not say, or says by half."""
    mastering = side_data.get("MASTERING_DISPLAY_METADATA")
    light = side_data.get("CONTENT_LIGHT_LEVEL")
    return _mastering(mastering), _light(light)


def _mastering(data: bytes | None) -> MasteringDisplay | None:
    if data is None or len(data) < 88:
        return None
    *numbers, has_primaries, has_luminance = struct.unpack_from("=22i", data)
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    if not has_primaries or not has_luminance or not all(below for _, below in pairs):
        return None
    values = [Fraction(above, below) for above, below in pairs]
    red, green, blue, white = ((values[i], values[i + 1]) for i in range(0, 8, 2))
    return MasteringDisplay(red, green, blue, white, values[8], values[9])


def _light(data: bytes | None) -> ContentLight | None:
    if data is None or len(data) < 8:
        return None
    most, average = struct.unpack_from("=2I", data)
    return ContentLight(most, average) if most or average else None
