"""Where DaVinci Resolve keeps what we need on each operating system: values, nothing is opened.

The folders are those of Blackmagic's scripting README (17.4 to 21.1), the logs those that its users
report. Everything is computed from the platform's word and the environment, so that each system's
answer can be had on any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newtake.domain.errors import OutputError

MAC_APP_STORE_IDS = (
    "com.blackmagic-design.DaVinciResolveLite",
    "com.blackmagic-design.DaVinciResolveAppStore",
)
"""Bundle identifiers of the free edition and of Studio from Apple's store, as observed.

The build of Blackmagic's website is `com.blackmagic-design.DaVinciResolve` in both editions.
"""


@dataclass(frozen=True, slots=True)
class Places:
    """One system's places. A place need not exist."""

    user_scripts: Path
    """The current user's `Scripts` folder; its sub-folders are pages of Resolve."""
    system_scripts: tuple[Path, ...]
    """Everybody's `Scripts` folder; where there are several, the first that fits is it."""
    apps: tuple[Path, ...]
    """Programs or bundles; the first that exists is the Resolve of this machine."""
    store_containers: tuple[Path, ...]
    """Folders of the builds that Apple's store sells. They may outlive their program."""
    built_in_pythons: tuple[Path, ...]
    """The interpreter that Resolve ships from 21.1 on."""
    log: Path
    """The log of the program's runs, with its edition and version at each start."""
    version_file: Path | None
    """What the program's last start wrote of its version, where that is known to exist."""
    scripting_module: Path
    """`DaVinciResolveScript.py`, through which a program outside reaches Resolve."""

    @property
    def fusion_profiles(self) -> Path:
        """Where the program writes Fusion's preferences, a folder for each profile; as observed."""
        return self.user_scripts.parent / "Profiles"


def places_of(platform: str, environment: Mapping[str, str], *, root: Path = Path("/")) -> Places:
    """The places on a platform (`sys.platform`'s words) for the user of an environment.

    Args:
        platform: `win32`, `darwin`, and anything else for Linux.
        environment: HOME; on Windows APPDATA, PROGRAMDATA and PROGRAMFILES, or their usual values.
        root: What absolute places begin with, on systems that have one root.

    Raises:
        OutputError: The environment names no home folder.
    """
    if platform == "win32":
        return _windows(environment)
    home = _home(environment, "HOME")
    return _macos(home, root) if platform == "darwin" else _linux(home, root)


def _windows(environment: Mapping[str, str]) -> Places:
    vendor = ("Blackmagic Design", "DaVinci Resolve")
    if appdata := environment.get("APPDATA"):
        roaming = Path(appdata)
    else:
        roaming = _home(environment, "USERPROFILE") / "AppData" / "Roaming"
    user = Path(roaming, *vendor, "Support")
    everybody = Path(environment.get("PROGRAMDATA") or "C:\\ProgramData", *vendor)
    program = Path(environment.get("PROGRAMFILES") or "C:\\Program Files", *vendor)
    return Places(
        user_scripts=user / "Fusion" / "Scripts",
        system_scripts=(everybody / "Fusion" / "Scripts",),
        apps=(program / "Resolve.exe",),
        store_containers=(),
        built_in_pythons=(program / "ResolvePython" / "ResolvePython.exe",),
        log=user / "logs" / "ResolveDebug.txt",
        version_file=None,
        scripting_module=everybody / "Support" / "Developer" / "Scripting" / _MODULE,
    )


def _macos(home: Path, root: Path) -> Places:
    support = Path("Library", "Application Support", "Blackmagic Design", "DaVinci Resolve")
    website = root / "Applications" / "DaVinci Resolve" / "DaVinci Resolve.app"
    store = root / "Applications" / "DaVinci Resolve.app"
    studio = root / "Applications" / "DaVinci Resolve Studio.app"
    containers = home / "Library" / "Containers"
    return Places(
        user_scripts=home / support / "Fusion" / "Scripts",
        system_scripts=(root / support / "Fusion" / "Scripts",),
        apps=(website, store, studio),
        store_containers=tuple(containers / name for name in MAC_APP_STORE_IDS),
        built_in_pythons=(website / "Contents" / "Applications" / "ResolvePython",),
        log=home / support / "logs" / "ResolveDebug.txt",
        version_file=None,
        scripting_module=root / support / "Developer" / "Scripting" / _MODULE,
    )


def _linux(home: Path, root: Path) -> Places:
    program = root / "opt" / "resolve"
    data = home / ".local" / "share" / "DaVinciResolve"
    return Places(
        user_scripts=data / "Fusion" / "Scripts",
        system_scripts=(
            program / "Fusion" / "Scripts",
            root / "home" / "resolve" / "Fusion" / "Scripts",
        ),
        apps=(program / "bin" / "resolve", root / "home" / "resolve" / "bin" / "resolve"),
        store_containers=(),
        built_in_pythons=(program / "bin" / "ResolvePython",),
        log=data / "logs" / "ResolveDebug.txt",
        version_file=data / "configs" / ".version",
        scripting_module=program / "Developer" / "Scripting" / _MODULE,
    )


_MODULE = Path("Modules", "DaVinciResolveScript.py")


def _home(environment: Mapping[str, str], name: str) -> Path:
    home = environment.get(name)
    if not home:
        raise OutputError(
            "Resolve's folder of scripts cannot be told.",
            why=f"{name} is not set.",
            fix="Name the folder of scripts with --folder.",
        )
    return Path(home)
