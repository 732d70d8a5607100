"""Take a take out of its clip. Its files stay where they are; so does the original, always."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import SelectionError
from otio_newtake.marks import (
    ORIGINAL_KEY,
    is_exr_key,
    is_take,
    mark_of,
    number_of,
    original_of,
    take_key,
)
from otio_newtake.takes import choose


def remove(clip: Any, above: Sequence[Any], key: str) -> None:
    """Remove a take, its EXR frames with it, in place. Where it was selected, the original is then.

    Args:
        clip: The clip.
        above: Take clips that other tracks hold for it.
        key: The take's.

    Raises:
        SelectionError: There is no such take, or it is none that can go.
    """
    references = clip.media_references()
    own, original = original_of(clip)
    replaced = original is not None and is_take(own, original)
    on_track = [take for take in above if _key_of(take) == key]
    if key == "original" or (key == own and not replaced and not on_track):
        raise SelectionError(f"The original of the clip {clip.name!r} is never removed.")
    if is_exr_key(key):
        raise SelectionError(
            f"{key} goes with its movie.", fix=f"Remove {key.removesuffix('_exr')}, and both go."
        )
    if on_track:
        for take in on_track:
            _off_track(take)
        return
    reference = references.get(key)
    if reference is None or not is_take(key, reference):
        # Says which takes there are.
        choose(clip, above, key)
        raise SelectionError(f"{key!r} of the clip {clip.name!r} is no take of New Take's.")
    if replaced and key == own:
        raise SelectionError(
            f"The only media of the clip {clip.name!r} is this take: it replaced the original.",
            fix="The timeline that it was restyled in still has the original.",
        )
    gone = {key, take_key(number_of(key, reference), exr=True)}
    kept = {name: each for name, each in references.items() if name not in gone}
    active = clip.active_media_reference_key
    clip.set_media_references(kept, active if active in kept else own or ORIGINAL_KEY)


def _key_of(take: Any) -> str:
    return take_key(number_of("", take.media_reference))


def _off_track(take: Any) -> None:
    """Leave a gap in a take clip's place, and no track where nothing else was on it."""
    track = take.parent()
    items = list(track)
    place = next(number for number, each in enumerate(items) if each is take)
    gap = otio.schema.Gap(duration=take.source_range.duration)
    track[place] = gap
    for beside in (place + 1, place - 1):
        if 0 <= beside < len(track) and _leads_nowhere(track, beside):
            del track[beside]
    _join_gaps(track)
    stack = track.parent()
    if mark_of(track).get("takes") is True and stack is not None and _is_bare(track):
        del stack[next(number for number, each in enumerate(stack) if each is track)]


def _leads_nowhere(track: Any, place: int) -> bool:
    """Whether a transition of ours has no take on either side any more."""
    if not isinstance(track[place], otio.schema.Transition):
        return False
    sides = (track[place - 1] if place else None, *list(track)[place + 1 : place + 2])
    return not any(isinstance(side, otio.schema.Clip) for side in sides)


def _join_gaps(track: Any) -> None:
    """Make one gap of neighbours, as room for a take is looked for in single ones."""
    place = 1
    while place < len(track):
        one, two = track[place - 1], track[place]
        if isinstance(one, otio.schema.Gap) and isinstance(two, otio.schema.Gap):
            duration = one.source_range.duration + two.source_range.duration
            track[place - 1] = otio.schema.Gap(duration=duration)
            del track[place]
        else:
            place += 1
    if len(track) > 1 and isinstance(track[-1], otio.schema.Gap):
        before = track[-2]
        if not isinstance(before, otio.schema.Transition):
            del track[-1]


def _is_bare(track: Any) -> bool:
    return all(isinstance(each, otio.schema.Gap) for each in track)
