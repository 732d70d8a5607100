"""See whether takes could be added to a timeline and kept, before anything is paid for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from newtake.domain.errors import HostError, OutputError
from newtake.domain.files import HostTarget
from newtake.domain.timing import display_rate
from otio_newtake.exporting import check_export
from otio_newtake.identity import ClipIndex
from otio_newtake.losing import refuse_losing_takes
from otio_newtake.outputs import base_looked_at, counted_at, other_rate
from otio_newtake.reading import OpenedTimeline, look_at
from otio_newtake.writing import check_writable


def check_target(target: HostTarget, export: Path | None, clip_keys: Sequence[str]) -> None:
    """Refuse an output that takes of these clips could not be written to.

    Args:
        target: The timeline, and where and how takes are written.
        export: A file of another format to be made of the output as well.
        clip_keys: As listed.

    Raises:
        OutputError: It is no OTIO file, is somebody else's, belongs to an earlier state of the
            timeline or to another rate of its EDL, or would lose takes that lie nowhere else.
        HostError: A clip is not there any more.
        TimelineError: The timeline cannot be read.
        StorageError: The folder of the output could not be written.
    """
    opened = base_looked_at(target)
    _check_rate(target, opened)
    found = opened.appearances()
    index, asked = ClipIndex(found), []
    for key in clip_keys:
        pieces = index.pieces(key)
        named = None if pieces else index.clip(key)
        if not pieces and named is None:
            raise HostError(
                f"The timeline has no clip {key!r} any more.",
                fix="Choose the clip again; `newtake clips TIMELINE` lists them.",
            )
        for place in pieces if named is None else [named]:
            refuse_losing_takes(place, found, target)
            asked.append(place)
    if export is not None:
        check_export(export, opened.timeline, asked)
    if not target.output.parent.is_dir():
        raise OutputError(
            f"There is no folder {target.output.parent}.",
            fix="Make it, or choose another place with --out.",
        )
    check_writable(target.output)
    if target.draft is not None:
        # Takes lie beside the output all the same.
        with suppress(OSError):
            target.draft.parent.mkdir(parents=True, exist_ok=True)
        check_writable(target.draft)


def _check_rate(target: HostTarget, opened: OpenedTimeline) -> None:
    """Refuse to go on where an EDL counts at another rate by now: its media may have come or gone.

    Takes that were planned are not held up by that; nothing is paid for here.
    """
    if target.timeline.suffix.lower() != ".edl" or target.draft or not target.output.exists():
        return
    now, found = counted_at(look_at(target.timeline, target.edl_rate)), counted_at(opened)
    if now != found:
        raise other_rate(target, found, f"is read at {display_rate(now)} now")
