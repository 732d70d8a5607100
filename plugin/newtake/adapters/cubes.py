"""Look-up tables on the disk: read once when planned, and again, unchanged, when a plate is cut.

A file is read whole, checked, and written anew in one plain spelling beside the plate: ffmpeg's own
reader never sees what somebody else wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newtake.adapters.room import storage_error
from newtake.domain.cube import MOST_BYTES, Cube, Lut, read_cube
from newtake.domain.errors import MediaError, SettingsError

_FIX = "Export the table again as a .cube file (1D, or 3D with up to 65 points)."


def read_lut(path: Path) -> Lut:
    """What is journalled of a table. Raises: SettingsError if it is not one, or not a right one."""
    path = path.absolute()
    try:
        data = _read(path)
        cube = _parsed(data)
    except (OSError, ValueError) as error:
        fix = _FIX if path.is_file() else "Give the path of a .cube file."
        raise SettingsError(
            f"The look-up table {path} cannot be used.", why=_reason(error), fix=fix
        ) from error
    return Lut(path, hashlib.sha256(data).hexdigest(), cube.kind, cube.size)


@contextmanager
def table_of(lut: Lut, plate: Path) -> Iterator[Path]:
    """The table in a file beside the plate, as ffmpeg reads it; removed at the end.

    Its name ends in `.cube`, by which ffmpeg knows what it is; one that a dead process left is
    written over.

    Raises:
        MediaError: The file is gone, or is not what it was when it was planned with.
        StorageError: The folder of the plate cannot be written.
    """
    text = _unchanged(lut).written()
    to = plate.with_name(f".{plate.name}.cube")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, "ascii")
    except OSError as error:
        raise storage_error(error, to) from error
    try:
        yield to
    finally:
        to.unlink(missing_ok=True)


def _unchanged(lut: Lut) -> Cube:
    try:
        data = _read(lut.path)
    except (OSError, ValueError) as error:
        raise MediaError(
            f"The look-up table {lut.path} is gone.",
            why=_reason(error),
            fix="Put it back, then `newtake jobs resume`; or restyle with another one.",
        ) from error
    if hashlib.sha256(data).hexdigest() != lut.sha256:
        raise MediaError(
            f"The look-up table {lut.path} has changed since the plan was made.",
            why=f"Its SHA-256 was {lut.sha256[:12]}… and is "
            f"{hashlib.sha256(data).hexdigest()[:12]}… now.",
            fix="Put the old one back, then `newtake jobs resume`; or restyle with the new one.",
        )
    return _parsed(data)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise ValueError("There is no such file.")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"It has more than {MOST_BYTES >> 20} MB.")
    return data


def _parsed(data: bytes) -> Cube:
    # Only the title may hold other letters, and nothing is made of it.
    return read_cube(data.decode("utf-8-sig", "replace"))


def _reason(error: Exception) -> str:
    text = str(error).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
