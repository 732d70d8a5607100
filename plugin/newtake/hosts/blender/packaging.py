"""The add-on as files: what a Blender gets, as a folder or as a zip that it installs by itself."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from newtake.hosts import bridging
from newtake.hosts.blender.places import PACKAGE

ADDON = Path(__file__).parent / "addon"
MANIFEST = "blender_manifest.toml"
INIT = "__init__.py"
TARGET = "target.json"
"""What `newtake blender install` says to the add-on, and to itself later."""
MARKER = "New Take's add-on for Blender's sequencer"
"""What the add-on's first file begins with: by it an installer knows that a folder is its own."""
SHARED = ("serving.py",)
"""Files of `hosts/bridging` that take the place of the add-on's files of that name."""
_DATED = (2000, 1, 1, 0, 0, 0)
"""So that the same add-on gives the same zip."""

Kind = Literal["extension", "classic"]


@dataclass(frozen=True, slots=True)
class Target:
    """What the add-on starts."""

    command: tuple[str, ...]
    """The program and its words; the first is an absolute path."""
    home: str = ""
    """NEWTAKE_HOME, where it is set: a program with windows does not get what a terminal sets, and
    another home would be another journal. Empty for the usual one."""


def addon_files(version: str) -> dict[str, bytes]:
    """The add-on's files by name, of every kind of package.

    Args:
        version: New Take's, as "1.2.3".
    """
    files = {}
    for path in sorted(ADDON.iterdir()):
        if path.suffix in (".py", ".toml"):
            files[path.name] = path.read_bytes()
    for name in SHARED:
        files[name] = (Path(bridging.__path__[0]) / name).read_bytes()
    numbers = tuple(map(int, version.split(".")[:3]))
    files[MANIFEST] = _replaced(files[MANIFEST], r'^version = ".*"$', f'version = "{version}"')
    files[INIT] = _replaced(files[INIT], r'^    "version": .*,$', f'    "version": {numbers},')
    return files


def target_file(target: Target, files: Mapping[str, bytes]) -> bytes:
    """One object of ASCII JSON, whatever the paths hold."""
    document = {
        "command": target.command,
        "home": target.home,
        "files": sorted(files),
    }
    return json.dumps(document, indent=1).encode("ascii") + b"\n"


def read_target(data: bytes) -> tuple[Target | None, tuple[str, ...]]:
    """What an add-on starts, and the files that it was installed with; None where that is not
    said."""
    try:
        said: Any = json.loads(data)
        names = tuple(str(each) for each in said["files"] if Path(each).name == each)
        target = Target(tuple(map(str, said["command"])), str(said["home"]))
    except (ValueError, KeyError, TypeError):
        return None, ()
    return (target if target.command else None), names


def is_ours(init: bytes) -> bool:
    """Whether an add-on whose first file this is comes from New Take."""
    return init.removeprefix(b'"""').startswith(MARKER.encode())


def zipped(files: Mapping[str, bytes], kind: Kind) -> bytes:
    """A zip for Blender's "Install from Disk".

    Args:
        files: The add-on's.
        kind: An extension (4.2 and later) has its files at the top and says what it is in its
            manifest; a classic add-on (3.4 and later) has them in a folder of its name.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            if kind == "classic" and name == MANIFEST:
                continue
            path = name if kind == "extension" else f"{PACKAGE}/{name}"
            entry = zipfile.ZipInfo(path, _DATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def zip_name(kind: Kind, version: str) -> str:
    return f"{PACKAGE}-{version}{'' if kind == 'extension' else '-classic'}.zip"


def _replaced(data: bytes, pattern: str, line: str) -> bytes:
    text, count = re.subn(pattern, lambda _: line, data.decode(), flags=re.MULTILINE)
    assert count == 1, f"the add-on's files hold the version once: {pattern}"
    return text.encode()
