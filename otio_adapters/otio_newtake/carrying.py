"""Make the changes of a draft again in a newer state of its timeline.

Clips are found by the rules of `identity`. Nothing is put where it is not certain, or where the
clip now shows none of a take's frames; what is not put anywhere is told, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from newtake.domain.errors import SelectionError
from newtake.domain.lacking import lacking, lacking_words
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import Appearance, find_appearances, record_rate
from otio_newtake.consumption import shown_frames
from otio_newtake.identity import ClipIndex, keys_before, keys_of
from otio_newtake.layouts import free_number
from otio_newtake.marks import (
    is_exr_key,
    mark_of,
    number_of,
    original_of,
    put_mark,
    take_key,
    text_of,
)
from otio_newtake.relaying import lay_again, why_not_laid
from otio_newtake.removing import remove
from otio_newtake.spans import rate_of
from otio_newtake.splitting import Part, UnsplittableError, holder_of, pieces_of, split_out
from otio_newtake.takes import choose, renumber, star, taken_numbers
from otio_newtake.unsaved import (
    ClipChanges,
    Held,
    PieceOf,
    finder,
    holdings,
    in_point,
    movies,
    takes_above,
)

_CLOSE = Fraction(1, 1000)


@dataclass(slots=True)
class Carriage:
    """What became of the changes."""

    ids: frozenset[str]
    """Of clips that had one before."""
    given: set[str] = field(default_factory=set)
    """Ids that clips got."""
    takes: int = 0
    others: int = 0
    unplaced: list[tuple[ClipChanges, str]] = field(default_factory=list)
    """Those whose new takes found no clip, and why, a sentence."""
    notes: list[str] = field(default_factory=list)


class _NowhereError(Exception):
    """The clip is not there, or would not take the takes; the text is a sentence."""


def carry(changes: Sequence[ClipChanges], timeline: Any) -> Carriage:
    """Make the changes in the timeline, in place.

    Args:
        changes: Of a draft; its references are copied.
        timeline: The newer state.

    Raises:
        TimelineError: It cannot be measured.
    """
    found = find_appearances(timeline)
    done = Carriage(ids=frozenset(text_of(each.mark, "clip_id") for each in found) - {""})
    above = takes_above(found)
    for each, place in _whole_clips(changes, found, done):
        _put(each, place, above, timeline, done)
    found = find_appearances(timeline)
    pieces = [(each, _span(each.piece, found)) for each in changes if each.piece is not None]
    # What has takes is split out first; the rest of a split clip has its place then.
    for each, span in sorted(pieces, key=lambda one: not one[0].added):
        # What was read of marks that were written since is gone.
        found = find_appearances(timeline)
        try:
            piece = _piece(each, span, timeline, found)
        except (_NowhereError, UnsplittableError) as error:
            _tell(each, f"{error}", done)
            continue
        if piece is not None:
            _put(each, piece, takes_above(find_appearances(timeline)), timeline, done)
    return done


def _whole_clips(
    changes: Sequence[ClipChanges], found: Sequence[Appearance], done: Carriage
) -> Iterator[tuple[ClipChanges, Appearance]]:
    """The clips that are no pieces, each with its place; no place twice."""
    find = finder(found)
    places = [
        (each, next(filter(None, map(find, each.keys)), None))
        for each in changes
        if each.piece is None
    ]
    uses: dict[int, int] = {}
    for _, place in places:
        if place is not None:
            uses[id(place)] = uses.get(id(place), 0) + 1
    own = keys_of(found)
    for each, place in places:
        if place is None:
            _tell(each, "its clip is not in the timeline any more.", done)
        elif uses[id(place)] > 1 and own(place) not in each.keys:
            _tell(each, "another clip has its place in the timeline now.", done)
        else:
            yield each, place


def _piece(
    changes: ClipChanges,
    span: tuple[Fraction, Fraction] | None,
    timeline: Any,
    found: list[Appearance],
) -> Appearance | None:
    """The piece, split out where it has takes and is not one yet; None where nothing was split.

    Args:
        changes: Of the piece.
        span: Where it lies now, in seconds; None where its clip is gone.
        timeline: Changed in place.
        found: Its appearances.
    """
    piece = changes.piece
    assert piece is not None
    there = finder(found)(changes.keys[0]) if changes.keys else None
    if there is not None and abs(there.duration - piece.duration) < _CLOSE:
        return there
    if span is None:
        raise _NowhereError("the clip that it is a part of is not in the timeline any more.")
    if not changes.added:
        return _holding(piece, (span[0] + span[1]) / 2, found)
    part = Part(span, Fraction(499, 1000) / record_rate(timeline, found))
    index = ClipIndex(found)
    holder = next(filter(None, (holder_of(key, part, index) for key in piece.keys)), None)
    if holder is None:
        raise _NowhereError("the part of its clip is not in the timeline any more.")
    if abs(holder.duration - piece.duration) < _CLOSE:
        return holder
    own = keys_of(found)(holder)
    split_out(timeline, holder, part, own)
    for each in pieces_of(own, find_appearances(timeline)):
        # Whoever knows the clip as the draft had it finds its pieces too.
        put_mark(each.item, split_of=list(dict.fromkeys((*keys_before(each), *piece.keys))))
    again = find_appearances(timeline)
    return next((each for each in again if _same_span(each, holder, part)), None)


def _holding(piece: PieceOf, moment: Fraction, found: Sequence[Appearance]) -> Appearance | None:
    """The piece of the same clip that shows at a moment."""
    pieces = {id(each): each for key in piece.keys for each in pieces_of(key, found)}
    fits = [each for each in pieces.values() if each.start <= moment < each.start + each.duration]
    return fits[0] if len(fits) == 1 else None


def _span(piece: PieceOf, found: Sequence[Appearance]) -> tuple[Fraction, Fraction] | None:
    """Where the piece lies now, in seconds: its clip may have moved, and begin elsewhere in it."""
    find = finder(found)
    whole = next(filter(None, map(find, piece.keys)), None)
    if whole is None:
        others = [each for key in piece.keys for each in pieces_of(key, found)]
        # Split by another run at the same place.
        return (piece.start, piece.start + piece.duration) if others else None
    if piece.offset is None:
        start = piece.start
    else:
        own = in_point(whole)
        moved = Fraction(0) if own is None or piece.whole_in is None else piece.whole_in - own
        start = whole.start + piece.offset + moved
    return start, start + piece.duration


def _same_span(place: Appearance, whole: Appearance, part: Part) -> bool:
    if place.label != whole.label:
        return False
    begin, end = place.start, place.start + place.duration
    return abs(begin - part.span[0]) <= part.close and abs(end - part.span[1]) <= part.close


def _put(
    changes: ClipChanges,
    place: Appearance,
    takes_of: Callable[[str], list[Any]],
    timeline: Any,
    done: Carriage,
) -> None:
    clip = place.item
    above = takes_of(text_of(mark_of(clip), "clip_id"))
    there, _ = holdings(clip, above)
    new = {name: held for name, held in changes.added.items() if name not in there}
    try:
        _refuse(place, new.values())
    except _NowhereError as error:
        _tell(changes, f"{error}", done)
        return
    if changes.clip_id and text_of(mark_of(clip), "clip_id") not in done.ids | done.given:
        # Jobs under way and whoever looks at it go on finding it by what it was called.
        put_mark(clip, clip_id=changes.clip_id, first_key=changes.first_key)
        done.given.add(changes.clip_id)
    inside = {name: held for name, held in new.items() if not held.on_track}
    if inside:
        _add(clip, above, inside)
    for held in new.values():
        if held.on_track:
            rate = record_rate(timeline, find_appearances(timeline))
            above = [*above, lay_again(timeline, place, held, above, rate)]
    if new:
        done.takes += len(movies(new))
        done.notes.extend(_uncovered(changes.name, place, inside.values()))
    _other_changes(changes, clip, above, done)


def _refuse(place: Appearance, new: Any) -> None:
    takes = list(new)
    if takes and text_of(mark_of(place.item), "original_url"):
        raise _NowhereError("a take has replaced its clip's media in the timeline.")
    for held in takes:
        if held.on_track:
            if why := why_not_laid(place, held):
                raise _NowhereError(why)
            continue
        shown, has = _frames(place, held)
        if shown is not None and has is not None and shown.intersection(has) is None:
            raise _NowhereError(
                f"the clip now shows other frames than the take has: {shown.start} to "
                f"{shown.end - 1}; the take has {has.start} to {has.end - 1}."
            )


def _frames(place: Appearance, held: Held) -> tuple[FrameRange | None, FrameRange | None]:
    """What the clip shows and what the take has, in frames of the take."""
    available = held.reference.available_range
    rate = rate_of(available.start_time.rate) if available is not None else None
    if rate is None:
        return None, None
    start, count = round(available.start_time.value), round(available.duration.value)
    return shown_frames(place, rate), FrameRange(start, max(count, 1), rate)


def _uncovered(name: str, place: Appearance, new: Any) -> Iterator[str]:
    for held in new:
        shown, has = _frames(place, held)
        if shown is None or has is None or is_exr_key(held.key):
            continue
        if words := lacking_words(lacking(shown, has), shown.duration):
            yield (
                f"{name}: the clip shows other frames now; {held.reference.name or held.key} lacks "
                f"{words}."
            )


def _add(clip: Any, above: Sequence[Any], new: dict[str, Held]) -> None:
    """Add references as they are, under the numbers that are free; the selection stays."""
    taken = taken_numbers(clip, above)
    if clip.source_range is None:
        original = original_of(clip)[1]
        # Without a range of its own a clip is as long as whichever media is selected.
        clip.source_range = original.available_range if original is not None else None
    numbers: dict[str, int] = {}
    references = dict(clip.media_references())
    for identity in sorted(new, key=lambda name: number_of(new[name].key, new[name].reference)):
        held = new[identity]
        (movie,) = movies([identity]) or [identity.partition("\0")[0]]
        if movie not in numbers:
            numbers[movie] = free_number(number_of(held.key, held.reference), taken)
            taken.add(numbers[movie])
        reference = renumber(held.reference.deepcopy(), held.key, numbers[movie])
        references[take_key(numbers[movie], exr=is_exr_key(held.key))] = reference
    clip.set_media_references(references, clip.active_media_reference_key)


def _other_changes(changes: ClipChanges, clip: Any, above: Sequence[Any], done: Carriage) -> None:
    made = 0
    for identity in movies(changes.removed):
        held = holdings(clip, above)[0].get(identity)
        if held is not None:
            made += _tried(done, changes.name, remove, clip, above, held.key)
    for identity, starred in (changes.starred or {}).items():
        held = holdings(clip, above)[0].get(identity)
        if held is not None:
            made += _tried(done, changes.name, star, clip, above, held.key, starred)
    if changes.selected is not None:
        there = holdings(clip, above)[0]
        wanted = there.get(changes.selected)
        if changes.selected and wanted is None:
            done.notes.append(f"{changes.name}: the selected take is not in the timeline any more.")
        else:
            key = wanted.key if wanted is not None else "original"
            chosen = _tried(done, changes.name, choose, clip, above, key)
            made += chosen if not changes.added and not made else 0
    done.others += made


def _tried(done: Carriage, name: str, change: Any, *arguments: Any) -> int:
    """1 where it could be done; a note where not."""
    try:
        change(*arguments)
    except SelectionError as error:
        done.notes.append(f"{name}: {error.what}")
        return 0
    return 1


def _tell(changes: ClipChanges, why: str, done: Carriage) -> None:
    if movies(changes.added):
        done.unplaced.append((changes, why))
    elif changes.count:
        done.notes.append(f"{changes.name}: what was changed is left out; {why}")
