"""Timeline.Export of OTIO, in the dialect that Resolve writes.

Observed: one reference a clip, bare paths, ranges that count from the media's timecode; no export
seen shows takes, so the selected one alone is written.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.testing.resolve.state import Item, Media, Timeline, Track


def write_otio(timeline: Timeline, path: str) -> bool:
    """Write the timeline's video and audio tracks; False when the file cannot be written."""
    tracks = [
        _track(timeline, kind, track)
        for kind in ("video", "audio")
        for track in timeline.tracks[kind]
    ]
    document = {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
        "name": "",
        "global_start_time": _time(timeline.start, timeline.rate),
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "", "children": tracks},
    }
    try:
        Path(path).write_text(json.dumps(document, indent=1), encoding="utf-8")
    except OSError:
        return False
    return True


def _track(timeline: Timeline, kind: str, track: Track) -> dict[str, Any]:
    children, at = [], timeline.start
    for item in track.items:
        if item.kind == "transition":
            continue
        if item.start > at:
            gap = _range(0, item.start - at, timeline.rate)
            children.append({"OTIO_SCHEMA": "Gap.1", "name": "", "source_range": gap})
        children.append(_clip(timeline, item))
        at = item.end
    return {
        "OTIO_SCHEMA": "Track.1",
        "name": track.name,
        "kind": kind.capitalize(),
        "enabled": track.enabled,
        "children": children,
    }


def _clip(timeline: Timeline, item: Item) -> dict[str, Any]:
    media = item.media
    start = Fraction(item.source_start)
    if media is not None:
        start = (media.start + item.source_start) * timeline.rate / media.rate
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": item.name,
        "enabled": item.enabled,
        "metadata": {"Resolve_OTIO": {}},
        "source_range": _range(start, item.duration, timeline.rate),
        "media_references": {"DEFAULT_MEDIA": _reference(media)},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _reference(media: Media | None) -> dict[str, Any]:
    if media is None or not media.path:
        return {"OTIO_SCHEMA": "MissingReference.1", "name": media.name if media else ""}
    return {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": media.name,
        "available_range": _range(media.start, media.frames, media.rate),
        "target_url": media.path,
    }


def _range(start: Fraction | int, frames: int, rate: Fraction) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start, rate),
        "duration": _time(frames, rate),
    }


def _time(frame: Fraction | int, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": float(frame), "rate": float(rate)}
