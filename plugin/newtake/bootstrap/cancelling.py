"""Ending a job on request, wherever it stands: the same for every shell."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from newtake import bootstrap
from newtake.domain.errors import SelectionError
from newtake.domain.events import Cancelled, Stamped
from newtake.domain.job import Job, Status
from newtake.pipeline.cancelling import Ending
from newtake.pipeline.cancelling import cancel_job as end_job
from newtake.ports import Journal
from newtake.settings import Settings


def can_be_cancelled(job: Job) -> bool:
    return job.status not in (Status.DONE, Status.CANCELLED) and job.step is not None


async def cancel_one(
    settings: Settings,
    journal: Journal,
    job: Job,
    opened: Callable[[str], bootstrap.Wired] | None = None,
) -> Sequence[Ending]:
    """What became of all that the job has at the service; empty where that is nothing.

    Args:
        settings: This machine's.
        journal: That has the job.
        job: What is to end.
        opened: Gives ports of a provider; None opens them anew.

    Raises:
        SelectionError: It cannot be cancelled now.
        NotAuthorisedError: The service has to be asked, and there is no key or a wrong one.
    """
    with journal.hold(job.id) as held:
        job = journal.load(job.id)
        if not held and not job.renditions:
            raise SelectionError(
                f"Job {job.id} is running in another process.",
                fix="End that one with Ctrl-C, then cancel the job.",
            )
        if job.may_be_submitted_unknown:
            raise SelectionError(
                f"Whether job {job.id} was submitted is not known, so it cannot be cancelled yet.",
                fix=f"`newtake jobs resume {job.id}` looks it up; if that cannot tell, "
                f"`newtake jobs settle {job.id}`.",
            )
        if job.renditions:
            async with (opened or _anew(settings))(job.order.provider) as wiring:
                # The journal that has the hold is the one that may write.
                return await end_job(job, replace(wiring.ports, journal=journal), held=held)
        # Nothing is at the service, so neither it nor a key is needed.
        journal.append(job.id, Stamped(time.time(), Cancelled("asked by a person")))
        return ()


def _anew(settings: Settings) -> Callable[[str], bootstrap.Wired]:
    return lambda provider: bootstrap.wired(settings, provider=provider, needs_key=True)
