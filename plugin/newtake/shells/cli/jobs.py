"""`jobs` and `jobs show`: what the journal knows, and what the service says of it now."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from newtake import bootstrap
from newtake.bootstrap.written_places import written_places
from newtake.domain.errors import NewTakeError
from newtake.domain.job import Job
from newtake.ports import UnreadableJob
from newtake.settings import Settings
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.drawing import console, draw_jobs, draw_outcome, say
from newtake.shells.cli.interrupts import run


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the service says of one submission now; `note` says why it says nothing."""

    submission: str
    status: str | None = None
    reason: str = ""
    cost_usd: Decimal | None = None
    note: str = ""


def list_jobs(as_json: bool) -> None:
    """Every job of the journal; one that cannot be read is listed as that."""
    journal = bootstrap.open_journal(bootstrap.settings_now())
    jobs, unreadable = journal.jobs(), journal.unreadable()
    if as_json:
        print_document([job_document(job) for job in jobs] + [*map(_unreadable, unreadable)])
        return
    if jobs or not unreadable:
        draw_jobs(jobs)
    out = console(sys.stdout)
    for each in unreadable:
        say(out, f"{each.id} cannot be read: {each.why}")
        say(out, f"  Next: {each.fix}")


def _unreadable(job: UnreadableJob) -> dict[str, object]:
    """Like a job's document as far as it is known, so that a program finds no field missing."""
    return {
        "id": job.id,
        "status": "unreadable",
        "step": None,
        "failure": {"code": "Journal", "what": job.why, "fix": job.fix},
        "renditions": [],
    }


def show_job(job_id: str, as_json: bool) -> None:
    """One job with its events; with a key, what the service says of its submissions now."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    job = journal.load(job_id)
    answers = _asked(settings, job)
    places = written_places([job])
    if as_json:
        document = job_document(job, places)
        document["events"] = [
            {"at": stamped.at, "kind": stamped.event.kind} for stamped in journal.events(job.id)
        ]
        document["service"] = [
            {
                "submission": each.submission,
                "status": each.status,
                "reason": each.reason or None,
                "cost_usd": each.cost_usd,
                "note": each.note or None,
            }
            for each in answers
        ]
        print_document(document)
        return
    draw_outcome([job], sys.stdout, places)
    _tell(job, answers)


def _tell(job: Job, answers: Sequence[_Answer]) -> None:
    out = console(sys.stdout)
    if job.plate is not None:
        say(out, f"  plate: {job.plate.path}")
    for each in job.renditions:
        say(out, f"  submission {each.submission_id}: {each.outcome} {each.reason}".rstrip())
        if each.result is not None:
            say(out, f"    result kept: {each.result.path}")
    for answer in answers:
        if answer.note:
            text = f"could not be asked: {answer.note}"
        else:
            cost = answer.cost_usd
            charged = "no cost in its history yet" if cost is None else f"cost ${cost}"
            text = f"{answer.status} {answer.reason}".rstrip() + f"; {charged}"
        say(out, f"  the service on {answer.submission}: {text}")


def _asked(settings: Settings, job: Job) -> list[_Answer]:
    """Nothing for the sandbox's jobs: asking would start it, and with it the renders it holds."""
    ids = [each.submission_id for each in job.renditions]
    try:
        if not ids or job.order.provider == "sandbox":
            return []
        if bootstrap.stored_key(settings) is None:
            return [_Answer(each, note="there is no key on this machine") for each in ids]
        return run(_ask, settings, job.order.provider, ids)
    except NewTakeError as error:
        return [_Answer(each, note=error.what) for each in ids]


async def _ask(settings: Settings, provider: str, ids: Sequence[str]) -> list[_Answer]:
    answers = []
    async with bootstrap.wired(settings, provider=provider) as wiring:
        service = wiring.ports.provider
        for each in ids:
            try:
                read = await service.submission(each)
                cost = read.cost_usd if read.cost_usd is not None else await service.cost(each)
                answers.append(_Answer(each, read.status, read.reason, cost))
            except NewTakeError as error:
                answers.append(_Answer(each, note=error.what))
    return answers
