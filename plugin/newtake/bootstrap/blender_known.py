"""A scene and strips whose ids were never saved, known again by the jobs that were begun in them.

An id is written into the .blend when a job begins in it, and is lost where Blender ends before the
file is saved. The scene then takes the id that its jobs know, in Blender's memory, and so do strips
that show what they showed: what is asked of them, or paid for, is told for the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake.bootstrap.blender import KIND, Scene, read_scene
from newtake.bootstrap.blender_moved import is_chosen, is_shown
from newtake.bootstrap.blender_waiting import is_here, keys_of
from newtake.domain.events import Step
from newtake.domain.job import Job, Status
from newtake.hosts.blender.identity import StripKey
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.blender.connection import BlenderCalls

Known = tuple[Mapping[str, Any], ...]


async def known_again(
    calls: BlenderCalls, settings: Settings, scene: Scene, jobs: Iterable[Job], known: Known
) -> tuple[Scene, Known]:
    """The scene with the ids that its jobs know, and which strips that took.

    Nothing is written into the file.

    Args:
        calls: To Blender.
        settings: This machine's.
        scene: As it was read.
        jobs: All of the journal.
        known: The strips that it was read with.

    Raises: HostAwayError, HostError.
    """
    jobs = list(jobs)
    document = id_of(scene, jobs)
    if document:
        await calls.ask("adopt", document=scene.hello.document, **{"as": document})
        scene = await read_scene(calls, settings, *known)
    wanted = strips_known(scene, jobs)
    if wanted != known:
        scene = await read_scene(calls, settings, *wanted)
    return scene, wanted


def id_of(scene: Scene, jobs: Iterable[Job]) -> str:
    """The id that the jobs of a scene without a kept one know it by; empty where it has that
    already, or none knows it."""
    hello = scene.hello
    if hello.document_kept or not hello.file:
        return ""
    begun = sorted(
        (job for job in jobs if _was_begun_in(job, scene)), key=lambda job: -job.created_at
    )
    ids = [job.order.host.document.project for job in begun if job.order.host.document is not None]
    return "" if not ids or hello.document in ids else ids[0]


def _was_begun_in(job: Job, scene: Scene) -> bool:
    host, hello = job.order.host, scene.hello
    if host.kind != KIND or host.document is None:
        return False
    is_named = Path(hello.file) == host.timeline and hello.scene == host.document.timeline_name
    return is_named or is_shown(job, scene)


def strips_known(scene: Scene, jobs: Iterable[Job]) -> Known:
    """The strips of the scene's jobs, as the add-on is told of those whose ids may be lost: those
    that takes wait for, and those that show what they showed when they were sent."""
    found: dict[str, StripKey] = {}
    kept = {each.uid for each in scene.sequencer.strips if each.kept}
    lost = [each.key for each in scene.sequencer.strips if not each.kept]
    here = [job for job in jobs if is_here(scene.hello, job)]
    here.sort(key=lambda job: (not _waits(job), -job.created_at))
    for job in here:
        for key in keys_of(job):
            if key.uid in kept or key.name in found:
                continue
            if _waits(job) or any(is_chosen(each, key) for each in lost):
                found[key.name] = key
    return tuple(each.known for each in found.values())


def _waits(job: Job) -> bool:
    return job.status in (Status.ACTIVE, Status.FAILED) and bool(job.waiting_for(Step.RELINK))
