"""Write a changed timeline where its target wants it: the output with its exports, or a draft."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from newtake.domain.files import HostTarget
from otio_newtake.exporting import Exports
from otio_newtake.reading import OpenedTimeline, remember
from otio_newtake.writing import write_draft, write_timeline


def commit(
    target: HostTarget, export: Path | None, opened: OpenedTimeline, check: Callable[[Any], None]
) -> tuple[str, ...]:
    """Write it, whole and proved, or leave everything as it was. The lock is the caller's.

    Args:
        target: Where to.
        export: A file of another format to be made of the output as well.
        opened: As from `outputs.base_of`, changed; not the caller's to change any more.
        check: As for `write_timeline`.

    Returns:
        What to know of the exports.
    Raises:
        HostError: As `write_timeline`.
    """
    if target.draft is not None:
        write_draft(target, opened, check)
        return ()
    output = target.output
    exports = Exports(opened.timeline, output, export)
    try:
        remember(opened, output, write_timeline(opened.timeline, output, check))
        exports.put()
    finally:
        exports.drop()
    return tuple(exports.notes)
