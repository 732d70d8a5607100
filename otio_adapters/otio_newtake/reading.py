"""Open a timeline file as OpenTimelineIO objects, or say in one error why that cannot be.

OTIO's JSON is read without adapters, hooks or media linkers, so that what other packages of the
environment install cannot change what is read. Other formats come through the OTIO adapter that
is installed for them, and through the same checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import TimelineError
from otio_newtake.guard import MAX_BYTES, checked_text

JSON_SUFFIXES = (".otio", ".json")
_FORMATS = {
    ".xml": ("Final Cut Pro 7 XML", "otio-fcp-adapter"),
    ".fcpxml": ("Final Cut Pro X XML", "otio-fcpx-xml-adapter"),
    ".edl": ("a CMX 3600 EDL", "otio-cmx3600-adapter"),
    ".aaf": ("AAF", "otio-aaf-adapter"),
    ".kdenlive": ("a Kdenlive project", "otio-kdenlive-adapter"),
}


@dataclass(frozen=True, slots=True)
class OpenedTimeline:
    """A timeline in memory. Keep it alive as long as any of its clips is used: OTIO's children do
    not hold their parents."""

    timeline: Any
    folder: Path
    """What relative media addresses count from."""
    notes: tuple[str, ...] = ()


def open_timeline(path: Path) -> OpenedTimeline:
    """Read a timeline file. Blocking; a file of 10 000 clips takes about a second.

    Args:
        path: .otio or .json, an .otiod folder, or a format with an installed OTIO adapter.

    Raises:
        TimelineError: If the file is not there, cannot be read, or is not safe to read.
    """
    path = path.absolute()
    suffix = path.suffix.lower()
    if suffix == ".otiod":
        path = path / "content.otio"
    elif suffix == ".otioz":
        raise TimelineError(
            f"{path.name} is a bundle.", fix="Unzip it and give the content.otio inside."
        )
    elif suffix not in JSON_SUFFIXES:
        return _opened(_adapted_text(path, suffix), path.parent)
    raw = _bytes_of(path)
    return _opened(checked_text(raw, otio.core.type_version_map()), path.parent)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise TimelineError(f"There is no timeline {path}.", fix="Check the path.") from error
    except OSError as error:
        raise TimelineError(
            f"{path} cannot be read.", why=f"{error.strerror}.", fix="Check the path."
        ) from error


def _adapted_text(path: Path, suffix: str) -> str:
    if suffix.lstrip(".") not in otio.adapters.suffixes_with_defined_adapters(read=True):
        words, adapter = _FORMATS.get(suffix, (f"a {suffix or 'nameless'} file", ""))
        fix = "Export the timeline as OpenTimelineIO (.otio)."
        if adapter:
            fix = f"Export the timeline as OpenTimelineIO (.otio), or install {adapter}."
        raise TimelineError(
            f"{path.name} is {words}.", why="Nothing installed here reads that format.", fix=fix
        )
    _bytes_of(path)
    try:
        found = otio.adapters.read_from_file(
            str(path), media_linker_name=otio.media_linker.MediaLinkingPolicy.DoNotLinkMedia
        )
        text = found.to_json_string(indent=-1)
    except Exception as error:  # adapters of any package raise anything
        raise TimelineError(
            f"The adapter for {suffix} could not read {path.name}.",
            why=f"{type(error).__name__}: {error}.",
        ) from error
    return checked_text(text.encode(), otio.core.type_version_map())


def _opened(text: str, folder: Path) -> OpenedTimeline:
    try:
        root = otio.core.deserialize_json_from_string(text)
    except Exception as error:  # the C++ reader raises ValueError, KeyError and its own kinds
        raise TimelineError(
            "The timeline is JSON, but not as OpenTimelineIO writes it.", why=f"{error}."
        ) from error
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
