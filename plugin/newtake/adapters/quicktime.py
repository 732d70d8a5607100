"""Reads the rate of a QuickTime timecode track, which PyAV does not tell.

A camera's timecode may count at its own rate (30 on a 59.94 picture), and a remuxer may leave it at
the old one. Layout: Apple, QuickTime File Format, "Timecode media" (timecode sample description).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

_WAY = (b"mdia", b"minf", b"stbl", b"stsd")
_MOST_ATOMS = 10_000


def timecode_track_rate(path: Path) -> Fraction | None:
    """Labels per second of the first timecode track of a MOV or MP4; None without one.

    Never raises for what the file holds: a file that is not QuickTime has no such track.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            for moov in _children(file, b"moov", 0, size):
                for trak in _children(file, b"trak", *moov):
                    rate = _rate_of_track(file, trak)
                    if rate is not None:
                        return rate
    except (OSError, struct.error):
        return None
    return None


def _rate_of_track(file: BinaryIO, trak: tuple[int, int]) -> Fraction | None:
    place: tuple[int, int] | None = trak
    for kind in _WAY:
        if place is None:
            return None
        place = next(_children(file, kind, *place), None)
    if place is None:
        return None
    # Version and flags, number of entries, then per entry: size, format, 6 reserved bytes, data
    # reference, 4 reserved bytes, flags, time scale, frame duration, frames per second.
    file.seek(place[0])
    fields = struct.unpack(">4xI4x4s6xH4xIIIB", file.read(41))
    _, kind, _, _, scale, duration, _ = fields
    if kind != b"tmcd" or not scale or not duration:
        return None
    return Fraction(scale, duration)


def _children(file: BinaryIO, wanted: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the contents of each atom of one kind begin and end, between two offsets."""
    for _ in range(_MOST_ATOMS):
        if start + 8 > end:
            return
        file.seek(start)
        length, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            header = 16
        elif length == 0:
            length = end - start
        if length < header:
            return
        if kind == wanted:
            yield start + header, min(start + length, end)
        start += length
