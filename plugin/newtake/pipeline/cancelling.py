"""Cancelling a job: asking the service for the end of all it has, and what is known afterwards.

One that cannot be cancelled hides nothing of the others, and what is said of the charge is the
history's word or that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from newtake.domain.errors import NewTakeError, ProviderError
from newtake.domain.events import Cancelled, CostRead, Event, Stamped, Submitted
from newtake.domain.job import Job
from newtake.pipeline.adopting import missing_generations
from newtake.pipeline.showing import show_at_rest
from newtake.ports import Ports


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of one generation after its end was asked for."""

    submission_id: str
    status: str | None = None
    """The provider's word; None where it could not be had."""
    error: NewTakeError | None = None
    """Why the end could not be asked for, or what became of it not be read."""
    cost_usd: Decimal | None = None
    """What the history says."""
    cost_trouble: str = ""
    """Why the history could not be read; "" where it was."""

    @property
    def is_over(self) -> bool:
        """Whether it ended without a result."""
        return self.status in ("cancelled", "failed")


async def cancel_job(job: Job, ports: Ports, *, held: bool) -> Sequence[Ending]:
    """Ask for the end of everything that the job has at the service; empty where that is nothing.

    Variations that were sent for and not found yet are looked for and cancelled as well.

    Args:
        job: None of whose requests may be on its way.
        ports: Of its provider.
        held: Whether the caller holds the job; only then is anything journalled.
    """
    if held and job.missing:
        job = await _with_missing(job, ports)
    endings = [await _ended(each.submission_id, each.outcome, ports) for each in job.renditions]
    if held:
        known = {each.submission_id: each.cost_usd for each in job.renditions}
        for ending in endings:
            if ending.cost_usd is not None and known[ending.submission_id] is None:
                _record(job, CostRead(ending.submission_id, str(ending.cost_usd)), ports)
        if all(each.is_over for each in endings):
            _record(job, Cancelled("asked by a person"), ports)
            await show_at_rest(job, ports)
    return endings


async def _with_missing(job: Job, ports: Ports) -> Job:
    try:
        found = await missing_generations(job, ports)
    except ProviderError:
        # They stay missing, which is said; what is known is cancelled all the same.
        return job
    if found:
        _record(job, Submitted(found, adopted=True), ports)
    return ports.journal.load(job.id)


async def _ended(submission_id: str, outcome: str, ports: Ports) -> Ending:
    service = ports.provider
    try:
        if outcome == "pending":
            submission = await service.cancel(submission_id)
        else:
            submission = await service.submission(submission_id)
    except NewTakeError as error:
        return Ending(submission_id, error=error)
    cost, trouble = submission.cost_usd, ""
    if cost is None:
        try:
            cost = await service.cost(submission_id)
        except NewTakeError as error:
            trouble = error.what
    return Ending(submission_id, submission.status, None, cost, trouble)


def _record(job: Job, event: Event, ports: Ports) -> None:
    ports.journal.append(job.id, Stamped(ports.clock.now(), event))
