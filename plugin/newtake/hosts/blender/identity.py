"""What finds a strip again in a later process: its key, as a compact text and as a value.

A strip's id is written into the .blend, and is lost where the file is closed without being saved;
so the key says as well what the strip was called and showed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, unquote

_PLACE = re.compile(r"(-?\d{1,10})\+(\d{1,10})/(-?\d{1,10})(?::(\d{1,10}))?", re.ASCII)
_HEAD = "strip"
ID = "newtake_id"
"""The property that a strip's id lies in; parts and copies of it have a copy of that."""


@dataclass(frozen=True, slots=True)
class StripKey:
    """A strip as it was when it was chosen."""

    uid: str
    kind: str
    """Blender's word for its type."""
    name: str
    path: str
    """Of its movie or of its first image; empty without media."""
    start: int
    """First record frame."""
    duration: int
    """Record frames."""
    first: int
    """Media frame that it shows first."""
    frames: int = 0
    """That its media has; 0 where it is not known."""

    def __str__(self) -> str:
        """The key of the clip; `parse_key` reads it."""
        place = f"{self.start}+{self.duration}/{self.first}"
        place += f":{self.frames}" if self.frames else ""
        words = (self.uid, self.kind, self.name, self.path)
        return "|".join((_HEAD, place, *(quote(each, safe="-/:\\. ") for each in words)))

    def is_of_media(self, path: str, frames: int) -> bool:
        """Whether that is its media, also where it lies elsewhere by now: a file of the same name
        and length was moved, or found again."""
        if path == self.path:
            return True
        is_named = PurePath(path).name == PurePath(self.path).name
        return is_named and 0 < frames == self.frames

    @property
    def known_by(self) -> tuple[str, ...]:
        """As `Clip.known_by` has it: its id stays wherever it is moved."""
        return (word_of(self.uid),)

    @property
    def known(self) -> Mapping[str, Any]:
        """As the bridge's requests have it."""
        said = {"uid": self.uid, "name": self.name, "type": self.kind, "path": self.path}
        if not self.path:
            return said
        return {**said, "start": self.start, "end": self.start + self.duration, "first": self.first}


def word_of(uid: str) -> str:
    """What tells the clip of a strip's id, whatever else of it has changed."""
    return f"{_HEAD} {uid}"


def parse_key(text: str) -> StripKey:
    """The value of a key. Raises: ValueError for any other text."""
    parts = text.split("|")
    place = _PLACE.fullmatch(parts[1]) if len(parts) == 6 and parts[0] == _HEAD else None
    if place is None or not parts[2]:
        raise ValueError(f"{text!r} is no key of a strip in Blender")
    uid, kind, name, path = (unquote(each) for each in parts[2:])
    start, duration, first, frames = (int(each or 0) for each in place.groups())
    return StripKey(uid, kind, name, path, start, duration, first, frames)
