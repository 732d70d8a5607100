"""Installing into Blender and looking at it, for this environment and this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import newtake
from newtake.bootstrap.installing import (
    FolderNote,
    command_here,
    left_behind,
    named_home,
    start_once,
)
from newtake.domain.errors import NewTakeError, StorageError
from newtake.domain.finding import Finding
from newtake.durable import write_durably
from newtake.hosts.blender import install as installing
from newtake.hosts.blender.enabling import NOT_ASKED, Enabled, enabling
from newtake.hosts.blender.found import (
    AskVersion,
    FoundBlender,
    ask_version,
    find_blenders,
    of_program,
)
from newtake.hosts.blender.packaging import Kind, Target, addon_files, target_file, zip_name, zipped
from newtake.hosts.blender.places import Places, Version, places_of
from newtake.hosts.blender.status import Facts, findings, gather
from newtake.hosts.installing.changes import Change, missing_folders, remove_empty

_FOLDERS = "blender_folders.json"
"""In New Take's home: the folders that `install` made, which `uninstall` takes away when empty."""
KINDS: tuple[Kind, ...] = ("extension", "classic")

AskEnabled = Callable[[FoundBlender, Literal["enable", "disable", "look"]], Enabled]


@dataclass(frozen=True, slots=True)
class Installation:
    """What an install or an uninstall does, or has done, in one Blender."""

    blender: FoundBlender
    changes: tuple[Change, ...]
    enabled: Enabled


@dataclass(frozen=True, slots=True)
class Asked:
    """Which Blenders are meant."""

    program: Path | None = None
    version: Version | None = None


def target_here(environment: Mapping[str, str]) -> Target:
    """What an add-on of this environment starts. Raises: OutputError."""
    return Target(command_here("blender", "open"), named_home(environment))


def install(
    environment: Mapping[str, str],
    asked: Asked,
    *,
    dry_run: bool = False,
    platform: str = sys.platform,
    root: Path = Path("/"),
    start: Callable[[Target], None] | None = None,
    ask: AskVersion = ask_version,
    ask_enabled: AskEnabled | None = None,
) -> tuple[tuple[Installation, ...], tuple[str, ...]]:
    """Put the add-on into the Blenders that are meant, or say what that would do; and notes.

    Args:
        environment: Of the user that Blender runs as.
        asked: Which are meant.
        dry_run: Plan only.
        platform: `sys.platform`'s word.
        root: What absolute places begin with.
        start: Proves that the target starts, before anything is written; None starts it.
        ask: The version of a program whose files do not say it.
        ask_enabled: Has a Blender switch it on; None starts that Blender without a window.

    Raises:
        OutputError: No Blender is there, or somebody else's folder is in the way.
        StorageError: A file cannot be written.
    """
    blenders = _meant(environment, asked, platform, root, ask)
    target = target_here(environment)
    files = addon_files(newtake.__version__)
    told = target_file(target, files)
    # All plans come before the first change: somebody else's folder stops them all.
    plans = [(each, installing.plan_install(each, files, told)) for each in blenders]
    if not dry_run:
        (start or (lambda it: start_once(it.command, "Blender")))(target)
        note = FolderNote(environment, _FOLDERS, root)
    done = []
    for blender, changes in plans:
        enabled = NOT_ASKED
        if not dry_run:
            note.write((*note.read(), *missing_folders(changes)))
            installing.carry_out(changes)
            enabled = (ask_enabled or partial(enabling, environment=environment))(blender, "enable")
        done.append(Installation(blender, changes, enabled))
    return tuple(done), left_behind(environment, "Blender")


def uninstall(
    environment: Mapping[str, str],
    asked: Asked,
    *,
    dry_run: bool = False,
    platform: str = sys.platform,
    root: Path = Path("/"),
    ask: AskVersion = ask_version,
    ask_enabled: AskEnabled | None = None,
) -> tuple[Installation, ...]:
    """Take the add-on away, or say what that would do. Arguments and errors as for `install`."""
    done = []
    for blender in _meant(environment, asked, platform, root, ask):
        changes, enabled = installing.plan_uninstall(blender), NOT_ASKED
        if changes and not dry_run:
            # First: a Blender that misses the files of what is on says so at every start.
            how = ask_enabled or partial(enabling, environment=environment)
            enabled = how(blender, "disable")
            # Blender's Python may have compiled files by that.
            changes = installing.plan_uninstall(blender)
            installing.carry_out(changes)
            note = FolderNote(environment, _FOLDERS, root)
            remove_empty(installing.emptied(changes))
            note.write(remove_empty(note.read()))
        done.append(Installation(blender, changes, enabled))
    return tuple(done)


def facts(
    environment: Mapping[str, str],
    *,
    platform: str = sys.platform,
    root: Path = Path("/"),
    ask: AskVersion = ask_version,
    ask_enabled: AskEnabled | None = None,
    look: bool = True,
) -> Facts:
    """What the disk says of Blender. Raises: OutputError, StorageError.

    Args:
        environment: The user's.
        platform: `sys.platform`'s word.
        root: What absolute places begin with.
        ask: The version of a program whose files do not say it.
        ask_enabled: Says whether the add-on is on; None starts that Blender without a window.
        look: Whether Blenders that have it are asked at all.
    """
    target, files = target_here(environment), addon_files(newtake.__version__)
    how = ask_enabled or partial(enabling, environment=environment)
    return gather(
        places_of(platform, environment, root=root),
        target,
        files,
        target_file(target, files),
        ask,
        (lambda blender: how(blender, "look")) if look else None,
    )


def doctors_findings(environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """What `doctor` says of Blender: nothing where New Take is not installed in one. Starts
    nothing."""
    try:
        looked_at = facts(environment, ask=lambda _: None, look=False)
    except NewTakeError:
        return ()
    installed = tuple(each for each in looked_at.standings if each.installed is not None)
    shown = Facts(looked_at.places, looked_at.target, installed, ())
    return tuple(
        Finding(each.name, "note" if each.state == "missing" else each.state, each.text, each.fix)
        for each in (findings(shown) if installed else ())
    )


def package(folder: Path) -> tuple[Path, ...]:
    """Write the zips that Blender itself installs, and replace those that are there.

    They hold no path of this machine. Raises: StorageError.
    """
    files = addon_files(newtake.__version__)
    written = []
    for kind in KINDS:
        path = folder / zip_name(kind, newtake.__version__)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_durably(path, zipped(files, kind))
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written.",
                why=error.strerror or str(error),
                fix="Name another folder with --out.",
            ) from error
        written.append(path)
    return tuple(written)


def _meant(
    environment: Mapping[str, str], asked: Asked, platform: str, root: Path, ask: AskVersion
) -> tuple[FoundBlender, ...]:
    places = places_of(platform, environment, root=root)
    found: tuple[FoundBlender, ...]
    if asked.program is not None:
        one = of_program(asked.program.expanduser().resolve(), places, ask)
        found = (one,) if one else ()
    else:
        found = find_blenders(places, ask)
    if asked.version is not None and not any(each.version == asked.version for each in found):
        found = _named(places, asked)
    return installing.meant(found, asked.version, asked.program)


def _named(places: Places, asked: Asked) -> tuple[FoundBlender, ...]:
    """A version of which nothing is there yet."""
    assert asked.version is not None
    program = asked.program.expanduser().resolve() if asked.program else None
    return (FoundBlender(asked.version, places.addon(asked.version), program),)
