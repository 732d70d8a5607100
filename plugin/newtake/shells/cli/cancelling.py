"""`jobs cancel`: asking for a job's end, and saying what became of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from newtake import bootstrap
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.events import Cancelled, Stamped
from newtake.domain.job import Job, Status, family_of
from newtake.pipeline.cancelling import Ending
from newtake.pipeline.cancelling import cancel_job as end_job
from newtake.ports import Journal
from newtake.settings import Settings
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.errors import show_error
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable


def cancel_job(job_id: str, as_json: bool) -> None:
    """Ask for the end, read again what became of it, and say what is known about the charge.

    The parts of one clip end together: none is of use without the others.
    """
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    named = journal.load(job_id)
    family = family_of(named, journal.jobs())
    going_on = [job for job in family if _can_be_cancelled(job)]
    if not going_on:
        raise SelectionError(
            f"Job {named.id} is {named.status.value}; there is nothing to cancel.",
            fix="`newtake jobs` lists the jobs that can be cancelled.",
        )
    documents: list[dict[str, object]] = []
    errors: list[NewTakeError] = []
    for each in going_on:
        try:
            endings = _cancel(settings, journal, each)
        except SelectionError as error:
            if len(family) == 1:
                raise
            errors.append(error)
            continue
        job = journal.load(each.id)
        document = job_document(job)
        document["submissions"] = [_document(ending) for ending in endings]
        documents.append(document)
        _tell(job, endings)
        errors += [ending.error for ending in endings if ending.error is not None]
    if as_json:
        print_document(documents[0] if len(family) == 1 else documents)
    if errors:
        _end_with(errors[0])


def _can_be_cancelled(job: Job) -> bool:
    return job.status not in (Status.DONE, Status.CANCELLED) and job.step is not None


def _cancel(settings: Settings, journal: Journal, job: Job) -> Sequence[Ending]:
    """What became of all that the job has at the service; empty where that is nothing.

    Raises:
        SelectionError: It cannot be cancelled now.
    """
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
        if job.renditions:
            return run(_at_the_service, settings, journal, job, held)
        # Nothing is at the service, so neither it nor a key is needed.
        journal.append(job.id, Stamped(time.time(), Cancelled("asked by a person")))
        return ()


async def _at_the_service(
    settings: Settings, journal: Journal, job: Job, held: bool
) -> Sequence[Ending]:
    async with bootstrap.wired(settings, provider=job.order.provider, needs_key=True) as wiring:
        # The journal that has the hold is the one that may write.
        return await end_job(job, replace(wiring.ports, journal=journal), held=held)


def _document(ending: Ending) -> dict[str, object]:
    return {
        "id": ending.submission_id,
        "status": ending.status,
        "cost_usd": ending.cost_usd,
        "cost_note": ending.cost_trouble or None,
        "error": ending.error.what if ending.error else None,
    }


def _tell(job: Job, endings: Sequence[Ending]) -> None:
    if not endings:
        _say(f"Job {job.id} is cancelled. Nothing was submitted, nothing was charged.")
    for each in endings:
        if each.error is not None:
            _say(f"Submission {each.submission_id} could not be cancelled: {each.error.what}")
            continue
        _say(f"Submission {each.submission_id} is {each.status}; {_cost_text(each)}.")
        if each.status == "succeeded":
            _say("  It had ended already: `newtake jobs resume` brings it in.")
        elif each.cost_usd is None:
            _say("  Whether the service charges for it is not documented.")
    if endings and job.missing:
        _say(f"{job.missing} more were sent for and are not found; `newtake jobs resume` looks.")


def _cost_text(ending: Ending) -> str:
    if ending.cost_usd is not None:
        return f"its history says ${ending.cost_usd}"
    if ending.cost_trouble:
        return f"its history could not be read ({ending.cost_trouble.rstrip('.')})"
    return "no cost is in its history"


def _say(text: str) -> None:
    print(printable(text), file=sys.stderr)


def _end_with(error: NewTakeError) -> None:
    """The document, where one was asked for, is printed already, and stdout holds one."""
    show_error(error, as_json=False)
    sys.exit(error.exit_code)
