"""The desk of a timeline file: its edit and its draft, plans for its clips, and the queue."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.abc
import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap import drafts
from newtake.bootstrap.draft_standing import Standing
from newtake.bootstrap.drafts import Draft
from newtake.bootstrap.panel_edit import EditDocument, edit_document
from newtake.bootstrap.panel_frames import Found
from newtake.bootstrap.panel_jobs import takes_go_to
from newtake.bootstrap.panel_takes import clip_of, record_of_take, reveal, told_changes
from newtake.bootstrap.take_reports import report_in_file
from newtake.bootstrap.takes import take_records
from newtake.bootstrap.wanting import wanted_of
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.files import HostTarget, TakeChange
from newtake.domain.job import Job
from newtake.ports import Host
from newtake.settings import Settings
from newtake.shells.panel.any_desk import AnyDesk
from newtake.shells.panel.claim import FilePlace
from newtake.shells.panel.desk import (
    Said,
    Saved,
    SettingsAgain,
    ShownEdit,
    ShownJob,
    ShownPlan,
    State,
    TakeReport,
    Waiting,
)
from newtake.shells.panel.drafts_told import (
    meant_file,
    told_carried,
    told_moved,
    told_unplaced,
)
from newtake.shells.panel.job_list import Scope
from newtake.shells.panel.journal_news import follow_journal
from newtake.shells.panel.known_clips import KnownClips
from newtake.shells.panel.media_news import follow_media
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offer
from newtake.shells.panel.requests import (
    AboutRequest,
    AgainRequest,
    LookRequest,
    PlanRequest,
    RevealRequest,
    SaveRequest,
    TakesRequest,
)
from newtake.shells.panel.settings_again import settings_for_page
from newtake.shells.panel.showing import said
from newtake.shells.panel.wirings import Wirings
from newtake.shells.panel.wishing import asking_of, wish_of

_LOG = logging.getLogger("newtake")
FILE_SECONDS = 1.0
"""How often it is looked whether the timeline or its draft was changed."""


class FileDesk(AnyDesk):
    """Implements `Desk`."""

    def __init__(
        self, settings: Settings, draft: Draft, tasks: anyio.abc.TaskGroup, place: FilePlace
    ) -> None:
        super().__init__(settings, Wirings(settings, None, tasks), tasks, News())
        self.draft = draft
        self.place = place
        self._known = KnownClips(0, (), {}, {})
        self._standing: Standing | None = None
        self._trouble: Said | None = None
        self._revision = 1
        self._listing = anyio.Lock()
        self._drawn: EditDocument | None = None
        self._wake = anyio.Event()

    async def follow(self) -> None:
        """Keep up with the timeline's file, its draft and the journal, until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(follow_journal, self.settings.journal_path, self.news)
            group.start_soon(self._follow_file)
            group.start_soon(
                follow_media,
                lambda: self._known.clips,
                self._edit_changed,
                lambda: self.news.page_is_open,
            )
            group.start_soon(self.keep_up)
            group.start_soon(self.go_on)

    async def _follow_file(self) -> None:
        while True:
            self._wake = anyio.Event()
            await self.look_at_file()
            with anyio.move_on_after(FILE_SECONDS):
                await self._wake.wait()

    def timeline_changed(self) -> None:
        self._wake.set()

    async def look_at_file(self) -> None:
        """See how the draft and its timeline stand now."""
        before, trouble = self._standing, self._trouble
        try:
            self._standing = await self.draft.standing()
            self._trouble = told_moved(self._standing)
        except NewTakeError as error:
            self._trouble = said(error)
        if before is None or self._standing is None or before.revision != self._standing.revision:
            self._edit_changed()
        elif (before, trouble) != (self._standing, self._trouble):
            self.news.tell()

    def _edit_changed(self) -> None:
        self._revision += 1
        self.news.tell()

    async def state(self, seen: int, wait_seconds: float) -> State:
        if self._standing is None and self._trouble is None:
            await self.look_at_file()
        revision = await self.news.after(seen, wait_seconds)
        await self._know_clips()
        return self.state_with(revision, self._shown_edit(), None, None)

    def told_jobs(self) -> tuple[tuple[ShownJob, ...], tuple[Waiting, ...]]:
        shown = self.queue.jobs(Scope(lambda _: True, self.is_here))
        return tuple(self.candidates.beside(self._known.told(job)) for job in shown), ()

    async def _know_clips(self) -> None:
        try:
            await self._clips()
        except NewTakeError as error:
            # Said where the timeline is looked at.
            _LOG.info("the timeline's clips are not known: %s", error)

    def is_here(self, job: Job) -> bool:
        """Whether a job's takes go to this timeline."""
        return takes_go_to(job.order.host, self.draft.target)

    def _shown_edit(self) -> ShownEdit:
        draft, standing = self.draft, self._standing
        return ShownEdit(
            kind="otio",
            title=draft.timeline.name,
            path=str(draft.timeline),
            revision=self._revision,
            unsaved=standing.unsaved if standing else 0,
            changed_outside=bool(standing and standing.changed_outside),
            gone=bool(standing and standing.gone),
            held=standing is None or standing.is_held,
            saves_to=str(draft.saves_to) if draft.saves_to else "",
            why_not=draft.why_not,
            suggested=str(draft.suggested),
            notes=(*draft.notes, *told_unplaced(standing)),
            trouble=self._trouble,
        )

    @property
    def beside(self) -> Path:
        return self.draft.timeline.parent

    async def edit(self) -> EditDocument:
        known = await self._clips()
        if self._drawn is None or self._drawn.revision != known.revision:
            host = bootstrap.timeline_host(self.draft.target)
            markers, outline = await host.markers(), await host.outline()
            records = await take_records(self.draft.target)
            title = outline.name or self.draft.timeline.stem
            self._drawn = await anyio.to_thread.run_sync(
                lambda: edit_document(title, known.revision, known.clips, markers, outline, records)
            )
        return self._drawn

    async def look(self, request: LookRequest) -> None:
        del request
        raise _no_editor("Clips are chosen on this page.")

    async def planned(self, request: PlanRequest) -> ShownPlan:
        if not request.chosen_here:
            raise SelectionError("No clips are chosen.", fix="Select a clip, or mark a range.")
        target = _written_as(request, self.draft.target)
        host = bootstrap.timeline_host(target)
        clips = (await self._clips()).clips
        wish = wish_of(request, beside=self.beside, picture_of=self.pictures.first_frame)
        wanting = await wanted_of(
            host, clips, asking_of(request, clips), wish, beside=self.beside, blade=host
        )
        await host.check_output(wanting.keys)
        return await self.offered(
            request,
            wanting.clips,
            host,
            target,
            checked=wanting.checked,
            notes=wanting.notes,
            drawn={clip.key: clip for clip in clips},
        )

    def host_of(self, offer: Offer) -> Host:
        if _written_as(offer.request, self.draft.target) != offer.target:
            raise SelectionError(
                "The plan is of another file.", fix="Look at the plan as it is now."
            )
        return bootstrap.timeline_host(offer.target)

    async def takes(self, request: TakesRequest) -> str:
        host = bootstrap.timeline_host(self.draft.target)
        clips = await host.clips()
        changes = [
            TakeChange(clip_of(clips, each.clip).key, each.what, each.take)
            for each in request.changes
        ]
        await host.change_takes(changes)
        await self.look_at_file()
        return told_changes(changes, clips)

    async def again(self, request: AgainRequest) -> SettingsAgain:
        target = self.draft.target
        clips = await bootstrap.timeline_host(target).clips()
        clip = clip_of(clips, request.clip)
        return await settings_for_page(
            record_of_take(clip, request.take, await take_records(target)), self.pictures
        )

    async def about(self, request: AboutRequest) -> TakeReport:
        clip = clip_of((await self._clips()).clips, request.clip)
        return await report_in_file(self.draft.target, clip, request.take)

    async def save(self, request: SaveRequest) -> Saved:
        draft = self.draft
        if request.to is None:
            saved = await draft.save(even_if_changed=request.even_if_changed)
        else:
            path = meant_file(request.to, draft.timeline.parent)
            saved = await self._save_as(path, replace=request.replace)
        self.draft = saved.draft
        self._standing = None
        await self.look_at_file()
        return Saved(str(saved.path), str(saved.kept) if saved.kept else "", saved.notes)

    async def _save_as(self, path: Path, *, replace: bool) -> drafts.Saved:
        """The page is of that file from then on, and no other page is."""
        to = path.with_suffix(".otio") if bootstrap.is_exported(path) else path
        with self.place.moving_to(to):
            return await self.draft.save_as(path, replace=replace)

    async def reload(self) -> str:
        carried = await self.draft.carry_over()
        self._standing = None
        await self.look_at_file()
        return told_carried(carried, self.draft.timeline.name)

    async def reveal(self, request: RevealRequest) -> str:
        host = bootstrap.timeline_host(self.draft.target)
        return await reveal(host, clip_of(await host.clips(), request.clip), request.take)

    async def find(self, clip: str) -> Found | None:
        """The clip of an id, for pictures of it; None where the timeline has none of it."""
        return (await self._clips()).by_id.get(clip)

    async def _clips(self) -> KnownClips:
        """As the timeline is now; a large one takes a moment, and is listed once."""
        async with self._listing:
            if self._known.revision != self._revision:
                revision, host = self._revision, bootstrap.timeline_host(self.draft.target)
                clips = await host.clips()
                self._known = await anyio.to_thread.run_sync(
                    lambda: KnownClips.of(revision, host, list(clips))
                )
            return self._known

    async def collect(self) -> str:
        raise _no_editor("Takes come to this timeline by themselves.")

    async def hand_over(self) -> list[str]:
        raise _no_editor("This page goes on.")


def _written_as(request: PlanRequest, target: HostTarget) -> HostTarget:
    """The page's target, as the request wants takes to be written there."""
    return replace(
        target,
        layout=request.layout or target.layout,
        profile=request.profile or target.profile,
    )


def _no_editor(why: str) -> SelectionError:
    return SelectionError("This page is of a timeline file.", why=why, fix="")
