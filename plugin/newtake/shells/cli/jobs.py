"""`jobs`: what the journal knows, and moving on what stopped."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import anyio

from newtake import bootstrap
from newtake.domain.errors import NotFoundError, SelectionError
from newtake.domain.events import Cancelled, Event, Stamped, Step, SubmitRefused, Submitted
from newtake.domain.job import Job, Status
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.session import Run
from newtake.ports import Submission
from newtake.settings import Settings
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.drawing import console, draw_jobs, draw_outcome
from newtake.shells.cli.progress import watcher

_AT_THE_SERVICE = (Step.EXPORT, Step.UPLOAD, Step.SUBMIT, Step.WAIT, Step.DOWNLOAD)
"""Steps that lead to the service; conform and relink work from what is on the disk."""
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
    jobs = anyio.run(_resume, settings, chosen, uploader, fetch_url) if chosen else []
    if as_json:
        print_document([job_document(job) for job in jobs])
    if not jobs:
        print("No job is waiting to go on.", file=sys.stderr)
    draw_outcome(jobs, sys.stderr)
    if any(job.status is not Status.DONE for job in jobs):
        sys.exit(1)


def cancel_job(job_id: str, as_json: bool) -> None:
    """Ask for the end, read again what became of it, and say what is known about the charge."""
    settings = bootstrap.settings_now()
    job = bootstrap.open_journal(settings).load(job_id)
    if job.status in (Status.DONE, Status.CANCELLED):
        raise SelectionError(
            f"Job {job.id} is {job.status.value}; there is nothing to cancel.",
            fix="`newtake jobs` lists the jobs that can be cancelled.",
        )
    if job.status is Status.UNSURE:
        raise SelectionError(
            f"Whether job {job.id} was submitted is not known, so there is nothing to cancel.",
            fix=f"Settle it first: newtake jobs settle {job.id} --submission ID or --not-sent.",
        )
    job, submissions = anyio.run(_cancel, settings, job)
    if as_json:
        document = job_document(job)
        document["submissions"] = [{"id": each.id, "status": each.status} for each in submissions]
        print_document(document)
    if not submissions:
        print(
            f"Job {job.id} is cancelled. Nothing was submitted, nothing was charged.",
            file=sys.stderr,
        )
    for each in submissions:
        cost = "no cost is in the history" if each.cost_usd is None else f"cost ${each.cost_usd}"
        print(f"Submission {each.id} is {each.status}; {cost}.", file=sys.stderr)
        if each.status == "succeeded":
            print("  It had ended already: `newtake jobs resume` brings it in.", file=sys.stderr)
        elif each.cost_usd is None:
            print("  Whether the service charges for it is not documented.", file=sys.stderr)


def settle_job(job_id: str, submissions: tuple[str, ...], not_sent: bool, as_json: bool) -> None:
    """Take a person's word for what became of a submission."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    job = journal.load(job_id)
    if bool(submissions) == not_sent:
        raise SelectionError(
            "Say what became of it.",
            fix="--submission ID if the service lists it, --not-sent if it does not.",
        )
    if job.status is not Status.UNSURE:
        raise SelectionError(
            f"Job {job.id} is {job.status.value}; only unsure jobs are settled.",
            fix="`newtake jobs` lists them.",
        )
    event: Event = (
        SubmitRefused("a person said that it was not sent")
        if not_sent
        else Submitted(submissions, adopted=True)
    )
    if submissions:
        anyio.run(_check_submissions, settings, job, submissions)
    _record(settings, job, event)
    job = journal.load(job.id)
    if as_json:
        print_document(job_document(job))
    print(
        f"Settled. `newtake jobs resume {job.id}` goes on at {job.step.value if job.step else ''}.",
        file=sys.stderr,
    )


def fetch_result(wanted: str, out: Path | None, provider: str | None, as_json: bool) -> None:
    """Write the raw result of a job or of any submission into a file; never over one."""
    settings = bootstrap.settings_now()
    try:
        job = bootstrap.open_journal(settings).load(wanted)
        ids = [each.submission_id for each in job.renditions]
        provider = provider or job.order.provider
        if not ids:
            raise SelectionError(
                f"Job {job.id} has no submission yet.", fix="`newtake jobs resume` submits it."
            )
    except SelectionError as error:
        if "no submission yet" in error.what:
            raise
        ids = [wanted]
    files = anyio.run(_fetch, settings, ids, out, provider)
    if as_json:
        print_document([str(file) for file in files])
    for file in files:
        print(f"Written: {file}", file=sys.stderr)


def _record(settings: Settings, job: Job, event: Event) -> None:
    bootstrap.open_journal(settings).append(job.id, Stamped(time.time(), event))


async def _resume(
    settings: Settings, chosen: Sequence[Job], uploader: str | None, fetch_url: str | None
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
            with watcher() as shown:
                run = Run(
                    wiring.ports,
                    shown,
                    settings.work_folder,
                    deadline_seconds=settings.deadline_minutes * 60,
                )
                done += await run_jobs(ids, run, listen=wiring.listen)
    return done


async def _cancel(settings: Settings, job: Job) -> tuple[Job, list[Submission]]:
    journal = bootstrap.open_journal(settings)
    if not job.renditions:
        _record(settings, job, Cancelled("asked by a person before anything was submitted"))
        return journal.load(job.id), []
    ended = []
    async with bootstrap.wired(settings, provider=job.order.provider, needs_key=True) as wiring:
        for each in job.renditions:
            if each.outcome == "pending":
                ended.append(await wiring.ports.provider.cancel(each.submission_id))
            else:
                ended.append(await wiring.ports.provider.submission(each.submission_id))
    if all(each.status in ("cancelled", "failed") for each in ended):
        _record(settings, job, Cancelled("asked by a person"))
    return journal.load(job.id), ended


async def _check_submissions(settings: Settings, job: Job, submissions: tuple[str, ...]) -> None:
    async with bootstrap.wired(settings, provider=job.order.provider, needs_key=True) as wiring:
        for each in submissions:
            await wiring.ports.provider.submission(each)


async def _fetch(
    settings: Settings, ids: Sequence[str], out: Path | None, provider: str | None
) -> list[Path]:
    written: list[Path] = []
    async with bootstrap.wired(settings, provider=provider, needs_key=True) as wiring:
        for number, each in enumerate(ids, start=1):
            submission = await wiring.ports.provider.submission(each)
            if submission.status != "succeeded":
                raise NotFoundError(
                    f"Submission {each} has no result: it is {submission.status}.",
                    why=submission.reason,
                )
            target = out or Path(f"{each}.mp4")
            if out is not None and len(ids) > 1:
                target = out.with_name(f"{out.stem}_{number}{out.suffix}")
            if await anyio.Path(target).exists():
                raise SelectionError(f"{target} is there already.", fix="Give another --out.")
            target = target.absolute()
            video, exr = await wiring.ports.provider.download(
                submission, target, target.with_suffix(".exr"), lambda _done, _total: None
            )
            written += [video] if exr is None else [video, exr]
    return written
