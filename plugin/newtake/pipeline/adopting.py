"""Looking a submission up and taking it over, where its request left and its answer did not come.

What is found belongs to the job that sent it, or to none: what could as well be another's is left.
Generations that were sent for and are not found stay known as missing, and are looked for again.
"""

from __future__ import annotations

import random
from dataclasses import replace

from newtake.domain.edit import EditSettings
from newtake.domain.errors import ProviderError, UnsureError
from newtake.domain.events import Submitted
from newtake.domain.job import Intent, Job, Status
from newtake.pipeline.pacing import asked_pause_seconds
from newtake.pipeline.session import Run
from newtake.ports import Ports

_LOOKUP_PAUSES_SECONDS = (0.0, 3.0, 10.0, 20.0)
"""A request that was cut off may need a moment to appear in the service's lists."""
_LONGEST_PAUSE_SECONDS = 300.0
_RIVALS_PAUSE_SECONDS = 3.0
_RIVALS_LONGEST_SECONDS = 600.0
"""How long submissions of the same frames that are on their way are let come in, all in all."""


async def adopt(job: Job, intent: Intent, run: Run, why: str) -> None:
    """Find the submission of an open intent and take it over.

    Raises:
        UnsureError: If it is not found, or could as well be that of a job with other settings.
    """
    run.watcher.note(job, f"{why} Looking the submission up before anything else.")
    ports, wanted = run.ports, job.order.settings.variations
    own: tuple[str, ...] = ()
    trouble = ""
    asked = 0.0
    patience = ports.clock.monotonic() + _RIVALS_LONGEST_SECONDS
    for pause in _LOOKUP_PAUSES_SECONDS:
        if asked > _LONGEST_PAUSE_SECONDS:
            break
        await ports.clock.sleep(max(pause, asked * random.uniform(1.0, 1.1)))
        try:
            found = await _unrivalled(job, intent, run, patience)
        except ProviderError as error:
            trouble, asked = error.what.rstrip("."), asked_pause_seconds(error)
            continue
        asked = 0.0
        if isinstance(found, Job):
            doing = "is being submitted" if _is_sending(found, run) else "may be submitted"
            trouble = f"Job {found.id} {doing} with the same frames, and could as well be the one"
            continue
        own = found
        trouble = "The service's lists do not name this plate"
        if len(own) >= wanted:
            break
    # What was found in an earlier look may be noted by now for a job that asks for the same.
    claimed = ports.journal.claimed_submissions()
    own = tuple(each for each in own if each not in claimed)
    if not own:
        raise UnsureError(
            f"Whether job {job.id} was submitted is not known.",
            why=f"{why} {trouble}.",
            fix=(
                f"`newtake jobs resume {job.id}` looks again and submits nothing; if it is not "
                f"found either, look at the service's own history, then `newtake jobs settle "
                f"{job.id} --submission SUBMISSION` or `--not-sent`."
            ),
        )
    run.record(job.id, Submitted(own[:wanted], adopted=True))
    run.watcher.note(job, "the submission was found and is taken over; nothing is paid twice")
    if len(own) < wanted:
        run.watcher.note(
            job,
            f"{wanted} variations were asked for, and {len(own)} found; the rest is looked for "
            f"again when these have ended, and whenever `newtake jobs resume {job.id}` is run",
        )


async def _unrivalled(job: Job, intent: Intent, run: Run, patience: float) -> tuple[str, ...] | Job:
    """What the lists have of it and no job has, read while nothing could be another's.

    Others that begin to send while the lists are read make what was read worth nothing; it is read
    again when they are through, which takes no longer than their requests.

    Args:
        patience: When they are waited for no more, as `monotonic` counts.
    Returns:
        The other job, where what is found could as well be that one's.
    """
    clock = run.ports.clock
    while True:
        rival = _rival(job, intent, run)
        if rival is None:
            found = await _unclaimed(job, intent, run.ports)
            rival = _rival(job, intent, run) if found else None
            if rival is None:
                return found
        if not _is_sending(rival, run) or clock.monotonic() >= patience:
            return rival
        await clock.sleep(_RIVALS_PAUSE_SECONDS)


async def adopt_missing(job: Job, run: Run) -> None:
    """Look once for what was sent for and not found; take over what is there by now."""
    if job.intent is None:
        return
    if rival := _rival(job, job.intent, run):
        run.watcher.note(job, f"variations are missing, and could as well be job {rival.id}'s")
        return
    try:
        found = await missing_generations(job, run.ports)
    except ProviderError as error:
        run.watcher.note(job, f"{job.missing} missing variations were not looked for: {error.what}")
        return
    if found:
        run.record(job.id, Submitted(found, adopted=True))
        run.watcher.note(job, f"{len(found)} more variations were found and are taken over")
    else:
        run.watcher.note(job, f"the service lists no more variations; {job.missing} are missing")


async def missing_generations(job: Job, ports: Ports) -> tuple[str, ...]:
    """What the service lists of the job's submission and no job has; at most what is missing.

    Raises:
        ProviderError: The lists could not be read.
    """
    if job.intent is None or not job.missing:
        return ()
    return (await _unclaimed(job, job.intent, ports))[: job.missing]


async def _unclaimed(job: Job, intent: Intent, ports: Ports) -> tuple[str, ...]:
    found = await ports.provider.find(intent, sent_settings(job), job.order.plate.duration)
    claimed = ports.journal.claimed_submissions()
    # The oldest first, so that of two jobs that are alike the later one finds its own left over.
    return tuple(each for each in found if each not in claimed)


def sent_settings(job: Job) -> EditSettings:
    """The settings as the service's lists show them: a part is sent with a first-frame image."""
    part = job.order.part
    if part is None or not part.carries:
        return job.order.settings
    return replace(job.order.settings, first_frame=f"handed on to part {part.number}")


def _rival(job: Job, intent: Intent, run: Run) -> Job | None:
    """Another job to which a submission of these frames could belong just as well, with harm.

    Presigned links carry nothing of the job. Where both jobs ask for the same of the same frames,
    either may take either submission, unless one is on its way at this moment: its job is about to
    note it. Where they ask for different things, the service's lists may not say enough; such a
    job comes first where there are several, as waiting does not always help.
    """
    rivals = []
    for other in run.ports.journal.jobs():
        if other.id == job.id or other.intent is None or not other.may_be_submitted_unknown:
            continue
        if other.status is Status.CANCELLED or other.intent.url_path != intent.url_path:
            continue
        if not _is_alike(job, other) or _is_sending(other, run):
            rivals.append(other)
    return min(rivals, key=lambda each: _is_sending(each, run), default=None)


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
