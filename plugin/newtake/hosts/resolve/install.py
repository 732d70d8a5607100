"""Puts the menu entries into Resolve's folder of scripts, and takes them away again.

What is to be done is planned first, as values; only files that New Take wrote are ever replaced or
removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newtake.domain.choices import MenuLanguage
from newtake.domain.errors import OutputError
from newtake.hosts.installing import changes as changing
from newtake.hosts.installing.changes import Change
from newtake.hosts.resolve.found import FoundResolve, version_text
from newtake.hosts.resolve.launchers import Target, is_ours, lua_entry, python_entry
from newtake.hosts.resolve.places import Places

PAGES = ("Edit", "Utility")
"""The sub-folders that get an entry: the Edit page's own, and that of every page."""

PYTHON_NAME = "New Take.py"
LUA_NAME = "New Take.lua"
LUA_NAME_BESIDE_PYTHON = "New Take (Lua).lua"
"""Told apart from the other where a Resolve may list both."""

NAMES = (PYTHON_NAME, LUA_NAME, LUA_NAME_BESIDE_PYTHON)

_DENIED_FIX = (
    "Run it again as an administrator, or name a folder of your own: without --for-everyone, or "
    "with --folder."
)
_FIX = "Look at the folder, or name another one with --folder."


@dataclass(frozen=True, slots=True)
class Choice:
    """Which languages' entries are put into the menu, and why."""

    languages: tuple[MenuLanguage, ...]
    why: str

    def names(self) -> Mapping[str, MenuLanguage]:
        """The files of one sub-folder."""
        beside = "python" in self.languages
        lua_name = LUA_NAME_BESIDE_PYTHON if beside else LUA_NAME
        return {PYTHON_NAME if each == "python" else lua_name: each for each in self.languages}


def choose(found: FoundResolve | None) -> Choice:
    """One entry where it is known which works, else one of each language, told apart by name.

    The free edition lists no scripts in Python from 21.1 on (observed by several plugins;
    Blackmagic's documents do not say so) and runs those in Lua; every other one lists both.
    """
    if found is None:
        return Choice(
            ("python", "lua"), "No Resolve was found, so its edition and version are not known."
        )
    if found.edition == "studio":
        return Choice(("python",), "Resolve Studio runs scripts in Python.")
    if found.at_least_21_1 and found.edition == "free":
        return Choice(("lua",), "The free edition lists no scripts in Python from 21.1 on.")
    if found.version is not None and not found.at_least_21_1:
        known = version_text(found.version)
        return Choice(("python",), f"Resolve {known} runs scripts in Python in both editions.")
    return Choice(
        ("python", "lua"),
        f"{found.name}: whether it lists scripts in Python cannot be told from its files.",
    )


def refuse_store_build(founds: Sequence[FoundResolve], places: Places) -> None:
    """Refuse where the only Resolve is one of Apple's store.

    Raises:
        OutputError: With the reason.
    """
    if any(not each.from_app_store for each in founds):
        return
    containers = [each for each in places.store_containers if each.exists()]
    where = founds[0].app if founds else (containers[0] if containers else None)
    if where is None:
        return
    raise OutputError(
        "This Resolve comes from the Mac App Store and cannot start New Take.",
        why=f"Apple's sandbox lets its scripts start no program of another environment ({where}).",
        fix="Install DaVinci Resolve from blackmagicdesign.com; it opens the same projects. "
        "--folder names a folder of scripts if there is such a Resolve already.",
    )


def entries(
    target: Target, choice: Choice, *, path_encoding: str = "utf-8"
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files of one sub-folder by name, and what has to be said of those left out.

    Raises:
        OutputError: No entry can be written.
    """
    files: dict[str, bytes] = {}
    notes: list[str] = []
    for name, language in choice.names().items():
        if language == "python":
            files[name] = python_entry(target)
            continue
        try:
            files[name] = lua_entry(target, path_encoding)
        except OutputError as error:
            if "python" not in choice.languages:
                raise
            notes.append(f"No entry in Lua: {error.what} {error.why} {error.fix}")
    return files, tuple(notes)


def plan_install(scripts: Path, files: Mapping[str, bytes]) -> tuple[Change, ...]:
    """What makes the sub-folders of `scripts` hold exactly these files of ours.

    Raises:
        OutputError: A file of somebody else has the name of one of ours.
        StorageError: What is there cannot be read.
    """
    changes = []
    for page in PAGES:
        for name in NAMES:
            path = scripts / page / name
            there = _read(path)
            if name not in files:
                if there is not None and is_ours(there):
                    changes.append(Change(path, "remove"))
                continue
            if there is not None and not is_ours(there):
                raise changing.not_ours(
                    path, "The file was there already and does not begin with New Take's mark."
                )
            changes.append(changing.change_to(path, files[name], there))
    return tuple(changes)


def plan_uninstall(scripts: Path) -> tuple[Change, ...]:
    """Every entry of ours below `scripts`; files of others with their names are left out.

    Raises:
        StorageError: What is there cannot be read.
    """
    return tuple(Change(path, "remove") for path in installed(scripts))


def installed(scripts: Path) -> tuple[Path, ...]:
    """The entries of ours below a folder of scripts.

    Raises:
        StorageError: What is there cannot be read.
    """
    paths = [scripts / page / name for page in PAGES for name in NAMES]
    return tuple(path for path in paths if (data := _read(path)) is not None and is_ours(data))


def carry_out(changes: Sequence[Change]) -> None:
    """Do what was planned. Raises: as `installing.changes.carry_out`."""
    changing.carry_out(changes, _DENIED_FIX, _FIX)


def system_scripts(places: Places) -> Path:
    """Everybody's folder: of several, that whose Resolve is there, else the first."""
    there = [each for each in places.system_scripts if each.parent.parent.exists()]
    return (there or list(places.system_scripts))[0]


def _read(path: Path) -> bytes | None:
    return changing.read_there(path, _DENIED_FIX, _FIX)
