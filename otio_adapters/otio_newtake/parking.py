"""Takes whose clips are gone from their timeline, kept as a timeline of their own beside its draft.

Each of its clips has the takes of one clip as they were, by what that is found again, and why it
was not found. Relative addresses count from the folder of the draft's output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import HostError
from otio_newtake.dialect import move_relative
from otio_newtake.marks import mark_of, put_mark, text_of
from otio_newtake.reading import look_at
from otio_newtake.unsaved import ClipChanges, PieceOf, holdings, identity_of
from otio_newtake.writing import write_timeline

Parked = tuple[ClipChanges, str]
"""The changes of a clip, and why they were made nowhere."""


def parked(at: Path) -> list[Parked]:
    """What is kept there, for looking only; nothing where nothing is. Raises: TimelineError."""
    return [_read(clip) for clip in look_at(at).timeline.tracks[0]] if at.exists() else []


def park(at: Path, entries: Sequence[Parked], *, moved: tuple[Path, Path] | None = None) -> None:
    """Keep these entries, and those that are there and are none of these.

    Args:
        at: The file; its folder is there.
        entries: Their references are copied.
        moved: The folder that relative addresses of the entries count from, and the one that they
            are to count from.

    Raises:
        HostError, TimelineError: They cannot be kept; what was there is.
    """
    if not entries:
        return
    own = {name for changes, _ in entries for name in changes.added}
    kept = [each for each in parked(at) if not own >= set(each[0].added)]
    fresh = _timeline(entries)
    if moved is not None:
        move_relative(fresh, *moved)
    whole = _timeline(kept)
    for clip in list(fresh.tracks[0]):
        whole.tracks[0].append(clip.deepcopy())

    def check(written: Any) -> None:
        there = {
            identity_of(key, reference)
            for clip in written.find_clips()
            for key, reference in clip.media_references().items()
        }
        if own - there:
            raise HostError(f"{at} was not written: a take was not in it.")

    write_timeline(whole, at, check)


def without(entries: Iterable[Parked], held: Callable[[str], bool]) -> list[Parked]:
    """The entries whose takes are not all held somewhere by now."""
    return [each for each in entries if not all(map(held, each[0].added))]


def held_in(timeline: Any) -> set[str]:
    """What tells apart every take that a timeline holds."""
    return {
        identity_of(key, reference)
        for clip in timeline.find_clips()
        for key, reference in clip.media_references().items()
        if reference is not None and text_of(mark_of(reference), "label")
    }


def _timeline(entries: Sequence[Parked]) -> Any:
    timeline = otio.schema.Timeline(name="takes without a clip")
    track = otio.schema.Track(kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for changes, why in entries:
        clip = otio.schema.Clip(name=changes.name)
        references = {held.key: held.reference.deepcopy() for held in changes.added.values()}
        clip.set_media_references(references, next(iter(references)))
        put_mark(
            clip,
            keys=list(changes.keys),
            was_clip=changes.clip_id,
            was_key=changes.first_key,
            why=why,
            tracks=[name for name, held in changes.added.items() if held.on_track],
            selected=changes.selected or "",
            piece=_written_piece(changes.piece),
        )
        track.append(clip)
    return timeline


def _read(clip: Any) -> Parked:
    mark = mark_of(clip)
    held, _ = holdings(clip, ())
    tracks = set(mark.get("tracks", ()))
    # What a track counts from is not what its clip does: it is never put into the clip.
    added = {name: replace(each, on_track=name in tracks) for name, each in held.items()}
    changes = ClipChanges(
        name=clip.name,
        keys=tuple(mark.get("keys", ())),
        clip_id=text_of(mark, "was_clip"),
        first_key=text_of(mark, "was_key"),
        added=added,
        selected=text_of(mark, "selected") or None,
        piece=_read_piece(mark.get("piece")),
    )
    return changes, text_of(mark, "why")


def _written_piece(piece: PieceOf | None) -> dict[str, Any]:
    if piece is None:
        return {}
    return {
        "keys": list(piece.keys),
        "offset": "" if piece.offset is None else str(piece.offset),
        "whole_in": "" if piece.whole_in is None else str(piece.whole_in),
        "start": str(piece.start),
        "duration": str(piece.duration),
    }


def _read_piece(written: Any) -> PieceOf | None:
    if not written:
        return None
    return PieceOf(
        keys=tuple(written["keys"]),
        offset=Fraction(written["offset"]) if written["offset"] else None,
        whole_in=Fraction(written["whole_in"]) if written["whole_in"] else None,
        start=Fraction(written["start"]),
        duration=Fraction(written["duration"]),
    )
