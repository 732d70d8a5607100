"""A timeline file's tracks and transitions as values of the domain, with their record frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

import opentimelineio as otio

from newtake.domain.outline import Outline, OutlinedTrack, OutlinedTransition
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import Appearance, record_rate
from otio_newtake.marks import text_of
from otio_newtake.reading import OpenedTimeline
from otio_newtake.spans import frame_at, seconds_of

_Kind = tuple[str, Literal["video", "audio", "other"]]
_KINDS: dict[str, _Kind] = {"video": ("V", "video"), "audio": ("A", "audio")}
_OTHER: _Kind = ("T", "other")


def outline_of(opened: OpenedTimeline) -> Outline:
    """The outline. Tracks that were added for takes are left out, as their takes are no clips.

    Raises:
        TimelineError: If the timeline cannot be measured.
    """
    timeline, found = opened.timeline, opened.appearances()
    rate = record_rate(timeline, list(found))
    start = timeline.global_start_time
    begin = (seconds_of(start) or Fraction(0)) if start is not None else Fraction(0)
    first = frame_at(begin, rate)
    length = max((each.start + each.duration for each in found), default=Fraction(0))
    of_takes = _tracks_of_takes(found)
    return Outline(
        name=timeline.name or "",
        record=FrameRange(first, max(0, frame_at(begin + length, rate) - first), rate),
        tracks=tuple(each for each in _tracks(timeline) if each.label not in of_takes),
        transitions=tuple(_transitions(found, begin, rate)),
        notes=opened.notes,
    )


def _tracks(timeline: Any) -> list[OutlinedTrack]:
    """Numbered as `find_appearances` numbers them."""
    rows: dict[str, list[OutlinedTrack]] = {"V": [], "A": [], "T": []}
    for row in timeline.tracks:
        is_track = isinstance(row, otio.schema.Track)
        letter, kind = _KINDS.get(row.kind.lower(), _OTHER) if is_track else _KINDS["video"]
        label = f"{letter}{len(rows[letter]) + 1}"
        rows[letter].append(OutlinedTrack(label, row.name if is_track else "", kind))
    return [*rows["V"], *rows["A"], *rows["T"]]


def _tracks_of_takes(found: Sequence[Appearance]) -> set[str]:
    ids = {text_of(each.mark, "clip_id") for each in found} - {""}
    own = {each.label for each in found if text_of(each.mark, "take_of") not in ids}
    return {each.label for each in found} - own


def _transitions(
    found: Sequence[Appearance], begin: Fraction, rate: Fraction
) -> Iterator[OutlinedTransition]:
    seen: set[int] = set()
    for each in found:
        if not each.shown:
            continue
        for edge, at in zip(each.edges, (each.start, each.start + each.duration), strict=True):
            if edge is None or id(edge) in seen:
                continue
            seen.add(id(edge))
            before = seconds_of(edge.in_offset) or Fraction(0)
            after = seconds_of(edge.out_offset) or Fraction(0)
            first = frame_at(begin + max(at - before, Fraction(0)), rate)
            end = frame_at(begin + at + after, rate)
            if end > first:
                name = edge.name or str(edge.transition_type or "")
                span = FrameRange(first, end - first, rate)
                yield OutlinedTransition(each.label, name, span)
