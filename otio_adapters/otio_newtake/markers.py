"""A timeline's markers as values of the domain, with their places in the record.

Markers of the timeline and of tracks count in the timeline's own time: DaVinci Resolve writes them
from the start timecode on, others from zero. Markers of a clip count in its media, so that those
outside what it shows are not on the timeline, and are left away as an editor does not see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from newtake.domain.marker import Marker
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import Appearance, find_appearances, record_rate, track_offset
from otio_newtake.identity import clip_keys
from otio_newtake.marks import original_of, text_of
from otio_newtake.retimes import Interval
from otio_newtake.spans import seconds_of

_NOTES = (("Resolve_OTIO", "Note"), ("fcp_xml", "comment"), ("fcpx", "note"))
"""Where formats keep a marker's note when it is not in `comment`; Resolve 21 leaves that empty."""


def list_markers(timeline: Any) -> list[Marker]:
    """Every marker that lies on the record, in its order.

    Raises:
        TimelineError: The timeline cannot be measured.
    """
    found = find_appearances(timeline)
    reader = _Reader(timeline, found)
    markers = [
        *reader.of_holder(timeline.tracks, Fraction(0), ""),
        *reader.of_tracks(),
        *(
            marker
            for appearance, key in zip(found, clip_keys(found), strict=True)
            if not text_of(appearance.mark, "take_of")
            for marker in reader.of_clip(appearance, key)
        ),
    ]
    return sorted(markers, key=lambda each: each.record.start)


class _Reader:
    """What all markers of one timeline share."""

    def __init__(self, timeline: Any, found: Sequence[Appearance]) -> None:
        self._timeline = timeline
        self._found = found
        self._rate = record_rate(timeline, list(found))
        start = timeline.global_start_time
        self._start = (seconds_of(start) or Fraction(0)) if start is not None else Fraction(0)
        self._length = max((each.start + each.duration for each in found), default=Fraction(0))
        self._from_resolve = "Resolve_OTIO" in timeline.metadata

    def of_tracks(self) -> Iterator[Marker]:
        labels = {id(each.track): each.label for each in self._found if each.track is not None}
        for track in self._timeline.tracks:
            if isinstance(track, otio.schema.Track) and id(track) in labels:
                yield from self.of_holder(
                    track, track_offset(self._timeline, track), labels[id(track)]
                )

    def of_holder(self, holder: Any, offset: Fraction, label: str) -> Iterator[Marker]:
        """Markers of the stack or of a track; `offset` as for `track_offset`."""
        if not label:
            span = holder.source_range
            offset = (seconds_of(span.start_time) or Fraction(0)) if span else Fraction(0)
        for marker in holder.markers:
            span = _span(marker)
            if span is None:
                continue
            start, end = span[0] - offset, span[1] - offset
            absolute = start >= self._start and (self._from_resolve or start >= self._length)
            shift = Fraction(0) if absolute else self._start
            yield self._marker(marker, (start + shift, end + shift), track=label)

    def of_clip(self, appearance: Appearance, key: str) -> Iterator[Marker]:
        """Markers that begin or go on in what shows of the clip."""
        item, clock = appearance.item, appearance.clock
        if not len(item.markers) or not appearance.shown:
            return
        own = item.source_range
        reference = original_of(item)[1] if isinstance(item, otio.schema.Clip) else None
        available = reference.available_range if reference is not None else None
        own = own if own is not None else available
        begin = seconds_of(own.start_time) if own is not None else None
        if begin is None or not clock.speed:
            return
        shown = clock.inside((Fraction(0), appearance.duration))
        origins = [begin]
        if available is not None:
            # Final Cut Pro 7 XML counts a clip's markers from the media's first frame.
            origins.append(begin - (seconds_of(available.start_time) or Fraction(0)))
        for marker in item.markers:
            span = _span(marker)
            if span is None:
                continue
            for origin in origins:
                first, last = span[0] - origin, span[1] - origin
                if first < shown[1] and (last > shown[0] or first >= shown[0]):
                    inside = max(first, shown[0]), max(min(last, shown[1]), first)
                    ends = sorted((each - clock.offset) / clock.speed for each in inside)
                    at = self._start + appearance.start
                    yield self._marker(marker, (at + ends[0], at + ends[1]), key=key)
                    break

    def _marker(self, marker: Any, span: Interval, key: str = "", track: str = "") -> Marker:
        start = round(span[0] * self._rate)
        count = max(0, round(span[1] * self._rate) - start)
        return Marker(
            name=marker.name or "",
            note=_note(marker),
            colour=str(marker.color or ""),
            record=FrameRange(start, count, self._rate),
            clip_key=key,
            track=track,
        )


def _span(marker: Any) -> Interval | None:
    span = marker.marked_range
    start, length = seconds_of(span.start_time), seconds_of(span.duration)
    if start is None:
        return None
    return start, start + max(length or Fraction(0), Fraction(0))


def _note(marker: Any) -> str:
    """The note as written, wherever the format keeps it."""
    found = getattr(marker, "comment", "") or ""
    for space, name in _NOTES:
        if isinstance(found, str) and found.strip():
            break
        held = marker.metadata.get(space)
        found = text_of(held, name) if isinstance(held, Mapping) else ""
    return found if isinstance(found, str) else ""
