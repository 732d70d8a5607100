"""The host of timeline files: list clips, add takes, choose among them.

What is written always goes to the target's output, or to its draft where it has one. An output
that exists is continued when it was written by New Take for the same state of the same timeline;
anything else there is left alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio.to_thread
import opentimelineio as otio

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError, OutputError, TimelineError
from newtake.domain.files import HostTarget, NewTake, PlacedTake, Profile, TakeChange
from newtake.domain.marker import Marker
from newtake.domain.outline import Outline
from newtake.domain.proxies import ShownMedia
from newtake.domain.take_record import TakeMedia
from newtake.domain.timing import FrameRange
from newtake.ports import Progress
from otio_newtake import takes
from otio_newtake.appearances import find_appearances
from otio_newtake.changes import make_changes
from otio_newtake.checking import check_target
from otio_newtake.dialect import dialect_of
from otio_newtake.drafting import followed, written_file
from otio_newtake.exporting import losses
from otio_newtake.formats import format_of
from otio_newtake.gathering import Answer, Gathering, gathering_for
from otio_newtake.identity import ClipIndex
from otio_newtake.laying import lay_together
from otio_newtake.listing import Listing, place_named
from otio_newtake.locking import exclusive
from otio_newtake.markers import list_markers
from otio_newtake.marks import mark_of, text_of
from otio_newtake.outlining import outline_of
from otio_newtake.outputs import base_looked_at, base_of, saved_since
from otio_newtake.pieces import list_pieces
from otio_newtake.reading import OpenedTimeline, look_at, open_timeline
from otio_newtake.records import take_media
from otio_newtake.shown import shown_media


class OtioHost:
    """Implements `ports.Host` on a timeline file."""

    def __init__(self, target: HostTarget, *, lock_seconds: float = 30.0) -> None:
        """Nothing is read yet.

        Args:
            target: The timeline, and where and how takes are written.
            lock_seconds: How long to wait for another writer of the same output.
        """
        self._export: Path | None = None
        if format_of(target.output) is not None:
            # The .otio beside it holds everything, and what is asked for is made from that.
            if target.draft is None:
                self._export = target.output
            target = replace(target, output=target.output.with_suffix(".otio"))
        self._asked = target
        self._lock_seconds = lock_seconds

    @property
    def _target(self) -> HostTarget:
        """The target as it is meant now; see `followed`."""
        return followed(self._asked)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Hold the right to change what is written. Raises: HostError, TimelineError."""
        while True:
            path = written_file(await anyio.to_thread.run_sync(lambda: self._target))
            async with exclusive(path, wait_seconds=self._lock_seconds):
                # A draft may have been saved under another name while it was waited for.
                if written_file(await anyio.to_thread.run_sync(lambda: self._target)) == path:
                    yield
                    return

    async def clips(self) -> Sequence[Clip]:
        """Every clip, in reading order, with the takes that the output already holds."""
        return await anyio.to_thread.run_sync(self._list)

    async def readers(self) -> Profile:
        """Whom the output is written for: as asked, else as the timeline came; never "auto"."""
        return await anyio.to_thread.run_sync(self._readers)

    def _readers(self) -> Profile:
        target = self._target
        opened = base_looked_at(target)
        clips = [each.item for each in opened.appearances()]
        dialect = dialect_of(target.profile, opened.timeline, clips=clips)
        return Profile.RESOLVE if dialect.resolve_shape else Profile.GENERIC

    async def check_output(self, clip_keys: Sequence[str]) -> None:
        """Refuse an output that takes could not be written to, before anything is paid for.

        Raises:
            OutputError: If it is no OTIO file, is somebody else's, belongs to an earlier state of
                the timeline, or would lose takes that lie nowhere else.
            HostError: If a clip is not there any more.
            TimelineError: If the timeline cannot be read.
            StorageError: If the folder of the output could not be written.
        """
        await anyio.to_thread.run_sync(lambda: check_target(self._target, self._export, clip_keys))

    async def markers(self) -> Sequence[Marker]:
        """Every marker of the timeline, its tracks and its clips. Raises: TimelineError."""
        return await anyio.to_thread.run_sync(self._markers)

    def _markers(self) -> list[Marker]:
        # As listed: clips that an earlier run has split have keys of their own.
        return list_markers(self._listed().timeline)

    async def outline(self) -> Outline:
        """The timeline's tracks and transitions. Raises: TimelineError."""
        return await anyio.to_thread.run_sync(lambda: outline_of(self._listed()))

    async def became(self, key: str) -> Sequence[Clip]:
        """What a clip of the timeline itself is in `clips`, by the key that it has there: the clip,
        or the pieces that an earlier run has split it into. Empty where it is gone."""
        return await anyio.to_thread.run_sync(self._became, key)

    def _became(self, key: str) -> list[Clip]:
        opened = self._listed()
        found = opened.appearances()
        index = ClipIndex(found)
        named = index.clip(key)
        places = index.pieces(key) or ([] if named is None else [named])
        return _listing(opened).of(places)

    async def pieces(self, asked: Sequence[tuple[Clip, FrameRange]]) -> Sequence[Clip]:
        """Parts of clips as the clips that they are once a take is added. Changes nothing.

        Args:
            asked: A clip as `clips` has it, and the record frames of it that are meant.

        Raises:
            HostError: A clip is not there any more.
            OutputError, TimelineError: The timeline or its output cannot be read.
        """
        return await anyio.to_thread.run_sync(
            lambda: list_pieces(base_of(self._target), asked) if asked else []
        )

    async def render(
        self,
        clip: Clip,
        *,
        to: Path,  # noqa: ARG002 # the port's
        progress: Progress,  # noqa: ARG002 # the port's
    ) -> tuple[str, ...]:
        """Raises HostError: a timeline file has no renderer."""
        raise HostError(
            f"The clip {clip.name} cannot be rendered: {self._target.timeline.name} is a file.",
            fix="Render it in the editor, or restyle it from its media.",
        )

    async def add_take(self, take: NewTake) -> PlacedTake:
        """Add a take to its clip, select it, write the output and read it back.

        Takes that wait together, of whichever hosts of this timeline, are written together. Where
        the timeline was saved since they were planned, the first of them has a note of that.

        Raises:
            HostError: If the clip is gone, or the output cannot be written. The take's own file
                stays where it is; the error names it.
        """
        gathering = gathering_for((self._asked, self._export))
        try:
            return await gathering.add(take, self._writing, partial(self._lay, gathering))
        except (HostError, TimelineError) as error:
            why = f"{error.why} The take is kept: {take.file.path}.".strip()
            fix = error.fix
            if isinstance(error, OutputError) and self._asked.draft is None:
                job = take.provenance.job_id
                fix = f"`newtake jobs resume {job} --out FILE` lays it into another file."
            raise HostError(error.what, why=why, fix=fix) from error

    def _lay(self, gathering: Gathering, takes: Sequence[NewTake]) -> Sequence[Answer]:
        target = self._target
        answers = lay_together(target, self._export, takes)
        for number, each in enumerate(answers):
            if isinstance(each, PlacedTake):
                if gathering.is_new(note := saved_since(target)):
                    answers[number] = replace(each, notes=(*each.notes, note))
                break
        return answers

    async def show_at_work(self, clip_key: str, job_id: str, about: str) -> None:
        """Nothing: a mark in a file is seen by nobody before the take is there."""

    async def show_at_rest(self, clip_key: str, job_id: str) -> None:
        """Nothing was shown."""

    async def select_take(self, clip: str | int, key: str) -> None:
        """Show another take of a clip.

        Args:
            clip: The clip's key, or its number in the listing.
            key: The take's key; "original" for the media as cut.

        Raises:
            SelectionError: If there is no such clip or take.
            HostError: If the output cannot be written.
            TimelineError: If the timeline cannot be read.
        """
        await self.select_takes([(clip, key)])

    async def select_takes(self, choices: Sequence[tuple[str | int, str]]) -> None:
        """`select_take` for several clips, in one write; none of them when one cannot be."""
        await self.change_takes([TakeChange(clip, "use", key) for clip, key in choices])

    async def star_take(self, clip: str | int, key: str, starred: bool = True) -> None:
        """Mark a take as a favourite. Arguments and errors as for `select_take`."""
        await self.change_takes([TakeChange(clip, "star" if starred else "unstar", key)])

    async def change_takes(self, changes: Sequence[TakeChange]) -> None:
        """Select, star and remove takes, in order and in one write; none where one cannot be.

        What is removed goes from its clip, with its EXR frames; its files stay. Where it was
        selected, the original is then. Errors as for `select_take`.
        """
        async with self._writing():
            await anyio.to_thread.run_sync(
                lambda: make_changes(self._target, self._export, changes)
            )

    async def take_media(self) -> Mapping[str, Mapping[str, TakeMedia]]:
        """Clip key -> take key -> its movie and what is written of it. Raises: TimelineError."""
        return await anyio.to_thread.run_sync(lambda: take_media(self._listed()))

    async def shown_media(self, clip: Clip, key: str) -> ShownMedia:
        """The media of a take of a listed clip, and which of its frames the clip shows.

        Args:
            clip: As `clips` of this timeline has it.
            key: The take's key; "original" for the media as cut.

        Raises:
            SelectionError: There is no such take.
            HostError: There is no such clip, or its media is no file of this machine.
            TimelineError: If the timeline cannot be read.
        """
        return await anyio.to_thread.run_sync(self._shown_media, clip, key)

    def _shown_media(self, clip: Clip, key: str) -> ShownMedia:
        target = self._target
        if target.draft is not None:
            opened = base_looked_at(target)
        else:
            opened = open_timeline(target.timeline, target.edl_rate)
        found = find_appearances(opened.timeline)
        place = place_named(opened, found, clip.key)
        if place is None:
            raise HostError(f"The timeline has no clip {clip.name!r} any more.")
        if not isinstance(place.item, otio.schema.Clip):
            raise HostError(
                f"{clip.name!r} is a nested composition, which has no media of its own.",
                fix="Look at the clips inside it.",
            )
        own = text_of(mark_of(place.item), "clip_id")
        above = takes.track_takes(own, [each.item for each in found])
        return shown_media(clip, place.item, above, key, opened.folder)

    async def is_ours(self) -> bool:
        """Whether the target's timeline was written by New Take, under the name it has.

        What another program saved under a name of its own still holds our marks, and is not ours.

        Raises:
            TimelineError: If the timeline cannot be read.
        """
        return await anyio.to_thread.run_sync(self._is_ours)

    def _is_ours(self) -> bool:
        target = self._target
        path = target.timeline
        mark = mark_of(look_at(path, target.edl_rate).timeline)
        return bool(text_of(mark, "source")) and text_of(mark, "written_as") == path.name

    def _list(self) -> Sequence[Clip]:
        return _listing(self._listed())

    def _listed(self) -> OpenedTimeline:
        target = self._target
        if target.draft is not None:
            return base_looked_at(target)
        if target.output != target.timeline and target.output.exists():
            try:
                return base_looked_at(target)
            except (HostError, TimelineError):
                # Whatever lies at the output, the timeline itself can be listed.
                pass
        return look_at(target.timeline, target.edl_rate)

    async def losses(self) -> tuple[str, ...]:
        """What the format of the output does not carry, in clauses; nothing for OpenTimelineIO.

        Raises:
            OutputError, TimelineError: As `check_output`.
        """
        return await anyio.to_thread.run_sync(self._losses)

    def _losses(self) -> tuple[str, ...]:
        if self._export is None:
            return ()
        return losses(base_looked_at(self._target).timeline, self._export)


def _listing(opened: OpenedTimeline) -> Listing:
    listing = Listing(opened, opened.appearances())
    opened.lookers.add(listing)
    return listing
