"""`jobs settle`: a person's word on what became of a submission."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from newtake import bootstrap
from newtake.domain.errors import SelectionError
from newtake.domain.events import Event, Stamped, SubmitRefused, Submitted
from newtake.domain.job import Job
from newtake.pipeline.settling import check_settling, check_submissions, named_once
from newtake.settings import Settings
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.interrupts import run


def settle_job(job_id: str, submissions: tuple[str, ...], not_sent: bool, as_json: bool) -> None:
    """Take the word, once the service says nothing against it."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    job = journal.load(job_id)
    submissions = named_once(submissions)
    if bool(submissions) == not_sent:
        raise SelectionError(
            "Say what became of it.",
            fix="--submission ID if the service lists it, --not-sent if it does not.",
        )
    check_settling(job, submissions, journal)
    if submissions:
        run(_check, settings, job, submissions)
    with journal.hold(job.id) as held:
        if not held:
            raise SelectionError(
                f"Job {job.id} is running in another process.",
                fix="Let it end, or end it with Ctrl-C; then settle the job.",
            )
        check_settling(journal.load(job.id), submissions, journal)
        event: Event = (
            SubmitRefused("a person said that it was not sent")
            if not_sent
            else Submitted(submissions, adopted=True)
        )
        journal.append(job.id, Stamped(time.time(), event))
    job = journal.load(job.id)
    if as_json:
        print_document(job_document(job))
    print(
        f"Settled. `newtake jobs resume {job.id}` goes on at {job.step.value if job.step else ''}.",
        file=sys.stderr,
    )
    if job.missing:
        print(
            f"{job.missing} of {job.order.settings.variations} variations are not found yet; "
            "resuming looks for them.",
            file=sys.stderr,
        )


async def _check(settings: Settings, job: Job, submissions: Sequence[str]) -> None:
    async with bootstrap.wired(settings, provider=job.order.provider, needs_key=True) as wiring:
        await check_submissions(job, submissions, wiring.ports.provider)
