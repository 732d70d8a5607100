"""Find the media of an EDL's events that name none but by a file's name, such as the clip's.

`* FROM CLIP:` names media by its path, which the adapter for CMX 3600 reads itself. Where an event
has only `* SOURCE FILE:` or `* FROM CLIP NAME:`, a file of that very name beside the EDL is its
media where it holds the event's source timecode; name and timecode both have to fit.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import opentimelineio as otio

from newtake.domain.timing import FrameRange, exact_rate, frame_of_timecode, timecode
from otio_newtake.remembering import Memory
from otio_newtake.spans import frames_at, rate_of, time_range

_ADAPTER = "cmx_3600"
_SOURCE_FILE = re.compile(r"^\s*SOURCE FILE:\s*(.+?)\s*$", re.IGNORECASE)
_OPTIONS = {"protocol_whitelist": "file"}
_EXPORT = "export the timeline as Final Cut Pro 7 XML, AAF or .otio, which name media by its path"
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Movie:
    """What a file states of its picture."""

    rate: Fraction
    frames: int
    timecode: str
    """Of its first frame; 00:00:00:00 where it states none."""


def link_by_name(timeline: Any, folder: Path) -> tuple[str, ...]:
    """Give events without media the files that they name, in place; what to know of it.

    Args:
        timeline: As the adapter read it.
        folder: The EDL's. Addresses of files in it count from it.
    """
    found: dict[str, int] = {}
    for clip, span, rate in _without_media(timeline):
        for path in files_named(clip, folder):
            movie = _movie_of(path)
            if movie is None or movie.rate != rate or not _holds(movie, span):
                continue
            start = frame_of_timecode(movie.timecode, rate)
            spelled = clip.source_range.duration.rate
            clip.media_reference = otio.schema.ExternalReference(
                path.name if path.parent == folder else str(path),
                time_range(FrameRange(start, movie.frames, rate), spelled),
            )
            found[path.name] = found.get(path.name, 0) + 1
            break
    if not found:
        return ()
    some = ", ".join(list(found)[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
    count = sum(found.values())
    events = "1 event names its" if count == 1 else f"{count} events name their"
    return (
        f"{events} media by nothing but a file's name; files of these names that hold the source "
        f"timecode were found and are used: {some}",
    )


def fitting_files(timeline: Any, folder: Path) -> Iterator[Path]:
    """The files that `link_by_name` would use at the rate that they run at themselves, each once.
    For whoever does not know yet at which rate the EDL counts."""
    told = set()
    for clip, span, _ in _without_media(timeline):
        for path in files_named(clip, folder):
            movie = _movie_of(path)
            if path not in told and movie is not None and _holds(movie, span):
                told.add(path)
                yield path


def why_no_media(clip: Any, folder: Path) -> str:
    """Why an event of an EDL has no media, and what to do, without the clip's name; empty for a
    clip that is none of an EDL.

    Args:
        clip: As OpenTimelineIO has it.
        folder: The timeline's.
    """
    if not isinstance(clip.metadata.get(_ADAPTER), Mapping):
        return ""
    names = [name for name in _names_of(clip) if "." in name]
    if not names:
        return f"the EDL names no media for it, only a reel; {_EXPORT}"
    there = files_named(clip, folder)
    rate = rate_of(clip.source_range.duration.rate) if clip.source_range is not None else None
    if not there or rate is None:
        beside = "lies in the timeline's folder"
        return (
            f"the EDL names {names[0]} for it without a path, and no file of that name {beside}; "
            f"put it there and open the EDL anew, or {_EXPORT}"
        )
    span = frames_at(clip.source_range, rate)
    shown = f" {span.label(span.start)} to {span.label(span.end)}" if span is not None else ""
    return (
        f"the EDL names {there[0].name} for it without a path, and the file of that name in the "
        f"timeline's folder does not hold its source timecode{shown} at this rate; put the right "
        f"file there and open the EDL anew, say --edl-rate where the rate is wrong, or {_EXPORT}"
    )


def files_named(clip: Any, folder: Path) -> list[Path]:
    """The files that are there of those that an event names, the likeliest first."""
    found = []
    for name in _names_of(clip):
        base = re.split(r"[\\/]", name)[-1]
        for path in (folder / base, Path(name)):
            if base and path.is_absolute() and path not in found and _is_file(path):
                found.append(path)
    return found


def _names_of(clip: Any) -> list[str]:
    said = clip.metadata.get(_ADAPTER)
    comments = said.get("comments") if isinstance(said, Mapping) else None
    lines = [each for each in comments or () if isinstance(each, str)]
    named = [match[1] for each in lines if (match := _SOURCE_FILE.match(each))]
    return list(dict.fromkeys(each for each in (*named, clip.name) if each and "\0" not in each))


def _without_media(timeline: Any) -> Iterator[tuple[Any, FrameRange, Fraction]]:
    """Its picture clips without media, with what they show and at which rate."""
    for track in timeline.video_tracks():
        for clip in track.find_clips():
            span = clip.source_range
            rate = rate_of(span.duration.rate) if span is not None else None
            if rate is None or not isinstance(clip.media_reference, otio.schema.MissingReference):
                continue
            frames = frames_at(span, rate)
            if frames is not None and isinstance(clip.metadata.get(_ADAPTER), Mapping):
                yield clip, frames, rate


def _holds(movie: _Movie, span: FrameRange) -> bool:
    """Whether the file has all timecodes of a range, also where that is counted at another rate."""
    first, end = span.start, span.end
    try:
        if span.rate != movie.rate:
            words = (timecode(each, span.rate, drop=False) for each in (first, end))
            first, end = (frame_of_timecode(each, movie.rate) for each in words)
        start = frame_of_timecode(movie.timecode, movie.rate)
    except ValueError:
        return False
    return start <= first < end <= start + movie.frames


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


_movies: Memory[_Movie] = Memory(256)
"""By the state of their files."""


def _movie_of(path: Path) -> _Movie | None:
    """None of what is no movie."""
    try:
        found = path.stat()
        state = path, found.st_size, found.st_mtime_ns
        movie = _movies.get(state)
        if movie is None and (movie := _stated(path)) is not None:
            _movies.keep(state, movie)
    except (OSError, ValueError, av.FFmpegError):
        return None
    return movie


def _stated(path: Path) -> _Movie | None:
    with av.open(f"file:{path}", options=_OPTIONS) as container:
        stream = next(iter(container.streams.video), None)
        if stream is None or not stream.average_rate:
            return None
        rate = exact_rate(stream.average_rate)
        frames = stream.frames
        if not frames and container.duration:
            frames = round(Fraction(container.duration, av.time_base) * rate)
        holders = (stream, *container.streams, container)
        said = next(filter(None, (each.metadata.get("timecode") for each in holders)), None)
        return _Movie(rate, frames, said or "00:00:00:00")
