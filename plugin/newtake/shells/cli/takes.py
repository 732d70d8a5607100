"""`takes`: which a timeline's clips have, and selecting, starring and removing them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from newtake import bootstrap
from newtake.bootstrap.outputs import timeline_target
from newtake.bootstrap.takes import TakeRecords, clip_and_take, record_named, take_records
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import TakeChange
from newtake.domain.selection import Selection, select_clips
from newtake.shells.cli.asking import ask
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable
from newtake.shells.cli.take_drawing import draw_made_takes, takes_document
from newtake.shells.cli.take_settings import show_settings
from newtake.shells.cli.timelines import clips_of

Verb = Literal["use", "star", "unstar", "remove"]


@dataclass(frozen=True, slots=True)
class TakesAsked:
    """The options of `takes`, as they were typed: each entry CLIP=TAKE."""

    timeline: Path
    use: tuple[str, ...] = ()
    star: tuple[str, ...] = ()
    unstar: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    out: Path | None = None
    yes: bool = False

    @property
    def changes(self) -> list[TakeChange]:
        """In the order in which they are made: who removes and selects sees the selected one."""
        entries: tuple[tuple[Verb, tuple[str, ...]], ...] = (
            ("star", self.star),
            ("unstar", self.unstar),
            ("remove", self.remove),
            ("use", self.use),
        )
        return [
            TakeChange(clip, verb, take)
            for verb, typed in entries
            for clip, take in map(clip_and_take, typed)
        ]


def list_takes(asked: TakesAsked, as_json: bool) -> None:
    """Carry out what was asked for, then list; never over somebody else's file."""
    timeline = asked.timeline.absolute()
    if asked.changes:
        output = asked.out.absolute() if asked.out else timeline
        if run(_change_takes, timeline, output, asked):
            print(printable(f"Written: {output}"), file=sys.stderr)
            # Another format has no takes to list; the .otio beside it has.
            timeline = output.with_suffix(".otio") if bootstrap.is_exported(output) else output
        else:
            print("Nothing was changed.", file=sys.stderr)
    clips, records = run(_listed, timeline)
    if as_json:
        print_document(takes_document(clips, records))
    else:
        draw_made_takes(clips, records)


def export_settings(asked: TakesAsked, entry: str, to: Path | None, as_json: bool) -> None:
    """Write the settings of a take as a style. Raises: SelectionError, StyleError, StorageError."""
    if asked.changes or asked.out is not None:
        raise SelectionError(
            "--settings only reads.", fix="Change takes in another call; --to names its file."
        )
    timeline = asked.timeline.absolute()
    clip, record = run(record_named, timeline_target(timeline), entry)
    show_settings(clip, clip_and_take(entry)[1], record, to, as_json)


async def _listed(timeline: Path) -> tuple[Sequence[Clip], TakeRecords]:
    return await clips_of(timeline), await take_records(timeline_target(timeline))


async def _change_takes(timeline: Path, output: Path, asked: TakesAsked) -> bool:
    """All changes in one write, or none of them; False where a person did not agree.

    Raises:
        SelectionError: There is no such clip or take, or the file is not ours to write over.
    """
    host = bootstrap.timeline_host(timeline_target(timeline, output))
    if asked.out is None and not await host.is_ours():
        raise SelectionError(
            f"{timeline.name} was not written by New Take, so it is not written over.",
            fix="Give --out FILE for the timeline with its takes as you want them; the same file, "
            "to write over it.",
        )
    clips = await clips_of(timeline)
    changes, removed = [], []
    for change in asked.changes:
        (clip,) = select_clips(clips, Selection(clips=(str(change.clip),)))
        changes.append(replace(change, clip=clip.key))
        if change.verb == "remove":
            removed.append(_removal(clip, change.take))
    for each in removed:
        print(printable(each), file=sys.stderr)
    if removed and not asked.yes and not await ask("Remove from the timeline?"):
        return False
    await host.change_takes(changes)
    return True


def _removal(clip: Clip, key: str) -> str:
    """What a person should know before a take goes. Raises: SelectionError."""
    take = next((each for each in clip.takes if each.key == key), None)
    if take is None or not take.number:
        known = ", ".join(each.key for each in clip.takes if each.number) or "none"
        is_original = take is not None or key == "original"
        what = "The original is never removed." if is_original else ""
        raise SelectionError(
            what or f"The clip {clip.name} has no take {key!r}.", fix=f"Its takes are: {known}."
        )
    then = "; the original is selected then" if take.selected else ""
    return f"To be removed: {key} of {clip.index} {clip.name}{then}. Its files stay: {take.url}"
