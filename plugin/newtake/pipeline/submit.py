"""The submit step: the one that costs money.

Rule 1: the intent is journalled, with the unique URL of the plate, before the request leaves.
Rule 2: found with an open intent, a job looks its submission up and adopts it.
Rule 3: what cannot be known is said (`UnsureError`); nothing is ever submitted again on a guess.
"""

from __future__ import annotations

import hashlib
import random
from math import ceil
from pathlib import Path
from urllib.parse import urlsplit

from newtake.domain.errors import (
    Money,
    ProviderError,
    RateLimitedError,
    SettingsError,
    UnavailableError,
    money_of_submit,
)
from newtake.domain.events import SubmitIntended, SubmitRefused, Submitted
from newtake.domain.job import Intent, Job
from newtake.pipeline.adopting import adopt, asked_pause_seconds
from newtake.pipeline.family import check_family, handed_on
from newtake.pipeline.session import Run
from newtake.ports import SubmitAnswer, no_progress

_CERTAIN = (Money.REFUSED, Money.NOT_SENT)
"""What must be known of a submit that failed for no submission to exist."""
_TRIES = 5
_RATE_LIMIT_PAUSE_SECONDS = 10.0
_NOT_REACHED_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 300.0
"""A service that asks for more is not waited for: the job stops, and can be resumed then."""


async def submit(job: Job, run: Run) -> None:
    """Submit, or adopt what an earlier run submitted.

    Raises:
        UnsureError: If a submission may exist and was not found.
        BudgetError: If the price would exceed the run's budget; nothing was sent.
        ProviderError: If the service certainly refused, or was certainly not reached.
    """
    if job.intent is not None:
        await adopt(job, job.intent, run, "The run was interrupted while submitting.")
        return
    check_family(job, run)
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
                await adopt(job, intent, run, error.what)
                return None
            run.record(job.id, SubmitRefused(error.what))
            tries += 1
            pause = _pause_seconds(error, tries)
            if pause is None:
                _say_pause(error)
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
        pause = asked_pause_seconds(error) or _RATE_LIMIT_PAUSE_SECONDS * tries
    elif isinstance(error, UnavailableError) and error.http_status is None:
        pause = _NOT_REACHED_PAUSE_SECONDS * 2 ** (tries - 1)
    else:
        return None
    if pause > _LONGEST_PAUSE_SECONDS:
        return None
    # Never earlier than asked.
    return pause * random.uniform(1.0, 1.2)


def _say_pause(error: ProviderError) -> None:
    """Add to the error when the next request is welcome, where the service said it."""
    if asked := asked_pause_seconds(error):
        wait = f"{ceil(asked)} s" if asked < 120 else f"{ceil(asked / 60)} minutes"
        error.fix = f"Wait {wait} or more, then `newtake jobs resume`."


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
