"""The desk of DaVinci Resolve: its chosen clips, plans for them, and the queue of its jobs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap import resolve
from newtake.bootstrap.panel_edit import EditDocument, edit_document
from newtake.bootstrap.panel_takes import (
    clip_of,
    file_beside,
    record_of_take,
    records_beside,
    show_file,
    told_changes,
)
from newtake.domain.errors import JournalError, Money, NewTakeError, SelectionError
from newtake.domain.files import TakeChange
from newtake.domain.job import Job
from newtake.pipeline.collecting import waiting_takes
from newtake.settings import Settings
from newtake.shells.panel.desk import (
    Saved,
    SettingsAgain,
    ShownEdit,
    ShownJob,
    ShownPlan,
    ShownStyle,
    State,
    Waiting,
)
from newtake.shells.panel.job_list import Scope
from newtake.shells.panel.journal_news import follow_journal
from newtake.shells.panel.looking import Looking
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offers, shown_plan
from newtake.shells.panel.queue import Queue
from newtake.shells.panel.requests import (
    AgainRequest,
    CancelRequest,
    LookRequest,
    PlanRequest,
    RestyleRequest,
    ResumeRequest,
    RevealRequest,
    SaveRequest,
    SettleRequest,
    TakesRequest,
)
from newtake.shells.panel.settings_again import settings_for_page
from newtake.shells.panel.showing import said
from newtake.shells.panel.style_list import styles_of
from newtake.shells.panel.wirings import Wirings
from newtake.shells.panel.wishing import asking_of, wish_of

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls


@dataclass(slots=True)
class ResolveDesk:
    """Implements `Desk`."""

    settings: Settings
    calls: ResolveCalls
    tasks: anyio.abc.TaskGroup
    news: News = field(default_factory=News)
    looking: Looking = field(init=False)
    queue: Queue = field(init=False)
    wirings: Wirings = field(init=False)
    offers: Offers = field(default_factory=Offers)
    handed_over: anyio.Event = field(default_factory=anyio.Event)
    """Set when another one is to go on."""
    _planning: anyio.CancelScope | None = None
    _rendered: tuple[tuple[int, str], resolve.Chosen] | None = None

    def __post_init__(self) -> None:
        self.looking = Looking(self.calls, self.settings, self.news)
        self.wirings = Wirings(self.settings, self.calls, self.tasks)
        self.queue = Queue(self.settings, self.wirings, self.tasks, self.news, self.looking.forget)

    async def follow(self) -> None:
        """Keep up with Resolve and with the journal, until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.looking.follow)
            group.start_soon(follow_journal, self.settings.journal_path, self.news)

    async def state(self, seen: int, wait_seconds: float) -> State:
        if not self.looking.page_is_open:
            self.looking.hurry()
        revision = await self.news.after(seen, wait_seconds)
        jobs: tuple[ShownJob, ...] = ()
        waiting: tuple[Waiting, ...] = ()
        trouble = self.queue.trouble
        if self.settings.journal_path.exists():
            try:
                jobs = tuple(self.queue.jobs(self._scope()))
                waiting = self._waiting()
            except JournalError as error:
                trouble = said(error)
        return State(
            revision=revision,
            now=time.time(),
            editor=self.looking.editor,
            chosen=self.looking.shown,
            jobs=jobs,
            waiting=waiting,
            trouble=trouble,
            provider=self.settings.provider,
            edit=self._shown_edit(),
        )

    def _shown_edit(self) -> ShownEdit | None:
        document = self.looking.document
        if document is None:
            return None
        return ShownEdit(
            kind="resolve",
            title=document.timeline_name,
            path="",
            revision=self.looking.shown.revision,
            why_not="DaVinci Resolve saves its projects.",
        )

    async def look(self, request: LookRequest) -> None:
        await self.looking.look(request.word)

    async def plan(self, request: PlanRequest) -> ShownPlan:
        if self._planning is not None:
            self._planning.cancel()
        with anyio.CancelScope() as scope:
            self._planning = scope
            return await self._planned(request)
        raise SelectionError("Another plan was asked for meanwhile.")

    async def _planned(self, request: PlanRequest) -> ShownPlan:
        provider = request.provider or self.settings.provider
        if request.chosen_here:
            clips = await resolve.list_clips(self.calls, self.settings)
            chosen, wanting = await resolve.choose_asked(
                self.calls,
                self.settings,
                asking_of(request, clips),
                wish_of(request),
                render=request.from_render,
            )
            wanted, checked, notes = wanting.clips, wanting.checked, wanting.notes
            starts = {clip.key: clip.source.start for clip in clips}
        else:
            chosen = await self._chosen(request)
            wanted, checked, notes, starts = chosen.clips, None, (), {}
        async with self.wirings.opened(provider) as wiring:
            offer = await self.offers.make(
                request,
                wanted,
                chosen.host,
                chosen.target,
                wiring.ports,
                checked=checked,
                notes=notes,
                starts=starts,
            )
            return shown_plan(offer, wiring.ports)

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
                self.calls, self.settings, how=self.looking.how, render=True
            )
            self._rendered = (wanted, rendered)
        return self._rendered[1]

    async def restyle(self, request: RestyleRequest) -> list[str]:
        offer = self.offers.take(request.plan, request.price)
        try:
            host = bootstrap.open_host(offer.target, self.calls)
            await host.check_output([order.clip.key for order in offer.plan.orders])
            jobs = await self.queue.begin(offer, request)
        except NewTakeError as error:
            self.offers.give_back(offer)
            if error.money is Money.NONE:
                error.money = Money.NOT_SENT
            raise
        return [job.id for job in jobs]

    async def cancel(self, request: CancelRequest) -> str:
        return await self.queue.cancel(request.job)

    async def resume(self, request: ResumeRequest) -> list[str]:
        return [job.id for job in await self.queue.resume(request)]

    async def edit(self) -> EditDocument:
        revision = self.looking.shown.revision
        target = await resolve.open_target(self.calls, self.settings)
        clips = await resolve.list_clips(self.calls, self.settings)
        assert target.document is not None
        name = target.document.timeline_name
        return await anyio.to_thread.run_sync(
            lambda: edit_document(name, revision, clips, records=records_beside(clips))
        )

    async def styles(self) -> Sequence[ShownStyle]:
        def listed() -> list[ShownStyle]:
            known = self.settings.journal_path.exists()
            return styles_of(None, bootstrap.open_journal(self.settings).jobs() if known else ())

        return await anyio.to_thread.run_sync(listed)

    async def settle(self, request: SettleRequest) -> str:
        return await self.queue.settle(request)

    async def takes(self, request: TakesRequest) -> str:
        if any(each.what != "use" for each in request.changes):
            raise SelectionError(
                "Takes of a timeline in Resolve are only switched here.",
                why="Resolve keeps no stars, and a take is removed in its own take selector.",
            )
        clips = await resolve.list_clips(self.calls, self.settings)
        choices = [(str(clip_of(clips, each.clip).index), each.take) for each in request.changes]
        notes = await resolve.use_takes(self.calls, self.settings, choices)
        self.looking.forget()
        changes = [TakeChange(each.clip, each.what, each.take) for each in request.changes]
        return " ".join([told_changes(changes, clips), *notes])

    async def again(self, request: AgainRequest) -> SettingsAgain:
        clips = await resolve.list_clips(self.calls, self.settings)
        clip = clip_of(clips, request.clip)
        records = await anyio.to_thread.run_sync(records_beside, [clip])
        return await settings_for_page(record_of_take(clip, request.take, records), None)

    async def save(self, request: SaveRequest) -> Saved:
        del request
        raise _no_file("Resolve saves its projects.")

    async def reload(self) -> str:
        raise _no_file("What is shown is what Resolve has.")

    async def reveal(self, request: RevealRequest) -> str:
        clips = await resolve.list_clips(self.calls, self.settings)
        path = file_beside(clip_of(clips, request.clip), request.take)
        return await anyio.to_thread.run_sync(show_file, path)

    async def collect(self) -> str:
        journal = bootstrap.open_journal(self.settings)
        target = await resolve.open_target(self.calls, self.settings)
        assert target.document is not None
        here, _ = resolve.waiting_for(target.document, journal.jobs())
        begun: list[Job] = []
        errors: list[NewTakeError] = []
        for each in here:
            try:
                begun += await self.queue.resume(ResumeRequest(job=each.job.id))
            except NewTakeError as error:
                errors.append(error)
        if errors and not begun:
            raise errors[0]
        # Marks of jobs that ended while Resolve was away.
        await resolve.tidy(self.calls, journal.jobs())
        takes = sum(each.takes for each in here)
        if not takes:
            return "No take waits for this timeline."
        return f"{_many(takes)} brought in: the queue says when."

    async def hand_over(self) -> list[str]:
        if self.looking.is_there:
            raise SelectionError("Resolve is there; this page goes on.")
        self.handed_over.set()
        return self.queue.moving()

    def _scope(self) -> Scope:
        document = self.looking.document

        def is_here(job: Job) -> bool:
            own = job.order.host.document
            return (
                document is not None
                and own is not None
                and (own.project, own.timeline) == (document.project, document.timeline)
            )

        return Scope(lambda job: job.order.host.kind == "resolve", is_here)

    def _waiting(self) -> tuple[Waiting, ...]:
        """Takes that wait, timeline by timeline; those that are on their way are no news."""
        document = self.looking.document
        journal = bootstrap.open_journal(self.settings)
        counts: dict[tuple[str, bool], int] = {}
        for each in waiting_takes(journal.jobs()):
            if not self.queue.is_busy(each.job.id):
                here = document is not None and each.is_for(document)
                name = f"{each.document.project_name} / {each.document.timeline_name}"
                counts[name, here] = counts.get((name, here), 0) + each.takes
        return tuple(Waiting(name, takes, here) for (name, here), takes in counts.items())


def _many(takes: int) -> str:
    return "1 take is" if takes == 1 else f"{takes} takes are"


def _no_file(why: str) -> SelectionError:
    return SelectionError("This page is of a timeline in DaVinci Resolve.", why=why, fix="")
