"""Shows a file in the system's file manager; the file itself is never opened."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which

_SECONDS = 10.0


def show_in_file_manager(path: Path) -> bool:
    """Show a file, selected where the system can do that; False where there is no file manager.

    Args:
        path: Absolute, of a file or folder that is there.
    """
    return any(_runs(command) for command in commands_for(path, sys.platform, os.environ))


def commands_for(
    path: Path, platform: str, environment: os._Environ[str] | dict[str, str]
) -> list[Sequence[str]]:
    """What to try, in turn.

    Args:
        path: The file.
        platform: As `sys.platform` has it.
        environment: Of this process; without a screen there is nothing to show it on.
    """
    if platform == "darwin":
        return [("open", "-R", str(path))]
    if platform == "win32":
        return [("explorer", f"/select,{path}")]
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return []
    # https://www.freedesktop.org/wiki/Specifications/file-manager-interface/
    # The address has no quotes of its own: they are written with a percent sign in it.
    select = (
        "gdbus", "call", "--session", "--dest", "org.freedesktop.FileManager1",
        "--object-path", "/org/freedesktop/FileManager1",
        "--method", "org.freedesktop.FileManager1.ShowItems", f"['{path.as_uri()}']", "''",
    )  # fmt: skip
    folder = path if path.is_dir() else path.parent
    return [select, ("xdg-open", str(folder))]


def _runs(command: Sequence[str]) -> bool:
    program = which(command[0])
    if program is None:
        return False
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    # Explorer ends with 1 also where it has shown the file.
    return done.returncode == 0 or command[0] == "explorer"
