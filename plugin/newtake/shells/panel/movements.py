"""The jobs that this process moves: how far each is, what was noted of it, who else is at one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from newtake.domain.events import Step
from newtake.domain.job import Job
from newtake.pipeline.session import Run
from newtake.ports import Journal
from newtake.shells.panel.job_holders import held_elsewhere
from newtake.shells.panel.news import News
from newtake.shells.panel.showing import Movement

_NOTES = 5


@dataclass(slots=True)
class _Moving:
    """A job that this process runs."""

    run: Run
    done: int | None = None
    total: int | None = None


@dataclass(slots=True)
class Movements:
    """Implements `ports.Watcher`: what is told of jobs is news."""

    news: News
    timeline_changed: Callable[[], None]
    """Called when takes may have been added."""
    _moving: dict[str, _Moving] = field(default_factory=dict)
    _notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _ending: set[str] = field(default_factory=set)
    _claimed: set[str] = field(default_factory=set)

    @property
    def ids(self) -> list[str]:
        return list(self._moving)

    def run_of(self, job_id: str) -> Run | None:
        """The run that has the job; None where this process does not run it."""
        moving = self._moving.get(job_id)
        return None if moving is None else moving.run

    def begin(self, jobs: Sequence[Job], run: Run) -> None:
        """The run has these jobs from now on."""
        for job in jobs:
            self._moving[job.id] = _Moving(run)
            self._notes.pop(job.id, None)

    def end(self, jobs: Sequence[Job]) -> None:
        """No run has them any more; what was noted of them stays."""
        for job in jobs:
            self._moving.pop(job.id, None)
        self.timeline_changed()
        self.news.tell()

    def forget(self, job_id: str) -> None:
        """What was noted of the job is true no longer."""
        self._notes.pop(job_id, None)

    def movement(self, job_id: str) -> Movement:
        """What this process knows of a job."""
        notes, moving = self._notes.get(job_id, ()), self._moving.get(job_id)
        if moving is None:
            return Movement(notes=notes)
        return Movement(True, moving.done, moving.total, notes)

    def is_busy(self, job_id: str) -> bool:
        """Whether this process is at the job, or about to be."""
        return job_id in self._moving or job_id in self._claimed

    @contextmanager
    def claiming(self, *ids: str) -> Iterator[None]:
        """This process is at them, so that its own hold is not taken for another's."""
        new = set(ids) - self._claimed
        self._claimed |= new
        try:
            yield
        finally:
            self._claimed -= new

    @contextmanager
    def ending(self, job_id: str) -> Iterator[None]:
        """A person ends the job: what is noted of it meanwhile is no news."""
        self._ending.add(job_id)
        try:
            yield
        finally:
            self._ending.discard(job_id)

    def step_started(self, job: Job, step: Step) -> None:
        """These four make it a `ports.Watcher`."""
        del step
        self._progressed(job, None, None)

    def progress(self, job: Job, step: Step, done: int, total: int | None) -> None:
        del step
        self._progressed(job, done, total)

    def note(self, job: Job, text: str) -> None:
        if job.id not in self._ending:
            self._notes[job.id] = (*self._notes.get(job.id, ()), text)[-_NOTES:]
            self.news.tell()

    def step_done(self, job: Job, step: Step) -> None:
        if step is Step.RELINK:
            self.timeline_changed()
        self._progressed(job, None, None)

    def _progressed(self, job: Job, done: int | None, total: int | None) -> None:
        if (moving := self._moving.get(job.id)) is not None:
            moving.done, moving.total = done, total
        self.news.tell()


@dataclass(frozen=True, slots=True)
class KnownMoves:
    """What this process knows of jobs, and whether another one is at them."""

    here: Movements
    journal: Journal

    def is_busy(self, job_id: str) -> bool:
        return self.here.is_busy(job_id)

    def movement(self, job_id: str) -> Movement:
        return self.here.movement(job_id)

    def is_elsewhere(self, job: Job) -> bool:
        return held_elsewhere(self.journal, job, self.here.is_busy)
