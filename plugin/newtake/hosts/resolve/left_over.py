"""What renders that were cut off changed in Resolve and left so, found and put back by a later one.

A render notes how things were before its first change, and drops the note when they are so again; a
note that is still there while nobody has the turn to change a project is of a process that died.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.deliver import Before, kept, put_back, since
from newtake.hosts.resolve.items import read_document

_RECORD = ".before.json"
"""How the file ends that says how things were before a render, while they are not so."""


@dataclass(frozen=True, slots=True)
class Left:
    """A render's note of how things were."""

    record: Path
    before: Before

    @property
    def job(self) -> str:
        """Whose folder it lies in."""
        return self.record.parent.name


@dataclass(frozen=True, slots=True)
class PutBack:
    """What became of them."""

    renders: int = 0
    notes: tuple[str, ...] = ()
    """What Resolve did not take back."""


def record_of(to: Path) -> Path:
    """Where the render of a file notes how things were."""
    return to.with_name(f"{to.name}{_RECORD}")


def left_in(work_folder: Path) -> list[Left]:
    """What is noted in the folders of jobs, those of renders under way as well."""
    found = []
    for record in sorted(work_folder.glob(f"*/*{_RECORD}")):
        before = kept(record)
        if before is not None:
            found.append(Left(record, before))
    return found


async def put_back_left(
    calls: ResolveCalls, left: Sequence[Left], is_busy: Callable[[str], bool] = lambda _job: False
) -> PutBack:
    """Put back what belongs to the open timeline.

    Args:
        calls: To Resolve; its `changing` is held.
        left: As `left_in` has them; what another process has put back meanwhile is passed over.
        is_busy: Whether somebody is at work on a job, whose notes are left alone.

    Raises:
        HostAwayError: Resolve cannot be reached.
        TimelineError: No timeline is open.
    """
    if not left:
        return PutBack()
    document, count, notes = await read_document(calls), 0, tuple[str, ...]()
    for each in left:
        before = await anyio.to_thread.run_sync(kept, each.record)
        if before is None or before.timeline != document.timeline or is_busy(each.job):
            continue
        notes += await put_back(calls, await since(calls, before))
        await anyio.Path(each.record).unlink(missing_ok=True)
        count += 1
    return PutBack(count, notes)
