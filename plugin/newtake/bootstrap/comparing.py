"""What a comparison of a clip's original and takes shows: sides, frames, counting, sound, notes."""

from __future__ import annotations

from collections.abc import Sequence

from newtake.bootstrap.shown_frames import ShownFrames
from newtake.domain.clip import Clip, TakeSummary
from newtake.domain.comparing import (
    MOST_SIDES,
    CompareMode,
    Comparison,
    Side,
    shared_frames,
)
from newtake.domain.errors import SelectionError
from newtake.domain.lacking import lacking_words
from newtake.domain.timing import FrameRange
from newtake.domain.viewing import looking_text

_EXR = "_exr"


def takes_made(clip: Clip) -> list[TakeSummary]:
    """The takes that a comparison can show beside the original. Raises: SelectionError for none."""
    made = [take for take in clip.takes if take.number]
    if not made:
        raise SelectionError(
            f"Clip {clip.index} ({clip.name}) has no takes to compare.",
            fix="Give the timeline that `newtake restyle` wrote; `newtake takes` lists its takes.",
        )
    return made


def takes_named(clip: Clip, wanted: Sequence[str]) -> list[TakeSummary]:
    """Those of the keys, once each. Raises: SelectionError for one that the clip has not."""
    by_key = {take.key: take for take in takes_made(clip)}
    for key in wanted:
        if key not in by_key:
            raise SelectionError(
                f"Clip {clip.index} ({clip.name}) has no take {key!r}.",
                why=f"It has {', '.join(by_key)}.",
            )
    return [by_key[key] for key in dict.fromkeys(wanted)]


def chosen_takes(clip: Clip, wanted: Sequence[str], mode: CompareMode) -> list[TakeSummary]:
    """The takes that are compared: those named, else all movies; a wipe shows one.

    Raises:
        SelectionError: The clip has none, or not those named, or they are too many.
    """
    made = takes_made(clip)
    if wanted:
        chosen = takes_named(clip, wanted)
    else:
        movies = [take for take in made if not take.key.endswith(_EXR)] or made
        chosen = movies[-(MOST_SIDES - 1) :]
        if mode is CompareMode.WIPE:
            selected = [take for take in movies if take.selected]
            chosen = selected or movies[-1:]
    if mode is CompareMode.WIPE and len(chosen) > 1:
        raise SelectionError(
            "A wipe shows one take.", fix="Name one with --take, or say --mode side."
        )
    if len(chosen) >= MOST_SIDES:
        raise SelectionError(
            f"{len(chosen)} takes are too many for one comparison.",
            why=f"{MOST_SIDES - 1} are the most.",
        )
    return chosen


def comparison_of(
    clip: Clip,
    names: Sequence[str],
    shown: Sequence[ShownFrames],
    original: ShownFrames,
    mode: CompareMode,
    *,
    height: int | None = None,
    bare: bool = False,
) -> tuple[Comparison, tuple[str, ...]]:
    """What is to be made, and what a person should know of it.

    Args:
        clip: As listed.
        names: What a person reads, one for each side.
        shown: The sides.
        original: The frames of the clip's original, which may be no side: it says how the timeline
            shows the clip, and has the sound.
        mode: How they are put together.
        height: Of one picture's shorter side; None chooses it.
        bare: Pictures only, without gaps and labels.
    """
    begin, frames, notes = _compared_frames(clip, names, shown)
    notes += _looked_at(names, shown)
    media = original.media
    record = clip.record
    same_length = (record.duration, record.rate) == (original.frames, media.rate)
    one_for_one = clip.speed == 1 and same_length
    if one_for_one:
        counted = FrameRange(record.start + begin, frames, record.rate, record.drop)
    else:
        source = original.shown or FrameRange(original.first, frames, media.rate)
        counted = FrameRange(source.start + begin, frames, source.rate)
        notes.append(
            "the timeline does not show this media frame for frame (a retime, a dissolve or "
            "another rate): compared are the media frames that the clip consumes, in the media's "
            "order, with their own timecode"
        )
    sound = None
    if one_for_one and media.has_audio and media.sequence is None:
        sound = Side(names[0], media, original.first + begin)
    else:
        notes.append("silent: " + _why_silent(original, one_for_one))
    comparison = Comparison(
        mode=mode,
        sides=tuple(
            Side(name, each.media, each.first + begin)
            for name, each in zip(names, shown, strict=True)
        ),
        frames=frames,
        rate=media.rate,
        counted=counted,
        counts_record=one_for_one,
        short_side=height or (540 if len(names) <= 2 else 360),
        sound=sound,
        bare=bare,
    )
    return comparison, tuple(notes)


def _compared_frames(
    clip: Clip, names: Sequence[str], shown: Sequence[ShownFrames]
) -> tuple[int, int, list[str]]:
    """The first of the clip's frames that all sides have, how many follow, and what to say.

    Raises:
        SelectionError: There is none.
    """
    frames, differs = shared_frames([each.frames for each in shown])
    notes = [differs] if differs else []
    begin = max(each.lacks.head for each in shown)
    end = min(frames, *(each.frames - each.lacks.tail for each in shown))
    lack = [
        f"{name} lacks {words}"
        for name, each in zip(names, shown, strict=True)
        if (words := lacking_words(each.lacks, each.frames))
    ]
    if begin >= end:
        raise SelectionError(
            f"There is no frame of {clip.name} that all sides have.",
            why=f"{'; '.join(lack)}.",
            fix="Restyle the clip as it is now, and compare that take.",
        )
    if lack:
        some = "the frame" if end - begin == 1 else f"the {end - begin} frames"
        notes.append(f"{'; '.join(lack)}. Compared: {some} that all sides have")
    return begin, end - begin, notes


def _looked_at(names: Sequence[str], shown: Sequence[ShownFrames]) -> list[str]:
    """Which sides are shown otherwise than they are coded, and how."""
    how: dict[str, list[str]] = {}
    for name, each in zip(names, shown, strict=True):
        if text := looking_text(each.media):
            how.setdefault(text, []).append(name)
    return [f"to look at, {' and '.join(some)} {_are(some)} {text}" for text, some in how.items()]


def _are(some: Sequence[str]) -> str:
    return "is shown" if len(some) == 1 else "are shown"


def side_name(take: TakeSummary) -> str:
    """What a person reads of a take beside others."""
    return f"{take.key}  {take.name}" if take.name and take.name != take.key else take.key


def _why_silent(original: ShownFrames, one_for_one: bool) -> str:
    if not one_for_one:
        return "its sound would not be where the pictures are"
    kind = "sequence of images" if original.media.sequence else "file"
    return f"the clip's {kind} has no sound"
