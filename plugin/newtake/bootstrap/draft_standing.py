"""What a draft says of itself and of what was done with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Standing:
    """How a draft and its timeline stand to each other now."""

    unsaved: int
    """Changes that are in the draft and not in the timeline: takes added and removed, stars,
    selections."""
    changed_outside: bool
    """Whether the timeline has other bytes than the draft began with."""
    gone: bool
    """Whether nothing lies at the timeline's path, or nothing that can be read."""
    unplaced: tuple[UnplacedTake, ...]
    """Takes that an earlier `carry_over` found no clip for, and no timeline of this draft holds."""
    is_held: bool
    """Whether there is something to save where it is gone: a draft, or the bytes that were seen."""
    revision: str
    """Changes whenever what the host of `target` lists may have changed."""
    goes_on_at: Path | None = None
    """The timeline that another panel saved this draft as; nothing more is done here then."""


@dataclass(frozen=True, slots=True)
class UnplacedTake:
    """A take whose clip is not in the timeline any more. Its files stay, and so does its job."""

    label: str
    """The job's and its submission's id: JOB/SUBMISSION."""
    name: str
    clip: str
    """What its clip was called."""
    movie: str
    """Its address as the draft had it."""
    why: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of unsaved changes when their timeline was read anew."""

    takes: int
    """Takes that were put on their clips."""
    others: int
    """Stars, selections and removals that were made again."""
    unplaced: tuple[UnplacedTake, ...]
    """Those of this time."""
    notes: tuple[str, ...]
    """What a person should know of single takes and changes, each a sentence."""
