"""Doors that a run of jobs stands on: the journal, time, and whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from newtake.domain.events import Stamped, Step
from newtake.domain.job import Job

Progress = Callable[[int, int | None], None]
"""Called with what is done and, where it is really known, how much there is."""


def no_progress(done: int, total: int | None) -> None:
    """For callers that show nothing."""


@dataclass(frozen=True, slots=True)
class UnreadableJob:
    """A job whose events this version cannot read, or that do not fit together."""

    id: str
    why: str
    fix: str = ""


class Journal(Protocol):
    """The append-only record of events. Raises JournalError."""

    def append(
        self, job_id: str, stamped: Stamped, guard: Callable[[Sequence[Job]], None] | None = None
    ) -> None:
        """Add one event; it is kept for good once this returns.

        Args:
            job_id: Whose event.
            stamped: The event and its time.
            guard: Shown all jobs while nobody else can write; what it raises keeps the event out.
                It is not asked, and the event kept out, where a job cannot be shown.
        Raises:
            IllegalEventError: It cannot follow, or names a submission that another job has.
            LeaseLostError: Somebody else holds the job.
        """
        ...

    def hold(self, job_id: str) -> AbstractContextManager[bool]:
        """The sole right to move a job, until the context ends, or for want of `renew` expires.

        Gives False, at once, when somebody else has it.
        """
        ...

    def renew(self, job_id: str) -> bool:
        """Keep the hold; False when it expired and somebody else took the job."""
        ...

    def is_held(self, job_id: str) -> bool:
        """Whether any process holds the job; one that died a moment ago may still count."""
        ...

    def load(self, job_id: str) -> Job:
        """By id or an unambiguous beginning of it. Raises: SelectionError."""
        ...

    def events(self, job_id: str) -> Sequence[Stamped]: ...

    def jobs(self) -> Sequence[Job]:
        """All jobs that can be read, oldest first; see `unreadable` for the others."""
        ...

    def unreadable(self) -> Sequence[UnreadableJob]:
        """The jobs that are here and missing from `jobs`, oldest first."""
        ...

    def claimed_submissions(self) -> frozenset[str]:
        """Every submission id that belongs to a job here, also to one that cannot be read."""
        ...

    def remembered(self, key: str) -> str | None:
        """A small fact kept across runs (consents, uploaded assets)."""
        ...

    def remember(self, key: str, value: str) -> None: ...


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970, UTC: for what a person reads. May jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump: for deadlines."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Watcher(Protocol):
    """Whoever shows a person what is happening. Must be quick and must not raise."""

    def step_started(self, job: Job, step: Step) -> None: ...

    def progress(self, job: Job, step: Step, done: int, total: int | None) -> None:
        """Frames for export and conform, bytes for upload and download; total only when real."""
        ...

    def note(self, job: Job, text: str) -> None: ...

    def step_done(self, job: Job, step: Step) -> None: ...
