"""Files that are complete or not there at all, also after the power went.

A file is written under a hidden name in its own folder, brought to the disk, renamed, and then the
folder, which holds the name, is brought to the disk as well.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_CANNOT = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM)
"""What file systems answer (network shares, FUSE) that cannot bring a folder to the disk."""


def write_durably(
    path: Path,
    data: bytes,
    *,
    mode: int = 0o666,
    check: Callable[[Path], None] | None = None,
) -> None:
    """Put a file in the place of what is there.

    Args:
        path: Replaced when it is there; its folder must be.
        data: The whole content.
        mode: The file's permissions, less the umask, from the first moment on.
        check: Shown the file before it gets its name; what it raises leaves everything as it was.

    Raises:
        OSError: It cannot be written; everything is as it was, except where only the folder could
            not be brought to the disk.
    """
    part = hidden_name(path)
    try:
        write_new(part, data, mode=mode)
        if check is not None:
            check(part)
        _rename(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def make_private(folder: Path) -> None:
    """Make a folder that this user alone can enter, and those above it that are missing.

    Prompts and the links of what was sent lie in files there. A folder that is there already stays
    as it is, whoever may enter it.

    Raises:
        OSError: It cannot be made, or is a file.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        # Some systems say another thing first than that it is there.
        if not folder.is_dir():
            raise


def put_in_place(part: Path, to: Path) -> None:
    """Rename what was written by another hand, a file or a folder of files that are on the disk.

    Raises:
        OSError: `part` is not there, or cannot be renamed.
    """
    if part.is_dir():
        _sync_folder(part)
    else:
        with part.open("rb") as file:
            os.fsync(file.fileno())
    _rename(part, to)


def put_new(part: Path, to: Path) -> None:
    """As `put_in_place`, where nothing has the name yet.

    Raises:
        FileExistsError: Something has it; it is left as it is.
        OSError: `part` is not there, or cannot be renamed.
    """
    # The name is taken first, empty: a rename alone would replace what came up meanwhile.
    with to.open("xb"):
        pass
    try:
        put_in_place(part, to)
    except OSError:
        to.unlink(missing_ok=True)
        raise


def write_new(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file that must not exist, and return when it is on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def hidden_name(path: Path) -> Path:
    """A name beside `path` that nobody else uses."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.part")


def _rename(part: Path, to: Path) -> None:
    os.replace(part, to)  # noqa: PTH105  # of files and of folders alike
    _sync_folder(to.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        # Windows opens no folder as a file, and keeps names in a journal of its own.
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
