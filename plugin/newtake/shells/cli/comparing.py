"""`compare`: a clip's original and its takes frame beside frame, as a movie and a contact sheet."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newtake import bootstrap
from newtake.bootstrap.looking import compare_maker
from newtake.domain.clip import Clip, TakeSummary
from newtake.domain.comparing import (
    MOST_SIDES,
    Compared,
    CompareMode,
    Comparison,
    Side,
    shared_frames,
)
from newtake.domain.errors import OutputError, SelectionError
from newtake.domain.timing import FrameRange, display_rate
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable
from newtake.shells.cli.shown_frames import ShownFrames, chosen_clip, shown_frames

_ORIGINAL = "original"
_EXR = "_exr"


@dataclass(frozen=True, slots=True)
class CompareQuestion:
    """The options of `compare`, as they were typed."""

    timeline: Path
    clip: str
    takes: tuple[str, ...]
    mode: CompareMode
    sheet: bool
    columns: int
    height: int | None
    out: Path | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    comparison: Comparison
    compared: Compared
    notes: tuple[str, ...]


def show_comparison(asked: CompareQuestion, as_json: bool) -> None:
    """Make it; the paths go to stdout."""
    outcome = run(_compared, asked)
    comparison, made = outcome.comparison, outcome.compared
    notes = (*outcome.notes, *made.notes)
    if as_json:
        print_document(
            {
                "movie": str(made.movie) if made.movie else None,
                "sheet": str(made.sheet) if made.sheet else None,
                "mode": comparison.mode.value,
                "sides": [
                    {
                        "name": side.name,
                        "media": str(side.media.path),
                        "first_frame": side.first,
                    }
                    for side in comparison.sides
                ],
                "frames": comparison.frames,
                "rate": str(comparison.rate),
                "sheet_frames": list(made.sheet_frames),
                "sound": comparison.sound is not None,
                "notes": list(notes),
            }
        )
        return
    for path in (made.movie, made.sheet):
        if path is not None:
            print(printable(path))
    sides = " | ".join(side.name for side in comparison.sides)
    text = f"{sides}: {comparison.frames} frames at {display_rate(comparison.rate)}"
    print(printable(text), file=sys.stderr)
    for note in notes:
        print(printable(f"  note: {note}"), file=sys.stderr)


async def _compared(asked: CompareQuestion) -> _Outcome:
    _refuse_taken(asked.out)
    host, clip = await chosen_clip(asked.timeline.absolute(), asked.clip)
    takes = chosen_takes(clip, asked.takes, asked.mode)
    keys = [_ORIGINAL, *(take.key for take in takes)]
    names = [_ORIGINAL, *(_name(take) for take in takes)]
    shown = [await shown_frames(host, clip, key) for key in keys]
    comparison, notes = comparison_of(clip, names, shown, asked)
    movie, sheet = _outputs(asked, clip, takes)
    maker = compare_maker(bootstrap.settings_now())
    made = await maker.compare(comparison, movie=movie, sheet=sheet, columns=asked.columns)
    return _Outcome(comparison, made, notes)


def chosen_takes(clip: Clip, wanted: Sequence[str], mode: CompareMode) -> list[TakeSummary]:
    """The takes that are compared: those named, else all movies; a wipe shows one.

    Raises:
        SelectionError: The clip has none, or not those named, or they are too many.
    """
    made = [take for take in clip.takes if take.number]
    if not made:
        raise SelectionError(
            f"Clip {clip.index} ({clip.name}) has no takes to compare.",
            fix="Give the timeline that `newtake restyle` wrote; `newtake takes` lists its takes.",
        )
    if wanted:
        by_key = {take.key: take for take in made}
        for key in wanted:
            if key not in by_key:
                raise SelectionError(
                    f"Clip {clip.index} ({clip.name}) has no take {key!r}.",
                    why=f"It has {', '.join(by_key)}.",
                )
        chosen = [by_key[key] for key in dict.fromkeys(wanted)]
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
    clip: Clip, names: Sequence[str], shown: Sequence[ShownFrames], asked: CompareQuestion
) -> tuple[Comparison, tuple[str, ...]]:
    """What is to be made, and what a person should know of it."""
    frames, differs = shared_frames([each.frames for each in shown])
    notes = [differs] if differs else []
    original = shown[0]
    media = original.media
    record = clip.record
    same_length = (record.duration, record.rate) == (original.frames, media.rate)
    one_for_one = clip.speed == 1 and same_length
    if one_for_one:
        counted = FrameRange(record.start, frames, record.rate, record.drop)
    else:
        source = original.shown or FrameRange(original.first, frames, media.rate)
        counted = FrameRange(source.start, frames, source.rate)
        notes.append(
            "the timeline does not show this media frame for frame (a retime, a dissolve or "
            "another rate): compared are the media frames that the clip consumes, in the media's "
            "order, with their own timecode"
        )
    sound = None
    if one_for_one and media.has_audio and media.sequence is None:
        sound = media.path
    else:
        notes.append("silent: " + _why_silent(original, one_for_one))
    height = asked.height or (540 if len(names) <= 2 else 360)
    comparison = Comparison(
        mode=asked.mode,
        sides=tuple(
            Side(name, each.media, each.first) for name, each in zip(names, shown, strict=True)
        ),
        frames=frames,
        rate=media.rate,
        counted=counted,
        counts_record=one_for_one,
        short_side=height,
        sound=sound,
    )
    return comparison, tuple(notes)


def _why_silent(original: ShownFrames, one_for_one: bool) -> str:
    if not one_for_one:
        return "its sound would not be where the pictures are"
    kind = "sequence of images" if original.media.sequence else "file"
    return f"the clip's {kind} has no sound"


def _name(take: TakeSummary) -> str:
    return f"{take.key}  {take.name}" if take.name and take.name != take.key else take.key


def _refuse_taken(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix.lower() not in (".mp4", ".png"):
        raise SelectionError(
            f"{out.name} is neither a movie nor a picture.",
            fix="Name an .mp4 for the movie, or a .png for the contact sheet alone.",
        )
    if out.exists():
        raise OutputError(f"{out} exists already.", fix="Name another file with --out.")


def _outputs(
    asked: CompareQuestion, clip: Clip, takes: Sequence[TakeSummary]
) -> tuple[Path | None, Path | None]:
    """Files for the movie and the sheet, none of which is there yet."""
    out = asked.out.absolute() if asked.out else _free_name(asked, clip, takes)
    if out.suffix.lower() == ".png":
        return None, out
    return out, out.with_suffix(".png") if asked.sheet else None


def _free_name(asked: CompareQuestion, clip: Clip, takes: Sequence[TakeSummary]) -> Path:
    """Beside the takes, where there is a folder of them, else beside the timeline."""
    timeline = asked.timeline.absolute()
    folder = timeline.with_name(f"{timeline.stem}_takes")
    if not folder.is_dir():
        folder = timeline.parent
    of = takes[0].key if len(takes) == 1 else "takes"
    stem = f"compare_{clip.index}_{of}_{asked.mode.value}"
    number = 1
    while True:
        path = folder / (f"{stem}.mp4" if number == 1 else f"{stem}_{number}.mp4")
        if not path.exists() and not path.with_suffix(".png").exists():
            return path
        number += 1
