"""A timeline as other formats can hold it: one media per clip, takes on tracks, nothing disabled.

The clip keeps its original, and the selected take is a clip of a track above it. A format with one
picture track gets the selected take in the clip's place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import opentimelineio as otio

from otio_newtake.appearances import Appearance, find_appearances, record_rate
from otio_newtake.formats import Format
from otio_newtake.layouts import shown_span
from otio_newtake.marks import (
    ORIGINAL_KEY,
    holds,
    is_take,
    mark_of,
    number_of,
    original_of,
    put_mark,
    take_key,
    text_of,
    url_of,
)
from otio_newtake.retimes import speed_of, warps_of
from otio_newtake.tracks import lay_above


def flattened(timeline: Any, form: Format) -> tuple[Any, tuple[str, ...]]:
    """A copy for the format, and what of this timeline the format does not carry, in clauses.

    Args:
        timeline: Left as it is.
        form: The format.

    Raises:
        TimelineError: It cannot be measured.
    """
    copy = timeline.deepcopy()
    lost: Counter[str] = Counter()
    if not form.dissolves:
        lost["dissolve becomes a cut"] += _without_transitions(copy)
    _enabled_only(copy, lost)
    found = find_appearances(copy)
    rate, named = record_rate(copy, found), {text_of(each.mark, "clip_id") for each in found} - {""}
    for each in found:
        if not isinstance(each.item, otio.schema.Clip):
            lost["nested timeline may not be read by every editor"] += 1
        elif text_of(each.mark, "take_of") not in named:
            _one_media(copy, found, each, form, rate, lost)
    for clip in copy.find_clips():
        _judge(clip, form, lost)
    if not form.tracks:
        for clip in copy.find_clips():
            if not holds(clip.metadata, "cmx_3600"):
                _own_reel(clip)
        lost["picture track above the first is left out"] += _first_picture_only(copy)
    return copy, tuple(_told(count, words) for words, count in lost.items() if count)


def _one_media(
    timeline: Any,
    found: Sequence[Appearance],
    place: Appearance,
    form: Format,
    rate: Any,
    lost: Counter[str],
) -> None:
    clip = place.item
    references = clip.media_references()
    key, original = original_of(clip)
    chosen = clip.active_media_reference_key
    number = number_of(chosen, references.get(chosen))
    take = references.get(take_key(number)) if number and chosen != key else None
    own = text_of(mark_of(clip), "clip_id")
    above = [each for each in found if own and text_of(each.mark, "take_of") == own]
    many = sum(is_take(each, held) for each, held in references.items() if held is not None)
    lost["take that is not selected is only in the .otio"] += max(
        0, many - (take is not None) - (original is not None and is_take(key, original))
    )
    if original is not None:
        clip.set_media_references({ORIGINAL_KEY: original.deepcopy()}, ORIGINAL_KEY)
    if not form.tracks and above:
        top = above[-1].item
        clip.set_media_references({ORIGINAL_KEY: top.media_reference.deepcopy()}, ORIGINAL_KEY)
        clip.source_range = top.source_range
        _own_reel(clip)
    if take is None:
        return
    if not form.tracks:
        clip.set_media_references({ORIGINAL_KEY: take.deepcopy()}, ORIGINAL_KEY)
        _own_reel(clip)
        return
    span = clip.source_range if clip.source_range is not None else take.available_range
    top = otio.schema.Clip(
        name=take.name or clip.name,
        media_reference=take.deepcopy(),
        source_range=shown_span(place, span),
    )
    put_mark(top, take_of=own)
    top.effects.extend(warps_of((*place.within, clip)))
    lay_above(timeline, place, top, False, rate)


def _own_reel(clip: Any) -> None:
    """Name the reel of a clip in an EDL by its file: whoever conforms by reels must find the take,
    and names with spaces, which the adapter would write as they are, break its lines."""
    name = re.split(r"[\\/]", unquote(url_of(clip.media_reference)))[-1]
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", name.rpartition(".")[0] or name)
    clip.metadata["cmx_3600"] = {"reel": stem or "AX"}


def _without_transitions(timeline: Any) -> int:
    count = 0
    for track in timeline.find_children(descended_from_type=otio.schema.Track):
        for index in range(len(track) - 1, -1, -1):
            if isinstance(track[index], otio.schema.Transition):
                del track[index]
                count += 1
    return count


def _enabled_only(timeline: Any, lost: Counter[str]) -> None:
    """Gaps for what is disabled: readers of these formats would play it."""
    for track in timeline.find_children(descended_from_type=otio.schema.Track):
        for index, item in enumerate(list(track)):
            if not isinstance(item, otio.core.Item) or isinstance(item, otio.schema.Gap):
                continue
            if item.enabled and track.enabled:
                continue
            ours = bool(text_of(mark_of(item), "take_of"))
            words = "take that is not selected is only in the .otio"
            lost[words if ours else "disabled clip is left out"] += 1
            track[index] = otio.schema.Gap(duration=item.trimmed_range().duration)


def _judge(clip: Any, form: Format, lost: Counter[str]) -> None:
    """Bring one clip into the format's way of counting, and note what it loses."""
    reference = clip.media_reference
    span = reference.available_range if reference is not None else None
    if isinstance(reference, otio.schema.ExternalReference) and span is None:
        # Adapters write no clip whose media has no range.
        reference.available_range = span = clip.source_range
    elif form.from_zero and span is not None and clip.source_range is not None:
        start = clip.source_range.start_time - span.start_time
        clip.source_range = otio.opentime.TimeRange(start, clip.source_range.duration)
        zero = otio.opentime.RationalTime(0, span.start_time.rate)
        reference.available_range = otio.opentime.TimeRange(zero, span.duration)
    if isinstance(reference, otio.schema.ImageSequenceReference):
        lost["image sequence may not be found again by its reader"] += 1
    if isinstance(reference, otio.schema.GeneratorReference):
        lost["generator is not written"] += 1
        clip.media_reference = otio.schema.MissingReference(reference.name, span)
    if speed_of(clip) != 1 and not form.retimes:
        lost["retimed clip may lose its speed"] += 1
    lost["marker may be left out"] += len(clip.markers)


def _first_picture_only(timeline: Any) -> int:
    """Take away what an EDL cannot hold; how many picture tracks that was."""
    tracks = timeline.tracks
    pictures = [track for track in tracks if track.kind == otio.schema.TrackKind.Video]
    ours = [track for track in pictures if mark_of(track).get("takes") is True]
    for index in range(len(tracks) - 1, -1, -1):
        if any(tracks[index] is track for track in pictures[1:]):
            del tracks[index]
    return len(pictures) - 1 - len(ours) if pictures else 0


def _told(count: int, words: str) -> str:
    if count == 1:
        return f"1 {words}"
    subject, _, rest = words.partition(" ")
    return f"{count} x {subject} {rest}"
