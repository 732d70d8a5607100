"""A take's sidecar, read: what is missing or no record of a take is as if it was not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_MOST_BYTES = 8 << 20
"""A take of many parts has kilobytes; a dropped-frame list of a long one a megabyte."""


def read_sidecar(movie: Path | None, name: str) -> tuple[Path, Mapping[str, Any]] | None:
    """The sidecar of a take and where it is; None where there is none that can be read.

    Args:
        movie: The take's; None where it is no file of this machine.
        name: The sidecar's own name, as the timeline says it; may be empty.
    """
    if movie is None:
        return None
    plain = name if name and Path(name).name == name else ""
    for path in dict.fromkeys((movie.with_name(plain or movie.name), movie.with_suffix(".json"))):
        if path.suffix == ".json" and (found := _read(path)) is not None:
            return path, found
    return None


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        document = json.loads(data) if len(data) <= _MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and "newtake" in document else None
