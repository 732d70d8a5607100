"""A journal at whose chosen event the process dies, as in a power cut: for proving recovery.

The point is `before:EVENT` (all is done that the event tells of, and nobody wrote it down) or
`after:EVENT`, a step's beginning `step_started.STEP`; `before:N` and `after:N` are the Nth event of
the process. See `bootstrap.open_journal`.
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
        self._appended = 0

    def append(
        self,
        job_id: str,
        stamped: Stamped,
        guard: Callable[[Sequence[Job]], None] | None = None,
    ) -> None:
        name = event_name(stamped.event)
        self._appended += 1
        number = self._appended
        self._die_at(f"before:{name}", f"before:{number}")
        super().append(job_id, stamped, guard)
        self._die_at(f"after:{name}", f"after:{number}")

    def _die_at(self, *points: str) -> None:
        if self._point in points:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def event_name(event: Event) -> str:
    """The event's kind; a step's beginning with the step."""
    return f"{event.kind}.{event.step.value}" if isinstance(event, StepStarted) else event.kind
