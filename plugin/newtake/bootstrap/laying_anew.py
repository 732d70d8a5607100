"""Takes that are made, laid once more: into another timeline file, or since a movie is gone.

What became of the file that they were laid into makes no difference: their own files lie beside it.
Nothing is submitted for them, and what was not finished goes on with its own step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from newtake import bootstrap
from newtake.bootstrap.outputs import planned_on
from newtake.bootstrap.written_places import written_file
from newtake.domain.errors import HostError, NewTakeError, SelectionError
from newtake.domain.events import LaidAnew, Stamped
from newtake.domain.files import HostTarget
from newtake.domain.job import Job, Status, family_of
from newtake.pipeline.renditions import takes_folder
from newtake.ports import Journal

_NAMED = 4


def jobs_to_lay(journal: Journal, job_id: str | None, everything: bool) -> list[Job]:
    """The jobs whose takes are meant by `jobs resume [JOB] [--all] --out FILE`.

    Args:
        journal: Of this machine.
        job_id: One of them; with `everything` all of its timeline are meant.
        everything: All jobs of a timeline file, done or not; cancelled ones apart.

    Raises:
        SelectionError: There is none, it belongs to no timeline file, or to one of several.
    """
    jobs = journal.jobs()
    named = None if job_id is None else family_of(journal.load(job_id), jobs)[0]
    if named is not None and not _lies_in_file(named):
        raise SelectionError(
            f"Job {named.id} is of a timeline that is open in an editor or on the page.",
            fix="`newtake jobs resume` without --out lays its takes there.",
        )
    if named is not None and not everything:
        return [named]
    found = [job for job in jobs if _lies_in_file(job) and _can_be_laid(job)]
    if named is not None:
        found = [job for job in found if job.order.host.timeline == named.order.host.timeline]
    firsts: dict[Path, str] = {}
    for job in found:
        firsts.setdefault(job.order.host.timeline, job.id)
    if len(firsts) > 1:
        some = ", ".join(f"{each} of {path.name}" for path, each in list(firsts.items())[:_NAMED])
        raise SelectionError(
            "The jobs are of several timelines, and a file holds one.",
            why=f"Such as {some}.",
            fix="`newtake jobs resume JOB --all --out FILE` means those of that job's timeline.",
        )
    return found


def lost_its_movie(job: Job) -> bool:
    """Whether a movie of one of its laid takes is gone, and can be made again. Blocking."""
    takes = [each.take for each in job.renditions if each.take is not None and each.placed]
    is_out = job.status is Status.CANCELLED or job.is_later_part
    return not is_out and not all(take.path.exists() for take in takes)


async def lay_anew(
    journal: Journal, jobs: Iterable[Job], out: Path | None
) -> tuple[list[Job], list[NewTakeError]]:
    """Have the jobs wait for their relink again; what keeps one from that leaves it as it was.

    Args:
        journal: Gets the event.
        jobs: As from `jobs_to_lay`, or whose movies are gone.
        out: Where the takes are to be laid; None: where they were.

    Returns:
        The jobs as they stand now, and what kept the others from it.
    """
    from newtake.adapters.clock import SystemClock

    clock = SystemClock()
    ready: list[Job] = []
    errors: list[NewTakeError] = []
    for job in jobs:
        try:
            event = await _event(job, out)
        except NewTakeError as error:
            what = f"{job.order.told}: {error.what}"
            errors.append(type(error)(what, why=error.why, fix=error.fix))
            continue
        with journal.hold(job.id) as held:
            if not held:
                what = f"{job.order.told}: another New Take is working on job {job.id}."
                errors.append(SelectionError(what, fix="Wait for it to end, then say it again."))
                continue
            journal.append(job.id, Stamped(clock.now(), event))
        ready.append(journal.load(job.id))
    return ready, errors


async def _event(job: Job, out: Path | None) -> LaidAnew:
    order = job.order
    if out is None:
        return LaidAnew(order.host, order.clip.key, tuple(use.clip_key for use in order.also))
    keys = (
        _lasting(order.clip.key, order.clip.known_by),
        *(_lasting(use.clip_key, use.known_by) for use in order.also),
    )
    host = await _target(order.host, out)
    await _check(host, keys)
    return LaidAnew(host, keys[0], keys[1:])


async def _check(target: HostTarget, keys: Sequence[str]) -> None:
    """Raises HostError, TimelineError: the file cannot be written to, or none of the clips is there
    to get a take. Of several some may be gone: the others get it."""
    host = bootstrap.timeline_host(target)
    await host.check_output(())
    errors: list[HostError] = []
    for key in keys:
        try:
            await host.check_output([key])
        except HostError as error:
            errors.append(error)
    if len(errors) == len(keys):
        raise errors[0]


async def _target(host: HostTarget, out: Path) -> HostTarget:
    """The file as a target; one that was begun from an earlier state goes on with that."""
    from otio_newtake.outputs import begun_on

    target = replace(host, output=out, planned_on="", takes=takes_folder(host))
    state = begun_on(replace(target, output=written_file(out)))
    return replace(target, planned_on=state) if state else await planned_on(target)


def _lasting(key: str, known_by: Sequence[str]) -> str:
    """By what a clip is known also where it has not got the id that it had in another file."""
    return next((word for word in reversed(known_by) if "@" not in word), key)


def _lies_in_file(job: Job) -> bool:
    return job.order.host.kind == "otio" and job.order.host.draft is None


def _can_be_laid(job: Job) -> bool:
    is_open = job.step is not None or job.status is Status.DONE
    return is_open and job.status is not Status.CANCELLED and not job.is_later_part
