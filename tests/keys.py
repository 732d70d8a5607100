"""The keys that tests use, each with a mark that is searched for in all that a test leaves."""

from __future__ import annotations

import os
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import quote

MARK = "QzKey7of0Tests"
"""In no word, no digest and no other text."""
WRITTEN = (
    "*.sqlite*", "*.log", "*.log.[0-9]", "*.json", "*.jsonl", "*.otio", "*.toml", "*.zip", "*.txt",
)  # fmt: skip
"""Journals, logs, sidecars, timelines, reports and texts; media are for single tests to search."""
FILE_OF_KEYS = "keys.json"


def key_of(purpose: str) -> str:
    """A key for one purpose, known again wherever it gets to."""
    return f"ox-{MARK}-{purpose}"


_MEMBER_MAX_BYTES = 16 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError)


def forms(secret: str) -> frozenset[bytes]:
    """How a secret may be spelled, in lower case: plain, quoted, in base64 wherever it begins."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), raw.hex().encode()}
    for before in range(3):
        coded = b64encode(bytes(before) + raw).rstrip(b"=")
        found.add(coded[(0, 2, 3)[before] : len(coded) - ((before + len(raw)) % 3 != 0)])
    return frozenset(each.lower() for each in found)


def holds(data: bytes, wanted: frozenset[bytes]) -> bool:
    """Whether one of the forms is in the data, in upper or lower case or a mixture."""
    low = data.lower()
    return any(form in low for form in wanted)


def files_with(
    folder: Path, secret: str = MARK, *, patterns: tuple[str, ...] = WRITTEN
) -> Iterator[str]:
    """Every file below a folder, and every member of a ZIP, that holds the secret.

    The file of keys is where a key belongs, and is passed over.
    """
    wanted = forms(secret)
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if name == FILE_OF_KEYS or not any(fnmatch(name, each) for each in patterns):
                continue
            try:
                found = list(_found_in(path, wanted))
            except OSError:
                # A socket, or a file whose permissions a test took away.
                continue
            yield from found


def _found_in(path: Path, wanted: frozenset[bytes]) -> Iterator[str]:
    if not path.is_file():
        return
    if holds(path.read_bytes() + path.name.encode(errors="replace"), wanted):
        yield str(path)
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.file_size > _MEMBER_MAX_BYTES:
                        continue  # a bomb of a test's, or a picture
                    named = member.filename.encode(errors="replace")
                    if holds(archive.read(member) + named, wanted):
                        yield f"{path}: {member.filename}"
        except (*_BROKEN, ValueError, NotImplementedError, RuntimeError):
            return  # broken on purpose
