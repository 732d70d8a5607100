"""`jobs cancel`: asking for a job's end, and saying what became of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from newtake import bootstrap
from newtake.bootstrap.cancelling import can_be_cancelled, cancel_one
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.job import Job, family_of
from newtake.pipeline.cancelling import Ending
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
    going_on = [job for job in family if can_be_cancelled(job)]
    if not going_on:
        raise SelectionError(
            f"Job {named.id} is {named.status.value}; there is nothing to cancel.",
            fix="`newtake jobs` lists the jobs that can be cancelled.",
        )
    documents: list[dict[str, object]] = []
    errors: list[NewTakeError] = []
    for each in going_on:
        try:
            endings = run(cancel_one, settings, journal, each)
        except SelectionError as error:
            if len(family) == 1:
                raise
            errors.append(error)
            continue
        job = journal.load(each.id)
        document = job_document(job)
        document["submissions"] = [_document(ending) for ending in endings]
        documents.append(document)
        tell_endings(job, endings, at_work=journal.is_held(job.id))
        errors += [ending.error for ending in endings if ending.error is not None]
    if as_json:
        print_document(documents[0] if len(family) == 1 else documents)
    if errors:
        _end_with(errors[0])


def _document(ending: Ending) -> dict[str, object]:
    return {
        "id": ending.submission_id,
        "status": ending.status,
        "cost_usd": ending.cost_usd,
        "cost_note": ending.cost_trouble or None,
        "error": ending.error.what if ending.error else None,
    }


def tell_endings(job: Job, endings: Sequence[Ending], *, at_work: bool) -> None:
    """To a person, on stderr. `at_work`: whether another New Take goes on with the job."""
    if not endings:
        _say(f"Job {job.id} is cancelled. Nothing was submitted, nothing was charged.")
    for each in endings:
        if each.error is not None:
            _say(f"Submission {each.submission_id} could not be cancelled: {each.error.what}")
            continue
        _say(f"Submission {each.submission_id} is {each.status}; {_cost_text(each)}.")
        if each.status == "succeeded":
            brings = (
                "the New Take that is at work on the job brings it in"
                if at_work
                else f"`newtake jobs resume {job.id}` brings it in"
            )
            _say(f"  It had ended already: {brings}.")
        elif each.cost_usd is None:
            _say("  Whether the service charges for it is not documented.")
    if endings and job.missing:
        looks = f"`newtake jobs resume {job.id}` looks"
        _say(f"{job.missing} more were sent for and are not found; {looks}.")


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
