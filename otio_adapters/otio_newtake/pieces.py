"""Parts of clips as clips of their own: what they would be, and making them so for a take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError
from newtake.domain.files import NewTake
from newtake.domain.timing import FrameRange, display_rate
from otio_newtake.appearances import Appearance, find_again, find_appearances
from otio_newtake.identity import ClipIndex, key_in, keys_of
from otio_newtake.listing import list_clips
from otio_newtake.reading import OpenedTimeline
from otio_newtake.splitting import Part, UnsplittableError, holder_of, split_out
from otio_newtake.sweeping import unswept


def list_pieces(
    opened: OpenedTimeline,
    asked: Sequence[tuple[Clip, FrameRange]],
    exists: Callable[[Path], bool] = Path.exists,
) -> list[Clip]:
    """The parts as the clips that they would be, in the order asked; the timeline is split.

    Each keeps the number and the key of the clip that it would be split out of, which `piece_of`
    tells. What cannot be split out comes back as that clip, refused.

    Args:
        opened: The timeline in memory; changed by this, and not to be written.
        asked: A clip as listed, and the record frames of it that are meant; none of them twice.
        exists: As for `list_clips`.

    Raises:
        HostError: A clip is not there any more.
        TimelineError: The timeline cannot be measured.
    """
    places = _by_key(opened.timeline, {clip.key for clip, _ in asked})
    refused: dict[int, Clip] = {}
    for number in sorted(range(len(asked)), key=lambda each: -asked[each][1].start):
        clip, span = asked[number]
        place = places.get(clip.key)
        if clip.refusal is not None:
            refused[number] = clip
            continue
        if place is None:
            raise HostError(
                f"The timeline has no clip {clip.name!r} any more.",
                fix="`newtake clips TIMELINE` lists the clips as they are.",
            )
        try:
            split_out(opened.timeline, place, Part.of(opened.timeline, span), clip.key)
        except UnsplittableError as error:
            refused[number] = replace(clip, refusal=error.refusal)
    listed = {(each.track, each.record): each for each in list_clips(opened, exists)}
    return [
        refused[number] if number in refused else _piece(listed, clip, span)
        for number, (clip, span) in enumerate(asked)
    ]


def _by_key(timeline: Any, keys: set[str]) -> dict[str, Appearance]:
    found = find_appearances(timeline)
    key_of = keys_of(found)
    return {key: each for each in found if (key := key_of(each)) in keys}


def _piece(listed: dict[tuple[str, FrameRange], Clip], clip: Clip, span: FrameRange) -> Clip:
    found = listed.get((clip.track, span))
    if found is None:
        raise HostError(
            f"The clip {clip.name!r} cannot be split at {span}.",
            why="It is not there as it was listed.",
            fix="`newtake clips TIMELINE` lists the clips as they are.",
        )
    if span == clip.record:
        return clip
    notes = (*found.notes, *_rounding(clip, span))
    return replace(found, key=clip.key, index=clip.index, piece_of=clip.record, notes=notes)


def _rounding(clip: Clip, span: FrameRange) -> tuple[str, ...]:
    """What to know of a part that begins or ends between two frames of the clip's media."""
    rate, record = clip.source.rate, clip.record
    cuts = [edge - record.start for edge in (span.start, span.end)]
    inner = [cut for cut in cuts if 0 < cut < record.duration]
    if all((cut * clip.speed * rate / record.rate).denominator == 1 for cut in inner):
        return ()
    return (
        f"its media runs at {display_rate(rate)} and the timeline at {display_rate(record.rate)}: "
        "it is split between two media frames, which editors round either way",
    )


def places_for(
    timeline: Any, found: list[Appearance], take: NewTake, index: ClipIndex
) -> tuple[list[Appearance], list[Appearance]]:
    """The clips that get a take: one, or all pieces where the take's clip was split since.

    Args:
        timeline: Split in place where the take is for a part of a clip.
        found: All appearances.
        take: The take.
        index: Of the appearances.

    Returns:
        All appearances as they are now, in the same list where nothing was split, and those of them
        that get it; none where the clip is gone.
    Raises:
        HostError: The clip cannot be split any more as it was planned.
    """
    if take.piece is None:
        pieces = index.pieces(take.clip_key)
        named = None if pieces else index.clip(take.clip_key)
        return found, pieces if named is None else [named]
    part = Part.of(timeline, take.piece)
    target = holder_of(take.clip_key, part, index)
    if target is None:
        return found, []
    try:
        if not split_out(timeline, target, part, key_in(target, found)):
            return found, [target]
    except UnsplittableError as error:
        raise HostError(
            "The clip cannot be split for the take any more.", why=f"{error.refusal.text}."
        ) from error
    with unswept():
        found = find_again(timeline, found, target)
    return found, [each for each in found if each.label == target.label and part.is_all_of(each)]
