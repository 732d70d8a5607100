"""Whether an MP4's or MOV's index promises more than its file can hold, for an editor's own media.

FFmpeg makes room for every frame that an index promises, before it looks whether the frames are
there. A result of seconds is held to a number (`mp4_index`); media of hours only to its own size: a
frame takes at least a byte, and an entry of a table its four.

Layouts: ISO/IEC 14496-12, sections 4.2 and 8.6 to 8.8.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from newtake.domain.errors import MediaError

MOST_FRAMES = 30_000_000
"""More than a day at 240 a second; sound, which is counted in samples, may have more."""
_MOST_INDEX_BYTES = 512 << 20
_MOST_BOXES = 1_000_000
_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_NAMES = re.compile(rb"stsz|stz2|trun|elst")
_NEAR_BYTES = 1 << 16
"""A track says what it is this close before its table of sizes."""


def check_promises(path: Path) -> None:
    """Pass a file that is no MP4, or whose index promises only what the file can hold.

    Raises:
        MediaError: It promises more, or its index is of a size that no media has.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            read = 0
            for kind, start, end in _boxes(file, size):
                if kind == b"mdat":
                    continue
                read += end - start
                if read > _MOST_INDEX_BYTES:
                    raise MediaError(
                        f"{path} has a header that is larger than any media's.",
                        why=f"It takes more than {_MOST_INDEX_BYTES >> 20} MB.",
                        fix="Export the clip again from its camera or editor.",
                    )
                file.seek(start)
                _check(file.read(end - start), size, path)
    except OSError as error:
        raise MediaError(f"{path} cannot be read.", why=str(error)) from error


def _check(data: bytes, size: int, path: Path) -> None:
    for name in _NAMES.finditer(data):
        after = name.end() + 4  # version and flags
        if after + 8 > len(data):
            return
        first, second = struct.unpack_from(">II", data, after)
        if name[0] == b"stsz":
            count, least = second, second * (first or 4)
        elif name[0] == b"stz2":
            count, least = second, second // 2
        elif name[0] == b"elst":
            count, least = first, first * 12
        else:
            count, least = first, first
        nearby = data[max(0, name.start() - _NEAR_BYTES) : name.start()]
        is_sound = nearby.rfind(b"soun") > nearby.rfind(b"vide")
        if least > size or (count > MOST_FRAMES and not is_sound):
            raise MediaError(
                f"{path} promises more than it can hold.",
                why=f"Its index has {count} entries; the file has {size} bytes.",
                fix="Export the clip again from its camera or editor.",
            )


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, beginning and end of the contents of each outermost box; ends where there is none."""
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head[:8])
        if at == 0 and kind not in _FIRST:
            return
        start = at + 8
        if length == 1 and len(head) == 16:
            length, start = int.from_bytes(head[8:], "big"), at + 16
        elif length == 0:
            length = size - at
        if at + length < start:
            return
        yield kind, start, min(at + length, size)
        at += length
