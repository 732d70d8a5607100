"""A timeline's file as it was last seen, so that it can be written again where it goes."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from newtake.domain.errors import HostError, OutputError, TimelineError
from newtake.durable import hidden_name, put_new, write_new

_MOST_BYTES = 256 << 20


@dataclass(slots=True)
class SeenFile:
    """What was last read of one file. Of a bundle nothing is kept: its media go with it."""

    path: Path
    sha256: str = ""
    """Empty where it was never there."""
    raw: bytes | None = None
    mode: int = 0o644

    def look(self) -> str:
        """SHA-256 of what lies there now; empty where nothing does, or nothing that can be read.

        Cheap: bytes are read where the file's size or times are new.
        """
        from otio_newtake.reading import sha256_of

        try:
            now = sha256_of(self.path)
        except TimelineError:
            return ""
        if now != self.sha256:
            self.sha256, self.raw = now, self._read(now)
        return now

    def _read(self, sha256: str) -> bytes | None:
        with suppress(OSError):
            if self.path.is_file() and self.path.stat().st_size <= _MOST_BYTES:
                self.mode = self.path.stat().st_mode & 0o777
                raw = self.path.read_bytes()
                return raw if hashlib.sha256(raw).hexdigest() == sha256 else None
        return None

    def write_anew(self) -> None:
        """Write to its place, where nothing lies, what was last seen there.

        Raises:
            OutputError: Nothing is kept of it, or something lies there by now.
            HostError: It cannot be written.
        """
        if self.raw is None:
            raise OutputError(
                f"{self.path} is not there any more.",
                why="Nothing was changed since it was opened, and New Take holds nothing of it "
                "that could be written.",
                fix="Put the file back where it was.",
            )
        to = self.path.resolve()
        part = hidden_name(to)
        try:
            write_new(part, self.raw)
            part.chmod(self.mode)
            put_new(part, to)
        except FileExistsError as error:
            raise OutputError(
                f"{self.path} is there again, and was not written over.", fix="Look at it as it is."
            ) from error
        except OSError as error:
            raise HostError(
                f"{self.path} cannot be written.", why=f"{error.strerror or error}."
            ) from error
        finally:
            part.unlink(missing_ok=True)
