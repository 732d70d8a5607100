"""Machines with a DaVinci Resolve on them, as folders: what its installers and its runs leave."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass
from pathlib import Path

from newtake.hosts.resolve.places import Places, places_of

NASTY = 'Zoë\'s "take" \\ 100% $HOME ; é 編集 [[x]]'
"""A folder's name with all that quoting gets wrong; each is a legal name on Linux."""
PLATFORMS = ("linux", "darwin", "win32")


@dataclass(frozen=True, slots=True)
class Machine:
    platform: str
    environment: dict[str, str]
    root: Path

    @property
    def places(self) -> Places:
        return places_of(self.platform, self.environment, root=self.root)

    def has_resolve(self) -> Path:
        """Install the program's file or bundle."""
        app = self.places.apps[0]
        app.parent.mkdir(parents=True, exist_ok=True)
        if self.platform == "darwin":
            self.bundle(app, "com.blackmagic-design.DaVinciResolve")
        else:
            app.write_bytes(b"program")
        return app

    def bundle(self, app: Path, identifier: str, version: str | None = None) -> None:
        (app / "Contents").mkdir(parents=True)
        facts = {"CFBundleIdentifier": identifier}
        if version:
            facts["CFBundleShortVersionString"] = version
        (app / "Contents" / "Info.plist").write_bytes(plistlib.dumps(facts))

    def ran(self, *starts: str) -> None:
        """Write the log of some starts, e.g. `Studio v21.1.0.0014`, with a run's lines between."""
        log = self.places.log
        log.parent.mkdir(parents=True, exist_ok=True)
        lines = []
        for start in starts:
            lines += [
                "0x7fc6e478 | Main | INFO | 2026-09-08 16:47:57,075 | "
                f"Running DaVinci Resolve {start} (Linux/Clang x86_64)",
                "0x7fc6e478 | SyManager.Lut | ERROR | 2026-09-08 16:47:58,000 | bytes \xff",
            ]
        log.write_bytes("\r\n".join(lines).encode("latin-1"))

    def ships_python(self) -> None:
        python = self.places.built_in_pythons[0]
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_bytes(b"interpreter")


def machine(folder: Path, platform: str = "linux", name: str = "user") -> Machine:
    """An empty machine below a folder, with a home of this name."""
    root = folder / "root"
    home = root / "Users" / name
    home.mkdir(parents=True)
    environment = {"HOME": str(home)}
    if platform == "win32":
        environment = {
            "APPDATA": str(home / "AppData" / "Roaming"),
            "PROGRAMDATA": str(root / "ProgramData"),
            "PROGRAMFILES": str(root / "Program Files"),
        }
    return Machine(platform, environment, root)
