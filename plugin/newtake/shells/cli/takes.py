"""`takes`: which a timeline's clips have, and switching to others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from newtake import bootstrap
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.domain.selection import Selection, select_clips
from newtake.shells.cli.documents import print_document, take_document
from newtake.shells.cli.drawing import draw_takes
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable
from newtake.shells.cli.timelines import clips_of


def list_takes(timeline: Path, use: Sequence[str], out: Path | None, as_json: bool) -> None:
    """List, or with `use` switch takes and write the timeline; never over somebody else's file."""
    timeline = timeline.absolute()
    choices = [_choice(entry) for entry in use]
    if choices:
        output = out.absolute() if out else timeline
        run(_use_takes, timeline, output, choices, out is None)
        print(printable(f"Written: {output}"), file=sys.stderr)
        timeline = output
    clips = run(clips_of, timeline)
    if not as_json:
        draw_takes(clips)
        return
    print_document(
        [
            {"index": clip.index, "clip": clip.name, "takes": list(map(take_document, clip.takes))}
            for clip in clips
            if clip.takes
        ]
    )


async def _use_takes(
    timeline: Path, output: Path, choices: Sequence[tuple[str, str]], by_default: bool
) -> None:
    """All choices in one write, or none of them.

    Args:
        timeline: Has the takes.
        output: Where the timeline is written; over `timeline` where it was named.
        choices: A clip's number or name, and the key of a take.
        by_default: Whether nobody named the output.

    Raises:
        SelectionError: There is no such clip or take, or the file is not ours to write over.
    """
    host = bootstrap.timeline_host(HostTarget("otio", timeline, output))
    if by_default and not await host.is_ours():
        raise SelectionError(
            f"{timeline.name} was not written by New Take, so it is not written over.",
            fix="Give --out FILE for the timeline with the other takes; the same file, to write "
            "over it.",
        )
    clips = await clips_of(timeline)
    chosen = []
    for entry, take in choices:
        (clip,) = select_clips(clips, Selection(clips=(entry,)))
        chosen.append((clip.key, take))
    await host.select_takes(chosen)


def _choice(entry: str) -> tuple[str, str]:
    clip, separator, take = entry.rpartition("=")
    if not separator or not clip or not take:
        raise SelectionError(
            f"{entry!r} is no choice of a take.", fix="Write CLIP=TAKE, e.g. --use 2=take_001."
        )
    return clip, take
