"""What the jobs of one run share: the ports, the event stream, the budget and the limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import anyio

from newtake.domain.events import Event, Stamped
from newtake.pipeline.budget import Budget
from newtake.pipeline.wait import EventFeed
from newtake.ports import Ports, Watcher

DEADLINE_SECONDS = 30 * 60


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
    cpu: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2))
    """Exports and conforms at a time: more only cost memory (measured on two cores)."""

    def record(self, job_id: str, event: Event) -> None:
        """Append an event, stamped now."""
        self.ports.journal.append(job_id, Stamped(self.ports.clock.now(), event))
