"""What uploaders remember across runs, so that the same bytes are sent once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio


@dataclass(frozen=True, slots=True)
class UploadMemory:
    """Two functions of the journal, under keys of one uploader's own.

    Args:
        remembered: `ports.Journal.remembered`.
        remember: `ports.Journal.remember`.
    """

    remembered: Callable[[str], str | None]
    remember: Callable[[str, str], None]
    _locks: dict[str, anyio.Lock] = field(default_factory=dict, repr=False)

    def alone(self, sha256: str) -> anyio.Lock:
        """Held while these bytes are stored: jobs that run together send them once, too."""
        return self._locks.setdefault(sha256, anyio.Lock())

    def place_of(self, uploader: str, destination: str, sha256: str) -> str | None:
        """Where these bytes were put; a hint that the caller checks before trusting it."""
        return self.remembered(_key(uploader, destination, sha256)) or None

    def keep(self, uploader: str, destination: str, sha256: str, place: str) -> None:
        """An empty place forgets."""
        self.remember(_key(uploader, destination, sha256), place)


def short_digest(text: str) -> str:
    """Tells one address or command from another without keeping it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _key(uploader: str, destination: str, sha256: str) -> str:
    return f"uploaded/{uploader}/{destination}/{sha256}"
