"""Installing into DaVinci Resolve and looking at it, for this environment and this machine."""

from __future__ import annotations

import locale
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from newtake.bootstrap.installing import (
    FolderNote,
    command_here,
    left_behind,
    named_home,
    start_once,
)
from newtake.domain.choices import MenuLanguage
from newtake.domain.errors import NewTakeError, OutputError
from newtake.domain.finding import Finding
from newtake.hosts import resolve as resolve_package
from newtake.hosts.installing.changes import Change, missing_folders, remove_empty
from newtake.hosts.resolve import install as installing
from newtake.hosts.resolve.found import FoundResolve, find_resolves
from newtake.hosts.resolve.install import Choice
from newtake.hosts.resolve.launchers import Target, lua_entry, python_entry
from newtake.hosts.resolve.places import Places, places_of
from newtake.hosts.resolve.status import Facts, Reached, findings, gather
from newtake.settings import home_of

PROBE_SECONDS = 10.0
"""How long `status` waits for Resolve: a dialog that is open there answers nothing."""
_FOLDERS = "resolve_folders.json"
"""In New Take's home: the folders that `install` made, which `uninstall` takes away when empty."""
_BY_HAND = (
    "From 21.1 on the free edition lets its scripts start no program. There run "
    "`newtake resolve open --by-hand` in a terminal, then choose the menu entry."
)


@dataclass(frozen=True, slots=True)
class Installation:
    """What an install or an uninstall does, or has done."""

    scripts: Path
    changes: tuple[Change, ...]
    choice: Choice | None
    resolve: FoundResolve | None
    notes: tuple[str, ...] = ()


def target_here(environment: Mapping[str, str]) -> Target:
    """What a menu entry of this environment starts.

    Raises:
        OutputError: This Python does not know where it is.
    """
    folder = Path(resolve_package.__path__[0]).absolute()
    home = home_of(environment).absolute()
    return Target(
        command=command_here("resolve", "open"),
        bridge=str(folder / "bridge_doors.py"),
        spool_parent=str(home / "resolve"),
        home=named_home(environment),
    )


def install(
    environment: Mapping[str, str],
    *,
    for_everyone: bool = False,
    folder: Path | None = None,
    language: MenuLanguage | None = None,
    dry_run: bool = False,
    platform: str = sys.platform,
    root: Path = Path("/"),
    start: Callable[[Target], None] | None = None,
) -> Installation:
    """Put the menu entries in, or say what that would do.

    Args:
        environment: Of the user that Resolve runs as.
        for_everyone: Into the system's folder; needs an administrator's rights.
        folder: A folder of scripts that Resolve reads, instead of the usual one.
        language: The one language to write; None chooses by the Resolve that is found.
        dry_run: Plan only.
        platform: `sys.platform`'s word.
        root: What absolute places begin with.
        start: Proves that the target starts, before anything is written; None starts it.

    Raises:
        OutputError: Somebody else's file is in the way, or Resolve cannot start New Take at all.
        StorageError: A file cannot be written.
    """
    places = None if folder is not None else places_of(platform, environment, root=root)
    founds = find_resolves(places) if places else ()
    if places is not None:
        installing.refuse_store_build(founds, places)
    resolve = next((each for each in founds if not each.from_app_store), None)
    choice = installing.choose(resolve)
    if language is not None:
        choice = Choice((language,), "You chose the language.")
    target = target_here(environment)
    files, notes = installing.entries(target, choice, path_encoding=lua_path_encoding(platform))
    scripts = folder.absolute() if folder else _scripts(places, for_everyone=for_everyone)
    changes = installing.plan_install(scripts, files)
    if not dry_run:
        (start or (lambda it: start_once(it.command, "Resolve")))(target)
        note = FolderNote(environment, _FOLDERS, root)
        note.write((*note.read(), *missing_folders(changes)))
        installing.carry_out(changes)
    if "lua" in choice.languages:
        notes += (_BY_HAND,)
    in_lua = {"NEWTAKE_HOME": "an entry in Lua starts New Take with the usual home"}
    notes += left_behind(environment, "Resolve", in_lua if "lua" in choice.languages else None)
    if places is not None:
        notes += _twice(places, for_everyone=for_everyone)
    return Installation(scripts, changes, choice, resolve, notes)


def uninstall(
    environment: Mapping[str, str],
    *,
    for_everyone: bool = False,
    folder: Path | None = None,
    dry_run: bool = False,
    platform: str = sys.platform,
    root: Path = Path("/"),
) -> Installation:
    """Take the menu entries away, or say what that would do. Raises: as `install`."""
    places = None if folder is not None else places_of(platform, environment, root=root)
    scripts = folder.absolute() if folder else _scripts(places, for_everyone=for_everyone)
    changes = installing.plan_uninstall(scripts)
    if not dry_run:
        installing.carry_out(changes)
        note = FolderNote(environment, _FOLDERS, root)
        note.write(remove_empty(note.read()))
    notes = _elsewhere(places, for_everyone=for_everyone) if places is not None else ()
    return Installation(scripts, changes, None, None, notes)


def facts(
    environment: Mapping[str, str], *, platform: str = sys.platform, root: Path = Path("/")
) -> Facts:
    """What the disk says of Resolve. Raises: OutputError, StorageError."""
    target = target_here(environment)
    encoding = lua_path_encoding(platform)

    def written_now(name: str) -> bytes:
        try:
            return lua_entry(target, encoding) if name.endswith(".lua") else python_entry(target)
        except OutputError:
            return b""

    return gather(places_of(platform, environment, root=root), target, written_now)


async def status(
    environment: Mapping[str, str], *, platform: str = sys.platform, root: Path = Path("/")
) -> tuple[Facts, Reached | NewTakeError, tuple[Finding, ...]]:
    """The disk's facts, what came of asking Resolve from outside, and what both mean.

    Raises:
        OutputError: The environment names no home folder.
        StorageError: An entry cannot be read.
    """
    looked_at = facts(environment, platform=platform, root=root)
    answer = await probe(environment)
    return looked_at, answer, findings(looked_at, answer)


async def probe(environment: Mapping[str, str]) -> Reached | NewTakeError:
    """Ask Resolve from outside what is open in it; nothing is changed there."""
    from newtake.hosts.resolve.connection import ResolveConnection
    from newtake.hosts.resolve.messages import Call
    from newtake.hosts.resolve.transports import ChildBridge

    connection = ResolveConnection(
        lambda: ChildBridge.start(environment), answer_seconds=PROBE_SECONDS
    )
    try:
        hello = await connection.ready()
        names = []
        for what in ("project", "timeline"):
            try:
                (name,) = await connection.run(Call("GetName", on=what))
            except NewTakeError:
                name = ""  # None is open.
            names.append(str(name))
        return Reached(hello, *names)
    except NewTakeError as error:
        return error
    finally:
        await connection.aclose()


def doctors_findings(environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """What `doctor` says of Resolve: nothing where there is none, and nothing as missing, as a
    timeline's file is restyled without it. Starts nothing."""
    try:
        looked_at = facts(environment)
    except NewTakeError:
        return ()
    if not looked_at.resolves and not looked_at.entries:
        return ()
    return tuple(
        Finding(each.name, "note" if each.state == "missing" else each.state, each.text, each.fix)
        for each in findings(looked_at, None)
    )


def lua_path_encoding(platform: str) -> str:
    """What Lua's C library takes names of files in."""
    if platform != "win32":
        return "utf-8"
    return "mbcs" if sys.platform == "win32" else locale.getpreferredencoding(False)


def _scripts(places: Places | None, *, for_everyone: bool) -> Path:
    assert places is not None, "where no folder is named, the system's places are known"
    return installing.system_scripts(places) if for_everyone else places.user_scripts


def _twice(places: Places, *, for_everyone: bool) -> tuple[str, ...]:
    """What is to be said where the other folder has entries as well."""
    return tuple(f"{each} as well: Resolve lists both." for each in _others(places, for_everyone))


def _elsewhere(places: Places, *, for_everyone: bool) -> tuple[str, ...]:
    how = "without" if for_everyone else "with"
    return tuple(
        f"Still there: {each}; `newtake resolve uninstall` {how} --for-everyone takes it away."
        for each in _others(places, for_everyone)
    )


def _others(places: Places, for_everyone: bool) -> list[Path]:
    folders = [places.user_scripts] if for_everyone else [*places.system_scripts]
    return [path for folder in folders for path in installing.installed(folder)]
