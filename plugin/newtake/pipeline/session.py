"""What the jobs of one run share: the ports, the event stream, the budget and the limits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.domain.errors import JournalError
from newtake.domain.events import Event, Stamped, Step
from newtake.domain.job import Job
from newtake.pipeline.budget import Budget
from newtake.pipeline.contact import Contact
from newtake.pipeline.lanes import Lanes
from newtake.pipeline.pacing import Pace
from newtake.pipeline.wait import EventFeed
from newtake.ports import Ports, Submission, Watcher

_LOG = logging.getLogger("newtake")
DEADLINE_SECONDS = 30 * 60
RENEW_SECONDS = 15.0
"""A quarter of what a journal's lease lasts."""
_AT_WORK_ON: ContextVar[str] = ContextVar("at_work_on", default="")


def at_work_on() -> str:
    """The job and step that the calling task works on, for a log; "" outside of any."""
    return _AT_WORK_ON.get()


@contextmanager
def at_work(job: Job, step: Step) -> Iterator[None]:
    token = _AT_WORK_ON.set(f"{job.id} {step.value}")
    try:
        yield
    finally:
        _AT_WORK_ON.reset(token)


@dataclass(slots=True)
class Run:
    """One run of the program over any number of jobs."""

    ports: Ports
    watcher: Watcher
    work_folder: Path
    """Where plates are kept, one folder per job."""
    feed: EventFeed | None = None
    budget: Budget = field(default_factory=Budget)
    deadline_seconds: float = DEADLINE_SECONDS
    """How long a submission is waited for; it ends the waiting, not the submission."""
    where_they_were: bool = False
    """As `files.NewTake.where_it_was` has it, for all takes of this run."""
    contact: Contact = field(default_factory=Contact)
    """What is known of the service's absence."""
    lanes: Lanes = field(default_factory=Lanes)
    pace: Pace = field(init=False)

    pending: set[str] = field(default_factory=set)
    """Jobs that this run has not done with."""
    held: dict[str, anyio.CancelScope] = field(default_factory=dict)
    """The work on each job that this run holds."""
    sending: set[str] = field(default_factory=set)
    """Jobs whose submission is on its way to the service at this moment; see `sends`."""

    rows: dict[str, Submission] = field(default_factory=dict)
    """Of generations that ended and are not fetched yet, as they were last read."""

    _moved: anyio.Event = field(default_factory=anyio.Event)

    def __post_init__(self) -> None:
        self.pace = Pace(self.ports.clock, self.deadline_seconds)

    def record(
        self,
        job_id: str,
        event: Event,
        guard: Callable[[Sequence[Job]], None] | None = None,
    ) -> None:
        """Append an event, stamped now; `guard` as the journal has it."""
        self.ports.journal.append(job_id, Stamped(self.ports.clock.now(), event), guard)
        self._wake()

    async def until(self, job_id: str, holds: Callable[[Job], bool]) -> Job:
        """Another job, as soon as it is as wished or this run has done with it.

        Raises:
            SelectionError: There is no such job.
        """
        while True:
            moved = self._moved
            job = self.ports.journal.load(job_id)
            if holds(job) or job_id not in self.pending:
                return job
            await moved.wait()

    def done_with(self, job_id: str) -> None:
        self.pending.discard(job_id)
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = anyio.Event()

    @contextmanager
    def sends(self, job_id: str) -> Iterator[None]:
        """The time in which a submission may come into being without anybody's having noted it."""
        self.sending.add(job_id)
        try:
            yield
        finally:
            self.sending.discard(job_id)

    async def keep_holds(self) -> None:
        """Renew the holds until cancelled."""
        while True:
            # Real time, not the port's: holds are between processes.
            await anyio.sleep(RENEW_SECONDS)
            await self.renew_holds()

    async def renew_holds(self) -> None:
        """Renew them once; end the work whose hold was lost while all slept.

        Aside, since a journal that another process writes is waited for, and nothing else may be.
        """
        for job_id, work in list(self.held.items()):
            try:
                kept = await anyio.to_thread.run_sync(
                    self.ports.journal.renew, job_id, abandon_on_cancel=True
                )
                if not kept and self.held.get(job_id) is work:
                    work.cancel()
            except JournalError as error:
                # A hold outlasts some tries; the job's next event meets the trouble itself.
                _LOG.warning("the hold on job %s was not renewed: %s", job_id, error.why)

    async def facts_of(self, path: Path) -> tuple[str, int] | None:
        """SHA-256 and size of a file, None without one; read aside, since it can be large."""
        return await anyio.to_thread.run_sync(self.ports.takes.finished, path)
