"""The header of an EXR file as bytes: walked within limits, and completed without touching pixels.

The OpenEXR library reads headers and pixels; it is given only files whose header was walked here
first, because it takes a header's word for how much memory a picture needs.

Source: OpenEXR File Layout (openexr.com), "Version Field", "Header", "Offset Tables".
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

MAGIC = b"\x76\x2f\x31\x01"
MOST_HEADER_BYTES = 1 << 20
"""Of a header; those of cameras, with their lens data, have some ten thousand."""
MOST_CHANNELS = 16
MOST_PIXELS = 4096 * 2304
"""Of one picture, as for the video of a result."""

_TILED, _LONG_NAMES, _DEEP, _PARTS = 0x200, 0x400, 0x800, 0x1000
_LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}
"""Lines of a chunk by the number of the compression, from "none" to DWAB."""
_HALF = 1
_PIXEL_TYPES = {0: "32-bit whole numbers", 1: "half float", 2: "32-bit float"}


class HeaderError(ValueError):
    """What is wrong with a header, in words that continue "frame.exr: ..."."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of pixels; the last column and line are inside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left + 1, self.bottom - self.top + 1


@dataclass(frozen=True, slots=True)
class ExrHeader:
    """What was found at the beginning of a file."""

    attributes: Mapping[str, tuple[str, bytes]]
    """Name -> type and value."""
    places: Mapping[str, int]
    """Name -> where its value begins, in bytes of the file."""
    end: int
    """Bytes until the header's last one, the zero behind the attributes."""
    channels: tuple[str, ...]
    data_window: Window
    display_window: Window

    @property
    def chunks(self) -> int | None:
        """Entries of the offset table; None for a compression that is not known here."""
        lines = _LINES.get(self.attributes["compression"][1][0])
        return None if lines is None else -(-self.data_window.size[1] // lines)


def walk_header(beginning: bytes) -> ExrHeader:
    """The header of a picture of scan lines in half float, as frames of a take have to be.

    Args:
        beginning: The file's first bytes; of a longer file at least `MOST_HEADER_BYTES`.

    Raises:
        HeaderError: It is no EXR, breaks off, is too long, of another kind, or promises a larger
            picture than a take can have.
    """
    if not beginning.startswith(MAGIC):
        raise HeaderError("it is not an EXR file, whatever it is called")
    if len(beginning) < 8:
        raise HeaderError("its header breaks off")
    version = struct.unpack_from("<I", beginning, 4)[0]
    for flag, kind in ((_DEEP, "deep"), (_PARTS, "of several parts"), (_TILED, "tiled")):
        if version & flag:
            raise HeaderError(f"its picture is {kind}; a take's frames are plain scan lines")
    if version & 0xFF != 2 or version & ~(0xFF | _LONG_NAMES):
        raise HeaderError(f"its version field is {version:#x}, which is not known here")
    attributes, places, end = _attributes(beginning[:MOST_HEADER_BYTES])
    if attributes.get("type", ("string", b"scanlineimage"))[1] != b"scanlineimage":
        raise HeaderError("its picture is not of plain scan lines")
    _value(attributes, "compression", 1)
    header = ExrHeader(
        attributes,
        places,
        end,
        _channels(_value(attributes, "channels")),
        Window(*struct.unpack("<4i", _value(attributes, "dataWindow", 16))),
        Window(*struct.unpack("<4i", _value(attributes, "displayWindow", 16))),
    )
    for name, window in (("data", header.data_window), ("display", header.display_window)):
        if min(window.size) < 1 or prod(window.size) > MOST_PIXELS:
            width, height = window.size
            raise HeaderError(f"its {name} window has {width} x {height} pixels")
    return header


def completed_header(
    beginning: bytes, file_bytes: int, header: ExrHeader, labels: Mapping[str, tuple[str, bytes]]
) -> tuple[bytes, int] | None:
    """The header with these attributes, and its table of places moved on; what follows stays.

    Args:
        beginning: The file's first bytes, the whole offset table among them.
        file_bytes: The file's size.
        header: As walked.
        labels: Name -> type and value. One that is there gets the new value, of the same length.

    Returns:
        The new beginning, and how many bytes of the file it stands for. None where the table is
        not one that can be moved: the file is to be left as it is.
    """
    count = header.chunks
    there = {name: header.attributes[name] for name in labels if name in header.attributes}
    if count is None or any(
        (kind, len(value)) != (labels[name][0], len(labels[name][1]))
        for name, (kind, value) in there.items()
    ):
        return None
    table_end = header.end + 8 * count
    if table_end > min(len(beginning), file_bytes):
        return None
    places = struct.unpack_from(f"<{count}Q", beginning, header.end)
    if any(not table_end <= place < file_bytes for place in places):
        return None
    more = b"".join(
        b"%b\0%b\0%b%b" % (name.encode(), kind.encode(), struct.pack("<i", len(value)), value)
        for name, (kind, value) in labels.items()
        if name not in there
    )
    old = bytearray(beginning[: header.end - 1])
    for name in there:
        place, value = header.places[name], labels[name][1]
        old[place : place + len(value)] = value
    moved = struct.pack(f"<{count}Q", *(place + len(more) for place in places))
    return bytes(old) + more + b"\0" + moved, table_end


def timecode_attribute(label: str) -> tuple[str, bytes] | None:
    """A timecode as the attribute `timeCode`; None where its digits do not reach.

    They end at 39 frames. Source: SMPTE ST 12-1 as OpenEXR's ImfTimeCode.h packs it (TV60): BCD
    digits, bit 6 for drop-frame.
    """
    if label.startswith("-"):
        return None
    hours, minutes, rest = label.split(":", 2)
    drop = ";" in rest
    seconds, frames = rest.replace(";", ":").split(":")
    if int(frames) > 39:
        return None
    digits = [int(each) // 10 << 4 | int(each) % 10 for each in (frames, seconds, minutes, hours)]
    packed = sum(value << 8 * place for place, value in enumerate(digits)) | (drop << 6)
    return "timecode", struct.pack("<II", packed, 0)


def _attributes(data: bytes) -> tuple[dict[str, tuple[str, bytes]], dict[str, int], int]:
    found: dict[str, tuple[str, bytes]] = {}
    places: dict[str, int] = {}
    place = 8
    while True:
        name, place = _name(data, place)
        if not name:
            return found, places, place
        kind, place = _name(data, place)
        if place + 4 > len(data):
            raise HeaderError(_cut_off(data))
        size = struct.unpack_from("<i", data, place)[0]
        place += 4
        if size < 0 or place + size > len(data):
            raise HeaderError(
                f"its attribute {name!r} claims {size} bytes"
                if size < 0 or size > MOST_HEADER_BYTES
                else _cut_off(data)
            )
        if name in found:
            raise HeaderError(f"its header names {name!r} twice")
        found[name], places[name] = (kind, data[place : place + size]), place
        place += size


def _name(data: bytes, place: int) -> tuple[str, int]:
    end = data.find(b"\0", place, place + 256)
    if end < 0:
        raise HeaderError(
            _cut_off(data) if place + 256 > len(data) else "a name in its header has no end"
        )
    return data[place:end].decode("utf-8", "backslashreplace"), end + 1


def _cut_off(data: bytes) -> str:
    if len(data) >= MOST_HEADER_BYTES:
        return f"its header has more than {MOST_HEADER_BYTES} bytes"
    return "its header breaks off"


def _value(
    attributes: Mapping[str, tuple[str, bytes]], name: str, size: int | None = None
) -> bytes:
    value = attributes.get(name, ("", None))[1]
    if value is None or (size is not None and len(value) != size):
        raise HeaderError(f"its header says nothing usable of {name!r}")
    return value


def _channels(value: bytes) -> tuple[str, ...]:
    names: list[str] = []
    place = 0
    while place < len(value) and value[place] != 0:
        name, place = _name(value, place)
        if place + 16 > len(value) or len(names) >= MOST_CHANNELS:
            raise HeaderError(f"its list of channels is not one, or has more than {MOST_CHANNELS}")
        kind, _, across, down = struct.unpack_from("<4i", value, place)
        place += 16
        if kind != _HALF:
            found = _PIXEL_TYPES.get(kind, f"of type {kind}")
            raise HeaderError(f"its channel {name!r} is {found}, not half float")
        if (across, down) != (1, 1):
            raise HeaderError(f"its channel {name!r} has not every pixel")
        names.append(name)
    if not {"R", "G", "B"} <= set(names):
        raise HeaderError(f"its channels are {', '.join(names) or 'none'}, not R, G and B")
    return tuple(names)
