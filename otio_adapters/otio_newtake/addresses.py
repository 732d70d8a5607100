"""What a media reference's `target_url` means on this machine, and how one is written.

Editors write plain paths, `file:` URLs in many spellings, relative names and things that are no
file at all. OpenTimelineIO's own `url_utils` mistakes several of these, so nothing of it is used.
Rule: a text that is literally a path of an existing file is that path, whatever it looks like.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from newtake.domain.clip import RefusalReason

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")
_DRIVE = re.compile(r"^/?([A-Za-z]):[\\/]")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")

Exists = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Address:
    """Where media is, or why it is nowhere on this machine."""

    path: Path | None
    problem: RefusalReason | None = None
    """Why there is no path. A path that does not exist is no problem here."""
    text: str = ""
    """The problem in words, without the clip's name."""


def locate(url: str, folder: Path, exists: Exists, *, windows: bool = os.name == "nt") -> Address:
    """The file that `url` names. Pure but for `exists`.

    Args:
        url: `target_url` as it stands in the timeline.
        folder: The timeline's folder: what relative addresses count from.
        exists: Whether a path is there; asked only to choose between two readings of one text.
        windows: Whether drive letters and UNC names are paths here.
    """
    if not url.strip():
        return Address(None, RefusalReason.NO_MEDIA, "the timeline names no media for it")
    if "\0" in url:
        return Address(None, RefusalReason.NOT_A_FILE, "its media address holds a zero byte")
    literal = folder / url
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _plain(url, literal, folder, exists, windows)
    if exists(literal):
        return Address(literal)
    if scheme[1].lower() == "file":
        return _file_url(url, folder, exists, windows)
    return Address(
        None,
        RefusalReason.NOT_A_FILE,
        f"its media is an address of kind {scheme[1].lower()}:, not a file",
    )


def file_url(path: Path) -> str:
    """The path as a `file:` URL, percent-encoded."""
    return path.absolute().as_uri()


def bare_path(path: Path) -> str:
    """The path as a plain absolute one: what Resolve reads and writes."""
    return str(path.absolute())


def is_file_url(url: str) -> bool:
    return url[:5].lower() == "file:"


def is_relative(url: str) -> bool:
    """Whether the text counts from the timeline's folder."""
    if not url.strip() or _SCHEME.match(url) or _DRIVE.match(url):
        return False
    return not url.startswith(("/", "\\"))


def _plain(url: str, literal: Path, folder: Path, exists: Exists, windows: bool) -> Address:
    if windows or exists(literal):
        return Address(literal)
    drive = _DRIVE.match(url)
    if drive is not None:
        return _foreign_drive(drive[1])
    if url.startswith(("\\\\", "//")):
        return _network(url)
    # Some writers encode relative names, or write them with Windows' separators.
    for other in (url.replace("\\", "/"), unquote(url, errors="surrogateescape")):
        if other != url and "\0" not in other and exists(folder / other):
            return Address(folder / other)
    return Address(literal)


def _file_url(url: str, folder: Path, exists: Exists, windows: bool) -> Address:
    rest = url[5:]
    host = ""
    if rest.startswith("//"):
        host, slash, after = rest[2:].partition("/")
        rest = slash + after
    if re.fullmatch(r"[A-Za-z](:|%3[Aa])", host):
        host, rest = "", f"/{host}{rest}"
    decoded = unquote(rest, errors="surrogateescape") if _ESCAPE.search(rest) else rest
    if "\0" in decoded:
        return Address(None, RefusalReason.NOT_A_FILE, "its media address holds a zero byte")
    if host.lower() not in ("", "localhost"):
        name = f"//{host}{decoded}"
        return Address(Path(name)) if windows else _network(name)
    drive = _DRIVE.match(decoded)
    if drive is not None:
        return Address(Path(decoded.lstrip("/"))) if windows else _foreign_drive(drive[1])
    if decoded.startswith("//"):
        return Address(Path(decoded)) if windows else _network(decoded)
    path = folder / decoded
    # A writer that forgot to encode: the percent signs belong to the name.
    if decoded != rest and not exists(path) and exists(folder / rest):
        path = folder / rest
    return Address(path)


def _foreign_drive(letter: str) -> Address:
    return Address(
        None,
        RefusalReason.OFFLINE,
        f"its media is on drive {letter.upper()}: of a Windows machine, and this is none",
    )


def _network(name: str) -> Address:
    share = "/".join(re.split(r"[\\/]+", name.lstrip("\\/"))[:2])
    return Address(
        None,
        RefusalReason.NOT_A_FILE,
        f"its media is on the network share //{share}; mount it and relink the clip to the mount",
    )
