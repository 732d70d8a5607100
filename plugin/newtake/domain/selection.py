"""Which clips a person meant: by number, name, record timecode or range, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from newtake.domain.clip import Clip, RefusalReason
from newtake.domain.errors import SelectionError
from newtake.domain.marking import Meant, meant_in
from newtake.domain.timing import FrameRange, drops_frames, is_drop

_DIGITS_MAX = 9
"""Longer numbers are no clip's, and thousands of digits are none that Python reads."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for. Several entries add up; `everything` stands alone."""

    clips: tuple[str, ...] = ()
    """Numbers as listed, or names."""
    at: tuple[str, ...] = ()
    """Record timecodes; the topmost clip under each is meant."""
    everything: bool = False
    """Every clip that has a picture; the plan says which of them can be restyled."""
    ranges: tuple[str, ...] = ()
    """Record timecodes IN-OUT, the second exclusive: of each clip that lies there, what lies there
    is meant."""
    track: str | None = None
    """Narrows all of the above to one track, such as V1."""


def select_clips(clips: Sequence[Clip], selection: Selection) -> list[Clip]:
    """The clips meant, in the timeline's order, each once.

    A clip of which a range covers only a part comes with that part marked: see `marking.marked`.

    Raises:
        SelectionError: As `meant_clips`, and if two ranges mean parts of one clip, as one take has
            one restyled part.
    """
    found = meant_clips(clips, selection)
    for one, other in pairwise(found):
        if one.clip.key == other.clip.key:
            raise _twice(one.clip)
    return [each.cut_in for each in found]


def meant_clips(clips: Sequence[Clip], selection: Selection) -> list[Meant]:
    """The clips meant and the parts of clips, in the timeline's order.

    Raises:
        SelectionError: If an entry fits no clip or more than one, if two entries mean the same
            frames of a clip, if nothing was asked for, or all clips and single ones.
    """
    pool: Sequence[Clip] = clips
    if selection.track is not None:
        wanted = selection.track.upper()
        pool = [clip for clip in clips if clip.track.upper() == wanted]
        if not pool:
            tracks = ", ".join(dict.fromkeys(clip.track for clip in clips)) or "none"
            raise SelectionError(
                f"There is no clip on track {selection.track}.", why=f"Tracks with clips: {tracks}."
            )
    single = selection.clips or selection.at or selection.ranges
    if not (single or selection.everything):
        raise SelectionError(
            "No clip was chosen.",
            fix="Say which: --clip NUMBER, --clip NAME, --at TIMECODE, --range IN-OUT, --markers, "
            "--ranges FILE or --all.",
        )
    if selection.everything and single:
        raise SelectionError(
            "--all was said beside single clips.", fix="Say --all, or which clips; not both."
        )
    chosen: dict[str, Meant] = {}
    for entry in selection.clips:
        clip = _named(pool, entry)
        chosen[clip.key] = Meant(clip)
    for label in selection.at:
        clip = _under(pool, label)
        chosen[clip.key] = Meant(clip)
    found = list(chosen.values())
    for label in selection.ranges:
        for each in _within(pool, label):
            for other in found:
                if other.clip.key == each.clip.key and other.record.intersection(each.record):
                    raise _twice(each.clip)
            found.append(each)
    if selection.everything:
        found = [Meant(clip) for clip in pool if not is_audio(clip)]
        if not found:
            raise SelectionError("There is no picture to restyle, only sound.")
    return sorted(found, key=lambda each: (each.clip.index, each.record.start))


def _twice(clip: Clip) -> SelectionError:
    return SelectionError(
        f"Clip {clip.index} ({clip.name}) is meant twice.",
        why="A take has one restyled part, and no frame is restyled twice in one run.",
        fix="Ask for one after the other; each becomes a take of its own.",
    )


def _named(pool: Sequence[Clip], entry: str) -> Clip:
    if entry.isdecimal() and len(entry) <= _DIGITS_MAX:
        # Mostly its place; a host may work each clip out when it is looked at.
        place = int(entry) - 1
        for clip in chain(pool[max(0, place) : place + 1], pool):
            if clip.index == int(entry):
                return clip
    fits = [clip for clip in pool if clip.name == entry]
    fits = fits or [clip for clip in pool if clip.name.casefold() == entry.casefold()]
    if len(fits) > 1:
        # A clip's picture and its sound carry one name; the picture is meant.
        pictures = [clip for clip in fits if not is_audio(clip)]
        fits = pictures or fits
    if not fits:
        raise SelectionError(f"There is no clip {entry!r}.")
    if len(fits) > 1:
        numbers = ", ".join(str(clip.index) for clip in fits)
        raise SelectionError(
            f"{len(fits)} clips are called {entry!r}.", fix=f"Choose one by its number: {numbers}."
        )
    return fits[0]


def _under(pool: Sequence[Clip], label: str) -> Clip:
    pictures = [clip for clip in pool if not is_audio(clip)]
    found = []
    for clip in pictures:
        frame = _frame(label, clip.record)
        if clip.record.covers_frame(frame):
            found.append(clip)
    if not found:
        raise SelectionError(f"There is no clip at {label}.")
    return max(found, key=lambda clip: clip.index)


def span_of(label: str, record: FrameRange) -> FrameRange:
    """The record frames of IN-OUT, counted as `record` is. Raises: SelectionError."""
    first, _, last = label.partition("-")
    start, end = _frame(first, record), _frame(last, record)
    if end <= start:
        raise SelectionError(
            f"The range {label!r} is empty.",
            why="Its second timecode is that of the first frame after it.",
            fix="Write IN-OUT, for example 01:00:10:00-01:00:12:12.",
        )
    return FrameRange(start, end - start, record.rate, record.drop)


def counting_notes(labels: Iterable[str], record: FrameRange) -> list[str]:
    """That labels are read as non-drop-frame where the listing writes drop-frame ones; a sentence.

    Args:
        labels: Record timecodes, each of which can be read.
        record: Any record range of the timeline. Where it says how frames are counted, nothing is
            in doubt.
    """
    if record.drop is not None or not drops_frames(record.rate):
        return []
    read = [
        label.strip()
        for label in labels
        if not is_drop(label) and record.label(record.frame_of(label)) != _as_drop(label)
    ]
    if not read:
        return []
    first, *others = dict.fromkeys(read)
    more = f", and {len(others)} more like it" if others else ""
    return [
        f"{first} is read as non-drop-frame{more}: here it is "
        f"{record.label(record.frame_of(first))}; write {_as_drop(first)} where drop-frame is "
        "meant."
    ]


def _as_drop(label: str) -> str:
    return ";".join(label.strip().rsplit(":", 1))


def gaps_in(ranges: Sequence[str], found: Sequence[Meant], clips: Sequence[Clip]) -> list[str]:
    """What of the ranges no clip shows, each as a sentence.

    Args:
        ranges: Record timecodes IN-OUT.
        found: What they mean.
        clips: All of the timeline.
    """
    told = []
    for label in ranges if found else ():
        span = span_of(label, found[0].record)
        shared = [each.record.intersection(span) for each in found]
        free = span.duration - sum(each.duration for each in shared if each is not None)
        if free > 0:
            told.append(free_frames(label, span, free, clips))
    return told


def free_frames(told: str, span: FrameRange, free: int, clips: Sequence[Clip]) -> str:
    """That some frames of a range show no clip, as a sentence: on gaps, or past the ends.

    Args:
        told: The range, for a person, in the middle of a sentence.
        span: Record frames.
        free: How many of them show no clip.
        clips: All of the timeline.
    """
    first = min(clip.record.start for clip in clips)
    end = max(clip.record.end for clip in clips)
    before = min(max(first - span.start, 0), span.duration)
    after = min(max(span.end - end, 0), span.duration)
    where = [
        f"{count} {place}"
        for count, place in (
            (free - before - after, "on a gap"),
            (before, "before the first clip"),
            (after, "after the last clip"),
        )
        if count > 0
    ]
    if len(where) == 1:
        return f"{free} of the {span.duration} frames of {told} lie {where[0].partition(' ')[2]}."
    return f"{free} of the {span.duration} frames of {told} show no clip: {', '.join(where)}."


def _within(pool: Sequence[Clip], label: str) -> list[Meant]:
    """What lies in a range of the clips of one track."""
    found: list[Meant] = []
    for clip in pool:
        if is_audio(clip):
            continue
        if (meant := meant_in(clip, span_of(label, clip.record))) is not None:
            found.append(meant)
    if not found:
        raise SelectionError(f"There is no clip in {label}.")
    # A title or an adjustment above the clip does not make it unclear which is meant.
    tracks = usable_tracks(found)
    if len(tracks) > 1:
        raise SelectionError(
            f"Clips of {len(tracks)} tracks lie in {label}.",
            fix=f"Say which is meant: --track {' or --track '.join(tracks)}.",
        )
    return [each for each in found if each.clip.track in tracks] if tracks else found


def usable_tracks(found: Iterable[Meant]) -> list[str]:
    """The tracks on which something can be restyled, in order."""
    usable = [each.clip.track for each in found if each.clip.refusal is None]
    return list(dict.fromkeys(usable))


def _frame(label: str, record: FrameRange) -> int:
    try:
        return record.frame_of(label)
    except ValueError as error:
        raise SelectionError(
            f"{label!r} is no timecode of this timeline.",
            why=f"{error}.",
            fix=f"Write it as the timeline counts, for example {record.label(record.start)}.",
        ) from error


def is_audio(clip: Clip) -> bool:
    """Whether it has no picture."""
    return clip.refusal is not None and clip.refusal.reason is RefusalReason.AUDIO
