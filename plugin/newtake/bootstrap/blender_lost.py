"""Takes that were placed in a scene and are in no strip of it by now, though nobody removed them.

Either Blender ended before the .blend was saved, or an undo took them away with something else. A
strip carries the labels of takes that it was given (see `hosts.blender.summaries.HAD`), written in
the same undo step: a take that a person removed is told by that, and is not lost.

It is of the file that is open, and nothing of it is written into the job: another version of the
.blend may have the take.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from newtake.bootstrap.blender import Scene
from newtake.bootstrap.blender_waiting import is_here, labelled
from newtake.bootstrap.lost_takes import Lost, lost_of
from newtake.domain.events import Step
from newtake.domain.job import Job, Rendition


def lost_takes(scene: Scene, jobs: Iterable[Job]) -> list[Lost]:
    """The takes that the scene has lost, that are there as files, and that find a place in it."""
    labels = {each.label for each in scene.sequencer.strips}
    return lost_of(
        jobs,
        lambda job: is_here(scene.hello, job),
        lambda job, rendition: _is_lost(scene, job, rendition, labels),
    )


def _is_lost(scene: Scene, job: Job, rendition: Rendition, labels: Container[str]) -> bool:
    missing = [(own, key) for own, key in labelled(job, rendition) if own not in labels]
    take = rendition.take
    if not missing or take is None or not take.path.exists():
        return False
    from newtake.hosts.blender.relink_plan import plan_relink
    from newtake.hosts.blender.summaries import was_given

    for own, key in missing:
        strip = scene.sequencer.strip(key.uid)
        if strip is None or was_given(strip, own):
            continue
        if plan_relink(key, take.available, scene.sequencer).place:
            return True
    return False


def was_placed_since(job: Job, moment: float) -> bool:
    """Whether its take was placed after that moment, in seconds since 1970: what is away then was
    undone in a Blender that runs."""
    return job.ended.get(Step.RELINK, 0.0) >= moment
