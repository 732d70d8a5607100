"""Takes of a draft whose clip is gone from the timeline: kept in a file of their own, and told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from newtake.bootstrap.draft_places import target_place
from newtake.bootstrap.draft_standing import UnplacedTake
from newtake.domain.errors import TimelineError
from newtake.domain.files import HostTarget

if TYPE_CHECKING:
    from otio_newtake.parking import Parked


def parking_of(target: HostTarget) -> Path:
    """The file that they are kept in."""
    return target_place(target) / "takes_without_a_clip.otio"


def waiting_takes(target: HostTarget) -> list[Parked]:
    """Takes without a clip that neither the draft nor the timeline holds."""
    from otio_newtake.drafting import begun
    from otio_newtake.parking import held_in, parked, without
    from otio_newtake.reading import look_at

    entries = parked(parking_of(target))
    held: set[str] = set()
    for path in (begun(target), target.timeline) if entries else ():
        try:
            held |= held_in(look_at(path).timeline) if path is not None else set()
        except TimelineError:
            continue
    return without(entries, held.__contains__)


def told(entries: Sequence[Parked]) -> tuple[UnplacedTake, ...]:
    """As a person is told of them: movies only, since EXR frames go with theirs."""
    from otio_newtake.marks import url_of
    from otio_newtake.unsaved import movies

    return tuple(
        UnplacedTake(
            name, held.reference.name or held.key, changes.name, url_of(held.reference), why
        )
        for changes, why in entries
        for name, held in changes.added.items()
        if name in movies(changes.added)
    )
