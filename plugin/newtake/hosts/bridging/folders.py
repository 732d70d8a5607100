"""Whether takes can be kept in a folder beside an editor's project."""

from __future__ import annotations

from pathlib import Path

from newtake.domain.errors import StorageError
from newtake.durable import hidden_name, write_new


def check_folder(folder: Path) -> None:
    """See by trying that files can be written into a folder, or into the first above it that is.

    Nothing is left there. Raises: StorageError.
    """
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    trial = hidden_name(there / folder.name)
    try:
        write_new(trial, b"")
        trial.unlink()
    except OSError as error:
        raise StorageError(
            f"Takes cannot be written into {folder}.",
            why=f"{error.strerror or error}.",
            fix="Make the folder or its permissions right, or set another one for takes.",
        ) from error
