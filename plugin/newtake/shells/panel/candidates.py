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
from newtake.shells.panel.desk import Candidate, ShownJob
from newtake.shells.panel.news import News
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

    def beside(self, job: ShownJob) -> ShownJob:
        """The job with those of it that are known."""
        if not job.can_settle or not self._known.get(job.id):
            return job
        return replace(job, candidates=self._known[job.id])

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
            self._looked_at[job.id] = time.monotonic()
            await self._look_for(job)

    async def _look_for(self, job: Job) -> None:
        try:
            async with self.wirings.opened(job.order.provider, needs_key=True) as wiring:
                likely = await likely_submissions(job, wiring.ports)
        except NewTakeError as error:
            _LOG.info("the submissions of job %s were not looked for: %s", job.id, error)
            return
        found = tuple(
            Candidate(each.id, each.created_at, f"{each.status}, submission {each.id}")
            for each in likely
        )
        if self._known.get(job.id, ()) != found:
            self._known[job.id] = found
            self.news.tell()
