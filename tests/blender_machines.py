"""Machines with Blenders on them, as folders: what installers and first starts leave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from newtake.hosts.blender.places import Places, Version, places_of, version_text
from resolve_machines import machine

PROGRAMS = {
    "linux": "opt/blender-{}/blender",
    "darwin": "Applications/Blender {}.app/Contents/MacOS/Blender",
    "win32": "Program Files/Blender Foundation/Blender {}/blender.exe",
}


@dataclass(frozen=True, slots=True)
class BlenderMachine:
    platform: str
    environment: dict[str, str]
    root: Path

    @property
    def places(self) -> Places:
        return places_of(self.platform, self.environment, root=self.root)

    def has_program(self, version: Version, *, carried: bool = True) -> Path:
        """Blender's download of a version; without `carried` its own files lie elsewhere."""
        text = version_text(version)
        program = self.root / PROGRAMS[self.platform].format(text)
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_bytes(b"program")
        if carried:
            above = program.parent.parent if self.platform == "darwin" else program.parent
            files = above / "Resources" if self.platform == "darwin" else above
            (files / text / "scripts").mkdir(parents=True)
        return program

    def has_started(self, version: Version) -> Path:
        """The user's folder of a version."""
        folder = self.places.user / version_text(version)
        (folder / "config").mkdir(parents=True)
        return folder


def blender_machine(folder: Path, platform: str = "linux", name: str = "user") -> BlenderMachine:
    """An empty machine below a folder, with a home of this name."""
    made = machine(folder, platform, name)
    (made.root / "newtake").mkdir()
    environment = {**made.environment, "NEWTAKE_HOME": "/newtake"}
    return BlenderMachine(platform, environment, made.root)
