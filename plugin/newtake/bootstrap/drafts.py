"""Drafts: what was done to a timeline file and is in no file yet, until somebody saves it.

The panel changes nothing but a draft in New Take's own folder. Takes lie beside the timeline as
ever, and a draft outlives the program: a job that ends later adds to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.draft_carrying import carry_changes
from newtake.bootstrap.draft_file import SeenFile
from newtake.bootstrap.draft_places import (
    check_name,
    draft_in,
    place_of,
    real_file,
    why_not_saved,
    why_not_written,
)
from newtake.bootstrap.draft_saving import Written, save_draft, save_draft_as
from newtake.bootstrap.draft_standing import Carried as Carried
from newtake.bootstrap.draft_standing import Standing as Standing
from newtake.bootstrap.draft_standing import UnplacedTake as UnplacedTake
from newtake.bootstrap.draft_waiting import told, waiting_takes
from newtake.bootstrap.outputs import default_output, free_output, own_output, timeline_target
from newtake.domain.errors import HostError, OutputError, TimelineError
from newtake.domain.files import HostTarget

if TYPE_CHECKING:
    from otio_newtake.reading import OpenedTimeline
    from otio_newtake.unsaved import ClipChanges

_LOCK_SECONDS = 30.0
_SAVE_AS = "Save it as another file."
_AGAIN = "Save again, or save it as a file in another folder."


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


class Draft:
    """One timeline file with its draft. Every method may run in any number of processes at once.

    Nothing is locked between calls; what a draft says is read from the disk each time.
    """

    timeline: Path
    """Absolute; of a link the file that it leads to."""
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

    def __init__(
        self, target: HostTarget, home: Path, *, why_not: str, suggested: Path, seen: SeenFile
    ) -> None:
        """For `open_draft`."""
        self.target = target
        self.timeline = target.timeline
        self.saves_to = None if why_not else target.timeline
        self.why_not = why_not
        self.suggested = suggested
        self.notes = ()
        self._home = home
        self._file = seen
        self._began = seen.sha256
        """SHA-256 of the timeline that a draft would begin with, or has begun with."""
        self._counted: tuple[str, int] = ("", 0)

    async def standing(self) -> Standing:
        """How it stands. Cheap: a file's bytes are read where its size or times are new.

        Raises:
            TimelineError: The draft itself cannot be read.
        """
        return await anyio.to_thread.run_sync(self._standing)

    async def save(self, *, even_if_changed: bool = False) -> Saved:
        """Write the draft to the timeline's own file, atomically; the draft goes.

        The bytes that lay there are kept. Of a link, the file that it leads to is written. Without
        unsaved changes a file that is there is not touched, and one that is gone is written as it
        was last seen.

        Args:
            even_if_changed: Write also over what another program has put there since, or where the
                file is gone.

        Raises:
            OutputError: Only `save_as` can; the timeline was changed by another program, or is
                gone.
            HostError: Another New Take is writing it, or it cannot be written. The draft stays.
            StorageError: What lay there cannot be kept; nothing was written.
        """
        if self.saves_to is None:
            raise OutputError(self.why_not, fix=_SAVE_AS)
        if why := why_not_written(self.timeline):
            raise OutputError(why, fix=_SAVE_AS)
        async with self._locked(self.timeline.resolve()):
            kept, notes = await anyio.to_thread.run_sync(self._save, even_if_changed)
        return Saved(self.timeline, kept, notes, self)

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
        path = real_file(path)
        export = path if bootstrap.is_exported(path) else None
        to = path if export is None else path.with_suffix(".otio")
        if to.resolve() == self.timeline.resolve() and export is None:
            return await self.save()
        check_name(to)
        for each in dict.fromkeys((path, to)):
            if why := why_not_written(each):
                raise OutputError(why, fix="Choose another place.")
        async with self._locked(to.resolve()):
            kept, notes = await anyio.to_thread.run_sync(self._save_as, to, export, replace)
        return Saved(path, kept, notes, await open_draft(to, self._home))

    async def carry_over(self) -> Carried:
        """Begin the draft anew from the timeline as it is now, with every change that finds its
        clip. What does not find it is `unplaced` from then on, and tried again the next time.

        Raises:
            TimelineError: The timeline cannot be read; the draft stays as it is.
            HostError: Another New Take is writing the draft, or it cannot be written.
        """
        async with self._locked():
            return await anyio.to_thread.run_sync(self._carry_over)

    def _standing(self) -> Standing:
        from otio_newtake.drafting import begun, followed
        from otio_newtake.reading import look_at

        target = self.target
        now = followed(target)
        if now != target:
            return Standing(0, False, False, (), True, "moved", now.timeline)
        state = self._file.look()
        opened = None
        if (draft := begun(target)) is not None:
            try:
                opened = look_at(draft)
            except TimelineError:
                # Saved by another panel meanwhile.
                if draft.exists():
                    raise
        if opened is None:
            revision, unsaved, began = state, 0, self._began
        else:
            revision, (unsaved, began) = opened.sha256, self._count(opened)
        return Standing(
            unsaved=unsaved,
            changed_outside=bool(state) and state != began,
            gone=not state,
            is_held=opened is not None or self._file.raw is not None,
            unplaced=told(waiting_takes(target)),
            revision=hashlib.sha256(f"{revision}{began}".encode()).hexdigest()[:16],
        )

    def _count(self, opened: OpenedTimeline) -> tuple[int, str]:
        """Changes in the draft, and SHA-256 of the timeline that it began with."""
        from otio_newtake.drafting import base_sha256

        if self._counted[0] != opened.sha256:
            count = sum(each.count for each in self._changes(opened))
            self._counted = (opened.sha256, count)
        return self._counted[1], base_sha256(opened.timeline)

    def _changes(self, opened: OpenedTimeline) -> list[ClipChanges]:
        from otio_newtake.drafting import base_at, base_sha256
        from otio_newtake.unsaved import changes_since

        base = base_at(self.target, base_sha256(opened.timeline))
        return changes_since(None if base is None else base.appearances(), opened.appearances())

    def _save(self, even_if_changed: bool) -> Written:
        from otio_newtake.drafting import begun

        self._refuse_moved()
        is_left = begun(self.target) is None and self.timeline.exists()
        written = save_draft(self.target, self._file, even_if_changed=even_if_changed)
        if not is_left:
            self._began = self._file.look()
        return written

    def _save_as(self, to: Path, export: Path | None, replace: bool) -> Written:
        self._refuse_moved()
        return save_draft_as(self.target, self._file, self._home, to, export, replace=replace)

    def _carry_over(self) -> Carried:
        from otio_newtake.drafting import begun
        from otio_newtake.reading import look_at

        self._refuse_moved()
        draft = begun(self.target)
        changes = [] if draft is None else self._changes(look_at(draft))
        carried, self._began = carry_changes(self.target, changes)
        return carried

    def _refuse_moved(self) -> None:
        from otio_newtake.drafting import followed

        now = followed(self.target)
        if now != self.target:
            raise OutputError(
                f"Another panel has saved this as {now.timeline}.",
                fix=f"Go on there: newtake panel {now.timeline}",
            )

    @asynccontextmanager
    async def _locked(self, timeline: Path | None = None) -> AsyncIterator[None]:
        """Hold the timeline, where one is named, then the draft: always in that order."""
        from otio_newtake.locking import exclusive

        assert self.target.draft is not None
        try:
            async with AsyncExitStack() as stack:
                for path in filter(None, (timeline, self.target.draft)):
                    await stack.enter_async_context(exclusive(path, wait_seconds=_LOCK_SECONDS))
                yield
        except OutputError:
            raise
        except HostError as error:
            raise HostError(error.what, why=error.why, fix=_AGAIN) from error


async def open_draft(timeline: Path, home: Path) -> Draft:
    """Find or make the place of a timeline's draft, and go on with a draft that is there.

    A draft is only written with the first change. One whose save was cut off after the timeline had
    been written is at its end.

    Args:
        timeline: Of any format that can be read, or an .otiod folder.
        home: NEWTAKE_HOME.

    Raises:
        TimelineError: There is no such timeline and no draft of it, or it cannot be read.
        OutputError: The draft is of an EDL that was told to count at another rate since.
        StorageError: The place cannot be made.
    """
    timeline = real_file(timeline)
    place = await anyio.to_thread.run_sync(place_of, timeline, home)
    draft = await anyio.to_thread.run_sync(draft_in, place, timeline)
    try:
        output = await own_output(timeline)
    except TimelineError:
        if not draft.exists():
            raise
        output = default_output(timeline)
    if bootstrap.is_exported(output):
        # What a run writes first; the format itself is made from that.
        output = output.with_suffix(".otio")
    target = replace(timeline_target(timeline, output), draft=draft)
    await anyio.to_thread.run_sync(_check_rate, target)
    opened = Draft(
        target,
        home,
        why_not=why_not_saved(timeline),
        suggested=free_output(timeline),
        seen=await anyio.to_thread.run_sync(_seen, timeline),
    )
    opened.notes = await anyio.to_thread.run_sync(_notes, target)
    return opened


def _check_rate(target: HostTarget) -> None:
    from otio_newtake.outputs import check_draft_rate

    check_draft_rate(target)


def _seen(timeline: Path) -> SeenFile:
    seen = SeenFile(timeline)
    seen.look()
    return seen


def _notes(target: HostTarget) -> tuple[str, ...]:
    """What a run of the command line has written beside the timeline, and is not in it."""
    from otio_newtake.drafting import begun
    from otio_newtake.marks import mark_of, text_of
    from otio_newtake.parking import held_in
    from otio_newtake.reading import look_at

    beside = target.output.with_suffix(".otio")
    if target.output == target.timeline or not beside.exists():
        return ()
    try:
        other = look_at(beside).timeline
        if text_of(mark_of(other), "source") != str(target.timeline.resolve()):
            return ()
        own = held_in(look_at(begun(target) or target.timeline, target.edl_rate).timeline)
    except TimelineError:
        return ()
    count = len(held_in(other) - own)
    takes = "a take that is" if count == 1 else f"{count} takes that are"
    if not count:
        return ()
    return (f"{beside.name} beside it was made from this timeline and has {takes} not in it.",)
