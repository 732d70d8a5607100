"""The jobs of the journal as a page lists them, with what this process knows of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from newtake.bootstrap.cancelling import can_be_cancelled
from newtake.bootstrap.resuming import can_go_on
from newtake.domain.job import Job, Status, family_of
from newtake.shells.panel.desk import ShownJob
from newtake.shells.panel.showing import Movement, shown_job
from newtake.shells.panel.typical import Typical

_SHOWN_ENDED = 20
"""How many of the jobs that have ended are listed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which jobs a page shows."""

    belongs: Callable[[Job], bool]
    is_here: Callable[[Job], bool]
    """Whether its takes go to the page's timeline."""
    place: Callable[[Job], str] = lambda _: ""
    """As `ShownJob` has it."""
    stays: Callable[[Job], bool] = lambda _: False
    """Whether it is listed however long ago it has ended."""


class Moves(Protocol):
    """Who moves jobs."""

    def is_busy(self, job_id: str) -> bool: ...

    def is_elsewhere(self, job: Job) -> bool:
        """Whether another process is at the job."""
        ...

    def movement(self, job_id: str) -> Movement: ...


def listed_jobs(known: Iterable[Job], scope: Scope, moves: Moves) -> list[ShownJob]:
    """The newest first; of those that have ended only the newest.

    Args:
        known: All of the journal.
        scope: Which of them.
        moves: Who moves them.
    """
    known = list(known)
    everything = [job for job in known if scope.belongs(job)]
    everything.sort(key=lambda job: (-job.created_at, job.id))
    ended = [job for job in everything if not (moves.is_busy(job.id) or _is_open(job))]
    hidden = {job.id for job in ended[_SHOWN_ENDED:] if not scope.stays(job)}
    typical = Typical.of(known)
    elsewhere = {job.id for job in everything if moves.is_elsewhere(job)}
    return [
        replace(
            _shown(job, everything, moves, elsewhere),
            timeline_here=scope.is_here(job),
            place=scope.place(job),
            typical_seconds=typical.seconds(job),
        )
        for job in everything
        if job.id not in hidden
    ]


def _shown(
    job: Job, everything: Sequence[Job], moves: Moves, elsewhere: Collection[str]
) -> ShownJob:
    going_on: list[Job] = []
    is_moved = moves.is_busy(job.id) or job.id in elsewhere
    if not is_moved and (can_go_on(job) or job.status is Status.CANCELLED):
        family = [
            each
            for each in family_of(job, everything)
            if can_go_on(each) and each.id not in elsewhere
        ]
        own = [job] if job.step is not None else []
        going_on = own + [each for each in family if each.id != job.id]
    movement = moves.movement(job.id)
    if job.id in elsewhere:
        movement = Movement(running=True, elsewhere=True)
    # What the service has nothing of yet can be ended by its own process alone.
    can_cancel = can_be_cancelled(job) and (job.id not in elsewhere or bool(job.renditions))
    return shown_job(
        job,
        movement,
        can_cancel=can_cancel,
        going_on=going_on,
        family=family_of(job, everything),
    )


def _is_open(job: Job) -> bool:
    return job.step is not None and job.status is not Status.CANCELLED
