"""How a source's picture becomes one that the model reads: 8-bit BT.709, in standard range.

Pure choices; `adapters.ffmpeg_picture` carries them out. Names of tags are ffmpeg's `setparams`.
"""

from __future__ import annotations

from enum import Enum

from newtake.domain.clip import MediaInfo
from newtake.domain.cube import Lut

_HDR_NAMES = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
_NOT_FOR_DISPLAY = ("linear", "log100", "log316")
"""Transfers that a screen does not show as they are; zscale knows all of them."""
_WIDE = ("bt2020", "film", "smpte428", "smpte431", "smpte432")
"""Primaries outside BT.709's: 431 and 432 are DCI's and Display P3. The older ones of television
differ from it by less than their screens did, and are shown as they are."""
_NO_CURVE = ("bt1361e", "smpte240m", "smpte428")
"""Transfers that zscale does not know."""
READ_MATRICES = ("bt709", "bt470bg", "smpte170m", "fcc", "smpte240m", "bt2020nc")
"""From which both ffmpegs in use convert: swscale of 9.0 passes no others on, be it to zscale."""
_RGB = ("gbr", "rgb", "bgr", "argb", "abgr", "rgba", "bgra")
_SD_LINES = 576
_DEEP_BITS = 10


class Viewing(Enum):
    """What is done with a source's colours on the way to the model."""

    STANDARD = "standard"
    """R'G'B' values stay as they are; matrix and range become BT.709's, limited."""
    LUT = "lut"
    """The person's table is applied to the R'G'B' values."""
    TONE_MAPPED = "tone_mapped"
    """Through linear light, HDR rolled off into standard range."""
    CONVERTED = "converted"
    """Through linear light into BT.709; nothing has to be rolled off."""


def viewing_of(source: MediaInfo, lut: Lut | None = None) -> Viewing:
    """What is done; a table, where there is one, is all that is done."""
    if lut is not None:
        return Viewing.LUT
    colour = source.colour
    if colour.is_hdr:
        return Viewing.TONE_MAPPED
    if colour.primaries in _WIDE or colour.transfer in _NOT_FOR_DISPLAY:
        return Viewing.CONVERTED
    return Viewing.STANDARD


def unread_colours(source: MediaInfo, lut: Lut | None = None) -> str | None:
    """Why nothing here shows these colours as they are meant, as a sentence; None where it does."""
    viewing, transfer, matrix = viewing_of(source, lut), source.colour.transfer, matrix_of(source)
    if viewing is Viewing.CONVERTED and transfer in _NO_CURVE:
        return (
            f"its transfer {transfer} is not read here; give `--lut FILE.cube`, which says how it "
            "should look, or export it as BT.709"
        )
    if matrix is not None and matrix not in READ_MATRICES:
        return (
            f"it is coded with the colour matrix {matrix}, from which nothing here converts to "
            "BT.709; export it as BT.709 from your editor"
        )
    return None


def keeps_transfer(source: MediaInfo) -> bool:
    """Whether what is converted keeps its own curve: one that a display shows as it is."""
    return viewing_of(source) is Viewing.CONVERTED and (
        source.colour.transfer not in (*_NOT_FOR_DISPLAY, None)
    )


def is_rgb(source: MediaInfo) -> bool:
    return source.colour.matrix == "gbr" or source.pixel_format.startswith(_RGB)


def matrix_of(source: MediaInfo) -> str | None:
    """The matrix that the samples are read with, by its tag; None for RGB.

    An untagged picture of SD size is taken as BT.601 and any other as BT.709, as players do.
    """
    if is_rgb(source):
        return None
    if source.colour.matrix is not None:
        return source.colour.matrix
    return "smpte170m" if min(source.width, source.height) <= _SD_LINES else "bt709"


def is_full_range(source: MediaInfo) -> bool:
    return source.colour.range == "pc" or source.pixel_format.startswith("yuvj")


def viewing_text(source: MediaInfo, lut: Lut | None = None) -> str:
    """What the model is shown, as one sentence without a full stop, for plan and sidecar."""
    viewing, colour = viewing_of(source, lut), source.colour
    if lut is not None:
        first = ", after its scene-linear values became a display's," if _is_exr(source) else ""
        return (
            f"shown to the model{first} through the table {lut.text}, as BT.709; "
            "the take comes back as the model saw it, not as the source is coded"
        )
    if _is_exr(source):
        return "shown to the model as a display shows its scene-linear values, as BT.709"
    if viewing is Viewing.TONE_MAPPED:
        name = _HDR_NAMES.get(colour.transfer or "", colour.transfer)
        return (
            f"shown to the model tone-mapped from {name} to BT.709 in standard range "
            "(Hable curve, 100 nits as white)"
        )
    if viewing is Viewing.CONVERTED:
        found = colour.transfer if colour.transfer in _NOT_FOR_DISPLAY else colour.primaries
        return f"shown to the model converted from {found} to BT.709 through linear light"
    if source.codec == "exr":
        return (
            "shown to the model from scene-linear light as sRGB with BT.709 primaries, light above "
            "four fifths of white rolled off"
        )
    read = "RGB" if is_rgb(source) else matrix_of(source)
    span = "full" if is_rgb(source) or is_full_range(source) else "limited"
    return f"shown to the model as it is: {read}, {span} range, as BT.709 in limited range"


def looking_text(source: MediaInfo) -> str:
    """How copies to look at show a source that no screen shows as it is; empty for any other."""
    viewing, colour = viewing_of(source), source.colour
    if _is_exr(source):
        return "from scene-linear light, as BT.709, highlights rolled off"
    if viewing is Viewing.TONE_MAPPED:
        name = _HDR_NAMES.get(colour.transfer or "", colour.transfer)
        return f"tone-mapped from {name} to BT.709 in standard range"
    if viewing is Viewing.CONVERTED:
        found = colour.transfer if colour.transfer in _NOT_FOR_DISPLAY else colour.primaries
        return f"converted from {found} to BT.709"
    return ""


def _is_exr(source: MediaInfo) -> bool:
    """Whether `adapters.exr_source` turns its values into a display's before anything else."""
    return source.codec == "exr"


def viewing_notes(source: MediaInfo, lut: Lut | None = None) -> tuple[str, ...]:
    """What a person should know of a source's colours before it is sent; empty for plain SDR."""
    viewing, colour = viewing_of(source, lut), source.colour
    if viewing is not Viewing.STANDARD:
        return (viewing_text(source, lut),)
    if colour.transfer is None and source.bit_depth >= _DEEP_BITS:
        return (
            f"its {source.bit_depth}-bit media does not say its transfer and is sent as BT.709; "
            "where it is log footage, `--lut FILE.cube` shows it to the model as it should look",
        )
    return ()
