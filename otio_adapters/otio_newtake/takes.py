"""The takes of a clip: which there are, which one is chosen, and choosing another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from newtake.domain.clip import NO_LACK, TakeSummary
from newtake.domain.errors import SelectionError
from newtake.domain.lacking import lacking
from newtake.domain.take_name import renumbered
from newtake.domain.timing import FrameRange, Handles
from otio_newtake.marks import (
    ORIGINAL_KEY,
    is_exr_key,
    is_take,
    mark_of,
    number_of,
    original_of,
    put_mark,
    take_key,
    text_of,
    url_of,
)
from otio_newtake.spans import frames_at, rate_of


def summaries(
    clip: Any, on_tracks: Iterable[Any] = (), shown: FrameRange | None = None
) -> tuple[TakeSummary, ...]:
    """The original as number 0, then the takes by number; empty for a clip without takes.

    Args:
        clip: The clip.
        on_tracks: Take clips that other tracks hold for it. They show what they did, wherever the
            clip was slipped to: they lack nothing.
        shown: The media frames that the clip shows, to tell which of them a take lacks.
    """
    references = clip.media_references()
    active = clip.active_media_reference_key
    found = [
        replace(
            _summary(key, reference, number_of(key, reference), key == active),
            lacks=_lacks(reference, shown),
        )
        for key, reference in references.items()
        if reference is not None and is_take(key, reference)
    ]
    above = [_on_track(take) for take in on_tracks]
    if not found and not above:
        return ()
    key, reference = original_of(clip)
    covered = any(take.selected for take in above)
    if covered:
        # What lies above is what shows.
        found = [replace(take, selected=False) for take in found]
    if reference is not None and not is_take(key, reference):
        chosen = not covered and not any(take.selected for take in found)
        found.append(_summary(key, reference, 0, chosen))
    return tuple(sorted([*found, *above], key=lambda take: (take.number, take.key)))


def _lacks(reference: Any, shown: FrameRange | None) -> Handles:
    """As far as both are counted at one rate."""
    spoken = reference.available_range
    if shown is None or spoken is None or rate_of(spoken.duration.rate) != shown.rate:
        return NO_LACK
    has = frames_at(spoken, shown.rate)
    return NO_LACK if has is None else lacking(shown, has)


def renumber(reference: Any, key: str, number: int) -> Any:
    """Give a take's reference another number, in its name as well; the reference.

    Args:
        reference: Of the take; changed.
        key: That it had.
        number: The new one.
    """
    reference.name = renumbered(reference.name, number_of(key, reference), number)
    put_mark(reference, take=number)
    return reference


def taken_numbers(clip: Any, on_tracks: Iterable[Any] = ()) -> set[int]:
    return {take.number for take in summaries(clip, on_tracks)} - {0}


def choose(clip: Any, on_tracks: Sequence[Any], key: str) -> None:
    """Select a take by its key; `original` and the original's own key give the media as cut.

    Raises:
        SelectionError: If the clip has no such take. Says which it has.
    """
    if key == "original":
        key = _original_key(clip)
    above = {_on_track(take).key: take for take in on_tracks}
    references = clip.media_references()
    if key not in above and key not in references:
        known = ", ".join(_known(clip, [*references, *above])) or "none"
        raise SelectionError(
            f"The clip {clip.name!r} has no take {key!r}.", fix=f"Its takes are: {known}."
        )
    for own, take in above.items():
        take.enabled = own == key
    if key in references:
        clip.active_media_reference_key = key


def _original_key(clip: Any) -> str:
    """The key of the media as cut.

    Raises:
        SelectionError: A take replaced it, so that there is none here.
    """
    key, reference = original_of(clip)
    if reference is not None and is_take(key, reference):
        was = text_of(mark_of(clip), "original_url")
        raise SelectionError(
            f"There is no original of the clip {clip.name!r} here: a take replaced it.",
            why=f"Its media was {was}." if was else "",
            fix="The timeline that it was restyled in still has it.",
        )
    return key or ORIGINAL_KEY


def _known(clip: Any, keys: Sequence[str]) -> list[str]:
    """The words that choose among the clip's takes, `original` first where there is one."""
    own, reference = original_of(clip)
    if reference is None or is_take(own, reference):
        return list(keys)
    return ["original", *(key for key in keys if key != own)]


def star(clip: Any, on_tracks: Sequence[Any], key: str, starred: bool) -> None:
    """Mark a take as a favourite, or take the mark away. Raises: SelectionError."""
    for own, reference in clip.media_references().items():
        if own == key and reference is not None and is_take(own, reference):
            put_mark(reference, starred=starred)
            return
    for take in on_tracks:
        if _on_track(take).key == key:
            put_mark(take.media_reference, starred=starred)
            return
    raise SelectionError(f"The clip {clip.name!r} has no take {key!r}.")


def track_takes(clip_id: str, items: Iterable[Any]) -> list[Any]:
    """Those take clips among `items` that belong to the clip with this id."""
    if not clip_id:
        return []
    return [item for item in items if mark_of(item).get("take_of") == clip_id]


def _on_track(take: Any) -> TakeSummary:
    reference = take.media_reference
    number = number_of("", reference)
    return _summary(take_key(number), reference, number, bool(take.enabled))


def _summary(key: str, reference: Any, number: int, selected: bool) -> TakeSummary:
    name = reference.name or ("original" if not number else f"Take {number}")
    if is_exr_key(key) and not reference.name:
        name += " (EXR)"
    return TakeSummary(
        number=number,
        key=key,
        name=name,
        url=url_of(reference),
        selected=selected,
        starred=mark_of(reference).get("starred") is True,
    )
