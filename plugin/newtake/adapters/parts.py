"""Part files: what is being written has a hidden name, and gets its own when it is right."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from newtake.adapters.room import storage_error
from newtake.domain.files import FileStamp


@contextmanager
def part_of(to: Path, step: str = "") -> Iterator[Path]:
    """A hidden name beside `to`; whatever is left under it at the end is removed.

    One process at a time makes `to`, so the parts of others were left by processes that died.
    """
    suffix = f".{step}" if step else ""
    mine = f".{to.name}.{os.getpid()}"
    part = to.with_name(f"{mine}{suffix}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        for left in to.parent.glob(f".*{escape(to.name)}.*.part"):
            # What is made beside a part, such as its hashes, is hidden under the part's hidden
            # name: `..take.mov.7.part.7.hashes.part`.
            beside = left.name.lstrip(".").startswith(f"{to.name.lstrip('.')}.")
            if beside and f".{os.getpid()}." not in left.name:
                # The dead one's ffmpeg may still write to it; on Windows it stays then.
                with suppress(OSError):
                    left.unlink()
        yield part
    except OSError as error:
        raise storage_error(error, to) from error
    finally:
        part.unlink(missing_ok=True)


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest(), path.stat().st_size


def stamp_of(path: Path) -> FileStamp | None:
    """What the file system says of a file; None where it cannot be asked."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return FileStamp(facts.st_size, facts.st_mtime)
