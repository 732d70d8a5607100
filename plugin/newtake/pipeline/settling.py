"""Settling: a person's word on a submission that was not found, checked as far as it can be."""

from __future__ import annotations

from collections.abc import Sequence

from newtake.domain.errors import SelectionError
from newtake.domain.job import Job, Status
from newtake.pipeline.adopting import sent_settings
from newtake.ports import Journal, Provider


def named_once(submissions: Sequence[str]) -> tuple[str, ...]:
    """The submissions in the order they were named; an id that was typed twice is one."""
    return tuple(dict.fromkeys(submissions))


def check_settling(job: Job, submissions: Sequence[str], journal: Journal) -> None:
    """See, without the service, whether the job can have the submissions; none: "not sent".

    Raises:
        SelectionError: There is nothing to settle, they belong to a job, or are too many.
    """
    is_open = job.status is Status.UNSURE
    if not is_open and not (submissions and job.missing):
        raise SelectionError(
            f"Job {job.id} is {job.status.value}; only unsure jobs are settled.",
            fix="`newtake jobs` lists them; the service's history lists every submission.",
        )
    taken = journal.claimed_submissions() & set(submissions)
    if taken:
        raise SelectionError(
            f"{', '.join(sorted(taken))} belongs to a job of this journal.",
            fix="`newtake jobs --json` names every job's submissions.",
        )
    wanted = job.order.settings.variations if is_open else job.missing
    if len(submissions) > wanted:
        raise SelectionError(
            f"{len(submissions)} submissions are too many for job {job.id}.",
            why=f"It sent for {job.order.settings.variations} variation(s), and "
            f"{len(job.renditions)} of them are known.",
            fix="Name those that the service lists with this job's prompt and time.",
        )


async def check_submissions(job: Job, submissions: Sequence[str], provider: Provider) -> None:
    """See that the service has each of them, and says nothing that contradicts the job.

    Raises:
        SelectionError: One was sent with another input, prompt or other settings, or before.
        ProviderError: One does not exist, or cannot be read.
    """
    assert job.intent is not None
    for each in submissions:
        otherwise = await provider.contradictions(
            each, job.intent, sent_settings(job), job.order.plate.duration
        )
        if otherwise:
            raise SelectionError(
                f"Submission {each} is not that of job {job.id}.",
                why=f"The service has it with another {', '.join(otherwise)}.",
                fix=f"`newtake jobs show {job.id}` shows what the job sent; "
                "`newtake jobs fetch SUBMISSION` brings any result without a job.",
            )
