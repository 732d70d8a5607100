"""A job's mark on its clip in the editor: there while the job is worked on, gone afterwards.

Rule: a mark is a courtesy. No trouble with it, nor its taking long, holds up or fails a job.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio

from newtake.domain.errors import NewTakeError
from newtake.domain.events import Step
from newtake.domain.job import Job, Status
from newtake.ports import Host, Ports

_LOG = logging.getLogger("newtake")
_PATIENCE_SECONDS = 10.0
"""An editor with a dialog open may not answer at all."""
_ABOUT_CHARACTERS = 120


async def show_at_work(job: Job, ports: Ports) -> None:
    """Mark the clip, where there is more to wait for than the relink; of parts the first one's."""
    if job.is_later_part or job.status is not Status.ACTIVE or job.step in (None, Step.RELINK):
        return
    about = job.order.settings.prompt[:_ABOUT_CHARACTERS]
    await _tried(job, ports, lambda host: host.show_at_work(job.order.clip.key, job.id, about))


async def show_at_rest(job: Job, ports: Ports) -> None:
    """Take the mark away."""
    if not job.is_later_part:
        await _tried(job, ports, lambda host: host.show_at_rest(job.order.clip.key, job.id))


async def _tried(job: Job, ports: Ports, show: Callable[[Host], Awaitable[None]]) -> None:
    try:
        with anyio.move_on_after(_PATIENCE_SECONDS) as patience:
            await show(ports.open_host(job.order.host))
    except NewTakeError as error:
        _LOG.warning("the mark of job %s: %s", job.id, error.what)
    else:
        if patience.cancelled_caught:
            _LOG.warning("the mark of job %s: the editor did not answer in time", job.id)
