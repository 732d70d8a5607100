"""`jobs`, `jobs show` and `jobs resume`: what the journal knows, and moving on what stopped."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence

import anyio

from newtake import bootstrap
from newtake.domain.errors import SelectionError
from newtake.domain.events import Step
from newtake.domain.job import Job, Status
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.session import Run
from newtake.settings import Settings
from newtake.shells.cli.asking import agree_to_publish
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.drawing import console, draw_jobs, draw_outcome
from newtake.shells.cli.progress import watcher

_AT_THE_SERVICE = (Step.EXPORT, Step.UPLOAD, Step.SUBMIT, Step.WAIT, Step.DOWNLOAD)
"""Steps that lead to the service; conform and relink work from what is on the disk."""
_UPLOADING = (Step.EXPORT, Step.UPLOAD, Step.SUBMIT)
_RESUMABLE = (Status.ACTIVE, Status.FAILED)


def list_jobs(as_json: bool) -> None:
    jobs = bootstrap.open_journal(bootstrap.settings_now()).jobs()
    if as_json:
        print_document([job_document(job) for job in jobs])
    else:
        draw_jobs(jobs)


def show_job(job_id: str, as_json: bool) -> None:
    """One job with its events; asks the service for the submission when it can be reached."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    job = journal.load(job_id)
    events = journal.events(job.id)
    if as_json:
        document = job_document(job)
        document["events"] = [{"at": stamped.at, "kind": stamped.event.kind} for stamped in events]
        print_document(document)
        return
    draw_outcome([job], sys.stdout)
    out = console(sys.stdout)
    for name, path in (("plate", job.plate.path if job.plate else None),):
        if path is not None:
            out.print(f"  {name}: {path}", markup=False)
    for each in job.renditions:
        out.print(f"  submission {each.submission_id}: {each.outcome} {each.reason}", markup=False)
        if each.result is not None:
            out.print(f"    result kept: {each.result.path}", markup=False)


def resume_jobs(
    job_id: str | None,
    everything: bool,
    uploader: str | None,
    fetch_url: str | None,
    agree_public: bool,
    as_json: bool,
) -> None:
    """Go on with one job or with all that can go on. Exits with 1 when one does not end well."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    if (job_id is None) == (not everything):
        raise SelectionError(
            "Say which job to resume.", fix="`newtake jobs resume ID`, or --all for every one."
        )
    if job_id is not None:
        chosen = [journal.load(job_id)]
        if chosen[0].status is Status.DONE:
            raise SelectionError(
                f"Job {chosen[0].id} is done; there is nothing to resume.",
                fix="`newtake restyle` makes another take.",
            )
        if chosen[0].step is None:
            raise SelectionError(
                f"Job {chosen[0].id} has ended at the service; there is nothing to resume.",
                why=chosen[0].failure.why if chosen[0].failure else "",
                fix="`newtake restyle` makes a new submission.",
            )
    else:
        chosen = [
            job for job in journal.jobs() if job.status in _RESUMABLE and job.step is not None
        ]
    jobs = anyio.run(_resume, settings, chosen, uploader, fetch_url, agree_public) if chosen else []
    if as_json:
        print_document([job_document(job) for job in jobs])
    if not jobs:
        print("No job is waiting to go on.", file=sys.stderr)
    draw_outcome(jobs, sys.stderr)
    if any(job.status is not Status.DONE for job in jobs):
        sys.exit(1)


async def _resume(
    settings: Settings,
    chosen: Sequence[Job],
    uploader: str | None,
    fetch_url: str | None,
    agree_public: bool,
) -> list[Job]:
    """Jobs of one provider and uploader share a run, in the order they were made."""
    groups: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in chosen:
        kept = job.order.uploader
        if settings.uploader.partition(":")[0] == kept:
            kept = settings.uploader
        groups[(job.order.provider, uploader or kept)].append(job)
    done: list[Job] = []
    for (provider, word), group in groups.items():
        ids = [job.id for job in group]
        async with bootstrap.wired(
            settings,
            provider=provider,
            uploader=word,
            fetch_url=fetch_url,
            needs_key=any(job.step in _AT_THE_SERVICE for job in group),
        ) as wiring:
            if any(job.step in _UPLOADING for job in group):
                agree_to_publish(wiring.ports, agree_public)
            with watcher() as shown:
                run = Run(
                    wiring.ports,
                    shown,
                    settings.work_folder,
                    deadline_seconds=settings.deadline_minutes * 60,
                )
                done += await run_jobs(ids, run, listen=wiring.listen)
    return done
