"""The frames in a ZIP that is not trusted: which there are, in order, and how each is opened.

What a ZIP declares is not believed, and refused where it would be too much.
"""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from newtake.domain.errors import NewTakeError, ResultError

MOST_MEMBERS = 2_000
MOST_BYTES_PER_FRAME = 256 * 1024 * 1024
MOST_BYTES = 24 * 1024**3
MOST_RATIO = 100
"""Unpacked over packed size, in packages that unpack to more than `FREELY_BYTES`: frames compress
to a third, zeros to a thousandth."""
FREELY_BYTES = 1024**3
_MOST_NAME_CHARACTERS = 255
_MOST_DIRECTORY_BYTES = 4 << 20
"""A ZIP's list of members; a library reads it at once and makes an object of each entry."""
_NUMBER = re.compile(r"(\d+)\D*$")

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    struct.error,
)
"""What the library raises for a damaged ZIP: also for names that are no UTF-8, for compressions it
does not know (NotImplementedError), and for places that no file has."""

Opener = Callable[[], IO[bytes]]


class PackedFile(io.FileIO):
    """A package, of which no more is read at once than honest ones ask for."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MOST_DIRECTORY_BYTES:
            raise zipfile.BadZipFile(f"Its directory has {size} bytes.")
        return super().read(-1 if size is None else size)

    def seek(self, place: int, whence: int = 0, /) -> int:
        if whence == os.SEEK_SET and place < 0:
            raise zipfile.BadZipFile("It refers to what lies before its beginning.")
        return super().seek(place, whence)


@dataclass(frozen=True, slots=True)
class PackedFrame:
    name: str
    open: Opener
    declared_bytes: int


def members_of(archive: zipfile.ZipFile, package: Path) -> list[PackedFrame]:
    """The EXR members in the order of the numbers in their names.

    Folders and other files (notes, previews) are passed over.
    """
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise _unsafe(package, f"it has {len(entries)} members; {MOST_MEMBERS} are the limit")
    numbered: list[tuple[int, zipfile.ZipInfo]] = []
    for entry in entries:
        if not entry.filename.lower().endswith(".exr"):
            continue
        if entry.filename.startswith("__MACOSX/"):
            continue
        if len(entry.filename) > _MOST_NAME_CHARACTERS:
            raise _unsafe(package, f"a name has {len(entry.filename)} characters")
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise _unsafe(package, f"the name {entry.filename!r} leads out of the folder")
        if entry.flag_bits & 1:
            raise _unsafe(package, f"{entry.filename!r} is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _unsafe(package, f"{entry.filename!r} is compressed in an unusual way")
        if entry.file_size > MOST_BYTES_PER_FRAME:
            raise _unsafe(package, f"{entry.filename!r} has {entry.file_size} bytes")
        match = _NUMBER.search(entry.filename.rsplit("/", 1)[-1])
        numbered.append((int(match[1]) if match else 0, entry))
    unpacked = sum(entry.file_size for _, entry in numbered)
    if unpacked > MOST_BYTES:
        raise _unsafe(package, f"it unpacks to more than {MOST_BYTES / 1e9:.0f} GB")
    packed = package.stat().st_size
    if unpacked > FREELY_BYTES and unpacked > MOST_RATIO * packed:
        raise _unsafe(package, f"{packed} bytes would unpack to {unpacked}")
    places = sorted((each.header_offset, each.compress_size) for each in entries)
    for (place, size), (following, _) in pairwise(places):
        if place + size > following:
            raise _unsafe(package, "members overlap")
    numbered.sort(key=lambda each: each[0])
    for (before, _), (after, entry) in pairwise(numbered):
        if after != before + 1:
            raise ResultError(
                f"The EXR frames in {package.name} are not one unbroken sequence.",
                why=f"Number {before} is followed by {after} ({entry.filename!r}).",
            )
    return [
        PackedFrame(entry.filename, _opener(archive, entry), entry.file_size)
        for _, entry in numbered
    ]


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Opener:
    return lambda: archive.open(entry)


def _unsafe(package: Path, why: str) -> NewTakeError:
    return ResultError(f"{package.name} is not safe to unpack.", why=f"In it, {why}.")
