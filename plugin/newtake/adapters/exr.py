"""Unpacks the EXR frames of a result: one file, or a ZIP that is not trusted.

Rule 1: a member's name decides nothing but the order; files get our own names, in our own folder.
Rule 2: what is written is counted while it is written; what a ZIP declares is not believed, and
refused where it would be too much.
Rule 3: the folder appears when it is complete, and is never changed afterwards.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from newtake.adapters.exr_package import (
    BROKEN,
    MOST_BYTES_PER_FRAME,
    PackedFile,
    PackedFrame,
    members_of,
)
from newtake.adapters.room import require_room, storage_error
from newtake.domain.errors import ResultError
from newtake.domain.exr_header import MAGIC
from newtake.domain.files import ExrFrames
from newtake.domain.plate import PlatePlan
from newtake.durable import put_in_place

_LEAST_PADDING = 6
_BLOCK = 1 << 20


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
            frames = [PackedFrame(package.name, lambda: package.open("rb"), size)]
            return _write(_chosen(frames, package, plate, choose), plate, folder, prefix, finish)
        with PackedFile(package) as file:
            if not zipfile.is_zipfile(file):
                raise ResultError(
                    f"{package.name} is neither an EXR file nor a ZIP.",
                    why=f"It begins with {magic.hex(' ') or 'nothing'}.",
                )
            with zipfile.ZipFile(file) as archive:
                frames = members_of(archive, package)
                if not frames:
                    return None
                chosen = _chosen(frames, package, plate, choose)
                return _write(chosen, plate, folder, prefix, finish)
    except BROKEN as error:
        raise ResultError(f"{package.name} cannot be unpacked.", why=str(error)) from error
    except OSError as error:
        raise storage_error(error, folder) from error


def _chosen(
    frames: list[PackedFrame],
    package: Path,
    plate: PlatePlan,
    choose: Callable[[int], Sequence[int]] | None,
) -> list[PackedFrame]:
    if choose is not None:
        return [frames[index] for index in choose(len(frames))]
    if len(frames) > 1:
        _check_count(len(frames), package, plate)
    return frames[: plate.media_range.duration]


def _write(
    wanted: list[PackedFrame],
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


def _write_frame(frame: PackedFrame, to: Path) -> None:
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
