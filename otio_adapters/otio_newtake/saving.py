"""Write a draft as the timeline that a run would have written, and put the draft at its end.

Rule 1: what lies there is kept and looked at once more just before it is replaced.
Rule 2: wherever a process dies, either the draft still counts and nothing of it is in the timeline,
or the timeline holds all of it and the draft counts no more. See `drafting`.
The locks of the timeline and of the draft are the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget
from otio_newtake.dialect import move_relative
from otio_newtake.drafting import (
    base_sha256,
    drop_bases,
    note_save,
    signpost,
    unmark_draft,
)
from otio_newtake.exporting import Exports, check_export, trust_export
from otio_newtake.marks import put_mark
from otio_newtake.outputs import base_of
from otio_newtake.parking import held_in
from otio_newtake.reading import OpenedTimeline, remember, sha256_of
from otio_newtake.writing import write_timeline


def save_over(target: HostTarget, last_look: Callable[[], None]) -> tuple[str, ...]:
    """Write the draft to its own timeline.

    Args:
        target: Its timeline is OpenTimelineIO's own; its draft was begun.
        last_look: Called just before the file is replaced; what it raises leaves everything as it
            was.

    Returns:
        What to know of exports.
    Raises:
        HostError, TimelineError: It cannot be read or written; everything is as it was.
    """
    assert target.draft is not None
    sha256 = sha256_of(target.draft)
    opened = base_of(target)
    unmark_draft(opened.timeline)
    to = target.timeline.resolve()

    def last(data: bytes) -> None:
        last_look()
        note_save(target, sha256, hashlib.sha256(data).hexdigest())

    notes = _written(opened, to, None, last)
    end_draft(target)
    return notes


def save_elsewhere(
    target: HostTarget, to: HostTarget, export: Path | None, last_look: Callable[[], None]
) -> tuple[str, ...]:
    """Write the draft, or its timeline where none was begun, to another file, to go on with that.

    Args:
        target: The draft's.
        to: The target to go on with; its timeline is what is written.
        export: A file of another format beside that, to be made from it.
        last_look: As for `save_over`.

    Raises: As `save_over`; OutputError where the format cannot be written.
    """
    assert target.draft is not None
    opened = base_of(target)
    sha256 = base_sha256(opened.timeline)
    unmark_draft(opened.timeline)
    folder = to.timeline.parent
    move_relative(opened.timeline, opened.folder, folder)
    put_mark(
        opened.timeline,
        source=str(target.timeline.resolve()),
        source_sha256=sha256,
        written_as=to.timeline.name,
    )
    if export is not None:
        if export.exists():
            # Whoever asked for this was told that it is there.
            trust_export(export, opened.timeline)
        check_export(export, opened.timeline)
    moved = replace(opened, folder=folder)
    notes = _written(moved, to.timeline, export, lambda _: last_look())
    sign = signpost(to)
    write_timeline(sign, target.draft, lambda _: None)
    drop_bases(target)
    return notes


def end_draft(target: HostTarget) -> None:
    """Remove a draft that holds nothing more than its timeline."""
    assert target.draft is not None
    with suppress(OSError):
        # Where it cannot go, the note says that it counts no more.
        target.draft.unlink(missing_ok=True)
        drop_bases(target)


def _written(
    opened: OpenedTimeline, to: Path, export: Path | None, last: Callable[[bytes], None]
) -> tuple[str, ...]:
    held = held_in(opened.timeline)

    def check(reloaded: Any) -> None:
        if held - held_in(reloaded):
            raise HostError(f"{to} was not written: a take was not in it.")

    exports = Exports(opened.timeline, to, export)
    try:
        remember(opened, to, write_timeline(opened.timeline, to, check, last=last))
        exports.put()
    finally:
        exports.drop()
    return tuple(exports.notes)
