"""`jobs resume`: moving on what stopped, and asking before anything is submitted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newtake import bootstrap
from newtake.bootstrap.account import require_key
from newtake.bootstrap.laying_anew import jobs_to_lay, lay_anew, lost_its_movie
from newtake.bootstrap.restyling import carry_out
from newtake.bootstrap.resuming import AT_THE_SERVICE, UPLOADING, grouped, named_jobs, waiting_jobs
from newtake.bootstrap.run_reports import remember_run
from newtake.bootstrap.written_places import written_places
from newtake.domain.edit import total_price
from newtake.domain.errors import Money, NewTakeError, SelectionError
from newtake.domain.job import Job, Status, family_of
from newtake.pipeline.budget import Budget
from newtake.ports import Journal
from newtake.settings import Settings
from newtake.shells.cli.asking import agree_to_publish, ask
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.drawing import console, draw_outcome, say
from newtake.shells.cli.errors import show_error
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.prices import budget_limit, price_text
from newtake.shells.cli.printable import printable
from newtake.shells.cli.progress import watcher
from newtake.shells.cli.reporting import report_after

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls


@dataclass(frozen=True, slots=True)
class ResumeOptions:
    """As they were typed."""

    uploader: str | None = None
    fetch_url: str | None = None
    budget: float | None = None
    yes: bool = False
    agree_public: bool = False
    out: Path | None = None


def resume_jobs(
    job_id: str | None, everything: bool, options: ResumeOptions, as_json: bool
) -> None:
    """Go on with one job or with all that can go on. Exits with 1 when one does not end well."""
    budget = Budget(budget_limit(options.budget), allow_unknown=options.yes)
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    chosen, anew = _chosen(journal, job_id, everything, options.out)
    if chosen:
        _agree_to_submit(chosen, journal, budget, options)
    errors: list[NewTakeError] = []
    if anew:
        out = options.out.absolute() if options.out is not None else None
        laid, errors = run(lay_anew, journal, anew, out)
        others = [job for job in chosen if job.id not in {each.id for each in anew}]
        chosen = [*laid, *others]
    errors += run(go_on, settings, [job for job in chosen if job.step], budget, options)
    jobs = [journal.load(job.id) for job in chosen]
    if len(errors) == 1 and len(jobs) <= 1:
        raise errors[0]
    places = written_places(jobs)
    if as_json:
        print_document([job_document(job, places) for job in jobs])
    remember_run(journal, jobs)
    if not jobs:
        print("No job is waiting to go on.", file=sys.stderr)
    draw_outcome(jobs, sys.stderr, places)
    report_after(settings, jobs)
    for error in errors:
        show_error(error, as_json=False)
    left = journal.unreadable() if everything else ()
    for each in left:
        print(printable(f"Job {each.id} cannot be read and is left: {each.why}"), file=sys.stderr)
        print(printable(f"  Next: {each.fix}"), file=sys.stderr)
    if left or errors or any(job.status is not Status.DONE for job in jobs):
        sys.exit(1)


def _chosen(
    journal: Journal, job_id: str | None, everything: bool, out: Path | None
) -> tuple[list[Job], list[Job]]:
    """The jobs that are meant, and those of them whose takes are laid once more.

    Raises:
        SelectionError: No job is named, or nothing of it can go on.
    """
    if (job_id is None and not everything) or (job_id is not None and everything and out is None):
        raise SelectionError(
            "Say which job to resume.", fix="`newtake jobs resume ID`, or --all for every one."
        )
    if out is not None:
        chosen = jobs_to_lay(journal, job_id, everything)
        return chosen, chosen
    if job_id is None:
        return waiting_jobs(journal), []
    first = family_of(journal.load(job_id), journal.jobs())[0]
    if not lost_its_movie(first):
        return named_jobs(journal, job_id), []
    others = [] if first.status is Status.DONE else named_jobs(journal, job_id)
    return [first, *(each for each in others if each.id != first.id)], [first]


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
            f"  {order.told}: job {job.id}, '{order.settings.prompt}' to {order.provider}, "
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


async def go_on(
    settings: Settings,
    chosen: Sequence[Job],
    budget: Budget,
    options: ResumeOptions,
    resolve: ResolveCalls | None = None,
) -> list[NewTakeError]:
    """Take the groups one after the other; what stopped a whole group, group by group.

    What a person has to agree to beforehand is not asked here. `resolve` is as for `wired`.
    """
    errors: list[NewTakeError] = []
    for (provider, word), group in grouped(settings, chosen, options.uploader).items():
        try:
            await _resume_group(settings, provider, word, group, budget, options, resolve)
        except NewTakeError as error:
            errors.append(error)
    return errors


async def _resume_group(
    settings: Settings,
    provider: str,
    uploader: str,
    group: Sequence[Job],
    budget: Budget,
    options: ResumeOptions,
    resolve: ResolveCalls | None,
) -> None:
    needs_key = any(job.step in AT_THE_SERVICE or job.missing for job in group)
    if needs_key:
        require_key(settings, provider)
    async with bootstrap.wired(
        settings,
        provider=provider,
        uploader=uploader,
        fetch_url=options.fetch_url,
        needs_key=needs_key,
        resolve=resolve,
    ) as wiring:
        # What may be submitted already is looked for, and sends no plate.
        if any(job.step in UPLOADING and not job.may_be_submitted_unknown for job in group):
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
