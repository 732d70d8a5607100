"""Which clips a person meant: by number, by name, by record timecode, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newtake.domain.clip import Clip, RefusalReason
from newtake.domain.errors import SelectionError
from newtake.domain.timing import frame_of_timecode

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
    track: str | None = None
    """Narrows all of the above to one track, such as V1."""


def select_clips(clips: Sequence[Clip], selection: Selection) -> list[Clip]:
    """The clips meant, in the timeline's order, each once.

    Raises:
        SelectionError: If an entry fits no clip or more than one, if nothing was asked for, or
            all clips and single ones.
    """
    pool = list(clips)
    if selection.track is not None:
        wanted = selection.track.upper()
        pool = [clip for clip in clips if clip.track.upper() == wanted]
        if not pool:
            tracks = ", ".join(dict.fromkeys(clip.track for clip in clips)) or "none"
            raise SelectionError(
                f"There is no clip on track {selection.track}.", why=f"Tracks with clips: {tracks}."
            )
    if not (selection.clips or selection.at or selection.everything):
        raise SelectionError(
            "No clip was chosen.",
            fix="Say which: --clip NUMBER, --clip NAME, --at TIMECODE or --all.",
        )
    if selection.everything and (selection.clips or selection.at):
        raise SelectionError(
            "--all was said beside single clips.", fix="Say --all, or which clips; not both."
        )
    chosen: dict[str, Clip] = {}
    for entry in selection.clips:
        clip = _named(pool, entry)
        chosen[clip.key] = clip
    for label in selection.at:
        clip = _under(pool, label)
        chosen[clip.key] = clip
    if selection.everything:
        pictures = [clip for clip in pool if not _is_audio(clip)]
        if not pictures:
            raise SelectionError("There is no picture to restyle, only sound.")
        chosen.update({clip.key: clip for clip in pictures})
    return sorted(chosen.values(), key=lambda clip: clip.index)


def _named(pool: Sequence[Clip], entry: str) -> Clip:
    if entry.isdecimal() and len(entry) <= _DIGITS_MAX:
        for clip in pool:
            if clip.index == int(entry):
                return clip
    fits = [clip for clip in pool if clip.name == entry]
    fits = fits or [clip for clip in pool if clip.name.casefold() == entry.casefold()]
    if len(fits) > 1:
        # A clip's picture and its sound carry one name; the picture is meant.
        pictures = [clip for clip in fits if not _is_audio(clip)]
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
    pictures = [clip for clip in pool if not _is_audio(clip)]
    found = []
    for clip in pictures:
        try:
            frame = frame_of_timecode(label, clip.record.rate)
        except ValueError as error:
            raise SelectionError(
                f"{label!r} is no timecode of this timeline.", why=f"{error}."
            ) from error
        if clip.record.covers_frame(frame):
            found.append(clip)
    if not found:
        raise SelectionError(f"There is no clip at {label}.")
    return max(found, key=lambda clip: clip.index)


def _is_audio(clip: Clip) -> bool:
    return clip.refusal is not None and clip.refusal.reason is RefusalReason.AUDIO
