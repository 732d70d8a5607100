"""What a save writes, and what it refuses; the locks of timeline and draft are the caller's."""

from __future__ import annotations

import hashlib
from pathlib import Path

from newtake.bootstrap.draft_file import SeenFile
from newtake.bootstrap.draft_places import (
    bytes_of,
    changed,
    draft_in,
    keep,
    place_of,
    target_place,
    unchanged,
)
from newtake.bootstrap.draft_waiting import parking_of, waiting_takes
from newtake.domain.errors import OutputError
from newtake.domain.files import HostTarget

Written = tuple[Path | None, tuple[str, ...]]
"""Where the bytes lie that were there before, and what to know of exports."""


def save_draft(target: HostTarget, seen: SeenFile, *, even_if_changed: bool) -> Written:
    """Write the draft to its timeline's own file; of one that is gone what was last seen of it.

    Args and errors as for `Draft.save`.
    """
    from otio_newtake.drafting import base_sha256, begun
    from otio_newtake.reading import look_at
    from otio_newtake.saving import end_draft, save_over

    file = target.timeline.resolve()
    raw = bytes_of(file)
    if raw is None and not even_if_changed:
        raise OutputError(
            f"{target.timeline} is not there any more.",
            fix="Save it there again if you mean that, or save it as another file.",
        )
    if (draft := begun(target)) is None:
        if raw is None:
            seen.write_anew()
        end_draft(target)
        return None, ()
    state = None if raw is None else hashlib.sha256(raw).hexdigest()
    if not even_if_changed and state != base_sha256(look_at(draft).timeline):
        raise changed(target.timeline)
    kept = None if raw is None else keep(target_place(target), raw, file.suffix)
    return kept, save_over(target, unchanged({file: raw}))


def save_draft_as(
    target: HostTarget, seen: SeenFile, home: Path, to: Path, export: Path | None, *, replace: bool
) -> Written:
    """Write the draft to another file. Args and errors as for `Draft.save_as`.

    Args:
        target: Of the draft.
        seen: Its timeline's file: where that is gone, it is what the draft begins with.
        home: NEWTAKE_HOME.
        to: The timeline that is gone on with.
        export: A file of another format beside it.
        replace: Whether files that are there may go.
    """
    from otio_newtake.drafting import begun
    from otio_newtake.parking import park
    from otio_newtake.restoring import begin_with
    from otio_newtake.saving import save_elsewhere

    there = {each: bytes_of(each) for each in (export, to) if each is not None}
    taken = [each for each, raw in there.items() if raw is not None]
    if taken and not replace:
        raise OutputError(f"{taken[0]} is there already.", fix="Replace it, or choose another.")
    place = place_of(to, home)
    new = HostTarget("otio", to, to, target.layout, target.profile, draft=draft_in(place, to))
    if begun(new) is not None:
        raise OutputError(
            f"{to.name} has unsaved takes of its own.",
            fix=f"Save those first (newtake panel {to}), or choose another name.",
        )
    if begun(target) is None and seen.raw is not None and not target.timeline.exists():
        begin_with(target, seen.raw)
    kept = [keep(place, raw, each.suffix) for each, raw in there.items() if raw is not None]
    folders = (target.output.parent, to.parent)
    park(parking_of(new), waiting_takes(target), moved=folders)
    notes = save_elsewhere(target, new, export, unchanged(there))
    return (kept[0] if kept else None), notes
