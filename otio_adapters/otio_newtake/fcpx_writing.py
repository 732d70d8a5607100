"""Set the times of a Final Cut Pro X XML that its adapter wrote to those of the timeline, exactly.

The adapter finds the place of a connected clip by floats that it cuts down, so that a take lies a
frame beside its clip. Every offset, start and duration is written again as the fraction it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio

from newtake.domain.errors import HostError
from otio_newtake.fcpx_reading import exact_seconds
from otio_newtake.spans import meant_seconds

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_CLIPS = ("clip", "asset-clip", "ref-clip")
_RATES = (24, 25, 30, 50, 60)
"""For which the adapter knows how long a frame is."""

Element = ElementTree.Element


def exact(raw: bytes, timeline: Any) -> bytes:
    """The file with the exact times.

    Args:
        raw: What the adapter wrote.
        timeline: What it was to write; one timeline.

    Raises:
        HostError: It has a rate that the adapter cannot write, or the adapter wrote other clips.
    """
    for item in timeline.find_children(descended_from_type=otio.core.Item):
        span = item.source_range
        rate = span.duration.rate if span is not None else _RATES[0]
        if rate not in _RATES:
            raise HostError(
                f"The timeline counts at {rate:g} frames per second.",
                why="The adapter for Final Cut Pro X XML writes 24, 25, 30, 50 and 60.",
            )
    root = ElementTree.fromstring(raw)
    spine = root.find("project/sequence/spine")
    if spine is None:
        raise HostError("The adapter for .fcpxml wrote no sequence.")
    places: dict[Element, Fraction] = {}
    holders = {child: holder for holder in spine.iter() for child in holder}
    kinds = (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)
    pictures, sounds = ([track for track in timeline.tracks if track.kind == k] for k in kinds)
    lanes = [*enumerate(pictures), *((-1 - index, track) for index, track in enumerate(sounds))]
    for lane, track in lanes:
        written = list(spine) if not lane else _connected(spine, str(lane))
        meant = [each for each in _placed(track) if not (lane and _is_gap(each[1]))]
        if len(written) != len(meant):
            raise HostError(
                f"The adapter for .fcpxml wrote {len(written)} of {len(meant)} clips of a track."
            )
        for element, (place, item) in zip(written, meant, strict=True):
            places[element] = place
            if lane:
                holder = holders[element]
                place = place - places[holder] + exact_seconds(holder.get("start"))
            _write(element, place, item)
    return _HEAD + ElementTree.tostring(root, encoding="unicode").encode() + b"\n"


def spelled(seconds: Fraction) -> str:
    """As Final Cut Pro writes a time: `180156/5s`, `0s`."""
    return f"{seconds}s"


def _connected(spine: Element, lane: str) -> list[Element]:
    return [each for each in spine.iter() if each.tag in _CLIPS and each.get("lane") == lane]


def _placed(track: Any) -> Iterator[tuple[Fraction, Any]]:
    """What lies on a track, each with the moment at which it starts."""
    at = Fraction(0)
    for item in track:
        if isinstance(item, otio.core.Item):
            yield at, item
            at += meant_seconds(item.trimmed_range().duration)


def _write(element: Element, place: Fraction, item: Any) -> None:
    span = item.trimmed_range()
    element.set("offset", spelled(place))
    element.set("duration", spelled(meant_seconds(span.duration)))
    start = meant_seconds(span.start_time)
    if not _is_gap(item) and (start or element.get("start")):
        element.set("start", spelled(start))


def _is_gap(item: Any) -> bool:
    return isinstance(item, otio.schema.Gap)
