"""What the desk of every host does in the same way: how it stands, plans, jobs moved, styles."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio
import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.bundle import shown_uploader
from newtake.bootstrap.panel_frames import Found
from newtake.bootstrap.panel_media import PanelPictures
from newtake.bootstrap.restyling import CheckedWish
from newtake.domain.clip import Clip
from newtake.domain.errors import JournalError, Money, NewTakeError, SupersededError
from newtake.domain.files import HostTarget
from newtake.domain.job import Job
from newtake.pipeline.wanted import Wanted
from newtake.ports import Host
from newtake.settings import Settings
from newtake.shells.panel.audience import Audience, audience_of
from newtake.shells.panel.candidates import Candidates
from newtake.shells.panel.desk import (
    Chosen,
    Editor,
    ShownEdit,
    ShownJob,
    ShownPlan,
    ShownStyle,
    State,
    Waiting,
)
from newtake.shells.panel.job_holders import follow_holders
from newtake.shells.panel.media import Media
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offer, Offers, shown_plan
from newtake.shells.panel.queue import Queue
from newtake.shells.panel.requests import (
    CancelRequest,
    LookUpRequest,
    PlanRequest,
    RestyleRequest,
    ResumeRequest,
    SettleRequest,
)
from newtake.shells.panel.showing import said
from newtake.shells.panel.style_list import styles_of
from newtake.shells.panel.table_list import tables_of
from newtake.shells.panel.wirings import Wirings

_LOG = logging.getLogger("newtake")
LEFT_SECONDS = 90.0
"""How long it is looked for jobs that were left unfinished: a process that was killed may still
hold them for a moment."""
LEFT_AGAIN_SECONDS = 5.0


class AnyDesk(ABC):
    """The part of `Desk` that knows nothing of its host."""

    def __init__(
        self, settings: Settings, wirings: Wirings, tasks: anyio.abc.TaskGroup, news: News
    ) -> None:
        self.settings, self.wirings, self.tasks, self.news = settings, wirings, tasks, news
        self.queue = Queue(settings, wirings, tasks, news, self.timeline_changed, self.prepare)
        self.offers = Offers()
        self.pictures = PanelPictures(settings, tasks, self.find, news.tell)
        self.media = Media(self.pictures)
        self.candidates = Candidates(settings, wirings, news)
        self.audience = Audience()
        self._planning: anyio.CancelScope | None = None

    @property
    def beside(self) -> Path | None:
        """The folder of the timeline's file, where styles may lie; None where it is no file."""
        return None

    @abstractmethod
    def is_here(self, job: Job) -> bool:
        """Whether a job's takes go to this timeline."""

    @abstractmethod
    def told_jobs(self) -> tuple[tuple[ShownJob, ...], tuple[Waiting, ...]]:
        """The jobs of the journal that the page shows, and the takes that wait for an editor.

        Raises: JournalError.
        """

    def state_with(
        self, revision: int, edit: ShownEdit | None, editor: Editor | None, chosen: Chosen | None
    ) -> State:
        """How things stand, with what the host's own desk knows of it."""
        jobs: tuple[ShownJob, ...] = ()
        waiting: tuple[Waiting, ...] = ()
        trouble = self.queue.trouble
        if self.settings.journal_path.exists():
            try:
                jobs, waiting = self.told_jobs()
            except JournalError as error:
                trouble = said(error)
        return State(
            revision=revision,
            now=time.time(),
            editor=editor,
            chosen=chosen,
            jobs=jobs,
            waiting=waiting,
            trouble=trouble,
            provider=self.settings.provider,
            edit=edit,
            making=self.media.making,
            audience=self.audience.text,
            public=self.audience.public,
            uploader=shown_uploader(self.settings.uploader),
        )

    @abstractmethod
    def timeline_changed(self) -> None:
        """Takes may have been added: look again."""

    async def prepare(self) -> None:
        """Before jobs go on: what they stand on may have changed."""
        return

    @abstractmethod
    async def find(self, clip: str) -> Found | None:
        """The clip of an id, for pictures of it; None where the timeline has none of it."""

    @abstractmethod
    async def planned(self, request: PlanRequest) -> ShownPlan:
        """As `plan`, which ends an earlier one."""

    @abstractmethod
    def host_of(self, offer: Offer) -> Host:
        """The host of a plan that is to be begun. Raises: SelectionError, where it is another."""

    async def keep_up(self) -> None:
        """Keep up with what is not the timeline, until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.candidates.follow)
            group.start_soon(follow_holders, self.settings, self.queue.moves.is_busy, self.news)
            group.start_soon(self._learn_audience)

    async def _learn_audience(self) -> None:
        self.audience = await audience_of(self.settings, self.wirings)
        self.news.tell()

    async def go_on(self) -> None:
        """Go on with what an earlier page left unfinished, as far as nothing is submitted by it."""
        tried: set[str] = set()
        until = time.monotonic() + LEFT_SECONDS
        while time.monotonic() < until:
            try:
                left = self._left()
            except JournalError as error:
                _LOG.info("what was left unfinished is not known: %s", error)
                return
            await self.queue.take_over([job for job in left if job not in tried])
            tried.update(left)
            await anyio.sleep(LEFT_AGAIN_SECONDS)

    def _left(self) -> list[str]:
        known = self.settings.journal_path.exists()
        return self.queue.left(self.is_here) if known else []

    async def styles(self) -> Sequence[ShownStyle]:
        return await anyio.to_thread.run_sync(lambda: styles_of(self.beside, self._jobs()))

    async def tables(self) -> Sequence[str]:
        return await anyio.to_thread.run_sync(lambda: tables_of(self.beside, self._jobs()))

    def _jobs(self) -> Sequence[Job]:
        known = self.settings.journal_path.exists()
        return bootstrap.open_journal(self.settings).jobs() if known else ()

    async def plan(self, request: PlanRequest) -> ShownPlan:
        if self._planning is not None:
            self._planning.cancel()
        with anyio.CancelScope() as scope:
            self._planning = scope
            return await self.planned(request)
        raise SupersededError("Another plan was asked for meanwhile.")

    async def offered(
        self,
        request: PlanRequest,
        wanted: Sequence[Wanted],
        host: Host,
        target: HostTarget,
        *,
        checked: CheckedWish,
        notes: Sequence[str],
        drawn: Mapping[str, Clip],
    ) -> ShownPlan:
        """Make a plan that can be begun, and show it. Arguments and errors: as of `Offers.make`."""
        async with self.wirings.asked(request) as wiring:
            offer = await self.offers.make(
                request,
                wanted,
                host,
                target,
                wiring.ports,
                checked=checked,
                notes=notes,
                beside=self.beside,
                drawn=drawn,
            )
            return shown_plan(offer, wiring.ports, self.is_here)

    async def restyle(self, request: RestyleRequest) -> list[str]:
        offer = self.offers.take(request.plan, request.price)
        try:
            host = self.host_of(offer)
            await host.check_output(
                list(dict.fromkeys(order.clip.key for order in offer.plan.orders))
            )
            jobs = await self.queue.begin(offer, request, self.is_here)
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
        return await self.queue.settle(request)

    async def look_up(self, request: LookUpRequest) -> None:
        await self.candidates.look_up(request.job)
