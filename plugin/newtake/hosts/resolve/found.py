"""Which DaVinci Resolve is on this machine, as far as its files tell: edition, version, build.

What a file does not say stays None; nothing is guessed from a name. The program's own log is the
one file that names the edition, as of the last start.
"""

from __future__ import annotations

import plistlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.parsers.expat import ExpatError

from newtake.hosts.resolve.places import MAC_APP_STORE_IDS, Places

Edition = Literal["free", "studio"]
Version = tuple[int, ...]

BUILT_IN_PYTHON: Version = (21, 1)
"""The first version that ships an interpreter of its own (its scripting README)."""

_LOG_BYTES = 64_000_000
_RUNNING = re.compile(rb"Running DaVinci Resolve( Studio)? v(\d+(?:\.\d+){1,3})")
_VERSION_LINE = re.compile(rb"^Resolve\.Version=(\d+(?:\.\d+){1,3})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FoundResolve:
    """A Resolve on disk."""

    app: Path
    version: Version | None
    version_from: str
    """Which file said so; empty where none did."""
    edition: Edition | None
    """As of the program's last start, by its own log."""
    built_in_python: bool
    from_app_store: bool

    @property
    def at_least_21_1(self) -> bool:
        """Whether menu scripts run in the interpreter that Resolve ships."""
        return self.built_in_python or (self.version or (0,)) >= BUILT_IN_PYTHON

    @property
    def name(self) -> str:
        product = "DaVinci Resolve"
        if self.edition == "studio":
            product += " Studio"
        elif self.edition == "free":
            product += " (free edition)"
        if self.version is None:
            known = "21.1 or later" if self.built_in_python else "version not known"
            return f"{product}, {known}"
        return f"{product} {version_text(self.version)}"


def version_text(version: Version) -> str:
    return ".".join(map(str, version))


def find_resolves(places: Places) -> tuple[FoundResolve, ...]:
    """Every Resolve at the places where its installers put it. Reads files; starts nothing."""
    return tuple(_look_at(app, places) for app in places.apps if app.exists())


def _look_at(app: Path, places: Places) -> FoundResolve:
    edition, logged = _last_start(places.log)
    identifier, bundled = _bundle(app)
    said = (
        (bundled, "the program's Info.plist"),
        (_noted(places.version_file), str(places.version_file)),
        (logged, "the log of its last start"),
    )
    version, source = next((each for each in said if each[0] is not None), (None, ""))
    in_store = identifier in MAC_APP_STORE_IDS or (app / "Contents" / "_MASReceipt").exists()
    return FoundResolve(
        app=app,
        version=version,
        version_from=source,
        # The store's build logs into its container: this log is another program's.
        edition=None if in_store else edition,
        built_in_python=not in_store and any(each.exists() for each in places.built_in_pythons),
        from_app_store=in_store,
    )


def _last_start(log: Path) -> tuple[Edition | None, Version | None]:
    """Edition and version in the log's last line of a start, e.g. `Running DaVinci Resolve Studio
    v21.1.0.0014 (Linux/Clang x86_64)`, as users' logs of 17.4 to 21.1 show it."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _LOG_BYTES))
            starts = _RUNNING.findall(file.read())
    except OSError:
        return None, None
    if not starts:
        return None, None
    studio, version = starts[-1]
    return ("studio" if studio else "free"), _version(version)


def _noted(file: Path | None) -> Version | None:
    try:
        line = _VERSION_LINE.search(file.read_bytes()) if file else None
    except OSError:
        return None
    return _version(line[1]) if line else None


def _bundle(app: Path) -> tuple[str, Version | None]:
    """A macOS bundle's identifier and version."""
    try:
        facts = plistlib.loads((app / "Contents" / "Info.plist").read_bytes())
    except (OSError, ValueError, ExpatError):
        return "", None
    if not isinstance(facts, dict):
        return "", None
    said = str(facts.get("CFBundleShortVersionString", ""))
    numbers = re.match(r"\d+(?:\.\d+){1,3}", said)
    version = _version(numbers[0].encode()) if numbers else None
    return str(facts.get("CFBundleIdentifier", "")), version


def _version(text: bytes) -> Version:
    return tuple(int(number) for number in text.split(b"."))
