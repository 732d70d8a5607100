"""What a run wants: clips or marked parts of them, each with its own look where it has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newtake.domain.clip import Clip
from newtake.domain.edit import EditSettings
from newtake.pipeline.part_planning import PartChoices


@dataclass(frozen=True, slots=True)
class WantedEdit:
    """One clip to be restyled."""

    clip: Clip
    """With `piece_of` or `whole` where only a part of a clip is meant."""
    settings: EditSettings | None = None
    """None: the run's."""
    choices: PartChoices | None = None
    """As `settings`."""
    asked_by: str = ""
    """The range, marker or line of a table that asks for it, for a person; "" for the command."""


Wanted = Clip | WantedEdit
"""A bare clip is wanted with the run's own settings."""


def each_wanted(
    wanted: Sequence[Wanted], settings: EditSettings, choices: PartChoices
) -> Iterator[tuple[Clip, EditSettings, PartChoices, str]]:
    """Clip, settings, choices and who asks, of each."""
    for each in wanted:
        if isinstance(each, Clip):
            yield each, settings, choices, ""
        else:
            yield each.clip, each.settings or settings, each.choices or choices, each.asked_by
