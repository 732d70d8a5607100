"""`jobs cancel`, `jobs settle`, `jobs fetch`: what concerns submissions at the service."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from newtake import bootstrap
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.events import Cancelled, Event, Stamped, SubmitRefused, Submitted
from newtake.domain.job import Job, Status
from newtake.pipeline.fetching import fetch_result as bring
from newtake.ports import Journal, Submission
from newtake.settings import Settings
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.interrupts import run

_FETCHED_SUFFIXES = (".exr", ".zip")


def cancel_job(job_id: str, as_json: bool) -> None:
    """Ask for the end, read again what became of it, and say what is known about the charge."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    job = journal.load(job_id)
    if job.status in (Status.DONE, Status.CANCELLED) or job.step is None:
        raise SelectionError(
            f"Job {job.id} is {job.status.value}; there is nothing to cancel.",
            fix="`newtake jobs` lists the jobs that can be cancelled.",
        )
    with journal.hold(job.id) as held:
        job = journal.load(job.id)
        if not held and not job.renditions:
            raise SelectionError(
                f"Job {job.id} is running in another process.",
                fix="End that one with Ctrl-C, then cancel the job.",
            )
        if job.may_be_submitted_unknown:
            raise SelectionError(
                f"Whether job {job.id} was submitted is not known, so it cannot be cancelled yet.",
                fix=f"`newtake jobs resume {job.id}` looks it up; if that cannot tell, "
                f"`newtake jobs settle {job.id}`.",
            )
        submissions = run(_cancel, settings, job) if job.renditions else []
        if held and all(each.status in ("cancelled", "failed") for each in submissions):
            _record(journal, job, Cancelled("asked by a person"))
    if as_json:
        document = job_document(journal.load(job.id))
        document["submissions"] = [{"id": each.id, "status": each.status} for each in submissions]
        print_document(document)
    _tell(job, submissions)


def _tell(job: Job, submissions: Sequence[Submission]) -> None:
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
    taken = journal.claimed_submissions() & set(submissions)
    if taken:
        raise SelectionError(
            f"{', '.join(sorted(taken))} belongs to another job of this journal.",
            fix="`newtake jobs --json` names every job's submissions.",
        )
    if submissions:
        run(_check_submissions, settings, job, submissions)
    with journal.hold(job.id) as held:
        job = journal.load(job.id)
        if not held or job.status is not Status.UNSURE:
            state = job.status.value if held else "running in another process"
            raise SelectionError(
                f"Job {job.id} is {state}; only unsure jobs are settled.",
                fix="`newtake jobs` lists them.",
            )
        event: Event = (
            SubmitRefused("a person said that it was not sent")
            if not_sent
            else Submitted(submissions, adopted=True)
        )
        _record(journal, job, event)
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
    journal = bootstrap.open_journal(settings)
    ids = [wanted]
    known = [job.id for job in journal.jobs()] + [lost.id for lost in journal.unreadable()]
    if wanted and any(each.startswith(wanted) for each in known):
        job = journal.load(wanted)
        provider = provider or job.order.provider
        ids = [each.submission_id for each in job.renditions]
        if not ids:
            raise SelectionError(
                f"Job {job.id} has no submission yet.", fix="`newtake jobs resume` submits it."
            )
    if out is not None and out.suffix.lower() in _FETCHED_SUFFIXES:
        raise SelectionError(
            f"{out} would be the place of the EXR.", fix="Name the video, for example result.mp4."
        )
    files, errors = run(_fetch, settings, ids, out, provider)
    for file in files:
        print(f"Written: {file}", file=sys.stderr)
    if errors:
        raise errors[0]
    if as_json:
        print_document([str(file) for file in files])


def _record(journal: Journal, job: Job, event: Event) -> None:
    journal.append(job.id, Stamped(time.time(), event))


async def _cancel(settings: Settings, job: Job) -> list[Submission]:
    async with bootstrap.wired(settings, provider=job.order.provider, needs_key=True) as wiring:
        service = wiring.ports.provider
        return [
            await service.cancel(each.submission_id)
            if each.outcome == "pending"
            else await service.submission(each.submission_id)
            for each in job.renditions
        ]


async def _check_submissions(settings: Settings, job: Job, submissions: tuple[str, ...]) -> None:
    async with bootstrap.wired(settings, provider=job.order.provider, needs_key=True) as wiring:
        for each in submissions:
            await wiring.ports.provider.submission(each)


async def _fetch(
    settings: Settings, ids: Sequence[str], out: Path | None, provider: str | None
) -> tuple[list[Path], list[NewTakeError]]:
    """What could be written, and what went wrong with the rest."""
    written: list[Path] = []
    errors: list[NewTakeError] = []
    async with bootstrap.wired(settings, provider=provider, needs_key=True) as wiring:
        for number, each in enumerate(ids, start=1):
            target = (out or Path(f"{each}.mp4")).absolute()
            if out is not None and len(ids) > 1:
                target = target.with_name(f"{out.stem}_{number}{out.suffix}")
            try:
                _refuse_to_overwrite(target)
                await bring(each, target, wiring.ports, written.append)
            except NewTakeError as error:
                errors.append(error)
    return written, errors


def _refuse_to_overwrite(target: Path) -> None:
    for file in (target, *(target.with_suffix(suffix) for suffix in _FETCHED_SUFFIXES)):
        if file.exists():
            raise SelectionError(f"{file} is there already.", fix="Give another --out.")
