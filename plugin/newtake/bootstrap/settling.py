"""A person's word on what became of a submission, taken where nothing says otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newtake import bootstrap
from newtake.domain.errors import NotFoundError, ProviderError, SelectionError
from newtake.domain.events import Event, Stamped, SubmitRefused, Submitted
from newtake.domain.job import Job
from newtake.pipeline.adopting import sent_settings
from newtake.pipeline.settling import check_settling, check_submissions, named_once
from newtake.ports import Journal, Ports, Submission
from newtake.settings import Settings

Opened = Callable[[str], bootstrap.Wired]
"""Gives ports of a provider."""
_CLOCKS_SECONDS = 120.0
"""What the service's clock and ours may differ by."""
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Likely:
    """A submission that may be a job's: nothing that the service says of it speaks against that."""

    id: str
    created_at: float | None
    """Seconds since 1970; None where the service does not say."""
    status: str


async def settle(
    settings: Settings,
    journal: Journal,
    job_id: str,
    submissions: Sequence[str],
    *,
    not_sent: bool,
    opened: Opened | None = None,
) -> Job:
    """Take the word, once the service says nothing against it; the job as it stands then.

    Args:
        settings: This machine's.
        journal: That has the job.
        job_id: The job's.
        submissions: What the service lists of it; none with `not_sent`.
        not_sent: That it lists nothing.
        opened: None opens ports anew.

    Raises:
        SelectionError: There is nothing to settle, the word is none, or the service contradicts it.
        ProviderError: The service could not be asked.
    """
    job = journal.load(job_id)
    named = named_once(submissions)
    if bool(named) == not_sent:
        raise SelectionError(
            "Say what became of it.",
            fix="--submission ID if the service lists it, --not-sent if it does not.",
        )
    check_settling(job, named, journal)
    if named:
        async with (opened or _anew(settings))(job.order.provider) as wiring:
            await check_submissions(job, named, wiring.ports.provider)
    with journal.hold(job.id) as held:
        if not held:
            raise SelectionError(
                f"Job {job.id} is running in another process.",
                fix="Let it end, or end it with Ctrl-C; then settle the job.",
            )
        check_settling(journal.load(job.id), named, journal)
        event: Event = (
            SubmitRefused("a person said that it was not sent")
            if not_sent
            else Submitted(named, adopted=True)
        )
        journal.append(job.id, Stamped(time.time(), event))
    return journal.load(job.id)


async def likely_submissions(job: Job, ports: Ports) -> list[Likely]:
    """What the service lists that may be the job's, the newest first.

    Raises:
        ProviderError: Its lists could not be read, or nothing was found and of some of what they
            hold it could not be learnt what it is.
    """
    intent = job.intent
    if intent is None:
        return []
    claimed = ports.journal.claimed_submissions()
    rows = list(await ports.provider.submissions(active_only=False))
    rows = [each for each in rows if each.id not in claimed and _since(each, intent.at)]
    rows.sort(key=lambda each: -(each.enqueued_at or 0))
    found = []
    unread: ProviderError | None = None
    for row in rows[:_LOOKED_AT]:
        try:
            otherwise = await ports.provider.contradictions(
                row.id, intent, sent_settings(job), job.order.plate.duration
            )
        except NotFoundError:
            continue
        except ProviderError as error:
            unread = error
            continue
        if not otherwise:
            found.append(Likely(row.id, row.enqueued_at, row.status))
    if unread is not None and not found:
        raise unread
    return found


def _since(row: Submission, at: float) -> bool:
    return row.enqueued_at is None or row.enqueued_at >= at - _CLOCKS_SECONDS


def _anew(settings: Settings) -> Opened:
    return lambda provider: bootstrap.wired(settings, provider=provider, needs_key=True)
