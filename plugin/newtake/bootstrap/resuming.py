"""Which jobs go on when a person asks for it, and in which company: the same for every shell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from newtake.domain.errors import SelectionError
from newtake.domain.events import Step
from newtake.domain.job import Job, Status, family_of
from newtake.ports import Journal
from newtake.settings import Settings

AT_THE_SERVICE = (Step.EXPORT, Step.UPLOAD, Step.SUBMIT, Step.WAIT, Step.DOWNLOAD)
"""Steps that lead to the service; conform and relink work from what is on the disk."""
UPLOADING = (Step.EXPORT, Step.UPLOAD, Step.SUBMIT)
_RESUMABLE = (Status.ACTIVE, Status.FAILED)
"""What goes on by itself when it is resumed. A cancelled job does only when a person names it."""


def waiting_jobs(journal: Journal) -> list[Job]:
    """Every job that can go on without being named; unsure ones are looked up once more."""
    return [job for job in journal.jobs() if can_go_on(job) or job.status is Status.UNSURE]


def can_go_on(job: Job) -> bool:
    return job.status in _RESUMABLE and job.step is not None


def named_jobs(journal: Journal, job_id: str) -> list[Job]:
    """The job, and with a part of a clip the jobs of the others that can go on.

    Raises:
        SelectionError: There is no such job, or nothing of it can go on.
    """
    job = journal.load(job_id)
    others = [each for each in family_of(job, journal.jobs()) if each.id != job.id]
    going_on = [each for each in others if can_go_on(each)]
    if going_on and (job.status is Status.DONE or job.step is None):
        return going_on
    if job.missing and job.status is not Status.CANCELLED:
        # Done or not: more variations of it are looked for.
        return [job, *going_on]
    if job.status is Status.DONE:
        raise SelectionError(
            f"Job {job.id} is done; there is nothing to resume.",
            fix=placed_again(job) or "`newtake restyle` makes another take.",
        )
    if job.step is None:
        raise SelectionError(
            f"Job {job.id} has ended at the service; there is nothing to resume.",
            why=job.failure.why if job.failure else "",
            fix="`newtake restyle` makes a new submission.",
        )
    return [job, *going_on]


def placed_again(job: Job) -> str:
    """What places the takes of a job that is done once more, without a payment, where its timeline
    has lost them; empty where nothing does."""
    host = job.order.host
    if host.kind == "resolve":
        door = f"`newtake resolve collect {job.id}`"
        return f"Where the timeline in Resolve lost its take, {door} places it again, unpaid."
    if host.kind == "blender":
        door = "*Bring In Takes That Wait* in Blender"
        return f"Where the scene lost its take, {door} places it again, unpaid."
    if host.draft is None:
        return f"`newtake jobs resume {job.id} --out FILE` lays its take once more, unpaid."
    return ""


def grouped(
    settings: Settings, chosen: Sequence[Job], uploader: str | None = None
) -> dict[tuple[str, str], list[Job]]:
    """Jobs of one provider and uploader's word share a run, in the order they were made.

    Args:
        settings: This machine's.
        chosen: The jobs.
        uploader: To be used instead of those that the jobs were made for.
    """
    groups: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in chosen:
        kept = job.order.uploader
        if settings.uploader.partition(":")[0] == kept:
            kept = settings.uploader
        groups[(job.order.provider, uploader or kept)].append(job)
    return groups
