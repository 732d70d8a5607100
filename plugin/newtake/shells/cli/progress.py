"""Live progress on stderr: the step, bytes or frames, elapsed time; a percentage only where real.

On a terminal a line per job moves; anywhere else each step is one line when it ends.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from newtake.domain.events import Step
from newtake.domain.job import Job
from newtake.shells.cli.drawing import say
from newtake.shells.cli.printable import printable

_BYTES = (Step.UPLOAD, Step.DOWNLOAD)
_DOING = {
    Step.EXPORT: "cutting the plate",
    Step.UPLOAD: "uploading",
    Step.SUBMIT: "submitting",
    Step.WAIT: "waiting for the service",
    Step.DOWNLOAD: "downloading",
    Step.CONFORM: "conforming",
    Step.RELINK: "relinking",
}


class LiveWatcher:
    """Implements `ports.Watcher` on a terminal. A context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.fields[clip]}", markup=False),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[amount]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> LiveWatcher:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def step_started(self, job: Job, step: Step) -> None:
        if job.id in self._tasks:
            self._progress.remove_task(self._tasks[job.id])
        self._tasks[job.id] = self._progress.add_task(
            _DOING[step], total=None, clip=printable(job.order.told), amount=""
        )

    def progress(self, job: Job, step: Step, done: int, total: int | None) -> None:
        self._progress.update(
            self._tasks[job.id], completed=done, total=total, amount=_amount(step, done, total)
        )

    def note(self, job: Job, text: str) -> None:
        say(self._console, f"{job.order.told}: {text}")

    def step_done(self, job: Job, step: Step) -> None:
        seconds = job.seconds(step)
        took = "" if seconds is None else f"{seconds:.1f} s"
        say(self._console, f"{job.order.told}: {step.value} {took}")


class PlainWatcher:
    """Implements `ports.Watcher` for logs and pipes: a line per step that ended."""

    def __init__(self) -> None:
        self._started: dict[tuple[str, Step], float] = {}

    def __enter__(self) -> PlainWatcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def step_started(self, job: Job, step: Step) -> None:
        self._started[(job.id, step)] = time.monotonic()

    def progress(self, job: Job, step: Step, done: int, total: int | None) -> None: ...

    def note(self, job: Job, text: str) -> None:
        print(printable(f"{job.order.told}: {text}"), file=sys.stderr, flush=True)

    def step_done(self, job: Job, step: Step) -> None:
        seconds = time.monotonic() - self._started.get((job.id, step), time.monotonic())
        line = f"{job.order.told}: {step.value} ({seconds:.1f} s)"
        print(printable(line), file=sys.stderr, flush=True)


def watcher() -> LiveWatcher | PlainWatcher:
    """The one that fits stderr."""
    return LiveWatcher() if sys.stderr.isatty() else PlainWatcher()


def _amount(step: Step, done: int, total: int | None) -> str:
    if step in _BYTES:
        whole = f" of {total / 1e6:.1f}" if total else ""
        return f"{done / 1e6:.1f}{whole} MB"
    return f"{done} of {total} frames" if total else f"{done} frames"
