"""Lay takes into a timeline in memory, several after each other, and write them all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from newtake.domain.errors import HostError, NewTakeError
from newtake.domain.files import HostTarget, Layout, NewTake, PlacedTake, Profile
from otio_newtake.absolute import shift, shift_of, undo_shift
from otio_newtake.appearances import Appearance, find_appearances, record_rate
from otio_newtake.committing import commit
from otio_newtake.consumption import shown_frames
from otio_newtake.dialect import dialect_of, shape
from otio_newtake.drafting import written_file
from otio_newtake.exporting import is_behind
from otio_newtake.gathering import Answer
from otio_newtake.identity import ClipIndex
from otio_newtake.layouts import place_take
from otio_newtake.losing import refuse_losing_takes
from otio_newtake.marks import mark_of, text_of
from otio_newtake.outputs import base_of
from otio_newtake.pieces import places_for
from otio_newtake.proof import Before, Proof, check_written, held_takes
from otio_newtake.reading import OpenedTimeline
from otio_newtake.sweeping import unswept


def lay_together(target: HostTarget, export: Path | None, takes: Sequence[NewTake]) -> list[Answer]:
    """Lay takes into the target in their order and write it once. The lock is the caller's.

    Each is laid or refused as if it came alone: what cannot be laid leaves nothing behind, and
    where all together cannot be written, each is tried by itself.

    Args:
        target: The timeline, and where and how takes are written.
        export: As for `commit`.
        takes: In order; a label that comes twice is laid once.

    Returns:
        For each where it is, or why it is nowhere.
    """
    answers: dict[int, Answer] = {}
    rest = list(range(len(takes)))
    while rest:
        try:
            laying = _Laying(target, base_of(target))
        except NewTakeError as error:
            answers.update(dict.fromkeys(rest, error))
            break
        laid: dict[int, PlacedTake] = {}
        for number in rest:
            try:
                laid[number] = laying.lay(takes[number])
            except Exception as error:  # opentimelineio raises several unrelated kinds
                answers[number] = error
                if laying.spoilt:
                    break
        rest = [number for number in rest if number not in answers]
        if laying.spoilt or not rest:
            continue
        try:
            answers.update(zip(rest, laying.written(export, list(laid.values())), strict=True))
        except NewTakeError as error:
            if len(rest) == 1:
                answers[rest[0]] = error
                break
            for number in rest:
                (answers[number],) = lay_together(target, export, [takes[number]])
        break
    return [answers[number] for number in range(len(takes))]


class _Laying:
    """One timeline in memory that takes are laid into; each finds it as those before it left it.

    Where clips lie and what they are called is worked out once, and again only where takes that
    were laid could change the answer.
    """

    def __init__(self, target: HostTarget, opened: OpenedTimeline) -> None:
        """Raises TimelineError. The timeline is the caller's to change, as from `base_of`."""
        self.spoilt = False
        """Whether a take that was refused has left something behind."""
        self._target = target
        self._opened = opened
        self._renew(list(opened.appearances()))
        self._labels = held_takes(self._found)
        clips = [each.item for each in self._found]
        self._dialect = dialect_of(target.profile, opened.timeline, target.output.parent, clips)
        self._record = record_rate(opened.timeline, self._found)
        shape(opened.timeline, self._dialect, opened.folder, Path.exists)
        self._proofs: list[Proof] = []

    def lay(self, take: NewTake) -> PlacedTake:
        """Add a take to its clip and select it; where it lies already nothing is changed.

        Raises:
            HostError: The clip is gone, shows other frames, or cannot hold the take.
        """
        target, rate = self._target, take.file.available.rate
        held = self._labels.get(take.label)
        if held is not None:
            return PlacedTake(*held, written_file(target), added=False)
        # To find a piece of a clip is to split it.
        self.spoilt = take.piece is not None
        places = self._places(take)
        if not places:
            raise HostError(
                f"The clip {take.clip_key!r} is gone from {target.output.name}.",
                fix="Bring the clip back, then `newtake jobs resume`.",
            )
        shifted = shift_of(take) if target.profile is Profile.RESOLVE else 0
        placed, proofs = [], []
        for place in places:
            refuse_losing_takes(place, self._found, target)
            if shifted:
                self.spoilt = True
                undo_shift(place.item, rate)
            _check_overlap(place, take)
            before = Before.of(place.item)
            self.spoilt = True
            placed.append(self._placed(place, take))
            if shifted:
                before = before.counted_from(shifted, rate)
            proofs.append(Proof(take.label, text_of(mark_of(place.item), "clip_id"), before))
        for place in places if shifted else ():
            shift(self._opened.timeline, place.item, shifted, rate)
        self.spoilt = False
        self._proofs += proofs
        self._labels[take.label] = placed[0]
        for place in places:
            self._touched.add(place)
            fresh = replace(place, mark=mark_of(place.item))
            self._found[self._found.index(place)] = fresh
        return PlacedTake(*placed[0], written_file(target), added=True)

    def _placed(self, place: Appearance, take: NewTake) -> tuple[str, int]:
        timeline, layout = self._opened.timeline, self._target.layout
        return place_take(timeline, self._found, place, take, layout, self._dialect, self._record)

    def written(self, export: Path | None, laid: Sequence[PlacedTake]) -> list[PlacedTake]:
        """Write what was laid; each that was added, with what to know of the exports.

        Where all of it lay there already, the exports may have been left behind.

        Raises: As `commit`.
        """
        opened, target = self._opened, self._target
        if not self._proofs:
            is_draft = target.draft is not None
            if is_draft or not is_behind(opened.timeline, target.output, export):
                return list(laid)
        check = partial(check_written, proofs=self._proofs, target=target)
        notes = commit(target, export, opened, check)
        fresh = {number for number, each in enumerate(laid) if each.added or not self._proofs}
        return [replace(each, notes=notes) if n in fresh else each for n, each in enumerate(laid)]

    def _places(self, take: NewTake) -> list[Appearance]:
        """The clips that get a take, as `places_for` finds them in the timeline as it is now."""
        layout = self._target.layout
        if self._touched and (layout is Layout.REPLACE or take.piece):
            self._look_again()
        places = self._find(take)
        if self._touched.isdisjoint(places) and (places or not self._touched):
            return places
        self._look_again()
        return self._find(take)

    @property
    def _plain(self) -> bool:
        """Whether a take adds nothing but a reference and marks to its clip."""
        return self._target.layout is Layout.TAKES and self._target.profile is not Profile.RESOLVE

    def _find(self, take: NewTake) -> list[Appearance]:
        found, places = places_for(self._opened.timeline, self._found, take, self._index)
        if found is not self._found:
            self._renew(found)
        return places

    def _look_again(self) -> None:
        if self._plain:
            self._renew(self._found)
            return
        with unswept():
            self._renew(find_appearances(self._opened.timeline))

    def _renew(self, found: list[Appearance]) -> None:
        self._found = found
        self._index = ClipIndex(list(found))
        self._touched: set[Appearance] = set()
        """Clips that got takes since."""


def _check_overlap(place: Appearance, take: NewTake) -> None:
    """A clip found by its place may have been cut anew from quite another part of the media, and
    where it lies elsewhere by now, the part of it at a record time is another one."""
    shown, has = shown_frames(place, take.file.available.rate), take.file.available
    if shown is None:
        return
    is_other = shown.intersection(has) is None
    if take.piece is not None:
        # Between two media frames either one may be the first.
        is_other |= shown.start < has.start - 1 or shown.end > has.end + 1
    if is_other:
        raise HostError(
            "The clip now shows other frames than the take has.",
            why=f"It shows {shown.start} to {shown.end - 1}; the take has "
            f"{has.start} to {has.end - 1}.",
            fix="Restyle the clip as it is now.",
        )
