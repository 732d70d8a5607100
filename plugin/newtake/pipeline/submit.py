"""The submit step: the one that costs money.

Rule 1: the intent is journalled, with the unique URL of the plate, before the request leaves.
Rule 2: found with an open intent, a job looks its submission up and adopts it.
Rule 3: what cannot be known is said (`UnsureError`); nothing is ever submitted again on a guess.
"""

from __future__ import annotations

import hashlib
from math import ceil
from pathlib import Path
from urllib.parse import urlsplit

from newtake.domain.errors import (
    Money,
    ProviderError,
    SettingsError,
    money_of_submit,
)
from newtake.domain.events import SubmitIntended, SubmitRefused, Submitted
from newtake.domain.job import Intent, Job
from newtake.pipeline.adopting import adopt
from newtake.pipeline.family import check_family, handed_on
from newtake.pipeline.pacing import asked_pause_seconds
from newtake.pipeline.session import Run
from newtake.ports import SubmitAnswer, no_progress

_CERTAIN = (Money.REFUSED, Money.NOT_SENT)
"""What must be known of a submit that failed for no submission to exist."""


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
    await check_family(job, run)
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
    while True:
        async with run.pace.turn() as turn:
            # Made when it is used: a link opens for a time, and a line can be long.
            url = await ports.uploader.link(job.asset, job.id)
            intended = SubmitIntended(hashlib.sha256(url.encode()).hexdigest(), urlsplit(url).path)
            run.record(job.id, intended, run.budget.guard(job))
            intent = Intent(ports.clock.now(), intended.url_sha256, intended.url_path)
            try:
                with run.sends(job.id):
                    answer = await ports.provider.submit(
                        order.settings, order.plate.duration, url, image_url
                    )
                run.pace.taken()
                return answer
            except ProviderError as error:
                refusal = error
                refusal.money = money_of_submit(error)
                if refusal.money in _CERTAIN:
                    run.record(job.id, SubmitRefused(refusal.what))
                    pause = run.pace.refused(refusal, turn)
        if refusal.money not in _CERTAIN:
            await adopt(job, intent, run, refusal.what)
            return None
        if pause is None:
            _say_pause(refusal)
            raise refusal
        run.watcher.note(job, f"{refusal.what} Trying again in about {pause:.0f} s.")


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
