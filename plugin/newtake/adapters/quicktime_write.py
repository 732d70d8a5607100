"""Adds to a finished MOV what ffmpeg does not write, or only in some releases: a timecode track at
the take's own rate, and HDR metadata in the sample description.

The movie's index is rewritten at the file's end, where ffmpeg put it; no coded picture moves.
Layouts: Apple, QuickTime File Format ("Timecode media", "Track reference"); ISO/IEC 14496-12,
12.1.5 to 12.1.7 (`mdcv`, `clli`). Spelling of the optional fields as ffmpeg writes them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from newtake.domain.mastering import Chromaticity, ContentLight, MasteringDisplay

_MOST_INDEX_BYTES = 64 << 20
_VISUAL_ENTRY_BYTES = 86
"""Of a video sample description before the boxes in it."""
_IDENTITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_SELF_REFERENCE = struct.pack(">III4sI", 0, 1, 12, b"url ", 1)
"""A `dref` with one entry: the data is in this file."""
_DROP, _WRAPS_AT_MIDNIGHT = 1, 2


@dataclass(frozen=True, slots=True)
class TimecodeTrack:
    """One label, of the movie's first frame."""

    frame: int
    """Frames since 00:00:00:00, counted as they pass: no drop-frame label is left out."""
    rate: Fraction
    base: int
    """What the labels count to: 30 for 30000/1001."""
    drop: bool
    reel: str | None = None


def complete_movie(
    path: Path,
    *,
    timecode: TimecodeTrack | None = None,
    mastering: MasteringDisplay | None = None,
    light: ContentLight | None = None,
) -> None:
    """Add what is given and is not there yet, to the first video track of a MOV of ours.

    Raises:
        ValueError: The file is not as ffmpeg's MOV muxer writes it.
        OSError: It cannot be written.
    """
    with path.open("r+b") as file:
        start, index = _index_of(file)
        traks = [place for kind, *place in _atoms(index, 8, len(index)) if kind == b"trak"]
        if not traks:
            raise ValueError("the movie has no track")
        begin, end = traks[0]
        boxes = _hdr_boxes(mastering, light)
        video = _within(index[begin:end], (b"mdia", b"minf", b"stbl", b"stsd"), boxes)
        parts = [index[8:begin], b"", index[end:]]
        sample = b""
        if timecode is not None:
            if b"tmcd" in {_handler(index[a:b]) for a, b in traks}:
                raise ValueError("the movie has a timecode track already")
            number = struct.unpack(">I", index[8 + 104 : 8 + 108])[0]
            duration = struct.unpack(">I", index[8 + 24 : 8 + 28])[0]
            sample = _atom(b"mdat", struct.pack(">I", timecode.frame))
            video = _grown(video, _atom(b"tref", _atom(b"tmcd", struct.pack(">I", number))))
            parts[2] = _timecode_trak(timecode, number, duration, start + 8, video) + parts[2]
            parts[0] = index[8 : 8 + 104] + struct.pack(">I", number + 1) + parts[0][108:]
        parts[1] = video
        file.seek(start)
        file.truncate()
        file.write(sample + _atom(b"moov", b"".join(parts)))


def _index_of(file: BinaryIO) -> tuple[int, bytes]:
    """Where the movie's index begins, and its bytes; it must be the last atom."""
    size = file.seek(0, 2)
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        if length < 8:
            break
        if kind == b"moov":
            if at + length != size or length > _MOST_INDEX_BYTES:
                break
            file.seek(at)
            index = file.read(length)
            if index[12:16] != b"mvhd" or index[16] != 0:
                break
            return at, index
        at += length
    raise ValueError("the movie's index is not at its end")


def _atoms(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each atom between two offsets."""
    while start + 8 <= end:
        length, kind = struct.unpack(">I4s", data[start : start + 8])
        if length < 8 or start + length > end:
            return
        yield kind, start, start + length
        start += length


def _within(atom: bytes, way: tuple[bytes, ...], boxes: dict[bytes, bytes]) -> bytes:
    """The atom, with the boxes added to the first sample description at the end of the way."""
    if not boxes:
        return atom
    if not way:
        return _described(atom, boxes)
    for kind, begin, end in _atoms(atom, 8, len(atom)):
        if kind == way[0]:
            inner = _within(atom[begin:end], way[1:], boxes)
            return _atom(atom[4:8], atom[8:begin] + inner + atom[end:])
    raise ValueError(f"the video track has no {way[0].decode()}")


def _described(stsd: bytes, boxes: dict[bytes, bytes]) -> bytes:
    (length,) = struct.unpack(">I", stsd[16:20])
    entry, rest = stsd[16 : 16 + length], stsd[16 + length :]
    inside = list(_atoms(entry, _VISUAL_ENTRY_BYTES, len(entry)))
    there = {kind for kind, _, _ in inside}
    last = inside[-1][2] if inside else _VISUAL_ENTRY_BYTES
    added = b"".join(_atom(kind, body) for kind, body in boxes.items() if kind not in there)
    # ffmpeg ends some descriptions with four zero bytes, which stay the end.
    entry = _atom(entry[4:8], entry[8:last] + added + entry[last:])
    return _atom(b"stsd", stsd[8:16] + entry + rest)


def _hdr_boxes(
    mastering: MasteringDisplay | None, light: ContentLight | None
) -> dict[bytes, bytes]:
    boxes: dict[bytes, bytes] = {}
    if mastering is not None:
        colours = (mastering.green, mastering.blue, mastering.red, mastering.white)
        nits = (round(each * 10_000) for each in (mastering.most_nits, mastering.least_nits))
        places = [value for each in colours for value in _in_50_000ths(each)]
        boxes[b"mdcv"] = struct.pack(">8H2I", *places, *nits)
    if light is not None:
        boxes[b"clli"] = struct.pack(
            ">2H", min(light.most_nits, 65535), min(light.most_average_nits, 65535)
        )
    return boxes


def _in_50_000ths(place: Chromaticity) -> tuple[int, int]:
    x, y = place
    return round(x * 50_000), round(y * 50_000)


def _timecode_trak(
    track: TimecodeTrack, number: int, duration: int, sample_at: int, video: bytes
) -> bytes:
    """A track of one sample.

    Args:
        track: What it says.
        number: Its own.
        duration: Of the movie, in the movie's ticks.
        sample_at: Where in the file the label's number is.
        video: The track that it labels; as long as it is, this one is.
    """
    mdhd = _found(video, (b"mdia", b"mdhd"))
    scale, length = struct.unpack(">II", mdhd[20:28])
    tkhd = struct.pack(">6I", 3, 0, 0, number, 0, duration) + bytes(16) + _IDENTITY + bytes(8)
    flags = (_DROP if track.drop else 0) | _WRAPS_AT_MIDNIGHT
    ticks, frame = track.rate.numerator, track.rate.denominator
    name = b""
    if track.reel:
        reel = track.reel.encode("utf-8")[:255]
        name = _atom(b"name", struct.pack(">HH", len(reel), 0) + reel)
    described = struct.pack(">IHHIIIIBx", 0, 0, 1, 0, flags, ticks, frame, track.base)
    far = sample_at >> 32
    stbl = (
        _atom(b"stsd", struct.pack(">II", 0, 1) + _atom(b"tmcd", described + name)),
        _atom(b"stts", struct.pack(">4I", 0, 1, 1, length)),
        _atom(b"stsc", struct.pack(">5I", 0, 1, 1, 1, 1)),
        _atom(b"stsz", struct.pack(">3I", 0, 4, 1)),
        _atom(b"co64" if far else b"stco", struct.pack(">IIQ" if far else ">3I", 0, 1, sample_at)),
    )
    shown = struct.pack(">IHHHH6H", 0, 0, 0, 12, 0, *(0, 0, 0, 0xFFFF, 0xFFFF, 0xFFFF))
    font = b"Lucida Grande"
    tcmi = _atom(b"tcmi", shown + struct.pack(">B", len(font)) + font)
    gmin = _atom(b"gmin", struct.pack(">IH3HHH", 0, 0x40, *(0x8000,) * 3, 0, 0))
    minf = (
        _atom(b"gmhd", gmin + _atom(b"tmcd", tcmi)),
        _handled(b"dhlr", b"url ", b"DataHandler"),
        _atom(b"dinf", _atom(b"dref", _SELF_REFERENCE)),
        _atom(b"stbl", b"".join(stbl)),
    )
    mdia = (
        _atom(b"mdhd", struct.pack(">5IHH", 0, 0, 0, scale, length, 0, 0)),
        _handled(b"mhlr", b"tmcd", b"TimeCodeHandler"),
        _atom(b"minf", b"".join(minf)),
    )
    return _atom(b"trak", _atom(b"tkhd", tkhd) + _atom(b"mdia", b"".join(mdia)))


def _handled(component: bytes, kind: bytes, name: bytes) -> bytes:
    text = struct.pack(">B", len(name)) + name
    return _atom(b"hdlr", struct.pack(">I4s4s3I", 0, component, kind, 0, 0, 0) + text)


def _handler(trak: bytes) -> bytes:
    return _found(trak, (b"mdia", b"hdlr"))[16:20]


def _found(atom: bytes, way: tuple[bytes, ...]) -> bytes:
    for kind, begin, end in _atoms(atom, 8, len(atom)):
        if kind == way[0]:
            return atom[begin:end] if len(way) == 1 else _found(atom[begin:end], way[1:])
    raise ValueError(f"a track has no {way[0].decode()}")


def _grown(atom: bytes, more: bytes) -> bytes:
    return _atom(atom[4:8], atom[8:] + more)


def _atom(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body
