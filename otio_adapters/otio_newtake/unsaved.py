"""What a draft has done to the clips of the timeline that it began with, clip by clip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from otio_newtake.appearances import Appearance
from otio_newtake.identity import ClipIndex, clip_keys, keys_before
from otio_newtake.marks import is_exr_key, is_take, mark_of, number_of, take_key, text_of
from otio_newtake.spans import seconds_of


@dataclass(frozen=True, slots=True)
class PieceOf:
    """Where a piece lay in the clip that it was split out of. All in seconds."""

    keys: tuple[str, ...]
    """What the whole clip was known by."""
    offset: Fraction | None
    """From the whole's start to the piece's; None where the whole is not known."""
    whole_in: Fraction | None
    """The whole's in point in its media, where it counts at one speed; else None."""
    start: Fraction
    """Of the record."""
    duration: Fraction


@dataclass(frozen=True, slots=True)
class Held:
    """A take of a clip."""

    key: str
    """By which it is chosen."""
    reference: Any
    starred: bool
    on_track: bool = False
    """Whether it is a clip of its own above."""
    item: Any = None
    """That clip; None of any other take, and of one that is kept without it."""
    over: tuple[Fraction, Fraction] | None = None
    """Of such a take: the `shape_of` what it covers."""


@dataclass(frozen=True, slots=True)
class ClipChanges:
    """What was done to one clip. Takes are told apart by `identity_of`, whatever their keys."""

    name: str
    keys: tuple[str, ...]
    """By which the clip is found again, the surest first."""
    clip_id: str
    """Its id where the draft gave it one; else empty."""
    first_key: str
    added: Mapping[str, Held]
    removed: tuple[str, ...] = ()
    starred: Mapping[str, bool] | None = None
    """Of takes that were there before."""
    selected: str | None = None
    """The take that was chosen; empty for the original, None where nothing else was chosen."""
    piece: PieceOf | None = None
    """Of a piece that the draft has split out."""

    @property
    def count(self) -> int:
        """As many as a person would say: a new take is selected, and that is one change."""
        made = len(movies(self.added)) + len(movies(self.removed)) + len(self.starred or {})
        return made or int(self.selected is not None)


def movies(identities: Iterable[str]) -> list[str]:
    """The takes themselves, without the EXR frames that go with some."""
    return [each for each in identities if not each.endswith(_EXR)]


_EXR = "\0exr"
_CLOSE = Fraction(1, 1000)
"""Seconds; less than half of any frame."""


def identity_of(key: str, reference: Any) -> str:
    """What tells a take of a clip from its others in every state of the timeline."""
    label = text_of(mark_of(reference), "label") or key
    return f"{label}{_EXR}" if is_exr_key(key) else label


def changes_since(
    base: Sequence[Appearance] | None, draft: Sequence[Appearance]
) -> list[ClipChanges]:
    """What is in the draft and was not in its base, in reading order.

    Args:
        base: Everything that the draft began with; None where that is not known: then every take
            counts as added.
        draft: Everything in it. The changes hold its references.
    """
    before = _Finder(base) if base is not None else None
    above = takes_above(draft)
    old_above = takes_above(base or ())
    found = []
    for place, key in zip(draft, clip_keys(draft), strict=True):
        own = text_of(place.mark, "clip_id")
        if not isinstance(place.item, otio.schema.Clip) or text_of(place.mark, "take_of"):
            continue
        now, chosen = holdings(place.item, above(own))
        shape = shape_of(place)
        now = {name: replace(held, over=shape) for name, held in now.items()}
        if not own and not now:
            continue
        words = tuple(dict.fromkeys(each for each in (own, key, _first(place)) if each))
        was, known = _counterpart(place, words, before)
        then, chosen_then = ({}, "") if was is None else holdings(was.item, old_above(_id_of(was)))
        is_piece = bool(keys_before(place)) and (was is None or not same_length(place, was))
        changes = ClipChanges(
            name=place.item.name,
            keys=words,
            clip_id=own if known != own else "",
            first_key=_first(place),
            added={name: now[name] for name in now if name not in then},
            removed=tuple(name for name in then if name not in now),
            starred={
                name: now[name].starred
                for name in now
                if name in then and now[name].starred != then[name].starred
            },
            selected=chosen if chosen != chosen_then else None,
            piece=_piece(place, was) if is_piece else None,
        )
        if changes.count or changes.clip_id:
            found.append(changes)
    return found


def holdings(clip: Any, above: Sequence[Any]) -> tuple[dict[str, Held], str]:
    """The takes of a clip by what tells them apart, and the selected one; empty for the original.

    Args:
        clip: The clip.
        above: The take clips that other tracks hold for it.
    """
    held, chosen = {}, ""
    active = clip.active_media_reference_key
    for key, reference in clip.media_references().items():
        if reference is not None and is_take(key, reference):
            identity = identity_of(key, reference)
            held[identity] = Held(key, reference, mark_of(reference).get("starred") is True)
            chosen = identity if key == active else chosen
    for item in above:
        reference = item.media_reference
        key = take_key(number_of("", reference))
        identity = identity_of(key, reference)
        starred = mark_of(reference).get("starred") is True
        held[identity] = Held(key, reference, starred, on_track=True, item=item)
        chosen = identity if item.enabled else chosen
    return held, chosen


def takes_above(found: Sequence[Appearance]) -> Callable[[str], list[Any]]:
    """What tells the take clips on other tracks of the clip with an id."""
    owned: dict[str, list[Any]] = {}
    for each in found:
        if owner := text_of(each.mark, "take_of"):
            owned.setdefault(owner, []).append(each.item)
    return lambda clip_id: owned.get(clip_id, []) if clip_id else []


class _Finder:
    """`find_clip` for many keys."""

    def __init__(self, found: Sequence[Appearance]) -> None:
        self.found = found
        self._by_key = dict(zip(clip_keys(found), found, strict=True))
        self._index = ClipIndex(found)

    def find(self, key: str) -> Appearance | None:
        return self._by_key.get(key) or self._index.clip(key)


def finder(found: Sequence[Appearance]) -> Callable[[str], Appearance | None]:
    """`find_clip` for many keys of one state of a timeline."""
    return _Finder(found).find


def in_point(place: Appearance) -> Fraction | None:
    """Seconds of its media at which a clip begins, where it plays it as it is; else None."""
    span = place.item.source_range
    return seconds_of(span.start_time) if span is not None and place.plain else None


def shape_of(place: Appearance) -> tuple[Fraction, Fraction] | None:
    """The in point and the length of a clip in seconds; None where it plays its media otherwise
    than as it is."""
    begin = in_point(place)
    return None if begin is None else (begin, place.duration)


def same_length(one: Appearance, other: Appearance) -> bool:
    return abs(one.duration - other.duration) < _CLOSE


def _counterpart(
    place: Appearance, words: Sequence[str], before: _Finder | None
) -> tuple[Appearance | None, str | None]:
    """The clip in the base, and its id there; for a piece the whole."""
    if before is None:
        return None, None
    for word in (*words, *keys_before(place)):
        was = before.find(word)
        if was is not None:
            return was, _id_of(was)
    return None, None


def _piece(place: Appearance, whole: Appearance | None) -> PieceOf:
    return PieceOf(
        keys=tuple(keys_before(place)),
        offset=None if whole is None else place.start - whole.start,
        whole_in=None if whole is None else in_point(whole),
        start=place.start,
        duration=place.duration,
    )


def _first(place: Appearance) -> str:
    return text_of(place.mark, "first_key")


def _id_of(place: Appearance) -> str:
    return text_of(place.mark, "clip_id")
