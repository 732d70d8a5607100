"""Submissions that may be those of jobs of which that is not known, looked for at the service."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace

import anyio

from newtake import bootstrap
from newtake.bootstrap.settling import likely_submissions
from newtake.domain.errors import NewTakeError
from newtake.domain.job import Job, Status
from newtake.settings import Settings
from newtake.shells.panel.desk import Candidate, LookUp, ShownJob
from newtake.shells.panel.news import News
from newtake.shells.panel.showing import said
from newtake.shells.panel.wirings import Wirings

_LOG = logging.getLogger("newtake")
SECONDS = 5.0
AGAIN_SECONDS = 60.0
"""Between two looks for one job: the service's lists may have it later."""


@dataclass(slots=True)
class Candidates:
    settings: Settings
    wirings: Wirings
    news: News
    _known: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    _looked_at: dict[str, float] = field(default_factory=dict)
    _looks: dict[str, LookUp] = field(default_factory=dict)

    def beside(self, job: ShownJob) -> ShownJob:
        """The job with those of it that are known, and how the look for them stands."""
        if not job.can_settle or job.id not in self._looks:
            return job
        return replace(job, candidates=self._known.get(job.id, ()), look_up=self._looks[job.id])

    async def look_up(self, job_id: str) -> None:
        """Look now for one job's, because a person asks.

        Raises:
            NotFoundError: The journal has no such job.
        """
        await self.look_for(bootstrap.open_journal(self.settings).load(job_id))

    async def follow(self) -> None:
        """Look for them while a page is open, until cancelled."""
        while True:
            if self.settings.journal_path.exists() and self.news.page_is_open:
                await self._look()
            await anyio.sleep(SECONDS)

    async def _look(self) -> None:
        try:
            jobs = bootstrap.open_journal(self.settings).jobs()
        except NewTakeError:
            # The state tells it.
            return
        for job in jobs:
            if job.status is not Status.UNSURE:
                continue
            if time.monotonic() - self._looked_at.get(job.id, -AGAIN_SECONDS) < AGAIN_SECONDS:
                continue
            await self.look_for(job)

    async def look_for(self, job: Job) -> None:
        """Ask the service; nothing where that is being done already. A failure is told with it."""
        before = self._looks.get(job.id)
        if before is not None and before.state == "looking":
            return
        self._looked_at[job.id] = time.monotonic()
        self._tell(job, LookUp("looking"))
        look = before
        try:
            async with self.wirings.opened(job.order.provider, needs_key=True) as wiring:
                likely = await likely_submissions(job, wiring.ports)
            look = LookUp("done")
            self._known[job.id] = tuple(
                Candidate(each.id, each.created_at, f"{each.status}, submission {each.id}")
                for each in likely
            )
        except NewTakeError as error:
            _LOG.info("the submissions of job %s were not looked for: %s", job.id, error)
            look = LookUp("failed", said(error))
        finally:
            # Also where it was given up half-way: what was known before is what is known.
            self._tell(job, look)

    def _tell(self, job: Job, look: LookUp | None) -> None:
        if look is None:
            self._looks.pop(job.id, None)
        else:
            self._looks[job.id] = look
        self.news.tell()
