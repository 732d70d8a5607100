"""The files of New Take's own around the draft of one timeline: where they lie, and what is kept.

Each timeline has a folder of its own under NEWTAKE_HOME, named after its path.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from newtake.domain.errors import OutputError, StorageError, TimelineError
from newtake.domain.files import HostTarget
from newtake.durable import make_private, write_durably

JSON = (".otio", ".json")
_LINKS_MAX = 40


def real_file(path: Path) -> Path:
    """The file that a path names: of a link the one that it leads to, where it counts its
    relative addresses from. Folders keep the names that they were reached by."""
    path = path.absolute()
    for _ in range(_LINKS_MAX):
        if not path.is_symlink():
            break
        path = Path(os.path.normpath(path.parent / path.readlink()))
    return path


def place_of(timeline: Path, home: Path) -> Path:
    """The folder of a timeline's draft, made where it is not there. Raises: StorageError."""
    name = hashlib.sha256(os.fsencode(timeline.resolve())).hexdigest()[:16]
    place = home / "panel" / name
    try:
        make_private(place)
    except OSError as error:
        raise StorageError(
            f"The folder {place} cannot be made.",
            why=f"{error.strerror}.",
            fix="Make room, or set NEWTAKE_HOME to another folder.",
        ) from error
    return place


def target_place(target: HostTarget) -> Path:
    """The folder of the draft that a target has."""
    assert target.draft is not None
    return target.draft.parent


def draft_in(place: Path, timeline: Path) -> Path:
    """The draft's file: the first name that is no signpost to where a draft went on.

    Raises:
        TimelineError: What lies there cannot be read.
    """
    from otio_newtake.drafting import is_signpost

    number = 1
    while True:
        stem = timeline.stem if number == 1 else f"{timeline.stem}_{number}"
        draft = place / f"{stem}.otio"
        try:
            if not is_signpost(draft):
                return draft
        except TimelineError as error:
            raise TimelineError(
                f"The draft of {timeline.name} cannot be read.",
                why=f"{draft}: {error.what}",
                fix="Move that file away to begin a new one; the takes' files lie beside the "
                "timeline.",
            ) from error
        number += 1


def keep(place: Path, raw: bytes, suffix: str, word: str = "before") -> Path:
    """Keep bytes under a name with the moment; where they lie. Raises: StorageError."""
    stem = f"{word}_{datetime.now():%Y%m%d-%H%M%S}"
    path, number = place / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = place / f"{stem}_{number}{suffix}"
    try:
        write_durably(path, raw)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written, so nothing was replaced.", why=f"{error.strerror}."
        ) from error
    return path


def bytes_of(path: Path) -> bytes | None:
    """What a file holds; None where there is none. Raises: OutputError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(
            f"{path} cannot be read, so it is not written over.", why=f"{error.strerror}."
        ) from error


def why_not_written(path: Path) -> str:
    """Why a file at this path could not be replaced, a sentence; empty where it could."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return f"Nothing can be written into {path.parent}."
    if path.is_dir():
        return f"{path.name} is a folder."
    if path.exists() and (not os.access(path, os.W_OK) or not path.stat().st_mode & 0o222):
        return f"{path.name} is write-protected."
    return ""


def check_name(path: Path) -> None:
    """Refuse a name that no timeline with takes can have. Raises: OutputError."""
    if path.suffix.lower() not in JSON:
        raise OutputError(
            f"A timeline with takes cannot be saved as {path.name}.",
            why="Its name says no timeline format that can be written.",
            fix="Give it a name that ends in .otio, .xml, .fcpxml, .edl, .aaf or .kdenlive.",
        )


def why_not_saved(timeline: Path) -> str:
    """Why a timeline's own file is not written, a sentence."""
    suffix = timeline.suffix.lower()
    if suffix == ".otiod":
        return f"{timeline.name} is a bundle: what lies in it is not written over."
    if suffix not in JSON:
        return f"{timeline.name} is in a format that holds no takes."
    return why_not_written(timeline) if timeline.exists() else ""


def unchanged(seen: Mapping[Path, bytes | None]) -> Callable[[], None]:
    """What refuses when a file is not as it was seen; None is no file."""

    def look() -> None:
        for path, raw in seen.items():
            if bytes_of(path) != raw:
                raise changed(path)

    return look


def changed(path: Path) -> OutputError:
    """The refusal of a save over what another program has written."""
    return OutputError(
        f"{path.name} was changed by another program.",
        why="Saving would lose what was done to it there.",
        fix="Read it anew and carry your takes over, save as another file, or save all the same: "
        "what is there is kept.",
    )
