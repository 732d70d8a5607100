"""Unpacks the EXR frames of a result: one file, or a ZIP that is not trusted.

Rule 1: a member's name decides nothing but the order; files get our own names, in our own folder.
Rule 2: what is written is counted while it is written; what a ZIP declares is not believed, and
refused where it would be too much.
Rule 3: the folder appears when it is complete, and is never changed afterwards.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import IO

from newtake.adapters.room import require_room, storage_error
from newtake.domain.errors import NewTakeError, ResultError
from newtake.domain.exr_header import MAGIC
from newtake.domain.files import ExrFrames
from newtake.domain.plate import PlatePlan
from newtake.durable import put_in_place

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
_LEAST_PADDING = 6
_BLOCK = 1 << 20
_NUMBER = re.compile(r"(\d+)\D*$")

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    struct.error,
)
"""What the library raises for a damaged ZIP: also for names that are no UTF-8, and for places that
no file has."""

Opener = Callable[[], IO[bytes]]


class _PackedFile(io.FileIO):
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
class _Frame:
    name: str
    open: Opener
    declared_bytes: int


def unpack_exr_frames(
    package: Path,
    plate: PlatePlan,
    *,
    folder: Path,
    prefix: str,
    choose: Callable[[int], Sequence[int]] | None = None,
    finish: Callable[[ExrFrames], None] | None = None,
) -> ExrFrames | None:
    """Write the frames of the take that `package` holds, as they came.

    Held frames and a model's extra one are left out. Files are called prefix, number of the media
    frame in the media's time base, ".exr".

    Args:
        package: A ZIP of frames, or one frame.
        plate: The plate that was sent.
        folder: Where to; it appears when it is complete.
        prefix: What the files' names begin with.
        choose: For so many frames, which of them each frame of the take is, in order. None: frame
            i of the package is plate frame i.
        finish: Shown the frames before the folder has its name; what it raises leaves none.

    Returns:
        What was written, or what an earlier call wrote; None for a ZIP without any EXR.

    Raises:
        ResultError: If the package is broken, not safe to unpack, or has frames that cannot be the
            plate's.
        StorageError: If the frames cannot be written.
    """
    try:
        with package.open("rb") as file:
            magic = file.read(4)
        if magic == MAGIC:
            size = package.stat().st_size
            frames = [_Frame(package.name, lambda: package.open("rb"), size)]
            return _write(_chosen(frames, package, plate, choose), plate, folder, prefix, finish)
        with _PackedFile(package) as file:
            if not zipfile.is_zipfile(file):
                raise ResultError(
                    f"{package.name} is neither an EXR file nor a ZIP.",
                    why=f"It begins with {magic.hex(' ') or 'nothing'}.",
                )
            with zipfile.ZipFile(file) as archive:
                frames = _members(archive, package)
                if not frames:
                    return None
                chosen = _chosen(frames, package, plate, choose)
                return _write(chosen, plate, folder, prefix, finish)
    except _BROKEN as error:
        raise ResultError(f"{package.name} cannot be unpacked.", why=str(error)) from error
    except OSError as error:
        raise storage_error(error, folder) from error


def _members(archive: zipfile.ZipFile, package: Path) -> list[_Frame]:
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
        _Frame(entry.filename, _opener(archive, entry), entry.file_size) for _, entry in numbered
    ]


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Opener:
    return lambda: archive.open(entry)


def _chosen(
    frames: list[_Frame],
    package: Path,
    plate: PlatePlan,
    choose: Callable[[int], Sequence[int]] | None,
) -> list[_Frame]:
    if choose is not None:
        return [frames[index] for index in choose(len(frames))]
    if len(frames) > 1:
        _check_count(len(frames), package, plate)
    return frames[: plate.media_range.duration]


def _write(
    wanted: list[_Frame],
    plate: PlatePlan,
    folder: Path,
    prefix: str,
    finish: Callable[[ExrFrames], None] | None,
) -> ExrFrames:
    frames = plate.media_range
    padding = max(_LEAST_PADDING, len(str(frames.end - 1)))
    written = ExrFrames(folder, prefix, padding, frames.start, len(wanted), frames.rate)
    names = [each.name for each in written.files]
    if folder.exists() and sorted(each.name for each in folder.iterdir()) == sorted(names):
        return written
    require_room(sum(frame.declared_bytes for frame in wanted), folder, "The EXR frames")
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)  # of a process that died and had our number
        part.mkdir(parents=True)
        for frame, name in zip(wanted, names, strict=True):
            _write_frame(frame, part / name)
        if finish is not None:
            finish(replace(written, folder=part))
        if folder.exists():
            folder.rmdir()  # an empty one is as good as none; a full one is not ours and stays
        put_in_place(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return written


def _check_count(count: int, package: Path, plate: PlatePlan) -> None:
    needed = plate.clip_offset + plate.clip_frames
    if needed <= count <= plate.length + 1:
        return
    raise ResultError(
        f"{package.name} holds {count} EXR frames; the plate has {plate.length}.",
        why=f"The clip's last frame is number {needed} of the plate."
        if count < needed
        else "Which of them belongs to which frame of the plate is not known.",
    )


def _write_frame(frame: _Frame, to: Path) -> None:
    size = 0
    with frame.open() as source, to.open("xb") as target:
        while block := source.read(_BLOCK):
            if size == 0 and not block.startswith(MAGIC):
                raise ResultError(f"{frame.name} is not an EXR file, whatever it is called.")
            size += len(block)
            if size > MOST_BYTES_PER_FRAME:
                raise ResultError(f"{frame.name} unpacks to more than it may.")
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    if size == 0:
        raise ResultError(f"{frame.name} is empty.")
    if size != frame.declared_bytes:
        raise ResultError(f"{frame.name} has {size} bytes and says {frame.declared_bytes}.")


def _unsafe(package: Path, why: str) -> NewTakeError:
    return ResultError(f"{package.name} is not safe to unpack.", why=f"In it, {why}.")
