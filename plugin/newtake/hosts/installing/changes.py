"""Changes of files in an editor's folders: planned as values, then carried out one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newtake.domain.errors import OutputError, StorageError
from newtake.durable import write_durably

LOOK_FIX = "Look at the folder."


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a plan."""

    path: Path
    action: Literal["write", "replace", "keep", "remove"]
    data: bytes = b""


def change_to(path: Path, data: bytes, there: bytes | None) -> Change:
    """What makes a file of ours hold `data`; `there` is what it holds, None where it is not."""
    if there is None:
        return Change(path, "write", data)
    return Change(path, "keep" if there == data else "replace", data)


def not_ours(path: Path, why: str) -> OutputError:
    return OutputError(
        f"{path} is not New Take's.",
        why=why,
        fix="Move it away or rename it, then run this again. Nothing was changed.",
    )


def missing_folders(changes: Sequence[Change]) -> tuple[Path, ...]:
    """The folders that carrying these changes out will make, outer ones first."""
    found: set[Path] = set()
    for change in changes:
        if change.action == "write":
            found |= {each for each in change.path.parents if not each.exists()}
    return tuple(sorted(found))


def remove_empty(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Take those folders away in which nothing is, inner ones first; gives those that stay."""
    left = []
    for folder in sorted(folders, reverse=True):
        try:
            folder.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            # Somebody put something into it, or may not be disturbed.
            left.append(folder)
    return tuple(sorted(left))


def carry_out(changes: Sequence[Change], denied_fix: str, fix: str = LOOK_FIX) -> None:
    """Do what was planned; each file is complete or as it was.

    Args:
        changes: The plan.
        denied_fix: What to do where the system refuses.
        fix: What to do where something else goes wrong.

    Raises:
        StorageError: A file cannot be written or removed; those before it are done, and running
            again does the rest.
    """
    for change in changes:
        try:
            if change.action == "remove":
                change.path.unlink(missing_ok=True)
            elif change.action != "keep":
                change.path.parent.mkdir(parents=True, exist_ok=True)
                write_durably(change.path, change.data)
        except OSError as error:
            raise denied(change.path, error, denied_fix, fix) from error


def read_there(path: Path, denied_fix: str, fix: str = LOOK_FIX) -> bytes | None:
    """What a file holds; None where there is none, empty where it is no file.

    Raises:
        StorageError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        # A link that leads nowhere is somebody's file all the same.
        return b"" if path.is_symlink() else None
    except IsADirectoryError:
        return b""
    except OSError as error:
        if path.is_dir():  # Windows calls reading a folder a refusal.
            return b""
        raise denied(path, error, denied_fix, fix) from error


def denied(path: Path, error: OSError, denied_fix: str, fix: str) -> StorageError:
    return StorageError(
        f"{path} cannot be used.",
        why=error.strerror or str(error),
        fix=denied_fix if isinstance(error, PermissionError) else fix,
    )
