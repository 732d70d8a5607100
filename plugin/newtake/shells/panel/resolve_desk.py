"""The desk of DaVinci Resolve: its chosen clips, plans for them, and the queue of its jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap import resolve
from newtake.bootstrap.panel_edit import EditDocument
from newtake.bootstrap.panel_frames import Found
from newtake.bootstrap.panel_takes import (
    reveal,
    told_changes,
)
from newtake.bootstrap.resolve_edit import clip_named, document_of, words_of_key
from newtake.bootstrap.resolve_left_over import put_back_left
from newtake.bootstrap.resolve_lost import Lacking
from newtake.bootstrap.restyling import checked_wish
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostDocument, TakeChange
from newtake.domain.job import Job
from newtake.pipeline.collecting import waiting_takes
from newtake.pipeline.wanted import Wanted
from newtake.ports import Host
from newtake.settings import Settings
from newtake.shells.panel.desk import (
    ShownEdit,
    ShownJob,
    ShownPlan,
    State,
    Waiting,
)
from newtake.shells.panel.editor_desk import EditorDesk
from newtake.shells.panel.job_list import Scope
from newtake.shells.panel.journal_news import follow_journal
from newtake.shells.panel.known_clips import KnownClips
from newtake.shells.panel.looking import Looking
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offer
from newtake.shells.panel.requests import (
    LookRequest,
    PlanRequest,
    ResumeRequest,
    RevealRequest,
    TakesRequest,
)
from newtake.shells.panel.resolve_lacks import ResolveLacks, beside
from newtake.shells.panel.waiting_rows import with_lost
from newtake.shells.panel.wirings import Wirings
from newtake.shells.panel.wishing import asking_of, wish_of

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls
    from newtake.hosts.resolve.snapshot import Snapshot


class ResolveDesk(EditorDesk):
    """Implements `Desk`."""

    editor_name = "DaVinci Resolve"
    page_is_of = "a timeline in DaVinci Resolve"

    def __init__(self, settings: Settings, calls: ResolveCalls, tasks: anyio.abc.TaskGroup) -> None:
        news = News()
        self.calls = calls
        self.looking = Looking(calls, settings, news)
        self.handed_over = anyio.Event()
        """Set when another one is to go on."""
        self._known = KnownClips(0, (), {}, {})
        self._drawn: EditDocument | None = None
        self._rendered: tuple[tuple[int, str], resolve.Chosen] | None = None
        super().__init__(settings, Wirings(settings, calls, tasks), tasks, news)
        self.lacks = ResolveLacks(settings, self.looking, self.queue.moves.is_busy)

    async def follow(self) -> None:
        """Keep up with Resolve and with the journal, until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.looking.follow)
            group.start_soon(follow_journal, self.settings.journal_path, self.news)
            group.start_soon(self.keep_up)

    def timeline_changed(self) -> None:
        self.looking.forget()

    async def state(self, seen: int, wait_seconds: float) -> State:
        if not self.looking.page_is_open:
            self.looking.hurry()
        revision = await self.news.after(seen, wait_seconds)
        looking = self.looking
        return self.state_with(revision, self._shown_edit(), looking.editor, looking.shown)

    def told_jobs(self) -> tuple[tuple[ShownJob, ...], tuple[Waiting, ...]]:
        document = self.looking.document
        jobs = bootstrap.open_journal(self.settings).jobs()
        found = (
            (each, document is not None and each.is_for(document))
            for each in waiting_takes(jobs, "resolve")
        )
        is_read = document is not None and self._is_read(document)
        lacking = self.lacks.found(jobs) if is_read else []
        ids = {each.job.id for each in lacking}
        belongs = Scope(
            lambda job: job.order.host.kind == "resolve",
            self.is_here,
            stays=lambda job: job.id in ids,
        )
        rows = self.shown_waiting(found)
        if document is not None:
            name = f"{document.project_name} / {document.timeline_name}"
            rows = with_lost(rows, name, sum(each.lost.takes for each in lacking if each.waits))
        return tuple(self._told(job, lacking) for job in self.queue.jobs(belongs)), rows

    def _told(self, job: ShownJob, lacking: Sequence[Lacking]) -> ShownJob:
        told = self._clips().told(job, words_of_key(job.clip_key))
        return beside(self.candidates.beside(told), lacking)

    def _shown_edit(self) -> ShownEdit:
        edit = self.looking.edit
        return ShownEdit(
            kind="resolve",
            title=edit.outline.name if edit is not None else "",
            path="",
            revision=self.looking.edit_revision,
            gone=self.looking.document is None,
            why_not="DaVinci Resolve saves its projects.",
            trouble=self.looking.edit_trouble,
        )

    def _clips(self) -> KnownClips:
        """As the timeline was read last."""
        edit, revision = self.looking.edit, self.looking.edit_revision
        if self._known.revision != revision:
            if edit is None:
                self._known = KnownClips(revision, (), {}, {})
            else:
                self._known = KnownClips.of(revision, edit, edit.clips)
        return self._known

    async def find(self, clip: str) -> Found | None:
        """The clip of an id, for pictures of it; None where the timeline has none of it."""
        return self._clips().by_id.get(clip)

    async def _open_edit(self) -> Snapshot:
        """The timeline as it was read last. Raises: HostAwayError, TimelineError."""
        edit = self.looking.edit
        if edit is None:
            # Who is away, or has no timeline open, says so.
            await resolve.open_target(self.calls, self.settings)
            raise SelectionError("The timeline is not read yet.", fix="Try again in a moment.")
        return edit

    async def look(self, request: LookRequest) -> None:
        await self.looking.look(request.word)

    async def planned(self, request: PlanRequest) -> ShownPlan:
        wish = wish_of(request, picture_of=self.pictures.first_frame)
        edit, notes = await self._open_edit(), tuple[str, ...]()
        wanted: Sequence[Wanted]
        if request.chosen_here:
            asking = asking_of(request, edit.clips)
            chosen, wanting = await resolve.choose_asked(
                self.calls, self.settings, asking, wish, render=request.from_render, edit=edit
            )
            wanted, checked, notes = wanting.clips, wanting.checked, wanting.notes
        else:
            chosen = await self._chosen(request)
            wanted, checked = chosen.clips, checked_wish(wish)
        return await self.offered(
            request,
            wanted,
            chosen.host,
            chosen.target,
            checked=checked,
            notes=notes,
            drawn=_drawn(chosen.clips, edit.clips),
        )

    async def _chosen(self, request: PlanRequest) -> resolve.Chosen:
        chosen = self.looking.chosen
        if chosen is None:
            raise SelectionError("No clips are chosen.", fix="Choose clips in DaVinci Resolve.")
        if not request.from_render:
            return chosen
        # What Resolve would render of them is asked once for each choice.
        wanted = (self.looking.shown.revision, self.looking.how)
        if self._rendered is None or self._rendered[0] != wanted:
            rendered = await resolve.choose(
                self.calls,
                self.settings,
                how=self.looking.how,
                render=True,
                edit=self.looking.edit,
            )
            self._rendered = (wanted, rendered)
        return self._rendered[1]

    def host_of(self, offer: Offer) -> Host:
        return bootstrap.open_host(offer.target, self.calls)

    async def edit(self) -> EditDocument:
        edit, revision = self.looking.edit, self.looking.edit_revision
        drawn = self._drawn
        if drawn is None or drawn.revision != revision:
            drawn = await anyio.to_thread.run_sync(document_of, edit, revision)
            self._drawn = drawn
        return drawn

    async def takes(self, request: TakesRequest) -> str:
        if any(each.what != "use" for each in request.changes):
            raise SelectionError(
                "Takes of a timeline in Resolve are only switched here.",
                why="Resolve keeps no stars, and a take is removed in its own take selector.",
            )
        clips = await resolve.list_clips(self.calls, self.settings)
        changes = [
            TakeChange(clip_named(clips, each.clip).key, each.what, each.take)
            for each in request.changes
        ]
        text = told_changes(changes, clips)
        choices = [(str(clip_named(clips, str(each.clip)).index), each.take) for each in changes]
        try:
            notes = await resolve.use_takes(self.calls, self.settings, choices)
        finally:
            self.looking.forget()
        return " ".join([text, *notes])

    async def clip_named(self, text: str) -> Clip:
        return clip_named((await self._open_edit()).clips, text)

    async def reveal(self, request: RevealRequest) -> str:
        edit = await self._open_edit()
        return await reveal(edit, clip_named(edit.clips, request.clip), request.take)

    async def collect(self) -> str:
        journal = bootstrap.open_journal(self.settings)
        target = await resolve.open_target(self.calls, self.settings)
        assert target.document is not None
        said = (await put_back_left(self.calls, self.settings)).said
        lacking = self.lacks.waiting(journal.jobs()) if self._is_read(target.document) else []
        for each in lacking:
            self.lacks.bring_back(each)
        here, _ = resolve.waiting_for(target.document, journal.jobs())
        await self.bring_in(here)
        # Marks of jobs that ended while Resolve was away.
        await resolve.tidy(self.calls, journal.jobs())
        takes = sum(each.takes for each in here)
        brought = f"{_many(takes)} brought in: the queue says when."
        return " ".join((brought if takes else "No take waits for this timeline.", *said))

    async def resume(self, request: ResumeRequest) -> list[str]:
        jobs = bootstrap.open_journal(self.settings).jobs()
        for each in self.lacks.found(jobs):
            if each.job.id == request.job:
                self.lacks.bring_back(each)
        return await super().resume(request)

    async def hand_over(self) -> list[str]:
        if self.looking.is_there:
            raise SelectionError("Resolve is there; this page goes on.")
        self.handed_over.set()
        return self.queue.moves.ids

    def is_here(self, job: Job) -> bool:
        own = job.order.host.document
        return own is not None and self._is_read(own)

    def _is_read(self, document: HostDocument) -> bool:
        """Whether that timeline is the one that was read last."""
        edit = self.looking.edit
        return edit is not None and (edit.document.project, edit.document.timeline) == (
            document.project,
            document.timeline,
        )


def _drawn(meant: Sequence[Clip], listed: Sequence[Clip]) -> dict[str, Clip]:
    """By the keys of the clips that are meant, as the page draws each: what Resolve is to render
    has another key, and a part is drawn with the whole of its clip."""
    by_number = {clip.index: clip for clip in listed}
    return {clip.key: by_number.get(clip.index, clip) for clip in meant}


def _many(takes: int) -> str:
    return "1 take is" if takes == 1 else f"{takes} takes are"
