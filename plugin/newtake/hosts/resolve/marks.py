"""Which record frames a timeline's marks and markers mean, and the colours that Resolve knows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from newtake.domain.marker import Marker
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.facts import TimelineFacts, whole_number

COLOURS = (
    *("Orange", "Apricot", "Yellow", "Lime", "Olive", "Green", "Teal", "Navy"),
    *("Blue", "Purple", "Violet", "Pink", "Tan", "Beige", "Brown", "Chocolate"),
)
"""Of clips; markers have others."""
MARKER_COLOURS = (
    *("Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia"),
    *("Rose", "Lavender", "Sky", "Mint", "Lemon", "Sand", "Cocoa", "Cream"),
)


def marked_range(marks: Any, timeline: TimelineFacts) -> FrameRange | None:
    """The record range of `GetMarkInOut`'s video marks; None where neither is set.

    One mark alone reaches to the timeline's end, or from its start, as in Resolve's own render.
    """
    video = marks.get("video") if isinstance(marks, Mapping) else None
    if not isinstance(video, Mapping):
        return None
    first, last = whole_number(video.get("in")), whole_number(video.get("out"))
    if first is None and last is None:
        return None
    start = timeline.start if first is None else timeline.start + first
    end = timeline.end if last is None else timeline.start + last + 1
    return None if end <= start else timeline.range(start, end)


def marker_range(
    frame: Any, marker: Any, timeline: TimelineFacts, colour: str | None
) -> FrameRange | None:
    """The record range of a marker of the timeline; None for one that asks for nothing.

    Args:
        frame: From the timeline's start.
        marker: As Resolve gives it.
        timeline: The timeline.
        colour: Of the markers that are meant; None for those that carry our own data,
            `{"newtake": 1, "restyle": true}`, which no editor can type.
    """
    at = whole_number(frame)
    if at is None or not isinstance(marker, Mapping):
        return None
    if colour is not None:
        if marker.get("color") != colour:
            return None
    elif not _asks(marker.get("customData")):
        return None
    start = timeline.start + at
    return timeline.range(start, start + max(1, whole_number(marker.get("duration")) or 1))


def markers_of(markers: Any, timeline: TimelineFacts) -> list[Marker]:
    """The timeline's markers as `GetMarkers` gives them, in the record's order; their frames count
    from the timeline's start. What is no marker is left away."""
    found = []
    for frame, marker in markers.items() if isinstance(markers, Mapping) else ():
        at = whole_number(frame)
        if at is None or not isinstance(marker, Mapping):
            continue
        start = timeline.start + at
        count = max(1, whole_number(marker.get("duration")) or 1)
        found.append(
            Marker(
                name=str(marker.get("name") or ""),
                note=str(marker.get("note") or ""),
                colour=str(marker.get("color") or ""),
                record=timeline.range(start, start + count),
            )
        )
    return sorted(found, key=lambda each: each.record.start)


def says_a_look(marker: Any) -> bool:
    """Whether somebody wrote into a marker; a name that Resolve gives by itself is no writing."""
    if not isinstance(marker, Mapping):
        return False
    name = str(marker.get("name") or "")
    return bool(marker.get("note") or (name and not re.fullmatch(r"Marker \d+", name)))


def _asks(data: Any) -> bool:
    try:
        asked = json.loads(str(data))
    except ValueError:
        return False
    return isinstance(asked, dict) and asked.get("newtake") == 1 and asked.get("restyle") is True
