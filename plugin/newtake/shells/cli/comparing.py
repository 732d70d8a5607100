"""`compare`: a clip's original and its takes frame beside frame, as a movie and a contact sheet."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newtake import bootstrap
from newtake.bootstrap.comparing import chosen_takes, comparison_of, side_name
from newtake.bootstrap.looking import compare_maker
from newtake.bootstrap.shown_frames import ORIGINAL, chosen_clip, shown_frames
from newtake.bootstrap.written_places import where_taken
from newtake.domain.clip import Clip, TakeSummary
from newtake.domain.comparing import Compared, CompareMode, Comparison
from newtake.domain.errors import OutputError, SelectionError
from newtake.domain.timing import display_rate
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable


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
    if not any(take.number for take in clip.takes):
        _refuse_elsewhere(asked.timeline.absolute(), clip)
    takes = chosen_takes(clip, asked.takes, asked.mode)
    keys = [ORIGINAL, *(take.key for take in takes)]
    names = [ORIGINAL, *(side_name(take) for take in takes)]
    shown = [await shown_frames(host, clip, key) for key in keys]
    comparison, notes = comparison_of(clip, names, shown, shown[0], asked.mode, height=asked.height)
    movie, sheet = _outputs(asked, clip, takes)
    maker = compare_maker(bootstrap.settings_now())
    made = await maker.compare(comparison, movie=movie, sheet=sheet, columns=asked.columns)
    return _Outcome(comparison, made, notes)


def _refuse_elsewhere(timeline: Path, clip: Clip) -> None:
    """Raise SelectionError where another timeline has the takes of a clip that has none here."""
    settings = bootstrap.settings_now()
    if not settings.journal_path.exists():
        return
    found = where_taken(bootstrap.open_journal(settings).jobs(), timeline, clip)
    if found is not None:
        file, place = found
        raise SelectionError(
            f"Clip {clip.index} ({clip.name}) has no takes to compare in {timeline.name}.",
            why=f"{file.name} has them, in its clip {place.number}.",
            fix=f"`newtake compare {shlex.quote(str(file))} --clip {place.number}`",
        )


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
