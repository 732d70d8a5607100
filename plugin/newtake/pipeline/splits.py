"""What a plan's takes make of the clips that are split for them: the pieces, and all numbers.

A listing counts the pieces of a clip one after the other, in its place, so that a split moves the
numbers of everything after it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from newtake.domain.clip import Clip
from newtake.domain.timing import FrameRange
from newtake.pipeline.planned import PlannedClip


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip of the written timeline."""

    number: int
    """There, once every take of the plan is in it."""
    record: FrameRange
    has_take: bool
    """Whether the plan makes a take for it."""


@dataclass(frozen=True, slots=True)
class Split:
    """One clip that is split, and all that becomes of it, in order."""

    clip: Clip
    """A piece of it that gets a take; `piece_of` is the record range of the whole."""
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """A sentence for a person, without the clip and without a full stop."""
        first, last = self.pieces[0].number, self.pieces[-1].number
        to = "and" if last == first + 1 else "to"
        lengths = [f"{each.record.duration}{'*' * each.has_take}" for each in self.pieces]
        return (
            f"it is split into {len(self.pieces)} clips, {first} {to} {last} of the written "
            f"timeline, of {', '.join(lengths[:-1])} and {lengths[-1]} frames; * gets a take"
        )


def splits_of(entries: Iterable[PlannedClip]) -> tuple[Split, ...]:
    """Every clip that the takes of these entries split, in the order of the timeline."""
    parts: dict[str, list[Clip]] = {}
    for entry in entries:
        if _gets_a_take(entry) and entry.clip.piece_of is not None:
            parts.setdefault(entry.clip.key, []).append(entry.clip)
    found, more = [], 0
    for clips in sorted(parts.values(), key=lambda each: each[0].index):
        spans = _spans(clips)
        taken = {clip.record.start for clip in clips}
        first = clips[0].index + more
        pieces = [
            Piece(number, span, span.start in taken) for number, span in enumerate(spans, first)
        ]
        found.append(Split(clips[0], tuple(pieces)))
        more += len(pieces) - 1
    return tuple(found)


def numbered(entries: Sequence[PlannedClip]) -> tuple[PlannedClip, ...]:
    """The entries with the numbers that they have in the written timeline.

    What is refused keeps the number of its clip, and has none where that clip is split for others.
    """
    splits = splits_of(entries)
    pieces = {
        (each.clip.key, piece.record.start): piece.number
        for each in splits
        for piece in each.pieces
    }
    split = {each.clip.key for each in splits}

    places = [each.clip.index for each in splits]
    more = [0, *accumulate(len(each.pieces) - 1 for each in splits)]

    def number(entry: PlannedClip) -> int | None:
        clip = entry.clip
        if clip.key in split:
            return pieces.get((clip.key, clip.record.start)) if _gets_a_take(entry) else None
        # What no listing has, as sound and transitions, has no number.
        return clip.index + more[bisect_left(places, clip.index)] if clip.index else None

    return tuple(replace(entry, written_index=number(entry)) for entry in entries)


def _gets_a_take(entry: PlannedClip) -> bool:
    return entry.order is not None or entry.same_as is not None


def _spans(clips: Sequence[Clip]) -> list[FrameRange]:
    """The pieces of one clip, from its start to its end."""
    whole = clips[0].piece_of
    assert whole is not None
    bounds = {whole.start, whole.end}
    for clip in clips:
        bounds |= {clip.record.start, clip.record.end}
    cuts = sorted(bounds)
    return [FrameRange(start, end - start, whole.rate, whole.drop) for start, end in pairwise(cuts)]
