"""Puts the add-on into the folders of Blender's versions, and takes it away again.

What is to be done is planned first, as values; only folders of New Take's are ever changed, and in
them only the files that New Take wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from newtake.domain.errors import OutputError
from newtake.hosts.blender.found import FoundBlender
from newtake.hosts.blender.packaging import INIT, MANIFEST, TARGET, is_ours, read_target
from newtake.hosts.blender.places import EXTENSIONS_SINCE, OLDEST, Version, version_text
from newtake.hosts.installing import changes as changing
from newtake.hosts.installing.changes import Change

_DENIED_FIX = "Make the folder or its permissions right, then run this again."


def meant(
    found: Sequence[FoundBlender], version: Version | None, program: Path | None
) -> tuple[FoundBlender, ...]:
    """Those that are asked for: all that are not too old, or the one that is named.

    Raises:
        OutputError: There is none.
    """
    oldest = version_text(OLDEST)
    if version is not None:
        found = [each for each in found if each.version == version]
    usable = tuple(each for each in found if each.version >= OLDEST)
    if usable:
        return usable
    if found:
        raise OutputError(
            f"{found[0].name} is too old.",
            why=f"New Take works in Blender {oldest} and later.",
            fix="Install a later Blender; it opens the same files.",
        )
    if program is not None:
        raise OutputError(
            f"{program} does not say which Blender it is.",
            fix="Name Blender's own program, or its version with --version.",
        )
    raise OutputError(
        "No Blender was found.",
        why="Neither a program at the usual places nor a folder of its user.",
        fix="Name its program with --blender, or its version with --version: 4.5.",
    )


def plan_install(
    blender: FoundBlender, files: Mapping[str, bytes], target: bytes
) -> tuple[Change, ...]:
    """What makes the add-on's folder hold exactly these files of ours.

    Args:
        blender: That gets it.
        files: The add-on's.
        target: Content of the file that says what the add-on starts.

    Raises:
        OutputError: The folder is somebody else's.
        StorageError: What is there cannot be read.
    """
    folder = blender.addon
    wanted = {**files, TARGET: target}
    if blender.version < EXTENSIONS_SINCE:
        wanted.pop(MANIFEST, None)
    there = {each.name: each for each in _files_in(folder)}
    if there and not _is_ours(folder):
        raise changing.not_ours(
            folder, f"It was there already, and its {INIT} does not begin with New Take's mark."
        )
    changes = [
        changing.change_to(folder / name, data, _read(folder / name))
        for name, data in wanted.items()
    ]
    # What says that the folder is ours comes first, and goes last.
    changes.sort(key=lambda each: each.path.name != INIT)
    old = [name for name in _written(folder) if name in there and name not in wanted]
    return (*changes, *(Change(folder / name, "remove") for name in old), *_compiled(folder, old))


def plan_uninstall(blender: FoundBlender) -> tuple[Change, ...]:
    """Every file of ours; nothing where the folder is somebody else's.

    Raises:
        StorageError: What is there cannot be read.
    """
    folder = blender.addon
    if not _is_ours(folder):
        return ()
    there = {each.name for each in _files_in(folder)}
    ours = sorted(set(_written(folder)) & there, key=lambda each: (each == INIT, each))
    return (*_compiled(folder, ours), *(Change(folder / name, "remove") for name in ours))


def is_installed(blender: FoundBlender) -> bool:
    """Raises: StorageError."""
    return _is_ours(blender.addon)


def carry_out(changes: Sequence[Change]) -> None:
    """Do what was planned. Raises: as `installing.changes.carry_out`."""
    changing.carry_out(changes, _DENIED_FIX)


def emptied(changes: Sequence[Change]) -> tuple[Path, ...]:
    """The folders that may be empty once files were removed."""
    return tuple({each.path.parent for each in changes if each.action == "remove"})


def _written(folder: Path) -> tuple[str, ...]:
    """The files that an installer wrote; those of a zip that Blender unpacked are all but
    unknown ones."""
    said = _read(folder / TARGET)
    if said is not None:
        _, names = read_target(said)
        return (*names, TARGET)
    return tuple(each.name for each in _files_in(folder) if each.suffix in (".py", ".toml"))


def _compiled(folder: Path, names: Sequence[str]) -> tuple[Change, ...]:
    """What Blender's Python made of our files."""
    cache = folder / "__pycache__"
    stems = {Path(name).stem for name in names}
    return tuple(
        Change(each, "remove") for each in _files_in(cache) if each.name.split(".")[0] in stems
    )


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if not each.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return [folder] if folder.exists() or folder.is_symlink() else []
    except OSError as error:
        raise changing.denied(folder, error, _DENIED_FIX, changing.LOOK_FIX) from error


def _is_ours(folder: Path) -> bool:
    init = _read(folder / INIT)
    return init is not None and is_ours(init)


def _read(path: Path) -> bytes | None:
    return changing.read_there(path, _DENIED_FIX)
