"""What a person does with the takes of clips: select, star, remove, all in one write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget, TakeChange
from otio_newtake.appearances import find_appearances
from otio_newtake.committing import commit
from otio_newtake.listing import place_named
from otio_newtake.marks import mark_of, text_of
from otio_newtake.outputs import base_of
from otio_newtake.removing import remove
from otio_newtake.takes import choose, star, track_takes

Change = Callable[[Any, list[Any]], None]
"""Changes a clip in place, given the take clips that other tracks hold for it."""


def as_change(asked: TakeChange) -> Change:
    """The change that was asked for. It raises SelectionError where it cannot be made."""

    def change(clip: Any, above: Sequence[Any]) -> None:
        # What another change took off its track is no take any more.
        there = [item for item in above if item.parent() is not None]
        if asked.verb == "use":
            choose(clip, there, asked.take)
        elif asked.verb == "remove":
            remove(clip, there, asked.take)
        else:
            star(clip, there, asked.take, asked.verb == "star")

    return change


def make_changes(target: HostTarget, export: Path | None, changes: Sequence[TakeChange]) -> None:
    """Make the changes in order and write them at once, or none. The lock is the caller's.

    Raises:
        SelectionError: There is no such clip or take.
        HostError, TimelineError: The timeline cannot be read or written.
    """
    opened = base_of(target)
    found = find_appearances(opened.timeline)
    for asked in changes:
        place = place_named(opened, found, asked.clip)
        if place is None:
            raise SelectionError(
                f"There is no clip {asked.clip!r} in {target.timeline.name}.",
                fix="`newtake clips TIMELINE` lists the clips with their numbers.",
            )
        own = text_of(mark_of(place.item), "clip_id")
        as_change(asked)(place.item, track_takes(own, [each.item for each in found]))
    commit(target, export, opened, _check_measurable)


def _check_measurable(reloaded: Any) -> None:
    find_appearances(reloaded)
