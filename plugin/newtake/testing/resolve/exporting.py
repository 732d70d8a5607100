"""Timeline.Export of OTIO, in the dialect that Resolve writes.

Observed: one reference a clip, bare paths, ranges and markers that count from the media's timecode,
a retime as a LinearTimeWarp with the record duration in the source range, every track padded by a
gap to the timeline's end;
no export seen shows takes, so the selected one alone is written (`quirks.otio_takes`).
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.testing.resolve.quirks import Quirks
from newtake.testing.resolve.state import Item, Marker, Media, Timeline, Track


def write_otio(timeline: Timeline, path: str, quirks: Quirks) -> bool:
    """Write the timeline's video and audio tracks; False when the file cannot be written."""
    tracks = [
        _track(timeline, kind, track, quirks)
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


def _track(timeline: Timeline, kind: str, track: Track, quirks: Quirks) -> dict[str, Any]:
    children, at = [], timeline.start
    for item in track.items:
        if item.kind == "transition":
            continue
        if item.start > at:
            gap = _range(0, item.start - at, timeline.rate)
            children.append({"OTIO_SCHEMA": "Gap.1", "name": "", "source_range": gap})
        children += [_transition(timeline, each, item.start) for each in _over(track, item.start)]
        children.append(_clip(timeline, item, quirks))
        at = item.end
        followed = any(each.start == at for each in track.items if each.kind != "transition")
        if not followed:
            children += [_transition(timeline, each, at) for each in _over(track, at)]
    if timeline.end > at:
        gap = _range(0, timeline.end - at, timeline.rate)
        children.append({"OTIO_SCHEMA": "Gap.1", "name": "", "source_range": gap})
    return {
        "OTIO_SCHEMA": "Track.1",
        "name": track.name,
        "kind": kind.capitalize(),
        "enabled": track.enabled,
        "children": children,
    }


def _over(track: Track, cut: int) -> list[Item]:
    """The transitions that lie over a cut."""
    return [
        each for each in track.items if each.kind == "transition" and each.start < cut < each.end
    ]


def _transition(timeline: Timeline, item: Item, cut: int) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Transition.1",
        "name": item.name,
        "transition_type": "SMPTE_Dissolve",
        "in_offset": _time(cut - item.start, timeline.rate),
        "out_offset": _time(item.end - cut, timeline.rate),
    }


def _retime(item: Item) -> list[dict[str, Any]]:
    if item.speed == 1:
        return []
    return [{"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "time_scalar": float(item.speed)}]


def _clip(timeline: Timeline, item: Item, quirks: Quirks) -> dict[str, Any]:
    media = item.media
    start = Fraction(item.source_start)
    if media is not None:
        start = (media.start + item.source_start) * timeline.rate / media.rate
    references = {"DEFAULT_MEDIA": _reference(media)}
    if quirks.otio_takes == "all":
        for number, take in enumerate(item.takes, 1):
            if number != item.selected_take:
                references[f"take {number}"] = _reference(take.media)
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": item.name,
        "enabled": item.enabled,
        "metadata": {"Resolve_OTIO": {}},
        "source_range": _range(start, item.duration, timeline.rate),
        "media_references": references,
        "active_media_reference_key": "DEFAULT_MEDIA",
        "effects": _retime(item),
        "markers": [_marker(timeline, item, one, quirks) for one in item.markers.values()],
    }


def _marker(timeline: Timeline, item: Item, marker: Marker, quirks: Quirks) -> dict[str, Any]:
    start = Fraction(marker.frame)
    if item.media is not None:
        head = 0 if quirks.item_marker_origin == "media" else item.source_start
        start = (item.media.start + head + marker.frame) * timeline.rate / item.media.rate
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": marker.name,
        "color": marker.color.upper(),
        "metadata": {"Resolve_OTIO": {"Note": marker.note}},
        "marked_range": _range(start, round(marker.duration), timeline.rate),
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
