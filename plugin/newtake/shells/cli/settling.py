"""`jobs settle`: a person's word on what became of a submission."""

from __future__ import annotations

import sys

from newtake import bootstrap
from newtake.bootstrap.settling import settle
from newtake.domain.job import Job
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.interrupts import run


def settle_job(job_id: str, submissions: tuple[str, ...], not_sent: bool, as_json: bool) -> None:
    """Take the word, once the service says nothing against it."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)

    async def settled() -> Job:
        return await settle(settings, journal, job_id, submissions, not_sent=not_sent)

    job = run(settled)
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
