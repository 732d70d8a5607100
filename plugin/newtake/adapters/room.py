"""Room on a disk: asked for before a step writes, so that it does not fail in its middle."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from newtake.domain.errors import StorageError

LEFT_OVER_BYTES = 8 << 20
"""For the journal, the sidecar and the timeline, which are written after the large file."""
_NOTHING_BYTES = 64 << 10
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""The second, a quota, is not known to Windows."""
_FIX = "Make room, then `newtake jobs resume`."


def require_room(needed_bytes: int, to: Path, what: str) -> None:
    """Return when the disk of `to` has that much room and some to spare.

    Args:
        needed_bytes: Known, or estimated on the safe side.
        to: A file or folder; it need not be there.
        what: For the error: "The plate".
    Raises:
        StorageError: It has not.
    """
    there = next(each for each in (to, *to.parents) if each.exists())
    free = shutil.disk_usage(there).free
    if needed_bytes + LEFT_OVER_BYTES > free:
        raise StorageError(
            f"There is too little room for {what[:1].lower()}{what[1:]} on the disk of {to}.",
            why=f"It may take {_megabytes(needed_bytes + LEFT_OVER_BYTES)}; "
            f"{_megabytes(free)} are free.",
            fix=_FIX,
        )


def has_room(for_file: Path) -> bool:
    """Whether the disk of a file takes anything more at all; True where that cannot be asked."""
    try:
        return shutil.disk_usage(for_file.parent).free > _NOTHING_BYTES
    except OSError:
        return True


def storage_error(error: OSError, where: Path) -> StorageError:
    """The operating system's word about a disk, as the user's error."""
    if error.errno in _FULL:
        return StorageError(f"The disk of {where} is full.", why=str(error), fix=_FIX)
    return StorageError(f"{where} cannot be written.", why=str(error))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
