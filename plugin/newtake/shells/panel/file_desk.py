"""The desk of a timeline file: its edit and its draft, plans for its clips, and the queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.abc
import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.drafts import Draft, Standing
from newtake.bootstrap.panel_edit import EditDocument, edit_document
from newtake.bootstrap.takes import take_records
from newtake.bootstrap.wanting import wanted_of
from newtake.domain.errors import JournalError, Money, NewTakeError, SelectionError
from newtake.domain.files import TakeChange
from newtake.domain.job import Job
from newtake.settings import Settings
from newtake.shells.panel.desk import (
    Making,
    Said,
    Saved,
    SettingsAgain,
    ShownEdit,
    ShownJob,
    ShownPlan,
    ShownStyle,
    State,
)
from newtake.shells.panel.journal_news import follow_journal
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offers, shown_plan
from newtake.shells.panel.queue import Queue, Scope
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
from newtake.shells.panel.showing import said
from newtake.shells.panel.wirings import Wirings
from newtake.shells.panel.wishing import asking_of, wish_of

_LOG = logging.getLogger("newtake")
FILE_SECONDS = 1.0
"""How often it is looked whether the timeline or its draft was changed."""


@dataclass(slots=True)
class FileDesk:
    """Implements `Desk`."""

    settings: Settings
    draft: Draft
    tasks: anyio.abc.TaskGroup
    news: News = field(default_factory=News)
    queue: Queue = field(init=False)
    wirings: Wirings = field(init=False)
    offers: Offers = field(default_factory=Offers)
    making: tuple[Making, ...] = ()
    _standing: Standing | None = None
    _trouble: Said | None = None
    _revision: int = 1
    _planning: anyio.CancelScope | None = None

    def __post_init__(self) -> None:
        self.wirings = Wirings(self.settings, None, self.tasks)
        self.queue = Queue(self.settings, self.wirings, self.tasks, self.news, self._edit_changed)

    async def follow(self) -> None:
        """Keep up with the timeline's file, its draft and the journal, until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(follow_journal, self.settings.journal_path, self.news)
            group.start_soon(self._follow_file)

    async def _follow_file(self) -> None:
        while True:
            await self.look_at_file()
            await anyio.sleep(FILE_SECONDS)

    async def look_at_file(self) -> None:
        """See how the draft and its timeline stand now."""
        before, trouble = self._standing, self._trouble
        try:
            self._standing, self._trouble = await self.draft.standing(), None
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
        jobs: tuple[ShownJob, ...] = ()
        trouble = self.queue.trouble
        if self.settings.journal_path.exists():
            try:
                jobs = tuple(self.queue.jobs(Scope(lambda _: True, self.is_here)))
            except JournalError as error:
                trouble = said(error)
        return State(
            revision=revision,
            now=time.time(),
            editor=None,
            chosen=None,
            jobs=jobs,
            waiting=(),
            trouble=trouble,
            provider=self.settings.provider,
            edit=self._shown_edit(),
            making=self.making,
        )

    def is_here(self, job: Job) -> bool:
        """Whether a job's takes go to this timeline."""
        host = job.order.host
        own = self.draft.target
        return host.kind == "otio" and (host.timeline == own.timeline or host.output == own.output)

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
            saves_to=str(draft.saves_to) if draft.saves_to else "",
            why_not=draft.why_not,
            suggested=str(draft.suggested),
            trouble=self._trouble,
        )

    @property
    def _beside(self) -> Path:
        return self.draft.timeline.parent

    async def edit(self) -> EditDocument:
        revision = self._revision
        host = bootstrap.timeline_host(self.draft.target)
        clips, markers = await host.clips(), await host.markers()
        outline, records = await host.outline(), await take_records(self.draft.target)
        return await anyio.to_thread.run_sync(
            lambda: edit_document(
                outline.name or self.draft.timeline.stem, revision, clips, markers, outline, records
            )
        )

    async def styles(self) -> Sequence[ShownStyle]:
        return []

    async def look(self, request: LookRequest) -> None:
        del request
        raise _no_editor("Clips are chosen on this page.")

    async def plan(self, request: PlanRequest) -> ShownPlan:
        if self._planning is not None:
            self._planning.cancel()
        with anyio.CancelScope() as scope:
            self._planning = scope
            return await self._planned(request)
        raise SelectionError("Another plan was asked for meanwhile.")

    async def _planned(self, request: PlanRequest) -> ShownPlan:
        if not request.chosen_here:
            raise SelectionError("No clips are chosen.", fix="Select a clip, or mark a range.")
        target = self.draft.target
        host = bootstrap.timeline_host(target)
        clips = await host.clips()
        wish = wish_of(request, beside=self._beside)
        wanting = await wanted_of(
            host, clips, asking_of(request, clips), wish, beside=self._beside, blade=host
        )
        await host.check_output(wanting.keys)
        async with self.wirings.opened(request.provider or self.settings.provider) as wiring:
            offer = await self.offers.make(
                request,
                wanting.clips,
                host,
                target,
                wiring.ports,
                checked=wanting.checked,
                notes=wanting.notes,
                beside=self._beside,
                starts={clip.key: clip.source.start for clip in clips},
            )
            return shown_plan(offer, wiring.ports)

    async def restyle(self, request: RestyleRequest) -> list[str]:
        offer = self.offers.take(request.plan, request.price)
        try:
            if offer.target != self.draft.target:
                raise SelectionError(
                    "The plan is of another file.", fix="Look at the plan as it is now."
                )
            host = bootstrap.timeline_host(offer.target)
            await host.check_output(
                list(dict.fromkeys(order.clip.key for order in offer.plan.orders))
            )
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

    async def settle(self, request: SettleRequest) -> str:
        raise _no_editor("Not yet.")

    async def takes(self, request: TakesRequest) -> str:
        changes = [TakeChange(each.clip, each.what, each.take) for each in request.changes]
        await bootstrap.timeline_host(self.draft.target).change_takes(changes)
        await self.look_at_file()
        return "Done." if len(changes) == 1 else f"{len(changes)} changes done."

    async def again(self, request: AgainRequest) -> SettingsAgain:
        raise _no_editor("Not yet.")

    async def save(self, request: SaveRequest) -> Saved:
        raise _no_editor("Not yet.")

    async def reload(self) -> str:
        raise _no_editor("Not yet.")

    async def reveal(self, request: RevealRequest) -> str:
        raise _no_editor("Not yet.")

    async def collect(self) -> str:
        raise _no_editor("Takes come to this timeline by themselves.")

    async def hand_over(self) -> list[str]:
        raise _no_editor("This page goes on.")


def _no_editor(why: str) -> SelectionError:
    return SelectionError("This page is of a timeline file.", why=why)
