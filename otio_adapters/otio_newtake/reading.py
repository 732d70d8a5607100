"""Open a timeline file as OpenTimelineIO objects, or say in one error why that cannot be.

OTIO's JSON is read without adapters, hooks or media linkers, so that what other packages of the
environment install cannot change what is read. Other formats come through the OTIO adapter that
is installed for them, and through the same checks.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakSet

import opentimelineio as otio

from newtake.domain.errors import TimelineError
from otio_newtake.appearances import Appearance, find_appearances
from otio_newtake.edl_media import link_by_name
from otio_newtake.edl_rates import VARIABLE, edl_rate, media_rate
from otio_newtake.edl_record import begin_at_record
from otio_newtake.fcpx_reading import correct
from otio_newtake.foreign import read_foreign
from otio_newtake.formats import EXTRA, format_of
from otio_newtake.guard import MAX_BYTES, checked_text
from otio_newtake.remembering import Memory
from otio_newtake.sweeping import unswept

JSON_SUFFIXES = (".otio", ".json")


@dataclass(frozen=True, slots=True)
class OpenedTimeline:
    """A timeline in memory. Keep it alive as long as any of its clips is used: OTIO's children do
    not hold their parents."""

    timeline: Any
    folder: Path
    """What relative media addresses count from."""
    notes: tuple[str, ...] = ()
    sha256: str = ""
    """Of the file as it lay on the disk."""
    lookers: WeakSet[Looker] = field(default_factory=WeakSet, compare=False, repr=False)
    _places: list[list[Appearance]] = field(default_factory=list, compare=False, repr=False)

    def appearances(self) -> list[Appearance]:
        """Where its clips appear, as `find_appearances`: worked out once, before any change.

        Raises: TimelineError.
        """
        if not self._places:
            with unswept():
                self._places.append(find_appearances(self.timeline))
        return self._places[0]


class Looker(Protocol):
    """Who has yet to read from a timeline that is only to be looked at."""

    def settle(self) -> None:
        """Read all of it: it is about to change."""
        ...


_seen: Memory[OpenedTimeline] = Memory(2)
"""By what is in the file. A large one holds some tens of megabytes."""


def look_at(path: Path, edl_rate: str = "") -> OpenedTimeline:
    """The timeline as `open_timeline` has it, to be looked at and not to be changed.

    One that was read before is not read again, but for the bytes that tell it is the same.
    """
    source = _source_of(path, edl_rate)
    opened = _seen.get(source.identity)
    if opened is None:
        opened = source.opened()
        _seen.keep(source.identity, opened)
    return opened


def remember(opened: OpenedTimeline, path: Path, data: bytes) -> None:
    """Keep a timeline that was just written, so that it need not be read again.

    Args:
        opened: Not the caller's to change any more.
        path: Where it was written.
        data: What was written.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    fresh = OpenedTimeline(opened.timeline, path.parent, opened.notes, sha256)
    _seen.keep((sha256, path.absolute()), fresh)


def open_timeline(path: Path, edl_rate: str = "") -> OpenedTimeline:
    """Read a timeline file; what comes is the caller's own and may be changed.

    Blocking; a file of 10 000 clips takes about half a second.

    Args:
        path: .otio or .json, an .otiod folder, or a format with an installed OTIO adapter.
        edl_rate: Of an EDL, as `HostTarget.edl_rate`; where it is empty, NEWTAKE_EDL_RATE counts.

    Raises:
        TimelineError: If the file is not there, cannot be read, or is not safe to read.
    """
    source = _source_of(path, edl_rate)
    opened = _seen.take(source.identity)
    if opened is None:
        return source.opened()
    for looker in list(opened.lookers):
        looker.settle()
    return opened


@dataclass(frozen=True, slots=True)
class _Source:
    """A timeline file and its bytes as they are now."""

    path: Path
    suffix: str
    sha256: str
    raw: bytes | None
    """Its bytes; None where they were read before and are the same."""
    edl_rate: str
    """Told of an EDL; "" of everything else."""

    @property
    def identity(self) -> tuple[str, Path]:
        """The same for the same content in the same place, and of an EDL at the same rate."""
        return f"{self.sha256}{self.edl_rate}", self.path

    def opened(self) -> OpenedTimeline:
        """Checked and read. Raises: TimelineError."""
        versions = otio.core.type_version_map()
        raw = _bytes_of(self.path) if self.raw is None else self.raw
        sha256 = self.sha256 if self.raw is not None else hashlib.sha256(raw).hexdigest()
        if self.suffix in JSON_SUFFIXES:
            opened = _opened(_root_of(checked_text(raw, versions)), self.path.parent)
            return replace(opened, sha256=sha256)
        if len(raw) > MAX_BYTES:
            raise TimelineError(f"{self.path.name} is larger than {MAX_BYTES // 2**20} MiB.")
        told = self.edl_rate
        text, notes = read_foreign(self.path, raw, format_of(self.path), edl_told=told)
        root = _root_of(checked_text(text.encode(), versions))
        if self.suffix == ".edl":
            media = media_rate(root, self.path.parent)
            if media is not None and edl_rate(raw, told, media) != edl_rate(raw, told):
                text, notes = read_foreign(
                    self.path, raw, format_of(self.path), edl_told=told, media=media
                )
                root = _root_of(checked_text(text.encode(), versions))
            notes = (*notes, *link_by_name(root, self.path.parent))
            begin_at_record(root)
        if self.suffix == ".fcpxml":
            notes = (*notes, *correct(root, raw, self.path.name))
        opened = _opened(root, self.path.parent)
        return replace(opened, notes=(*opened.notes, *notes), sha256=sha256)


def _source_of(path: Path, edl_rate: str = "") -> _Source:
    path = path.absolute()
    path = file_of(path)
    suffix = path.suffix.lower()
    if suffix == ".otioz":
        raise TimelineError(
            f"{path.name} is a bundle.", fix="Unzip it and give the content.otio inside."
        )
    if suffix not in JSON_SUFFIXES:
        _check_adapter(path, suffix)
    told = (edl_rate or os.environ.get(VARIABLE, "")) if suffix == ".edl" else ""
    stamp = _stamp_of(path)
    known = _stamps.get((path, stamp)) if stamp is not None else None
    if known is not None:
        return _Source(path, suffix, known, None, told)
    raw = _bytes_of(path)
    sha256 = hashlib.sha256(raw).hexdigest()
    if stamp is not None and stamp == _stamp_of(path):
        _stamps.keep((path, stamp), sha256)
    return _Source(path, suffix, sha256, raw, told)


def file_of(path: Path) -> Path:
    """The file that holds a timeline: of an .otiod folder the one inside."""
    return path / "content.otio" if path.suffix.lower() == ".otiod" else path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a timeline file as it lies on the disk. Raises: TimelineError."""
    return _source_of(path).sha256


_Stamp = tuple[int, int, int, int]
_stamps: Memory[str] = Memory(16)
"""SHA-256 of files by what the file system says of them."""
_SETTLED_NS = 2_000_000_000
"""A file that was changed later than this may change again without its times telling: file systems
count in steps of up to two seconds (FAT)."""


def _stamp_of(path: Path) -> _Stamp | None:
    """What tells one state of a file from another; None where it is too fresh to be told."""
    try:
        found = path.stat()
    except OSError:
        return None
    if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) < _SETTLED_NS:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _bytes_of(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # Of a pipe nothing may ever come, and nothing ends the wait.
            raise TimelineError(f"{path} is no regular file.", fix="Give a timeline's file.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise TimelineError(f"There is no timeline {path}.", fix="Check the path.") from error
    except OSError as error:
        raise TimelineError(
            f"{path} cannot be read.", why=f"{error.strerror}.", fix="Check the path."
        ) from error


def _check_adapter(path: Path, suffix: str) -> None:
    """Raises: TimelineError, where nothing installed reads the format."""
    if suffix.lstrip(".") in otio.adapters.suffixes_with_defined_adapters(read=True):
        return
    form = format_of(path)
    words = form.words if form is not None else f"a {suffix or 'nameless'} file"
    fix = "Export the timeline as OpenTimelineIO (.otio)."
    if form is not None:
        fix = f"pip install '{EXTRA}', or export the timeline as OpenTimelineIO (.otio)."
    raise TimelineError(
        f"{path.name} is {words}.", why="Nothing installed here reads that format.", fix=fix
    )


def _root_of(text: str) -> Any:
    try:
        return otio.core.deserialize_json_from_string(text)
    except Exception as error:  # the C++ reader raises ValueError, KeyError and its own kinds
        raise TimelineError(
            "The timeline is JSON, but not as OpenTimelineIO writes it.", why=f"{error}."
        ) from error


def _opened(root: Any, folder: Path) -> OpenedTimeline:
    timeline, note = _as_timeline(root)
    return OpenedTimeline(timeline, folder, (note,) if note else ())


def _as_timeline(root: Any) -> tuple[Any, str]:
    if isinstance(root, otio.schema.SerializableCollection):
        timelines = [each for each in root if isinstance(each, otio.schema.Timeline)]
        if not timelines and len(root) == 1:
            return _as_timeline(root[0].deepcopy())
        if len(timelines) != 1:
            raise TimelineError(
                f"The file is a collection of {len(timelines)} timelines, not one timeline.",
                fix="Export the one timeline you mean.",
            )
        return timelines[0].deepcopy(), "the file is a collection; its one timeline is used"
    if isinstance(root, otio.schema.Timeline):
        return root, ""
    kind = type(root).__name__.lower()
    note = f"the file holds a bare {kind}; it was put into a timeline of its own"
    timeline = otio.schema.Timeline(name=root.name)
    if isinstance(root, otio.schema.Stack):
        timeline.tracks = root
    elif isinstance(root, otio.schema.Track):
        timeline.tracks.append(root)
    elif isinstance(root, otio.schema.Clip):
        track = otio.schema.Track(name="Video 1", kind=otio.schema.TrackKind.Video)
        track.append(root)
        timeline.tracks.append(track)
    else:
        raise TimelineError(f"The file holds a {type(root).__name__}, not a timeline.")
    return timeline, note
