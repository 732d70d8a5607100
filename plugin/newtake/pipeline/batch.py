"""Many jobs at once: one event stream for all, and one failure stops no other."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from newtake.domain.errors import NewTakeError
from newtake.domain.job import Job
from newtake.pipeline.run import run_job
from newtake.pipeline.session import Run
from newtake.pipeline.wait import EventFeed

FEED_PATIENCE_SECONDS = 15
"""How long a submission waits for the event stream; polling covers what is missed."""


async def run_jobs(
    job_ids: Sequence[str], run: Run, *, listen: bool, reopen_cancelled: bool = False
) -> list[Job]:
    """Run the jobs side by side; the jobs as they stand afterwards, in the order given.

    Args:
        job_ids: Jobs of the journal.
        run: What they share; its feed is set here.
        listen: Hold the event stream open, before anything is submitted.
        reopen_cancelled: As `run_job` has it.
    Raises:
        JournalError: The journal failed; every job was still taken as far as it went.
    """
    jobs = [run.ports.journal.load(job_id) for job_id in job_ids]
    run.budget.own(jobs)
    run.pending |= {job.id for job in jobs}
    done: dict[str, Job] = {}
    errors: list[NewTakeError] = []

    async def one(job_id: str) -> None:
        try:
            done[job_id] = await run_job(job_id, run, reopen_cancelled=reopen_cancelled)
        except NewTakeError as error:
            errors.append(error)
        finally:
            run.done_with(job_id)

    async with anyio.create_task_group() as background:
        background.start_soon(run.keep_holds)
        if listen:
            run.feed = EventFeed(run.ports.provider, run.ports.clock)
            background.start_soon(run.feed.listen)
            with anyio.move_on_after(FEED_PATIENCE_SECONDS):
                await run.feed.tried.wait()
        async with anyio.create_task_group() as group:
            # Lanes serve in this order: what can be submitted as soon as it is cut comes first.
            for job in sorted(jobs, key=_waits_for_another):
                group.start_soon(one, job.id)
        background.cancel_scope.cancel()
    if errors:
        raise errors[0]
    return [done[job.id] for job in jobs]


def _waits_for_another(job: Job) -> bool:
    """Whether it is not submitted before the job of the part before it has its result."""
    return job.order.part is not None and job.order.part.carries
