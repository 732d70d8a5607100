"""Put a take into a timeline in one of three shapes.

`takes`: one more media reference of the clip, selected; the range stays. `track`: a clip of its own
above the original, which stays as it is. `replace`: the take is the clip's only media. What readers
make of each is in the README's table.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from newtake.domain.files import Layout, NewTake
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import Appearance
from otio_newtake.consumption import media_line
from otio_newtake.dialect import Dialect
from otio_newtake.identity import key_in
from otio_newtake.marks import (
    ORIGINAL_KEY,
    mark_of,
    original_of,
    put_mark,
    take_key,
    text_of,
    url_of,
)
from otio_newtake.references import exr_reference, take_reference
from otio_newtake.retimes import Line, speed_of, warps_of
from otio_newtake.spans import rate_of, spelling_of, time_range
from otio_newtake.takes import taken_numbers
from otio_newtake.tracks import lay_above


def place_take(
    timeline: Any,
    found: Sequence[Appearance],
    target: Appearance,
    take: NewTake,
    layout: Layout,
    dialect: Dialect,
    rate: Fraction,
) -> tuple[str, int]:
    """Add the take to its clip and select it. Changes the timeline in place.

    Args:
        timeline: The timeline.
        found: Its appearances.
        target: The one the take belongs to.
        take: The take.
        layout: The shape.
        dialect: The spelling.
        rate: The timeline's record rate.

    Returns:
        The take's key and number.
    """
    clip = target.item
    original = original_of(clip)[1]
    clip_id = _identify(found, target)
    above = [each.item for each in found if each.mark.get("take_of") == clip_id]
    number = free_number(take.file.number, taken_numbers(clip, above))
    take = take.numbered(number)
    reference = take_reference(take, number, clip, original, dialect)
    key = take_key(number)
    references = {key: reference}
    if take.file.exr is not None:
        references[take_key(number, exr=True)] = exr_reference(
            take, take.file.exr, number, clip, original, dialect
        )
    for other in above:
        # It would cover the new take.
        other.enabled = False
    if layout is Layout.TAKES:
        if clip.source_range is None and original is not None:
            # Without a range of its own a clip is as long as whichever media is selected.
            clip.source_range = original.available_range
        clip.set_media_references({**clip.media_references(), **references}, key)
        return key, number
    on_track = layout is Layout.TRACK
    span = _span_of_take(target, take, reference, original, dialect, alone=on_track)
    if layout is Layout.REPLACE:
        exr = references.get(take_key(number, exr=True))
        kept = {} if exr is None else {"exr_url": url_of(exr)}
        put_mark(clip, original_url=url_of(original), **kept)
        clip.set_media_references({ORIGINAL_KEY: reference}, ORIGINAL_KEY)
        clip.source_range = span
        return ORIGINAL_KEY, number
    for other in references.values():
        # Whoever switches to the EXR frames finds them where the movie's are.
        other.available_range = otio.opentime.TimeRange(
            reference.available_range.start_time, other.available_range.duration
        )
    references[ORIGINAL_KEY] = references.pop(key)
    top = otio.schema.Clip(
        name=take.file.path.name if dialect.resolve_shape else take.name, source_range=span
    )
    top.set_media_references(references, ORIGINAL_KEY)
    put_mark(top, take_of=clip_id)
    top.effects.extend(warps_of((*target.within, clip)))
    lay_above(timeline, target, top, dialect.resolve_shape, rate)
    return key, number


def _identify(found: Sequence[Appearance], target: Appearance) -> str:
    """Give the clip an id of its own; keep the key it was known by until now."""
    key = key_in(target, found)
    own = text_of(mark_of(target.item), "clip_id")
    if own and own == key:
        return own
    own = uuid.uuid4().hex
    put_mark(target.item, clip_id=own, first_key=key)
    return own


def free_number(wanted: int, taken: set[int]) -> int:
    """The number that a take gets: the wanted one, or the next that no take of its clip has."""
    number = max(1, wanted)
    while number in taken:
        number += 1
    return number


def _span_of_take(
    target: Appearance,
    take: NewTake,
    reference: Any,
    original: Any,
    dialect: Dialect,
    *,
    alone: bool,
) -> Any:
    """The source range of the take where it is the only media; counted from zero for those readers
    that take every media to begin there, in which case the reference's range is moved too.

    Args:
        alone: Whether it stands outside the ranges that cut the clip.
    """
    clip = target.item
    available = take.file.available
    span = clip.source_range
    if span is None:
        span = original.available_range if original is not None else reference.available_range
    if alone:
        span = shown_span(target, span)
    if not dialect.counts_from_zero(original):
        return span
    spelled = spelling_of(available.rate, reference.available_range)
    begin = otio.opentime.RationalTime(available.start, spelled)
    reference.available_range = time_range(
        FrameRange(0, available.duration, available.rate), spelled
    )
    start = span.start_time - begin.rescaled_to(span.start_time.rate)
    if rate_of(start.rate) == available.rate and not list(warps_of((*target.within, clip))):
        # In-points such as 86400.1 mean a frame; here nothing keeps the fraction alive.
        start = otio.opentime.RationalTime(round(start.value), start.rate)
    return otio.opentime.TimeRange(start, span.duration)


def shown_span(target: Appearance, span: Any) -> Any:
    """What shows of the clip, as a source range under all its retimes; its own where all shows."""
    own = speed_of(target.item)
    line = media_line(target, span, Fraction(1) if own is None else own)
    rates = rate_of(span.start_time.rate), rate_of(span.duration.rate)
    if line is None or None in rates or (target.clock == Line() and not target.cut):
        return span
    first = line.inside((Fraction(0), target.duration))[0]
    return otio.opentime.TimeRange(
        _time(first, span.start_time.rate), _time(target.duration, span.duration.rate)
    )


def _time(seconds: Fraction, rate: float) -> Any:
    return otio.opentime.RationalTime(float(seconds * (rate_of(rate) or Fraction(rate))), rate)
