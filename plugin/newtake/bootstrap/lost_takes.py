"""Takes that were placed in a running editor's timeline once, and are not in it as it is now.

What became of them is only in the timeline that is open: another version of its project may have
them. So nothing is written into a job that is done until its takes are to be placed once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from newtake.domain.events import LaidAnew, Stamped
from newtake.domain.files import HostTarget
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.take_places import take_label, use_label
from newtake.ports import Journal


@dataclass(frozen=True, slots=True)
class Lost:
    """A job that is done, with takes that the open timeline lacks."""

    job: Job
    takes: int


def lost_of(
    jobs: Iterable[Job], is_here: Callable[[Job], bool], is_lost: Callable[[Job, Rendition], bool]
) -> list[Lost]:
    """The jobs that are done and whose takes the open timeline lacks.

    Args:
        jobs: All of the journal.
        is_here: Whether a job's takes are for that timeline.
        is_lost: Whether it lacks a take that was placed, and has the clip for it.
    """
    found = []
    for job in jobs:
        if job.status is not Status.DONE or job.is_later_part or not is_here(job):
            continue
        placed = (each for each in job.renditions if each.placed is not None)
        takes = sum(is_lost(job, each) for each in placed)
        if takes:
            found.append(Lost(job, takes))
    return found


def keys_of(job: Job) -> Sequence[str]:
    """Of a job's clips: its own, then those that share its take."""
    return [job.order.clip.key, *(each.clip_key for each in job.order.also)]


def labels_of(job: Job, rendition: Rendition) -> Sequence[str]:
    """A rendition's label in each of the job's clips, in their order."""
    label = take_label(job.id, rendition.submission_id)
    uses = range(2, 2 + len(job.order.also))
    return [label, *(use_label(label, number) for number in uses)]


def lay_anew(
    job: Job,
    journal: Journal,
    host: HostTarget | None = None,
    keys: Sequence[str] | None = None,
) -> bool:
    """Have a job that is done place its takes once more when it is resumed; False where another
    process is at it, or it is not done any more.

    Nothing is placed by it, and nothing is paid.

    Args:
        job: As it was read.
        journal: Gets the event.
        host: Another timeline that its takes go to; None: the job's own.
        keys: Of the job's clips there, as `keys_of` has them; None: the job's own.

    Raises: JournalError.
    """
    own, *others = keys_of(job) if keys is None else keys
    with journal.hold(job.id) as held:
        if not held or journal.load(job.id).status is not Status.DONE:
            return False
        event = LaidAnew(host or job.order.host, own, tuple(others))
        journal.append(job.id, Stamped(time.time(), event))
    return True
