"""What an MP4's index promises, summed up before FFmpeg makes room for it.

A file of a few hundred bytes can promise a hundred million frames, and FFmpeg makes an entry for
each while it opens the file (2.8 GB for one of 741 bytes, measured). FFmpeg takes index boxes
wherever they stand, so they are looked for by name in everything but the pictures themselves.

Layouts: ISO/IEC 14496-12, sections 4.2 and 8.6 to 8.8.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from newtake.domain.errors import MediaError

MOST_ENTRIES = 2_000_000
_MOST_INDEX_BYTES = 64 << 20
_MOST_BOXES = 100_000
_NAMES = re.compile(rb"stsz|stz2|trun|elst|stsc|stco|co64|cmov")
_LEAST_SAMPLES_PER_ENTRY = 160
"""FFmpeg cuts a chunk of sound into entries that are no shorter."""


def check_index(path: Path) -> None:
    """Pass an MP4 whose index is of a size that a result of seconds can have.

    Raises:
        MediaError: It promises too much, is compressed, or the file breaks off or is no MP4.
    """
    try:
        with path.open("rb") as file:
            promised = _promised(file, path)
    except OSError as error:
        raise MediaError(f"{path} cannot be read.", why=str(error)) from error
    if promised > MOST_ENTRIES:
        raise MediaError(
            f"{path} promises more pictures than a result has.",
            why=f"Its index has {promised} entries; {MOST_ENTRIES} are the limit.",
        )


def _promised(file: BinaryIO, path: Path) -> int:
    samples, edits, chunks, longest, read = 0, 1, 0, 0, 0
    for kind, start, end in _boxes(file, path):
        if kind == b"mdat":
            continue
        read += end - start
        if read > _MOST_INDEX_BYTES:
            raise MediaError(f"{path} has an index that is larger than a result's.")
        file.seek(start)
        data = file.read(end - start)
        for name in _NAMES.finditer(data):
            # After the name: version and flags, then the fields.
            after = name.end() + 4
            if name[0] == b"cmov":
                raise MediaError(f"{path} has a compressed index, which is not opened here.")
            if name[0] in (b"stsz", b"stz2"):
                samples += _number(data, after + 4)
            elif name[0] == b"trun":
                samples += _number(data, after)
            elif name[0] == b"elst":
                edits = max(edits, _number(data, after))
            elif name[0] == b"stsc":
                longest = max(longest, *_chunk_lengths(data, after), 0)
            else:
                chunks += _number(data, after)
    return max(samples * edits, longest * chunks // _LEAST_SAMPLES_PER_ENTRY)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _chunk_lengths(data: bytes, at: int) -> Iterator[int]:
    """Samples in a chunk, of each entry of a sample-to-chunk table that is there."""
    entries = min(_number(data, at), (len(data) - at - 4) // 12)
    for number in range(max(0, entries)):
        yield _number(data, at + 8 + 12 * number)


def _boxes(file: BinaryIO, path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Name, beginning and end of the contents of each outermost box."""
    size = file.seek(0, 2)
    at = 0
    for _ in range(_MOST_BOXES):
        if 0 < at == size:
            return
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head[:8])
        start = at + 8
        if length == 1:
            length, start = int.from_bytes(head[8:], "big"), at + 16
        elif length == 0:
            length = size - at
        if at + length < start or at + length > size:
            break
        yield kind, start, at + length
        at += length
    raise MediaError(f"{path} is no whole MP4.", why=f"What begins at byte {at} does not end.")
