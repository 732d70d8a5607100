"""What a page lists of takes that wait, timeline by timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newtake.shells.panel.desk import Waiting


def with_lost(
    rows: Sequence[Waiting], name: str, back: int, *, unsaved: int = 0, undone: int = 0
) -> tuple[Waiting, ...]:
    """The rows with takes of jobs that are done and that the open timeline lacks.

    Args:
        rows: Of takes that are ready.
        name: Of the open timeline, as such a row has it.
        back: How many of them wait as well.
        unsaved: How many of these a file was not saved with.
        undone: How many more an undo took away.
    """
    if not (back or undone):
        return tuple(rows)
    mine = next((each for each in rows if each.here), Waiting(name, 0, here=True))
    mine = replace(mine, takes=mine.takes + back, unsaved=unsaved, undone=undone)
    return (mine, *(each for each in rows if not each.here))
