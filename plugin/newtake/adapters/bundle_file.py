"""A report's texts as one ZIP file that is complete or not there, and replaces nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from newtake.domain.errors import SettingsError, StorageError
from newtake.durable import write_durably


def refuse_taken(path: Path) -> None:
    """Raise SettingsError when there is something under this name."""
    if path.exists() or path.is_symlink():
        raise _taken(path)


def write_bundle(path: Path, texts: Mapping[str, str]) -> None:
    """Write the texts as members of a ZIP that only this user can read.

    Raises:
        SettingsError: There is something under this name; it is left as it is.
        StorageError: It cannot be written; nothing is left behind.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text.encode("utf-8", "backslashreplace"))
    claimed = False

    def claim(_part: Path) -> None:
        nonlocal claimed
        path.open("xb").close()
        claimed = True

    try:
        write_durably(path, packed.getvalue(), mode=0o600, check=claim)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        if claimed and path.is_file() and path.stat().st_size == 0:
            path.unlink()
        raise StorageError(
            f"{path} cannot be written.",
            why=error.strerror or str(error),
            fix="Give --bundle another place.",
        ) from error


def _taken(path: Path) -> SettingsError:
    return SettingsError(
        f"{path} is there already, and nothing is written over.", fix="Give --bundle another name."
    )
