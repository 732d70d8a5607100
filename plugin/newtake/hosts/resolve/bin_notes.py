"""Notes which bin an editor had open, on the disk, while an import makes ours the open one.

Where command and bridge die together inside that one request, nobody else would know.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from newtake.domain.errors import StorageError
from newtake.durable import write_new

_BEGINS = "resolve_bin_"


def note_file(folder: Path, project: str) -> Path:
    """Where it is noted for a project, by its unique id."""
    return folder / f"{_BEGINS}{hashlib.sha256(project.encode()).hexdigest()[:16]}.json"


def has_notes(folder: Path) -> bool:
    """Whether any project has one."""
    return any(folder.glob(f"{_BEGINS}*.json"))


def note_bin(file: Path, uid: str) -> None:
    """Raises: StorageError."""
    try:
        file.unlink(missing_ok=True)
        write_new(file, json.dumps({"bin": uid}).encode())
    except OSError as error:
        raise StorageError(f"{file} cannot be written.", why=str(error)) from error


def noted_bin(file: Path) -> str | None:
    """Its unique id; None where nothing is noted."""
    try:
        return str(json.loads(file.read_bytes())["bin"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
