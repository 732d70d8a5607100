"""Takes that wait for a scene in Blender: which are for the open one, which find a place in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from newtake.bootstrap import lost_takes
from newtake.bootstrap.blender import KIND, Scene
from newtake.domain.errors import NoPlaceError
from newtake.domain.events import Step
from newtake.domain.job import Job, Rendition
from newtake.pipeline.collecting import Waiting, waiting_takes

if TYPE_CHECKING:
    from newtake.hosts.blender.facts import Hello
    from newtake.hosts.blender.identity import StripKey

WaitingHere: TypeAlias = tuple[list[Waiting], list[Waiting]]


def waiting_for(
    hello: Hello | None, jobs: Iterable[Job], is_theirs: Callable[[Job], bool] = lambda _: False
) -> WaitingHere:
    """The takes that wait for the open scene, and those that wait for others of Blender.

    Args:
        hello: Of the open scene.
        jobs: All of the journal.
        is_theirs: Whether a job of the scene's id belongs to another .blend all the same.
    """
    waiting = waiting_takes(jobs, KIND)
    known = [each for each in waiting if hello is not None and is_here(hello, each.job)]
    here = [each for each in known if not is_theirs(each.job)]
    ids = {each.job.id for each in here}
    return here, [each for each in waiting if each.job.id not in ids]


def is_here(hello: Hello, job: Job) -> bool:
    """Whether a job's takes go to the open scene."""
    from newtake.hosts.blender.documents import is_open

    host = job.order.host
    if host.kind != KIND or host.document is None:
        return False
    return is_open(hello, host.document, host.timeline)


def no_place(scene: Scene, job: Job) -> str:
    """Why no strip of the scene, as it stands, can take a take of a job that waits for it; empty
    where one can, and where none waits."""
    from newtake.hosts.blender.relink_plan import plan_relink
    from newtake.hosts.blender.relinking import label_in

    reasons = []
    for rendition in job.waiting_for(Step.RELINK):
        for own, key in labelled(job, rendition):
            if rendition.take is None or label_in(scene.sequencer, own) is not None:
                continue
            plan = plan_relink(key, rendition.take.available, scene.sequencer)
            if plan.place:
                return ""
            reasons.append("; ".join(plan.notes))
    return reasons[0] if reasons else ""


def why_refused(job: Job) -> str:
    """Why a job was refused a place when it tried last; empty where it was not."""
    failure = job.failure
    if failure is None or failure.step is not Step.RELINK:
        return ""
    is_refused = only_blender_tells(job) or failure.code == NoPlaceError("").code
    return failure.what.partition(": ")[2].rstrip(".") if is_refused else ""


def only_blender_tells(job: Job) -> bool:
    """Whether Blender refused it a place that seemed to be one."""
    from newtake.hosts.blender.connection import BlenderCallError

    return job.failure is not None and job.failure.code == BlenderCallError("", "").code


def keys_of(job: Job) -> Sequence[StripKey]:
    """Of a job's strips: its own, then those that share its take."""
    from newtake.hosts.blender.identity import parse_key

    return [parse_key(text) for text in lost_takes.keys_of(job)]


def labelled(job: Job, rendition: Rendition) -> Sequence[tuple[str, StripKey]]:
    """A rendition's label in each of the job's strips, and that strip."""
    return list(zip(lost_takes.labels_of(job, rendition), keys_of(job), strict=True))


def told_collection(
    here: Sequence[Waiting],
    no_place: Mapping[str, str],
    going_on: int,
    unpaid: int,
    again: int = 0,
    unsaved: int = 0,
) -> str:
    """What is said of bringing takes in.

    Args:
        here: Those that wait for the open scene.
        no_place: Why they find none, by job.
        going_on: How many jobs for the scene are at work.
        unpaid: How many stopped before they were submitted.
        again: How many takes come back that an undo had taken away.
        unsaved: How many come back that the file was not saved with.
    """
    takes = unsaved + sum(each.takes for each in here if each.job.id not in no_place)
    words = [f"{_takes(takes)} being brought in."] if takes else []
    words += [
        f"{each.job.order.label}: {_takes(each.takes)} kept, not placed: {no_place[each.job.id]}; "
        f"undo that, or choose Place Where It Was."
        for each in here
        if each.job.id in no_place
    ]
    if again:
        words.append(f"{_takes(again)} being brought in again, after an undo took that away.")
    if going_on:
        jobs = "1 job goes on and brings" if going_on == 1 else f"{going_on} jobs go on and bring"
        words.append(f"{jobs} in what was asked for; nothing is paid again.")
    if unpaid:
        jobs = "1 job" if unpaid == 1 else f"{unpaid} jobs"
        words.append(f"{jobs} stopped unpaid: Resume, in New Take's list, says the price.")
    return " ".join(words) or "No take waits for this scene."


def _takes(count: int) -> str:
    return "1 take is" if count == 1 else f"{count} takes are"
