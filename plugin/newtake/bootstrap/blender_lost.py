"""Takes that were placed in a scene and are in no strip of it by now, though nobody removed them.

Either Blender ended before the .blend was saved, or an undo took them away with something else. A
strip carries the labels of takes that it was given (see `hosts.blender.summaries.HAD`), written in
the same undo step: a take that a person removed is told by that, and is not lost.

It is of the file that is open, and nothing of it is written into the job: another version of the
.blend may have the take.
"""

from __future__ import annotations

import time
from collections.abc import Container, Iterable
from dataclasses import dataclass

from newtake.bootstrap.blender import Scene
from newtake.bootstrap.blender_waiting import is_here, labelled
from newtake.domain.events import LaidAnew, Stamped, Step
from newtake.domain.job import Job, Rendition, Status
from newtake.ports import Journal


@dataclass(frozen=True, slots=True)
class Lost:
    """A job that is done, with takes that the scene has lost."""

    job: Job
    takes: int


def lost_takes(scene: Scene, jobs: Iterable[Job]) -> list[Lost]:
    """The takes that the scene has lost, that are there as files, and that find a place in it."""
    labels = {each.label for each in scene.sequencer.strips}
    found = []
    for job in jobs:
        if job.status is not Status.DONE or job.is_later_part or not is_here(scene.hello, job):
            continue
        missing = [
            each
            for each in job.renditions
            if each.placed is not None and any(own not in labels for own, _ in labelled(job, each))
        ]
        takes = sum(_is_lost(scene, job, each, labels) for each in missing)
        if takes:
            found.append(Lost(job, takes))
    return found


def _is_lost(scene: Scene, job: Job, rendition: Rendition, labels: Container[str]) -> bool:
    from newtake.hosts.blender.relink_plan import plan_relink
    from newtake.hosts.blender.summaries import was_given

    take = rendition.take
    if take is None or not take.path.exists():
        return False
    for own, key in labelled(job, rendition):
        strip = scene.sequencer.strip(key.uid)
        if strip is None or was_given(strip, own) or own in labels:
            continue
        if plan_relink(key, take.available, scene.sequencer).place:
            return True
    return False


def was_placed_since(job: Job, moment: float) -> bool:
    """Whether its take was placed after that moment, in seconds since 1970: what is away then was
    undone in a Blender that runs."""
    return job.ended.get(Step.RELINK, 0.0) >= moment


def lay_anew(job: Job, journal: Journal) -> bool:
    """Have a job that is done place its takes once more when it is resumed; False where another
    process is at it, or it is not done any more.

    Nothing is placed by it, and nothing is paid. Raises: JournalError.
    """
    with journal.hold(job.id) as held:
        if not held or journal.load(job.id).status is not Status.DONE:
            return False
        order = job.order
        event = LaidAnew(order.host, order.clip.key, tuple(use.clip_key for use in order.also))
        journal.append(job.id, Stamped(time.time(), event))
    return True
