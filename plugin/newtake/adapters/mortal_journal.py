"""A journal at whose chosen event the process dies, as in a power cut: for proving recovery.

The point is `before:EVENT` (all is done that the event tells of, and nobody wrote it down) or
`after:EVENT`; a step's beginning is `step_started.STEP`. See `bootstrap.open_journal`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from newtake.adapters.journal import SqliteJournal
from newtake.domain.events import Event, Stamped, StepStarted
from newtake.domain.job import Job

VARIABLE = "NEWTAKE_DIE_AT"


class MortalJournal(SqliteJournal):
    """Ends the process without any clearing up, in the way that nothing can catch."""

    def __init__(self, path: Path, point: str) -> None:
        super().__init__(path)
        self._point = point

    def append(
        self,
        job_id: str,
        stamped: Stamped,
        guard: Callable[[Sequence[Job]], None] | None = None,
    ) -> None:
        name = event_name(stamped.event)
        self._die_at(f"before:{name}")
        super().append(job_id, stamped, guard)
        self._die_at(f"after:{name}")

    def _die_at(self, point: str) -> None:
        if point == self._point:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def event_name(event: Event) -> str:
    """The event's kind; a step's beginning with the step."""
    return f"{event.kind}.{event.step.value}" if isinstance(event, StepStarted) else event.kind
