"""Lay a take that is a clip of its own above its clip again, in a newer state of the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from otio_newtake.appearances import Appearance
from otio_newtake.layouts import free_number
from otio_newtake.marks import mark_of, number_of, put_mark, text_of
from otio_newtake.takes import renumber, taken_numbers
from otio_newtake.tracks import lay_above
from otio_newtake.unsaved import Held, shape_of

_RESOLVE = "Resolve_OTIO"


def why_not_laid(place: Appearance, held: Held) -> str:
    """Why it cannot be certain that the take covers this clip as it did, a sentence; else empty."""
    if held.item is None:
        return "it lay on a track of its own, and is kept without that."
    if held.over is None or held.over != shape_of(place):
        return "it lies on a track of its own, and its clip now shows other frames than it covered."
    return ""


def lay_again(
    timeline: Any, place: Appearance, held: Held, above: Sequence[Any], rate: Fraction
) -> Any:
    """Put a copy of the take's clip over its clip, under a number that is free; the copy.

    Args:
        timeline: Changed in place.
        place: The clip, with an id of its own.
        held: The take; see `why_not_laid`.
        above: The take clips that other tracks hold for the clip.
        rate: The record rate.
    """
    clip, top = place.item, held.item.deepcopy()
    number = free_number(number_of(held.key, held.reference), taken_numbers(clip, above))
    for reference in top.media_references().values():
        if mark_of(reference):
            renumber(reference, held.key, number)
    put_mark(top, take_of=text_of(mark_of(clip), "clip_id"))
    is_resolves = any(_RESOLVE in track.metadata for track in timeline.tracks)
    lay_above(timeline, place, top, is_resolves, rate)
    return top
