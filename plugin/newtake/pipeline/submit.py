"""The submit step: the one that costs money.

Rule 1: the intent is journalled, with the unique URL of the plate, before the request leaves.
Rule 2: found with an open intent, a job looks its submission up and adopts it.
Rule 3: what cannot be known is said (`UnsureError`); nothing is ever submitted again on a guess.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from newtake.domain.edit import EditSettings
from newtake.domain.errors import (
    Money,
    ProviderError,
    RateLimitedError,
    SettingsError,
    UnavailableError,
    UnsureError,
    money_of_submit,
)
from newtake.domain.events import SubmitIntended, SubmitRefused, Submitted
from newtake.domain.job import Intent, Job, Status
from newtake.pipeline.family import handed_on
from newtake.pipeline.session import Run
from newtake.ports import SubmitAnswer, no_progress

_CERTAIN = (Money.REFUSED, Money.NOT_SENT)
"""What must be known of a submit that failed for no submission to exist."""
_TRIES = 5
_RATE_LIMIT_PAUSE_SECONDS = 10.0
_NOT_REACHED_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 300.0
_LOOKUP_PAUSES_SECONDS = (0.0, 3.0, 10.0, 20.0)
"""A request that was cut off may need a moment to appear in the service's lists."""


async def submit(job: Job, run: Run) -> None:
    """Submit, or adopt what an earlier run submitted.

    Raises:
        UnsureError: If a submission may exist and was not found.
        BudgetError: If the price would exceed the run's budget; nothing was sent.
        ProviderError: If the service certainly refused, or was certainly not reached.
    """
    if job.intent is not None:
        await _adopt(job, job.intent, run, "The run was interrupted while submitting.")
        return
    image_url = await _first_frame(job, run)
    answer = await _send(job, image_url, run)
    if answer is not None:
        run.record(
            job.id, Submitted(answer.submission_ids, False, answer.result_urls, answer.exr_urls)
        )


async def _send(job: Job, image_url: str | None, run: Run) -> SubmitAnswer | None:
    """The answer; None when the submission had to be adopted."""
    assert job.asset is not None
    order, ports = job.order, run.ports
    tries = 0
    while True:
        url = await ports.uploader.link(job.asset, job.id)
        intended = SubmitIntended(hashlib.sha256(url.encode()).hexdigest(), urlsplit(url).path)
        run.record(job.id, intended, run.budget.guard(job))
        intent = Intent(ports.clock.now(), intended.url_sha256, intended.url_path)
        try:
            with run.sends(job.id):
                return await ports.provider.submit(
                    order.settings, order.plate.duration, url, image_url
                )
        except ProviderError as error:
            error.money = money_of_submit(error)
            if error.money not in _CERTAIN:
                await _adopt(job, intent, run, error.what)
                return None
            run.record(job.id, SubmitRefused(error.what))
            tries += 1
            pause = _pause_seconds(error, tries)
            if pause is None:
                raise
            run.watcher.note(job, f"{error.what} Trying again in {pause:.0f} s.")
            await ports.clock.sleep(pause)


def _pause_seconds(error: ProviderError, tries: int) -> float | None:
    """How long to wait before the same request again; None where that would not help.

    Both kinds are certain: the request was refused unread, or never left this machine.
    """
    if tries >= _TRIES:
        return None
    if isinstance(error, RateLimitedError):
        pause = error.retry_after_seconds or _RATE_LIMIT_PAUSE_SECONDS * tries
    elif isinstance(error, UnavailableError) and error.http_status is None:
        pause = _NOT_REACHED_PAUSE_SECONDS * 2 ** (tries - 1)
    else:
        return None
    return min(pause, _LONGEST_PAUSE_SECONDS) * random.uniform(1.0, 1.2)


async def _adopt(job: Job, intent: Intent, run: Run, why: str) -> None:
    """Find the submission of an open intent and take it over.

    Raises:
        UnsureError: If it is not found, or could as well be that of a job with other settings.
    """
    run.watcher.note(job, f"{why} Looking the submission up before anything else.")
    ports, wanted = run.ports, job.order.settings.variations
    own: tuple[str, ...] = ()
    trouble = ""
    for pause in _LOOKUP_PAUSES_SECONDS:
        await ports.clock.sleep(pause)
        if rival := _rival(job, intent, run):
            trouble = f"job {rival} is being submitted with the same frames"
            continue
        try:
            found = await ports.provider.find(intent, _sent(job), job.order.plate.duration)
        except ProviderError as error:
            trouble = error.what
            continue
        claimed = ports.journal.claimed_submissions()
        # The oldest, so that of two jobs that are alike the later one finds its own left over.
        own = tuple(each for each in found if each not in claimed)[:wanted]
        trouble = "the service's lists do not name this plate"
        if len(own) == wanted:
            break
    if not own or _rival(job, intent, run):
        raise UnsureError(
            f"Whether job {job.id} was submitted is not known.", why=f"{why} {trouble}."
        )
    run.record(job.id, Submitted(own, adopted=True))
    run.watcher.note(job, "the submission was found and is taken over; nothing is paid twice")
    if len(own) < wanted:
        run.watcher.note(
            job,
            f"{wanted} variations were asked for, and {len(own)} found; if the service's history "
            "lists more, `newtake jobs fetch ID` brings them",
        )


def _rival(job: Job, intent: Intent, run: Run) -> str | None:
    """Another job to which a submission of these frames could belong just as well, with harm.

    Presigned links carry nothing of the job. Where both jobs ask for the same of the same frames,
    either may take either submission, unless one is on its way at this moment: its job is about to
    note it. Where they ask for different things, the service's lists may not say enough.
    """
    for other in run.ports.journal.jobs():
        if other.id == job.id or other.intent is None or not other.may_be_submitted_unknown:
            continue
        if other.status is Status.CANCELLED or other.intent.url_path != intent.url_path:
            continue
        if not _is_alike(job, other) or _is_sending(other, run):
            return other.id
    return None


def _is_alike(job: Job, other: Job) -> bool:
    return (job.order.settings, job.order.plate.duration) == (
        other.order.settings,
        other.order.plate.duration,
    )


def _is_sending(job: Job, run: Run) -> bool:
    """Whether a submission may be on its way; of other processes only their hold is known."""
    if job.id in run.held:
        return job.id in run.sending
    return job.status is not Status.UNSURE and run.ports.journal.is_held(job.id)


def _sent(job: Job) -> EditSettings:
    """The settings as the service's lists show them: a part is sent with a first-frame image."""
    part = job.order.part
    if part is None or not part.carries:
        return job.order.settings
    return replace(job.order.settings, first_frame=f"handed on to part {part.number}")


async def _first_frame(job: Job, run: Run) -> str | None:
    """The URL of the first-frame image; a file is uploaded like a plate."""
    carries = job.order.part is not None and job.order.part.carries
    image = str(await handed_on(job, run)) if carries else job.order.settings.first_frame
    if image is None or image.startswith("https://"):
        return image
    facts = await run.facts_of(Path(image))
    if facts is None:
        raise SettingsError(
            f"The first-frame image {image} is gone.",
            fix="Put it back, then `newtake jobs resume`.",
        )
    asset = await run.ports.uploader.store(Path(image), facts[0], no_progress)
    return await run.ports.uploader.link(asset, job.id)
