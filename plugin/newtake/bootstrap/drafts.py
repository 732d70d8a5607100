"""Drafts: what was done to a timeline file and is in no file yet, until somebody saves it.

The panel changes nothing but a draft in New Take's own folder. Takes lie beside the timeline as
ever, and a draft outlives the program: a job that ends later adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from newtake.domain.files import HostTarget


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
    revision: str
    """Changes whenever what the host of `target` lists may have changed."""


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
class Saved:
    """What a save did."""

    path: Path
    """The timeline that was written."""
    kept: Path | None
    """Where the bytes lie that were there before; None where there was no file."""
    notes: tuple[str, ...]
    """What to know of exports in other formats, each a sentence."""
    draft: Draft
    """Of the timeline that was written, to go on with; the one that was saved is at its end."""


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


class Draft:
    """One timeline file with its draft. Every method may run in any number of processes at once.

    Nothing is locked between calls; what a draft says is read from the disk each time.
    """

    timeline: Path
    """As it was given, absolute."""
    target: HostTarget
    """For the host, for plans and for jobs: writes the draft, never the timeline."""
    saves_to: Path | None
    """What `save` writes: the timeline's file; None where only `save_as` can."""
    why_not: str
    """Why `save` cannot, a sentence; empty where it can."""
    suggested: Path
    """For `save_as`: a name beside the timeline that no file has."""
    notes: tuple[str, ...]
    """What a person should know of it at opening, each a sentence."""

    async def standing(self) -> Standing:
        """How it stands. Cheap: a file's bytes are read where its size or times are new.

        Raises:
            TimelineError: The draft itself cannot be read.
        """
        raise NotImplementedError

    async def save(self, *, even_if_changed: bool = False) -> Saved:
        """Write the draft to the timeline's own file, atomically; the draft goes.

        The bytes that lay there are kept. Of a link, the file that it leads to is written. Without
        unsaved changes nothing is written.

        Args:
            even_if_changed: Write also over what another program has put there since, or where the
                file is gone.

        Raises:
            OutputError: Only `save_as` can; the timeline was changed by another program, or is
                gone.
            HostError: Another New Take is writing it, or it cannot be written. The draft stays.
            StorageError: What lay there cannot be kept; nothing was written.
        """
        raise NotImplementedError

    async def save_as(self, path: Path, *, replace: bool = False) -> Saved:
        """Write the draft to another file, which is the one to go on with.

        Jobs under way add their takes to the draft of that one. The timeline stays as it is. Media
        beside it are found from the new folder too. A name of another format (EDL, XML ...) gets
        the .otio that holds everything beside it, and that is the one to go on with.

        Args:
            path: Absolute. The draft's own timeline is as with `save`.
            replace: Whether a file that is there may go; its bytes are kept.

        Raises: As `save`; OutputError also where a file is there and `replace` is not said, the
            format cannot be written, or there is no such folder.
        """
        raise NotImplementedError

    async def carry_over(self) -> Carried:
        """Begin the draft anew from the timeline as it is now, with every change that finds its
        clip. What does not find it is `unplaced` from then on, and tried again the next time.

        Raises:
            TimelineError: The timeline cannot be read; the draft stays as it is.
            HostError: Another New Take is writing the draft, or it cannot be written.
        """
        raise NotImplementedError


async def open_draft(timeline: Path, home: Path) -> Draft:
    """Find or make the place of a timeline's draft, and go on with a draft that is there.

    A draft is only written with the first change. One whose save was cut off after the timeline had
    been written is at its end.

    Args:
        timeline: Of any format that can be read, or an .otiod folder.
        home: NEWTAKE_HOME.

    Raises:
        TimelineError: There is no such timeline and no draft of it, or it cannot be read.
        StorageError: The place cannot be made.
    """
    raise NotImplementedError
