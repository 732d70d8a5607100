"""Ranges that are asked for, each with its words, and the clips that they mean.

Nothing that is asked for goes lost without a word: a range that falls on a gap, is about two tracks
at once or lies on frames that another range has asked for is left out, and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from newtake.domain.clip import Clip
from newtake.domain.marker import Marker
from newtake.domain.marking import Meant, meant_in
from newtake.domain.range_table import RangeRow
from newtake.domain.selection import free_frames, is_audio, usable_tracks
from newtake.domain.timing import FrameRange
from newtake.domain.words import Said


@dataclass(frozen=True, slots=True)
class Pull:
    """One range of the record that is to be restyled, and how."""

    told: str
    """Who asks, for a person: a marker with its place, a line of a table, or the range itself."""
    span: FrameRange
    """Record frames."""
    said: Said = field(default_factory=Said)
    clip_key: str = ""
    """The only clip that is meant; "" for any."""
    track: str = ""
    """The only track that is meant; "" for any."""
    is_place: bool = False
    """Whether no length was asked for: the clip under the first frame is meant, whole."""

    @classmethod
    def of_marker(cls, marker: Marker, said: Said) -> Pull:
        # Editors give a marker without a length one frame.
        return cls(
            marker.told,
            marker.record,
            said,
            marker.clip_key,
            marker.track,
            is_place=marker.record.duration <= 1,
        )

    @classmethod
    def of_row(cls, row: RangeRow, said: Said) -> Pull:
        return cls(row.told, row.span, said, track=row.track, is_place=not row.has_out)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What pulls mean, and what of them means nothing."""

    meant: tuple[tuple[Meant, Pull], ...]
    left_out: tuple[str, ...]
    """Sentences with a full stop, each about a pull."""


def pulled(
    pulls: Iterable[Pull], clips: Sequence[Clip], taken: Sequence[Meant] = (), track: str = ""
) -> Pulled:
    """The clips and parts of clips that pulls mean.

    Args:
        pulls: In the order in which they have the better right to a frame.
        clips: Of the timeline.
        taken: What is asked for already by other means.
        track: Where given, the only track that is meant.
    """
    pictures = [clip for clip in clips if not is_audio(clip)]
    meant: list[tuple[Meant, Pull]] = []
    told: list[str] = []
    owners = [(each, "the command line") for each in taken]
    for pull in pulls:
        pool = [clip for clip in pictures if _may_be(clip, pull, track)]
        found = _under(pool, pull) if pull.is_place else _within(pool, pull, told)
        told.extend(_gaps(found or [], pull, pictures) if found is not None else ())
        for each in found or ():
            owner = next((who for other, who in owners if _collide(each, other)), "")
            if owner:
                told.append(
                    f"{pull.told} is left out in clip {each.clip.index} ({each.clip.name}): "
                    f"{_lowered(owner)} asks for the same frames."
                )
                continue
            owners.append((each, pull.told))
            meant.append((each, pull))
    return Pulled(tuple(meant), tuple(told))


def _may_be(clip: Clip, pull: Pull, track: str) -> bool:
    if pull.clip_key and clip.key != pull.clip_key:
        return False
    wanted = {each.upper() for each in (pull.track, track) if each}
    return wanted <= {clip.track.upper()}


def _under(pool: Sequence[Clip], pull: Pull) -> list[Meant]:
    """The topmost clip under the first frame; one that can be restyled before one that cannot."""
    there = [clip for clip in pool if clip.record.covers_frame(pull.span.start)]
    usable = [clip for clip in there if clip.refusal is None]
    return [Meant(max(usable or there, key=lambda clip: clip.index))] if there else []


def _gaps(found: Sequence[Meant], pull: Pull, clips: Sequence[Clip]) -> Iterator[str]:
    """What of a pull no clip shows."""
    if not found:
        where = "its clip does not show there" if pull.clip_key else "no clip lies there"
        yield f"{pull.told} is left out: {where}."
        return
    count = pull.span.duration
    free = count - sum(each.record.duration for each in found)
    if not pull.is_place and free > 0 and len({each.clip.track for each in found}) == 1:
        yield free_frames(_lowered(pull.told), pull.span, free, clips)


def _within(pool: Sequence[Clip], pull: Pull, told: list[str]) -> list[Meant] | None:
    """The parts of one track's clips; None where several tracks are meant, which is told."""
    found = [meant for clip in pool if (meant := meant_in(clip, pull.span)) is not None]
    tracks = usable_tracks(found)
    if len(tracks) > 1:
        told.append(
            f"{pull.told} is left out: clips of {' and '.join(tracks)} lie in it; say which track "
            "is meant."
        )
        return None
    return [each for each in found if each.clip.track in tracks] if tracks else found


def _collide(one: Meant, other: Meant) -> bool:
    return one.clip.key == other.clip.key and one.record.intersection(other.record) is not None


def _lowered(told: str) -> str:
    return told[:1].lower() + told[1:]
