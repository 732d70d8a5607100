"""What a run of jobs stands on, in memory: time, the journal, whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel

from newtake.domain.errors import LeaseLostError, SelectionError
from newtake.domain.events import Stamped, Step, Submitted
from newtake.domain.job import Job
from newtake.domain.parts import meant_ids
from newtake.domain.replay import IllegalEventError, advance, replay
from newtake.ports import UnreadableJob


class ManualClock:
    """Time that passes only by sleeping, and then at once."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += seconds
        await anyio.lowlevel.checkpoint()


class MemoryJournal:
    """A journal that lives as long as the object. `stop_after` simulates a crash."""

    def __init__(self) -> None:
        self._events: dict[str, list[Stamped]] = {}
        self._memory: dict[str, str] = {}
        self._held: set[str] = set()
        self.stop_after: int | None = None
        """Raise `Crash` instead of writing one more event than this."""
        self.lose_after: int | None = None
        """Say that somebody else took the job over instead of writing one more than this."""

    def append(
        self, job_id: str, stamped: Stamped, guard: Callable[[Sequence[Job]], None] | None = None
    ) -> None:
        if self.stop_after is not None:
            if self.stop_after <= 0:
                raise Crash
            self.stop_after -= 1
        if self.lose_after is not None:
            if self.lose_after <= 0:
                raise LeaseLostError(f"Job {job_id} is being worked on by another New Take.")
            self.lose_after -= 1
        events = self._events.get(job_id, [])
        advance(replay(events) if events else None, stamped)
        if isinstance(stamped.event, Submitted):
            taken = self.claimed_submissions() & set(stamped.event.submission_ids)
            if taken:
                raise IllegalEventError(f"{', '.join(sorted(taken))} belongs to another job")
        if guard is not None:
            guard(self.jobs())
        self._events[job_id] = [*events, stamped]

    @contextmanager
    def hold(self, job_id: str) -> Iterator[bool]:
        if job_id in self._held:
            yield False
            return
        self._held.add(job_id)
        try:
            yield True
        finally:
            self._held.discard(job_id)

    def is_held(self, job_id: str) -> bool:
        return job_id in self._held

    def renew(self, job_id: str) -> bool:
        return job_id in self._held

    def load(self, job_id: str) -> Job:
        found = meant_ids(job_id, list(self._events))
        if len(found) != 1:
            raise SelectionError(f"{len(found)} jobs begin with {job_id!r}.")
        return replay(self._events[found[0]])

    def events(self, job_id: str) -> Sequence[Stamped]:
        return list(self._events.get(job_id, ()))

    def jobs(self) -> Sequence[Job]:
        return [replay(events) for events in self._events.values()]

    def unreadable(self) -> Sequence[UnreadableJob]:
        return []

    def claimed_submissions(self) -> frozenset[str]:
        return frozenset(
            submission
            for events in self._events.values()
            for stamped in events
            if isinstance(stamped.event, Submitted)
            for submission in stamped.event.submission_ids
        )

    def remembered(self, key: str) -> str | None:
        return self._memory.get(key)

    def remember(self, key: str, value: str) -> None:
        self._memory[key] = value


class Crash(BaseException):
    """The process ends here, as far as the code under test can tell."""


@dataclass
class RecordingWatcher:
    """Keeps what it is shown."""

    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def step_started(self, job: Job, step: Step) -> None:
        self.steps.append(step)

    def progress(self, job: Job, step: Step, done: int, total: int | None) -> None: ...

    def note(self, job: Job, text: str) -> None:
        self.notes.append(text)

    def step_done(self, job: Job, step: Step) -> None: ...
