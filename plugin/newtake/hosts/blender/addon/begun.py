"""In which .blend files jobs were begun: a list in Blender's own folder for its user.

A file that was last saved before its first job carries nothing of it; when Blender ended before the
next save, only this list tells that takes may wait for the file.
"""

import json
from pathlib import Path

import bpy

_KEPT = 300
"""So many files, those that had jobs last."""


def note(file):
    """Remember a file by its path; one that was never saved has none, and cannot be opened."""
    files = _read()
    if not file or files[-1:] == [file]:
        return
    files = [each for each in files if each != file] + [file]
    path = _path(create=True)
    if path is None:
        return
    part = path.with_suffix(".part")
    try:
        part.write_text(json.dumps(files[-_KEPT:]), "utf-8")
        part.replace(path)
    except OSError:
        # It is told with the next save, by the file itself.
        return


def knows(file):
    """Whether a job was begun in the file of that path."""
    return bool(file) and file in _read()


def _read():
    path = _path()
    try:
        said = json.loads(path.read_text("utf-8")) if path is not None else []
    except (OSError, ValueError):
        return []
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []


def _path(create=False):
    folder = bpy.utils.user_resource("CONFIG", path="new_take", create=create)
    return Path(folder) / "files.json" if folder else None
