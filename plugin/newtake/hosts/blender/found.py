"""Which versions of Blender are on this machine: their programs, and the folders of their users."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from newtake.hosts.blender.places import Places, Version, version_text

ASK_SECONDS = 60.0
_FOLDER = re.compile(r"(\d+)\.(\d+)")
_SAID = re.compile(r"^Blender (\d+)\.(\d+)", re.MULTILINE)

AskVersion = Callable[[Path], Version | None]


@dataclass(frozen=True, slots=True)
class FoundBlender:
    """A version of Blender."""

    version: Version
    addon: Path
    """The folder that our add-on has, or would have."""
    program: Path | None
    """None where only its user's folder is there."""

    @property
    def name(self) -> str:
        return f"Blender {version_text(self.version)}"


def find_blenders(places: Places, ask: AskVersion) -> tuple[FoundBlender, ...]:
    """Every version that has a program or a user's folder, the newest first.

    A Blender that is carried about, with its user's folder beside its program, counts by itself.

    Args:
        places: Where to look.
        ask: The version of a program whose files do not say it.
    """
    found: dict[Path, FoundBlender] = {}
    for program in programs_at(places):
        known = of_program(program, places, ask)
        if known is not None:
            found.setdefault(known.addon, known)
    if places.resources is None and places.user.is_dir():
        for folder in places.user.iterdir():
            version = _version_of(folder)
            if version is not None and folder.is_dir():
                addon = places.addon(version)
                found.setdefault(addon, FoundBlender(version, addon, None))
    return tuple(sorted(found.values(), key=lambda each: each.version, reverse=True))


def of_program(program: Path, places: Places, ask: AskVersion) -> FoundBlender | None:
    """The Blender of a program; None where it does not say its version."""
    carried = _bundled(program)
    version = carried[0] if carried else ask(program)
    if version is None:
        return None
    return FoundBlender(version, places.addon(version, _own_folder(carried)), program)


def programs_at(places: Places) -> Iterable[Path]:
    """The programs that are there, each once, by the path that is no link."""
    seen: set[Path] = set()
    for folder, pattern in places.programs:
        try:
            there = sorted(folder.glob(pattern), reverse=True)
        except OSError:
            continue
        for path in there:
            program = path.resolve()
            if program.is_file() and program not in seen:
                seen.add(program)
                yield program


def ask_version(program: Path) -> Version | None:
    """Start a program to have it say its version, without a window."""
    try:
        said = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ASK_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    numbers = _SAID.search(said.stdout.decode("utf-8", "replace"))
    return (int(numbers[1]), int(numbers[2])) if numbers else None


def _bundled(program: Path) -> tuple[Version, Path] | None:
    """The version by the folder that Blender's own downloads have beside the program."""
    resources = program.parent
    if program.parent.name == "MacOS":
        resources = program.parent.parent / "Resources"
    try:
        folders = [each for each in resources.iterdir() if (each / "scripts").is_dir()]
    except OSError:
        return None
    versions = [(version, each) for each in folders if (version := _version_of(each)) is not None]
    return max(versions) if versions else None


def _own_folder(carried: tuple[Version, Path] | None) -> Path | None:
    """What stands for the user's folder where Blender is carried about; None where nothing does.

    Since 4.2 it is `portable` beside the program's own files, before that the version's folder,
    once there is a `config` in it.
    """
    if carried is None:
        return None
    version, folder = carried
    if version >= (4, 2):
        portable = folder.with_name("portable")
        return portable if portable.is_dir() else None
    return folder if (folder / "config").is_dir() else None


def _version_of(folder: Path) -> Version | None:
    numbers = _FOLDER.fullmatch(folder.name)
    return (int(numbers[1]), int(numbers[2])) if numbers else None
