"""Where Blender keeps what we need on each operating system: values, nothing is opened.

The folders are those of Blender's manual (Blender's Directory Layout, 3.4 to 5.0). Everything is
computed from the platform's word and the environment, so that each system's answer can be had on
any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newtake.domain.errors import OutputError

OLDEST = (3, 4)
EXTENSIONS_SINCE = (4, 2)
"""From here on add-ons are extensions, with a manifest."""
PACKAGE = "new_take"
"""The add-on's folder, and the id of the extension."""
REPOSITORY = "user_default"
"""Blender's own name for the extensions that a user installs from disk."""

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Places:
    """One system's places. A place need not exist."""

    user: Path
    """Holds a folder for each version, named 4.5."""
    programs: tuple[tuple[Path, str], ...]
    """Folders, each with a pattern of where programs lie below it."""
    resources: Path | None
    """BLENDER_USER_RESOURCES: stands for the folder of every version."""
    scripts: Path | None
    """BLENDER_USER_SCRIPTS."""
    extensions: Path | None
    """BLENDER_USER_EXTENSIONS."""
    sandboxed: tuple[Path, ...]
    """Folders of builds that may start no program of another environment."""

    def addon(self, version: Version, own: Path | None = None) -> Path:
        """The folder of our add-on in a version of Blender.

        Args:
            version: Two numbers.
            own: The folder that stands for the user's, of a Blender that is carried about.
        """
        folder = own or self.resources or self.user / version_text(version)
        if version >= EXTENSIONS_SINCE:
            return (self.extensions or folder / "extensions") / REPOSITORY / PACKAGE
        return (self.scripts or folder / "scripts") / "addons" / PACKAGE


def version_text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def module_of(version: Version) -> str:
    """The name under which a version of Blender knows our add-on."""
    return f"bl_ext.{REPOSITORY}.{PACKAGE}" if version >= EXTENSIONS_SINCE else PACKAGE


def places_of(platform: str, environment: Mapping[str, str], *, root: Path = Path("/")) -> Places:
    """The places on a platform (`sys.platform`'s words) for the user of an environment.

    Args:
        platform: `win32`, `darwin`, and anything else for Linux.
        environment: HOME and XDG_CONFIG_HOME; on Windows APPDATA, PROGRAMFILES or their usual
            values; BLENDER_USER_RESOURCES and its like; PATH.
        root: What absolute places begin with, on systems that have one root.

    Raises:
        OutputError: The environment names no home folder.
    """
    separator = ";" if platform == "win32" else ":"
    name = "blender.exe" if platform == "win32" else "blender"
    user, programs, sandboxed = _of_system(platform, environment, root)
    on_path = tuple(
        (Path(each), name) for each in environment.get("PATH", "").split(separator) if each
    )
    return Places(
        user=user,
        programs=(*on_path, *programs),
        resources=_named(environment, "BLENDER_USER_RESOURCES"),
        scripts=_named(environment, "BLENDER_USER_SCRIPTS"),
        extensions=_named(environment, "BLENDER_USER_EXTENSIONS"),
        sandboxed=sandboxed,
    )


def _of_system(
    platform: str, environment: Mapping[str, str], root: Path
) -> tuple[Path, tuple[tuple[Path, str], ...], tuple[Path, ...]]:
    steam = Path("steamapps", "common", "Blender")
    programs: tuple[tuple[Path, str], ...]
    if platform == "win32":
        roaming = environment.get("APPDATA")
        appdata = (
            Path(roaming) if roaming else _home(environment, "USERPROFILE") / "AppData" / "Roaming"
        )
        files = Path(environment.get("PROGRAMFILES") or "C:\\Program Files")
        files32 = Path(environment.get("PROGRAMFILES(X86)") or "C:\\Program Files (x86)")
        vendor = "Blender Foundation"
        programs = ((files / vendor, "*/blender.exe"), (files32 / "Steam" / steam, "blender.exe"))
        return appdata / vendor / "Blender", programs, ()
    home = _home(environment, "HOME")
    if platform == "darwin":
        support = home / "Library" / "Application Support"
        inside = "Blender*.app/Contents/MacOS/Blender"
        programs = (
            (root / "Applications", inside),
            (root / "Applications", "Blender*/" + inside),
            (home / "Applications", inside),
            (support / "Steam" / steam, inside),
        )
        return support / "Blender", programs, ()
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    programs = (
        (root / "usr" / "bin", "blender"),
        (root / "usr" / "local" / "bin", "blender"),
        (root / "snap" / "bin", "blender"),
        (root / "opt", "[Bb]lender*/blender"),
        (home, "[Bb]lender*/blender"),
        (home / "Applications", "[Bb]lender*/blender"),
        (home / "Downloads", "[Bb]lender*/blender"),
        (home / ".local" / "share" / "Steam" / steam, "blender"),
        (home / ".steam" / "steam" / steam, "blender"),
    )
    flatpak = home / ".var" / "app" / "org.blender.Blender"
    return config / "blender", programs, (flatpak,)


def _named(environment: Mapping[str, str], name: str) -> Path | None:
    said = environment.get(name)
    return Path(said) if said else None


def _home(environment: Mapping[str, str], name: str) -> Path:
    home = environment.get(name)
    if not home:
        raise OutputError(
            "Blender's folder of add-ons cannot be told.",
            why=f"{name} is not set.",
            fix="Set it, or name Blender's folder with BLENDER_USER_RESOURCES.",
        )
    return Path(home)
