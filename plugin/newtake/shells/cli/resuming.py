"""`jobs resume`: moving on what stopped, and asking before anything is submitted."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from newtake import bootstrap
from newtake.bootstrap.account import require_key
from newtake.bootstrap.restyling import carry_out
from newtake.domain.errors import Money, NewTakeError, SelectionError
from newtake.domain.events import Step
from newtake.domain.job import Job, Status, family_of
from newtake.pipeline.budget import Budget
from newtake.ports import Journal
from newtake.settings import Settings
from newtake.shells.cli.asking import agree_to_publish, ask
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.drawing import console, draw_outcome, say
from newtake.shells.cli.errors import show_error
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.prices import budget_limit, price_text, total_price
from newtake.shells.cli.printable import printable
from newtake.shells.cli.progress import watcher

_AT_THE_SERVICE = (Step.EXPORT, Step.UPLOAD, Step.SUBMIT, Step.WAIT, Step.DOWNLOAD)
"""Steps that lead to the service; conform and relink work from what is on the disk."""
_UPLOADING = (Step.EXPORT, Step.UPLOAD, Step.SUBMIT)
_RESUMABLE = (Status.ACTIVE, Status.FAILED)
"""What --all resumes. A cancelled job goes on only when a person names it."""


@dataclass(frozen=True, slots=True)
class ResumeOptions:
    """As they were typed."""

    uploader: str | None
    fetch_url: str | None
    budget: float | None
    yes: bool
    agree_public: bool


def resume_jobs(
    job_id: str | None, everything: bool, options: ResumeOptions, as_json: bool
) -> None:
    """Go on with one job or with all that can go on. Exits with 1 when one does not end well."""
    budget = Budget(budget_limit(options.budget), allow_unknown=options.yes)
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    if (job_id is None) == (not everything):
        raise SelectionError(
            "Say which job to resume.", fix="`newtake jobs resume ID`, or --all for every one."
        )
    chosen = _waiting(journal) if job_id is None else _named(journal, job_id)
    if chosen:
        _agree_to_submit(chosen, journal, budget, options)
    errors = run(_resume, settings, chosen, budget, options)
    jobs = [journal.load(job.id) for job in chosen]
    if len(errors) == 1 and len(jobs) <= 1:
        raise errors[0]
    if as_json:
        print_document([job_document(job) for job in jobs])
    if not jobs:
        print("No job is waiting to go on.", file=sys.stderr)
    draw_outcome(jobs, sys.stderr)
    for error in errors:
        show_error(error, as_json=False)
    left = journal.unreadable() if everything else ()
    for each in left:
        print(printable(f"Job {each.id} cannot be read and is left: {each.why}"), file=sys.stderr)
        print(printable(f"  Next: {each.fix}"), file=sys.stderr)
    if left or errors or any(job.status is not Status.DONE for job in jobs):
        sys.exit(1)


def _waiting(journal: Journal) -> list[Job]:
    return [job for job in journal.jobs() if job.status in _RESUMABLE and job.step is not None]


def _named(journal: Journal, job_id: str) -> list[Job]:
    """The job, and with a part of a clip the jobs of the others that can go on."""
    job = journal.load(job_id)
    others = [each for each in family_of(job, journal.jobs()) if each.id != job.id]
    going_on = [each for each in others if each.status in _RESUMABLE and each.step is not None]
    if going_on and (job.status is Status.DONE or job.step is None):
        return going_on
    if job.missing and job.status is not Status.CANCELLED:
        # Done or not: more variations of it are looked for.
        return [job, *going_on]
    if job.status is Status.DONE:
        raise SelectionError(
            f"Job {job.id} is done; there is nothing to resume.",
            fix="`newtake restyle` makes another take.",
        )
    if job.step is None:
        raise SelectionError(
            f"Job {job.id} has ended at the service; there is nothing to resume.",
            why=job.failure.why if job.failure else "",
            fix="`newtake restyle` makes a new submission.",
        )
    return [job, *going_on]


def _agree_to_submit(
    chosen: Sequence[Job], journal: Journal, budget: Budget, options: ResumeOptions
) -> None:
    """Show what would be submitted, and ask. The budget counts these jobs as the run's own.

    Raises:
        BudgetError: All of it would exceed the budget.
        SelectionError: The answer was no.
    """
    new = [job for job in chosen if job.known_money is Money.NOT_SENT]
    if not new:
        return
    budget.refuse_unread(journal.unreadable())
    out = console(sys.stderr)
    say(out, "Not submitted yet, would be now:")
    for job in new:
        order = job.order
        say(
            out,
            f"  {order.label}: job {job.id}, '{order.settings.prompt}' to {order.provider}, "
            f"{price_text(order.price, short=True)}",
        )
    budget.own(new)
    for provider in sorted({job.order.provider for job in new}):
        prices = [job.order.price for job in new if job.order.provider == provider]
        budget.check(prices, journal.jobs(), provider)
    prices = [job.order.price for job in new]
    question = f"Submit {len(new)} clip(s) for {price_text(total_price(prices))}?"
    if not options.yes and not run(ask, question):
        raise SelectionError("Nothing was done.", fix="Say --yes to go on without a question.")


async def _resume(
    settings: Settings, chosen: Sequence[Job], budget: Budget, options: ResumeOptions
) -> list[NewTakeError]:
    """Take the groups one after the other; what stopped a whole group, group by group."""
    errors: list[NewTakeError] = []
    for (provider, word), group in _groups(settings, chosen, options.uploader).items():
        try:
            await _resume_group(settings, provider, word, group, budget, options)
        except NewTakeError as error:
            errors.append(error)
    return errors


def _groups(
    settings: Settings, chosen: Sequence[Job], uploader: str | None
) -> dict[tuple[str, str], list[Job]]:
    """Jobs of one provider and uploader share a run, in the order they were made."""
    groups: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in chosen:
        kept = job.order.uploader
        if settings.uploader.partition(":")[0] == kept:
            kept = settings.uploader
        groups[(job.order.provider, uploader or kept)].append(job)
    return groups


async def _resume_group(
    settings: Settings,
    provider: str,
    uploader: str,
    group: Sequence[Job],
    budget: Budget,
    options: ResumeOptions,
) -> None:
    needs_key = any(job.step in _AT_THE_SERVICE or job.missing for job in group)
    if needs_key:
        require_key(settings, provider)
    async with bootstrap.wired(
        settings,
        provider=provider,
        uploader=uploader,
        fetch_url=options.fetch_url,
        needs_key=needs_key,
    ) as wiring:
        if any(job.step in _UPLOADING for job in group):
            await agree_to_publish(wiring.ports, options.agree_public)
        with watcher() as shown:
            await carry_out(
                wiring,
                settings,
                group,
                shown,
                budget,
                # Only a job that was named can have been cancelled when it was chosen.
                reopen_cancelled=any(job.status is Status.CANCELLED for job in group),
            )
