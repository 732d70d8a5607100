"""What a person is told of a draft, and which file is meant by what was typed."""

from __future__ import annotations

from pathlib import Path

from newtake.bootstrap.drafts import Carried, Standing


def meant_file(typed: str, folder: Path) -> Path:
    """The file that a person typed; without a folder one beside the timeline."""
    return folder / Path(typed).expanduser()


def told_unplaced(standing: Standing | None) -> list[str]:
    unplaced = standing.unplaced if standing is not None else ()
    return [f"{each.name} of {each.clip} finds no clip here: {each.why}" for each in unplaced]


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
