"""What a person is told of a draft, and which file is meant by what was typed."""

from __future__ import annotations

from pathlib import Path

from newtake.bootstrap.draft_standing import Carried, Standing
from newtake.shells.panel.desk import Said


def meant_file(typed: str, folder: Path) -> Path:
    """The file that a person typed; without a folder one beside the timeline."""
    return folder / Path(typed).expanduser()


def told_unplaced(standing: Standing | None) -> list[str]:
    unplaced = standing.unplaced if standing is not None else ()
    return [f"{each.name} of {each.clip} finds no clip here: {each.why}" for each in unplaced]


def told_moved(standing: Standing) -> Said | None:
    """That the draft goes on elsewhere; None where it does not."""
    if standing.goes_on_at is None:
        return None
    return Said(
        "Moved",
        f"What was done here was saved as {standing.goes_on_at} by another New Take.",
        next=f"Go on there: newtake panel {standing.goes_on_at}",
    )


def told_carried(carried: Carried, name: str) -> str:
    parts = [f"{name} is read anew."]
    if carried.takes:
        parts.append(f"{_many(carried.takes, 'unsaved take')} carried over.")
    if carried.others:
        parts.append(f"{_many(carried.others, 'other unsaved change')} made again.")
    parts += [f"{each.name} of {each.clip} finds no clip: {each.why}" for each in carried.unplaced]
    return " ".join([*parts, *carried.notes])


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
