"""The jobs of the journal, and those of them that this process moves."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.abc
import anyio.lowlevel

from newtake import bootstrap
from newtake.bootstrap.account import require_key
from newtake.bootstrap.cancelling import can_be_cancelled, cancel_one
from newtake.bootstrap.restyling import begin, clear_to_begin, run_of
from newtake.bootstrap.resuming import AT_THE_SERVICE, UPLOADING, grouped, named_jobs
from newtake.bootstrap.settling import settle
from newtake.domain.errors import ConsentError, Money, NewTakeError, SelectionError
from newtake.domain.job import Job, Status, family_of
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.budget import Budget
from newtake.pipeline.consent import has_consent, remember_consent
from newtake.pipeline.repeats import repeats_of
from newtake.pipeline.session import Run
from newtake.ports import Ports
from newtake.settings import Settings
from newtake.shells.panel.desk import Said, ShownJob
from newtake.shells.panel.ending_words import told_ending
from newtake.shells.panel.job_holders import is_free
from newtake.shells.panel.job_list import Scope, listed_jobs
from newtake.shells.panel.movements import KnownMoves, Movements
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offer, publishing
from newtake.shells.panel.requests import RestyleRequest, ResumeRequest, SettleRequest
from newtake.shells.panel.showing import said, total_price
from newtake.shells.panel.wirings import Wirings

_LOG = logging.getLogger("newtake")


@dataclass(slots=True)
class Queue:
    """Begins, resumes and cancels; tells the news of whatever moves."""

    settings: Settings
    wirings: Wirings
    tasks: anyio.abc.TaskGroup
    news: News
    timeline_changed: Callable[[], None]
    """Called when takes may have been added."""
    prepare: Callable[[], Awaitable[None]] = anyio.lowlevel.checkpoint
    """Awaited before jobs go on."""
    trouble: Said | None = None
    """What stopped a whole run."""
    moves: Movements = field(init=False)
    _beginning: int = 0
    _addresses: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Job -> the uploader's word and where it is read again, as a person said them for it: what
    follows `put:` may be a secret, and is not journalled."""

    def __post_init__(self) -> None:
        self.moves = Movements(self.news, self.timeline_changed)

    @property
    def running(self) -> int:
        return len(self.moves.ids) + self._beginning

    async def begin(
        self,
        offer: Offer,
        request: RestyleRequest,
        is_here: Callable[[Job], bool] = lambda _: False,
    ) -> list[Job]:
        """Journal the jobs of a plan and start them; `is_here` as for `repeats_of`.

        Raises:
            NoKeyError, RepeatError, BudgetError, ConsentError: Before anything is begun.
        """
        provider = offer.request.provider or self.settings.provider
        require_key(self.settings, provider)
        self._beginning += 1
        try:
            jobs: list[Job] = await self.tasks.start(self._begin_and_run, offer, request, is_here)
        finally:
            self._beginning -= 1
        self.news.tell()
        return jobs

    async def _begin_and_run(
        self,
        offer: Offer,
        request: RestyleRequest,
        is_here: Callable[[Job], bool],
        *,
        task_status: anyio.abc.TaskStatus[list[Job]],
    ) -> None:
        async with self.wirings.asked(offer.request, needs_key=True) as wiring:
            ports, plan = wiring.ports, offer.plan
            budget = Budget(request.budget, allow_unknown=request.price is None)
            repeats = repeats_of(plan.orders, ports.journal, is_here)
            clear_to_begin(plan, repeats, ports, budget, again=request.again)
            _agree(ports, request.agree_public)
            jobs = begin(ports, plan, budget)
            if (word := offer.request.uploader) is not None:
                address = word, offer.request.fetch_url
                self._addresses.update((job.id, address) for job in jobs)
            self._expect(jobs, wiring, budget)
            task_status.started(jobs)
            await self._carry_out(jobs, wiring)

    async def resume(self, request: ResumeRequest) -> list[Job]:
        """Go on with a job and the other parts of its clip.

        Raises:
            SelectionError: It cannot go on, or that costs something else than was agreed to.
            ConsentError: Something would become public.
        """
        journal = bootstrap.open_journal(self.settings)
        resting = [
            each for each in named_jobs(journal, request.job) if not self.moves.is_busy(each.id)
        ]
        if not resting:
            raise SelectionError(f"Job {request.job} is under way already.")
        chosen = [each for each in resting if is_free(journal, each.id)]
        if not chosen:
            raise SelectionError(
                f"Job {request.job} is running in another New Take.",
                fix="It goes on there; this page shows how far it is.",
            )
        new = [job for job in chosen if job.known_money is Money.NOT_SENT]
        if new and total_price(new) != request.price:
            raise SelectionError(
                "Going on does not cost what was agreed to.", fix="Look at the job as it is now."
            )
        with self.moves.claiming(*(job.id for job in chosen)):
            await self.prepare()
            for (provider, uploader), group in grouped(self.settings, chosen).items():
                for address, some in self._addressed(uploader, group).items():
                    await self._start_group(provider, address, some, request)
        self.news.tell()
        return chosen

    def _addressed(
        self, uploader: str, group: Sequence[Job]
    ) -> dict[tuple[str, str | None], list[Job]]:
        """The jobs by where their plates go, as far as it was said to this process."""
        found: dict[tuple[str, str | None], list[Job]] = {}
        for job in group:
            found.setdefault(self._addresses.get(job.id, (uploader, None)), []).append(job)
        return found

    async def _start_group(
        self,
        provider: str,
        address: tuple[str, str | None],
        group: Sequence[Job],
        request: ResumeRequest,
    ) -> None:
        needs_key = any(job.step in AT_THE_SERVICE or job.missing for job in group)
        if needs_key:
            require_key(self.settings, provider)
        await self.tasks.start(self._resume_and_run, provider, address, group, needs_key, request)

    async def _resume_and_run(
        self,
        provider: str,
        address: tuple[str, str | None],
        group: Sequence[Job],
        needs_key: bool,
        request: ResumeRequest,
        *,
        task_status: anyio.abc.TaskStatus[None],
    ) -> None:
        uploader, fetch_url = address
        async with self.wirings.opened(
            provider, uploader, fetch_url=fetch_url, needs_key=needs_key
        ) as wiring:
            if any(job.step in UPLOADING for job in group):
                _agree(wiring.ports, request.agree_public)
            run = self._expect(group, wiring, Budget(allow_unknown=True))
            run.where_they_were = request.where_it_was
            task_status.started()
            await self._carry_out(group, wiring)

    async def cancel(self, job_id: str) -> str:
        """Ask for the end of a job and of the other parts of its clip; what became of it.

        Raises:
            SelectionError: It cannot be cancelled, now or at all.
        """
        journal = bootstrap.open_journal(self.settings)
        named = journal.load(job_id)
        going_on = [job for job in family_of(named, journal.jobs()) if can_be_cancelled(job)]
        if not going_on:
            raise SelectionError(f"Job {job_id} is {named.status.value}; it cannot be cancelled.")
        words = []
        for job in going_on:
            await self._stop(job)
            with self.moves.claiming(job.id):
                endings = await cancel_one(
                    self.settings,
                    journal,
                    job,
                    lambda provider: self.wirings.opened(provider, needs_key=True),
                )
            words.append(told_ending(job, endings))
        self.news.tell()
        return " ".join(dict.fromkeys(words))

    async def _stop(self, job: Job) -> None:
        """End this process's work on a job that the service has nothing of."""
        run = self.moves.run_of(job.id)
        if run is None or run.ports.journal.load(job.id).renditions:
            return
        if job.id in run.sending:
            raise SelectionError(
                f"Job {job.id} is being submitted at this moment.", fix="Try again in a moment."
            )
        with self.moves.ending(job.id):
            if (work := run.held.get(job.id)) is not None:
                work.cancel()
            await run.until(job.id, lambda _: False)

    async def settle(self, request: SettleRequest) -> str:
        """Take a person's word on a submission; where that submits nothing, the job goes on.

        Raises:
            SelectionError: There is nothing to settle, or the service contradicts the word.
            ProviderError: The service could not be asked.
        """
        if self.moves.is_busy(request.job):
            raise SelectionError(f"Job {request.job} is under way already.")
        with self.moves.claiming(request.job):
            job = await settle(
                self.settings,
                bootstrap.open_journal(self.settings),
                request.job,
                () if request.submission is None else (request.submission,),
                not_sent=request.not_sent,
                opened=lambda provider: self.wirings.opened(provider, needs_key=True),
            )
        self.moves.forget(job.id)
        self.news.tell()
        if request.not_sent:
            return f"{job.order.label} was not sent, and nothing was charged. It can be resumed."
        await self.take_over([job.id])
        return f"{job.order.label} has its submission, and goes on."

    def left(self, is_here: Callable[[Job], bool]) -> list[str]:
        """The jobs that a process that is gone left in the middle, and that submit nothing more.

        Raises: JournalError.
        """
        journal = bootstrap.open_journal(self.settings)
        return [
            job.id
            for job in journal.jobs()
            if job.status is Status.ACTIVE
            and job.step is not None
            and job.known_money is not Money.NOT_SENT
            and is_here(job)
            and not self.moves.is_busy(job.id)
            and is_free(journal, job.id)
        ]

    async def take_over(self, ids: Sequence[str]) -> None:
        """Go on with jobs that another process moved, as far as nothing is submitted by that."""
        journal = bootstrap.open_journal(self.settings)
        for job_id in ids:
            if self.moves.is_busy(job_id) or journal.load(job_id).known_money is Money.NOT_SENT:
                continue
            try:
                await self.resume(ResumeRequest(job=job_id))
            except NewTakeError as error:
                # It stays in the list, where a person sees it and resumes it.
                _LOG.warning("job %s is not taken over: %s", job_id, error)

    def jobs(self, scope: Scope) -> list[ShownJob]:
        """Jobs of the journal, see `listed_jobs`. Raises: JournalError."""
        journal = bootstrap.open_journal(self.settings)
        return listed_jobs(journal.jobs(), scope, KnownMoves(self.moves, journal))

    def _expect(self, jobs: Sequence[Job], wiring: bootstrap.Wiring, budget: Budget) -> Run:
        run = run_of(wiring, self.settings, self.moves, budget)
        self.moves.begin(jobs, run)
        return run

    async def _carry_out(self, jobs: Sequence[Job], wiring: bootstrap.Wiring) -> None:
        """Run to the end whatever comes: the server and other runs go on."""
        run = self.moves.run_of(jobs[0].id)
        assert run is not None, "expected before"
        self.trouble = None
        try:
            await run_jobs(
                [job.id for job in jobs],
                run,
                listen=wiring.listen,
                reopen_cancelled=any(job.status is Status.CANCELLED for job in jobs),
            )
        except NewTakeError as error:
            self.trouble = said(error)
        except Exception as error:
            _LOG.exception("a run of the page failed")
            self.trouble = Said("Internal", f"New Take itself failed: {type(error).__name__}.")
        finally:
            self.moves.end(jobs)


def _agree(ports: Ports, agreed: bool) -> None:
    uploader = ports.uploader
    if not uploader.public or has_consent(ports.journal, uploader.consent_key):
        return
    if not agreed:
        raise ConsentError(
            "Nothing was done: no consent to make plates public.",
            why=publishing(uploader.audience),
            fix="Agree to it, or choose another uploader in settings.toml.",
        )
    remember_consent(ports.journal, uploader.consent_key)
