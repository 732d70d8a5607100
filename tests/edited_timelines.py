"""Small timelines as an editor writes and changes them, for tests of what becomes of takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.clip import Clip
from newtake.domain.files import NewTake, Provenance, TakeFile
from newtake.domain.timing import FrameRange

RATE = 24.0


def clip(name: str, start: int, count: int, url: str = "") -> Any:
    """A clip of media of 240 frames beside the timeline."""
    media = otio.schema.ExternalReference(target_url=url or f"media/{name}.mov")
    media.available_range = _span(0, 240)
    return otio.schema.Clip(name=name, media_reference=media, source_range=_span(start, count))


def gap(count: int) -> Any:
    return otio.schema.Gap(source_range=_span(0, count))


def write(path: Path, *items: Any) -> bytes:
    """A timeline of one picture track that begins at one hour; its bytes."""
    timeline = otio.schema.Timeline(name=path.stem)
    timeline.global_start_time = otio.opentime.RationalTime(86400, RATE)
    track = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    for item in items:
        track.append(item)
    timeline.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    otio.adapters.write_to_file(timeline, str(path))
    for each in timeline.find_clips():
        media = path.parent / each.media_reference.target_url
        media.parent.mkdir(parents=True, exist_ok=True)
        media.touch()
    return path.read_bytes()


def read(path: Path) -> Any:
    """As plain OpenTimelineIO has it."""
    return otio.adapters.read_from_file(str(path), adapter_name="otio_json")


def take_for(
    clip: Clip, folder: Path, label: str = "job/1", piece: FrameRange | None = None
) -> NewTake:
    """A take of all that the clip shows, with its movie in the folder."""
    source = clip.source
    if piece is not None:
        first = source.start + piece.start - clip.record.start
        source = FrameRange(first, piece.duration, source.rate)
    movie = folder / f"{clip.name}_{label.replace('/', '_')}.mov"
    movie.parent.mkdir(parents=True, exist_ok=True)
    movie.touch()
    return NewTake(
        clip_key=clip.key,
        label=label,
        name=f"Take 1: {label}",
        file=TakeFile(
            path=movie,
            number=1,
            available=source,
            start_timecode="00:00:00:00",
            frames_in_file=source.duration,
            method="rewrap",
            sidecar=movie.with_suffix(".json"),
        ),
        provenance=Provenance(
            "job", "1", "sandbox", "m", "oil", {}, "2026-01-01T00:00:00+00:00", "", "00"
        ),
        piece=piece,
    )


def _span(start: int, count: int) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, RATE), otio.opentime.RationalTime(count, RATE)
    )
