"""Frames that a clip shows and a take of it does not have: it was slipped or drawn out since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newtake.domain.clip import Clip, TakeSummary
from newtake.domain.timing import FrameRange, Handles

_NAMED = 3


def lacking(shown: FrameRange, has: FrameRange) -> Handles:
    """How many of the shown frames lie before, and how many after, those that there are; both
    ranges at one rate in one time base."""
    head = min(shown.duration, max(0, has.start - shown.start))
    return Handles(head, min(shown.duration - head, max(0, shown.end - has.end)))


def lacking_words(lack: Handles, shown: int) -> str:
    """Which frames of a clip those are; empty where it lacks none.

    Args:
        lack: As `lacking` says.
        shown: How many frames the clip shows.
    """
    if lack.head + lack.tail >= shown > 0:
        return "all frames of the clip"
    ends = [
        f"{place} {count} frames" if count > 1 else f"{place} frame"
        for place, count in (("first", lack.head), ("last", lack.tail))
        if count
    ]
    return f"the clip's {' and '.join(ends)}" if ends else ""


def lacking_notes(takes: Iterable[TakeSummary], shown: int) -> tuple[str, ...]:
    """Of each of a clip's takes that lacks frames a sentence in itself, without the clip's name.

    EXR frames come with the movie, which speaks for both.
    """
    return tuple(
        f"take {take.number} lacks {words}; restyle the clip again for a take that has them"
        for take in takes
        if (words := lacking_words(take.lacks, shown)) and not take.key.endswith("_exr")
    )


def lacking_clips(clips: Sequence[Clip]) -> tuple[str, ...]:
    """What is said of a whole timeline: which clips show a take that lacks frames of theirs."""
    found = [
        f"take {take.number} of {clip.name} lacks {words}"
        for clip in clips
        for take in clip.takes
        if take.selected and (words := lacking_words(take.lacks, clip.source.duration))
    ]
    if not found:
        return ()
    rest = len(found) - _NAMED
    more = f"; and so on, {rest} more" if rest > 0 else ""
    again = "restyle it as it is now" if len(found) == 1 else "restyle them as they are now"
    return (f"{'; '.join(found[:_NAMED])}{more}: {again}, or select the original",)
