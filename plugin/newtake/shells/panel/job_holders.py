"""Which jobs another New Take is at, and word of it when that changes."""

from __future__ import annotations

import logging
from collections.abc import Callable

import anyio

from newtake import bootstrap
from newtake.domain.errors import JournalError
from newtake.domain.job import Job, Status
from newtake.ports import Journal
from newtake.settings import Settings
from newtake.shells.panel.news import News

_LOG = logging.getLogger("newtake")
LOOK_SECONDS = 2.0
"""How often it is looked: a lease that expires writes nothing into the journal."""


def is_free(journal: Journal, job_id: str) -> bool:
    """Whether no process is at it; the lease of one that died on this machine is ended by this."""
    with journal.hold(job_id) as held:
        return held


def held_elsewhere(journal: Journal, job: Job, is_busy: Callable[[str], bool]) -> bool:
    """Whether another process is at a job; one that died a moment ago may still count.

    Args:
        journal: That has the job.
        job: Which.
        is_busy: Whether this process is at a job.
    """
    may_be = job.step is not None and job.status is not Status.CANCELLED
    return may_be and not is_busy(job.id) and journal.is_held(job.id)


async def follow_holders(settings: Settings, is_busy: Callable[[str], bool], news: News) -> None:
    """Tell the news when another process takes a job or leaves it, until cancelled."""
    known: frozenset[str] = frozenset()
    while True:
        if settings.journal_path.exists() and news.page_is_open:
            try:
                found = _held(settings, is_busy)
            except JournalError as error:
                # The state tells it.
                _LOG.info("whether others are at jobs is not known: %s", error)
                found = known
            if found != known:
                known = found
                news.tell()
        await anyio.sleep(LOOK_SECONDS)


def _held(settings: Settings, is_busy: Callable[[str], bool]) -> frozenset[str]:
    journal = bootstrap.open_journal(settings)
    return frozenset(
        job.id
        for job in journal.jobs()
        if held_elsewhere(journal, job, is_busy) and not is_free(journal, job.id)
    )
