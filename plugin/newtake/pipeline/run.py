"""The loop that walks a job through the eight steps, and the first of them.

    select -> export -> upload -> submit -> wait -> download -> conform -> relink

Select is `planning`; it ends with `create_job`. Resuming has no code of its own: `run_job` looks at
the job's next step and goes on from there.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

import anyio

from newtake.domain.errors import (
    JournalError,
    LeaseLostError,
    Money,
    NewTakeError,
    PlateGoneError,
    UnsureError,
)
from newtake.domain.events import (
    Exported,
    Failed,
    Failure,
    JobCreated,
    Order,
    Resumed,
    Stamped,
    Step,
    StepStarted,
    SubmissionUnknown,
    Uploaded,
)
from newtake.domain.job import RENDITION_STEPS, Job, Rendition, Status
from newtake.domain.parts import part_id
from newtake.pipeline.adopting import adopt_missing
from newtake.pipeline.consent import check_consent
from newtake.pipeline.costs import read_costs
from newtake.pipeline.downloading import download_one
from newtake.pipeline.family import join_one
from newtake.pipeline.joining import cut_in_one
from newtake.pipeline.rendering import source_to_cut
from newtake.pipeline.renditions import conform_one, relink_one, wait_one
from newtake.pipeline.session import Run, at_work
from newtake.pipeline.showing import show_at_rest, show_at_work
from newtake.pipeline.submit import submit
from newtake.ports import Ports

_LOG = logging.getLogger("newtake")


def create_job(ports: Ports, job_id: str, order: Order) -> Job:
    """Journal a new job; nothing has happened for it yet."""
    ports.journal.append(job_id, Stamped(ports.clock.now(), JobCreated(job_id, order)))
    return ports.journal.load(job_id)


def create_jobs(ports: Ports, orders: Sequence[Order]) -> list[Job]:
    """Journal a new job for each order; the parts of one clip, in order, become one family."""
    jobs: list[Job] = []
    for order in orders:
        job_id = secrets.token_hex(4)
        if order.part is not None and not order.part.is_first:
            job_id = part_id(jobs[-1].id, order.part.number)
        jobs.append(create_job(ports, job_id, order))
    return jobs


async def run_job(job_id: str, run: Run, *, reopen_cancelled: bool = False) -> Job:
    """Take a job as far as it goes. A step's error ends up in the job, never in the caller.

    A job that another process holds is left to it. Cancelling from outside leaves the job where it
    is, resumable.

    Args:
        job_id: Of the journal.
        run: What it shares with others.
        reopen_cancelled: Go on with a job that a person cancelled: only where one asks for it.
    Raises:
        JournalError: The journal cannot be read or written.
    """
    journal = run.ports.journal
    with journal.hold(job_id) as held:
        if held:
            with anyio.CancelScope() as work, suppress(LeaseLostError):
                run.held[job_id] = work
                try:
                    return await _run_held(job_id, run, reopen_cancelled)
                finally:
                    del run.held[job_id]
        # A hold that was lost is somebody else's, as one that was not given.
        job = journal.load(job_id)
        run.watcher.note(job, "another New Take is working on this job; it is left alone")
        return job


async def _run_held(job_id: str, run: Run, reopen_cancelled: bool) -> Job:
    job = run.ports.journal.load(job_id)
    if job.status is Status.CANCELLED and not reopen_cancelled:
        run.watcher.note(job, "this job is cancelled")
        return job
    if job.status is Status.UNSURE:
        # Looked up once more; an unsure job never submits from here.
        if (failure := await _attempt(job, Step.SUBMIT, submit(job, run), run)) is not None:
            run.watcher.note(job, failure.what)
    elif job.status in (Status.FAILED, Status.CANCELLED) and job.step is not None:
        run.record(job.id, Resumed())
    job = await _with_missing(job_id, run)
    await show_at_work(job, run.ports)
    first: Failure | None = None
    stuck: set[str] = set()
    while job.status is Status.ACTIVE and (step := _next_step(job, stuck)) is not None:
        run.record(job.id, StepStarted(step))
        run.watcher.step_started(job, step)
        if step in _JOB_STEPS:
            failure = await _attempt(job, step, _JOB_STEPS[step](job, run), run)
        else:
            failure = await _attempt_each(job, step, stuck, run)
        job = run.ports.journal.load(job_id)
        if step is Step.WAIT:
            job = await _with_missing(job_id, run)
        first = first or failure
        if failure is None and job.status in (Status.ACTIVE, Status.DONE):
            run.watcher.step_done(job, step)
        if failure is not None and step in _JOB_STEPS:
            break
    if first is not None and job.status is Status.ACTIVE:
        run.record(job.id, Failed(first))
    await show_at_rest(job, run.ports)
    await read_costs(run.ports.journal.load(job_id), run)
    return run.ports.journal.load(job_id)


async def _with_missing(job_id: str, run: Run) -> Job:
    """The job, with what was found by now of variations that it sent for and did not find."""
    job = run.ports.journal.load(job_id)
    if not job.missing or job.status is Status.CANCELLED:
        return job
    if (failure := await _attempt(job, Step.SUBMIT, adopt_missing(job, run), run)) is not None:
        run.watcher.note(job, failure.what)
    return run.ports.journal.load(job_id)


def _next_step(job: Job, stuck: set[str]) -> Step | None:
    """The first step that something waits for; renditions that failed in this run wait no more."""
    if not job.renditions:
        return job.step
    for step in RENDITION_STEPS:
        if any(each.submission_id not in stuck for each in job.waiting_for(step)):
            return step
    return None


async def _attempt_each(job: Job, step: Step, stuck: set[str], run: Run) -> Failure | None:
    """Take every rendition through one step; the first failure, after all have had their turn."""
    failures: list[Failure] = []
    broken: list[JournalError] = []

    async def one(rendition: Rendition) -> None:
        try:
            failure = await _attempt(job, step, _RENDITION_STEPS[step](job, rendition, run), run)
        except JournalError as error:
            broken.append(error)
            return
        if failure is not None:
            stuck.add(rendition.submission_id)
            failures.append(failure)

    waiting = [each for each in job.waiting_for(step) if each.submission_id not in stuck]
    if step is Step.WAIT:
        async with anyio.create_task_group() as group:
            for rendition in waiting:
                group.start_soon(one, rendition)
    else:
        # One after the other, so that takes are numbered and selected in their order.
        for rendition in waiting:
            await one(rendition)
    if broken:
        raise broken[0]
    return failures[0] if failures else None


async def _attempt(job: Job, step: Step, work: Awaitable[None], run: Run) -> Failure | None:
    """Do the work; what went wrong, if anything did and the job can be tried again."""
    try:
        with at_work(job, step):
            await work
    except UnsureError as error:
        if job.status is not Status.UNSURE:
            run.record(job.id, SubmissionUnknown(error.why))
        run.watcher.note(job, f"{error.what} {error.why}".strip())
    except JournalError:
        raise
    except NewTakeError as error:
        return _failure(run.ports.journal.load(job.id), step, error)
    except Exception as error:
        # A fault of this program must not take other jobs down, nor lose this one.
        _LOG.exception("job %s at %s", job.id, step.value)
        return _fault(run.ports.journal.load(job.id), step, error)
    return None


async def export(job: Job, run: Run) -> None:
    order = job.order
    limits = run.ports.provider.limits()
    source = await source_to_cut(job, run)
    whole, seen = order.clip.whole, partial(run.watcher.progress, job, Step.EXPORT)
    async with run.lanes.cutting():
        if order.take_range is not None and whole is not None:
            # The take shows the clip's other frames as well.
            first = whole.start - order.origin
            await run.ports.parts.require_sound(source, first, whole.duration, seen)
        plate = await run.ports.media.export_plate(
            source,
            order.plate,
            rate=limits.rate,
            short_side=limits.short_side[order.settings.resolution],
            to=run.work_folder / job.id / "plate.mp4",
            lut=order.lut,
            progress=seen,
        )
    if plate.size_bytes > limits.upload_max_bytes:
        raise NewTakeError(
            f"The plate has {plate.size_bytes / 1e6:.0f} MB.",
            why=f"The model reads at most {limits.upload_max_bytes / 1e6:.0f} MB.",
            fix="Choose a lower --resolution.",
        )
    run.record(job.id, Exported(plate))


async def upload(job: Job, run: Run) -> None:
    """Bring the plate to where the model fetches it; cut it again where it is gone by now."""
    assert job.plate is not None
    check_consent(run.ports.journal, run.ports.uploader)
    if await run.facts_of(job.plate.path) != (job.plate.sha256, job.plate.size_bytes):
        run.watcher.note(job, "the plate is gone or changed; it is cut again")
        await export(job, run)
        return
    async with run.lanes.upload:
        asset = await run.ports.uploader.store(
            job.plate.path,
            job.plate.sha256,
            lambda done, total: run.watcher.progress(job, Step.UPLOAD, done, total),
        )
    if asset.reused:
        run.watcher.note(job, "these frames were uploaded before; nothing is sent again")
    run.record(job.id, Uploaded(asset))


async def _submit(job: Job, run: Run) -> None:
    """Submit; first upload once more where the plate is gone or another uploader is to be used."""
    assert job.asset is not None
    if job.intent is None and job.asset.uploader != run.ports.uploader.name:
        await upload(job, run)
        return
    try:
        await submit(job, run)
    except PlateGoneError as error:
        run.watcher.note(job, f"{error.what} It is uploaded again.")
        await upload(job, run)
        await submit(run.ports.journal.load(job.id), run)


async def _conform(job: Job, rendition: Rendition, run: Run) -> None:
    if job.order.part is not None:
        await join_one(job, rendition, run)
    elif job.order.take_range is not None:
        await cut_in_one(job, rendition, run)
    else:
        await conform_one(job, rendition, run)


def _failure(job: Job, step: Step, error: NewTakeError) -> Failure:
    """The error as the job keeps it. Of money it says what the job knows after it: see `Money`."""
    money = job.known_money
    if money is Money.NOT_SENT and step is Step.SUBMIT and error.money is Money.REFUSED:
        money = Money.REFUSED
    return Failure(step, error.code, error.what, error.why, error.fix, money.value)


def _fault(job: Job, step: Step, error: Exception) -> Failure:
    return Failure(
        step,
        "Internal",
        f"New Take itself failed at {step.value}: {type(error).__name__}: {error}",
        "This is a fault of the program.",
        "Report it with the log; `newtake jobs resume` tries the step again.",
        job.known_money.value,
    )


_JOB_STEPS: dict[Step, Callable[[Job, Run], Awaitable[None]]] = {
    Step.EXPORT: export,
    Step.UPLOAD: upload,
    Step.SUBMIT: _submit,
}
_RENDITION_STEPS: dict[Step, Callable[[Job, Rendition, Run], Awaitable[None]]] = {
    Step.WAIT: wait_one,
    Step.DOWNLOAD: download_one,
    Step.CONFORM: _conform,
    Step.RELINK: relink_one,
}
