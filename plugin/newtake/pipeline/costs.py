"""What a job really cost: the history's word, which says "charged" where an estimate cannot."""

from __future__ import annotations

import anyio

from newtake.domain.errors import NewTakeError
from newtake.domain.events import CostRead
from newtake.domain.job import Job, Rendition
from newtake.pipeline.session import Run

_PATIENCE_SECONDS = 10.0
"""The cost is worth no long wait: a take must come into place without any network."""


async def read_cost(job: Job, rendition: Rendition, run: Run) -> None:
    """Journal the history's word, if it has one by now; its silence stops nothing."""
    if rendition.cost_usd is not None:
        return
    cost = None
    with anyio.move_on_after(_PATIENCE_SECONDS):
        try:
            cost = await run.ports.provider.cost(rendition.submission_id)
        except NewTakeError as error:
            run.watcher.note(job, f"the cost could not be read: {error.what}")
    if cost is not None:
        run.record(job.id, CostRead(rendition.submission_id, str(cost)))


async def read_costs(job: Job, run: Run) -> None:
    """The same for all that ended: what failed or was cancelled may have been charged as well."""
    for rendition in job.renditions:
        if rendition.outcome != "pending":
            await read_cost(job, rendition, run)
