"""The eight steps as functions, in order, and the loop that walks a job through them.

    select -> export -> upload -> submit -> wait -> download -> conform -> relink

Select is `planning`; it ends with `create_job`. Resuming has no code of its own: `run_job` looks at
the job's next step and goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from newtake.domain.conform import plan_conform
from newtake.domain.errors import MediaError, NewTakeError, ResultError, UnsureError
from newtake.domain.events import (
    Conformed,
    CostRead,
    Downloaded,
    Exported,
    Failed,
    Failure,
    JobCreated,
    Order,
    Relinked,
    RenditionEnded,
    Resumed,
    Stamped,
    Step,
    StepStarted,
    SubmissionUnknown,
    Uploaded,
)
from newtake.domain.files import NewTake, ResultFile, TakeFile
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.timing import timecode
from newtake.pipeline.provenance import provenance_of, sidecar_facts, take_name
from newtake.pipeline.session import Run
from newtake.pipeline.submit import submit
from newtake.pipeline.wait import wait_for_end
from newtake.ports import Ports, Submission, TakeSlot

_LOG = logging.getLogger("newtake")


def create_job(ports: Ports, job_id: str, order: Order) -> Job:
    """Journal a new job; nothing has happened for it yet."""
    ports.journal.append(job_id, Stamped(ports.clock.now(), JobCreated(job_id, order)))
    return ports.journal.load(job_id)


async def run_job(job_id: str, run: Run) -> Job:
    """Take a job as far as it goes. An error ends up in the job, never in the caller.

    Cancelling from outside leaves the job where it is, resumable.
    """
    job = run.ports.journal.load(job_id)
    if job.status is Status.UNSURE:
        # Unsure jobs are looked up once more; they never submit from here.
        job = await _look_again(job, run)
    elif job.status in (Status.FAILED, Status.CANCELLED) and job.step is not None:
        run.record(job.id, Resumed())
        job = run.ports.journal.load(job_id)
    while job.status is Status.ACTIVE and job.step is not None:
        step = job.step
        run.record(job.id, StepStarted(step))
        run.watcher.step_started(job, step)
        try:
            await _STEPS[step](job, run)
        except UnsureError as error:
            run.record(job.id, SubmissionUnknown(str(error)))
        except NewTakeError as error:
            run.record(job.id, Failed(_failure(step, error)))
        except Exception as error:
            # A fault of this program must not take other jobs down, nor lose this one.
            _LOG.exception("job %s at %s", job.id, step.value)
            run.record(job.id, Failed(_fault(step, error)))
        job = run.ports.journal.load(job_id)
        if job.status is Status.ACTIVE or job.status is Status.DONE:
            run.watcher.step_done(job, step)
    return job


async def _look_again(job: Job, run: Run) -> Job:
    try:
        await submit(job, run)
    except NewTakeError as error:
        run.watcher.note(job, error.what)
        return job
    job = run.ports.journal.load(job.id)
    return await run_job(job.id, run) if job.status is Status.ACTIVE else job


async def export(job: Job, run: Run) -> None:
    order = job.order
    limits = run.ports.provider.limits()
    async with run.cpu:
        plate = await run.ports.media.export_plate(
            order.source,
            order.plate,
            rate=limits.rate,
            short_side=limits.short_side[order.settings.resolution],
            to=run.work_folder / job.id / "plate.mp4",
            progress=lambda done, total: run.watcher.progress(job, Step.EXPORT, done, total),
        )
    if plate.size_bytes > limits.upload_max_bytes:
        raise NewTakeError(
            f"The plate has {plate.size_bytes / 1e6:.0f} MB.",
            why=f"The model reads at most {limits.upload_max_bytes / 1e6:.0f} MB.",
            fix="Choose a lower --resolution.",
        )
    run.record(job.id, Exported(plate))


async def upload(job: Job, run: Run) -> None:
    assert job.plate is not None
    asset = await run.ports.uploader.store(
        job.plate.path,
        job.plate.sha256,
        lambda done, total: run.watcher.progress(job, Step.UPLOAD, done, total),
    )
    if asset.reused:
        run.watcher.note(job, "these frames were uploaded before; nothing is sent again")
    run.record(job.id, Uploaded(asset))


async def wait(job: Job, run: Run) -> None:
    for rendition in job.renditions:
        if rendition.outcome != "pending":
            continue
        submission = await wait_for_end(
            run.ports.provider,
            rendition.submission_id,
            run.ports.clock,
            feed=run.feed,
            deadline_seconds=run.deadline_seconds,
        )
        if submission.status == "succeeded":
            run.record(job.id, RenditionEnded(rendition.submission_id, "ready"))
        else:
            reason = submission.reason or f"the service says {submission.status}"
            run.record(job.id, RenditionEnded(rendition.submission_id, "failed", reason))
            run.watcher.note(job, reason)


async def download(job: Job, run: Run) -> None:
    for rendition in job.ready:
        if rendition.result is None:
            result = await _download_one(job, rendition, run)
            run.record(job.id, Downloaded(rendition.submission_id, result))


async def _download_one(job: Job, rendition: Rendition, run: Run) -> ResultFile:
    slot = _slot(job, rendition, run)
    exr: Path | None = None
    if run.ports.takes.finished(slot.result) is None or job.order.settings.exr_export:
        if rendition.result_url is not None:
            submission = Submission(
                rendition.submission_id, "succeeded", result_url=rendition.result_url
            )
        else:
            submission = await run.ports.provider.submission(rendition.submission_id)
        _, exr = await run.ports.provider.download(
            submission,
            slot.result,
            slot.exr_package if job.order.settings.exr_export else None,
            lambda done, total: run.watcher.progress(job, Step.DOWNLOAD, done, total),
        )
    await _check_result(slot.result, run)
    facts = run.ports.takes.finished(slot.result)
    assert facts is not None
    notes = []
    if job.order.settings.exr_export and exr is None:
        notes.append("an EXR was asked for, and the service delivered none")
        run.watcher.note(job, notes[-1])
    return ResultFile(slot.result, facts[0], facts[1], exr, tuple(notes))


async def _check_result(result: Path, run: Run) -> None:
    """Open it and count its frames, so that a broken file is found before it is recorded."""
    try:
        await run.ports.media.probe(result, count_frames=True)
    except MediaError as error:
        raise ResultError(
            "The result that came cannot be read.",
            why=f"{error.what} {error.why}".strip(),
            fix=f"It is kept as {result}. Move it away, then `newtake jobs resume` fetches again.",
        ) from error


async def conform(job: Job, run: Run) -> None:
    for rendition in job.ready:
        if rendition.take is None:
            take = await _conform_one(job, rendition, run)
            run.record(job.id, Conformed(rendition.submission_id, take))


async def _conform_one(job: Job, rendition: Rendition, run: Run) -> TakeFile:
    assert rendition.result is not None
    order, ports = job.order, run.ports
    slot = _slot(job, rendition, run)
    info = await ports.media.probe(rendition.result.path, count_frames=True)
    plan = plan_conform(
        order.plate,
        info,
        grid_rate=ports.provider.limits().rate,
        timecode_start=order.timecode_start + order.plate.file_index,
        reel=order.source.reel,
        codec=order.codec,
        drop=_drops(order),
    )
    ports.takes.withdraw(slot.video)
    async with run.cpu:
        outcome = await ports.media.conform(
            info,
            plan,
            to=slot.video,
            progress=lambda done, total: run.watcher.progress(job, Step.CONFORM, done, total),
        )
    exr = None
    if rendition.result.exr is not None:
        exr = await ports.media.unpack_exr(
            rendition.result.exr,
            order.plate,
            folder=slot.exr_folder,
            prefix=f"{slot.video.stem}.",
        )
    notes = (*plan.notes, *outcome.notes)
    for note in notes:
        run.watcher.note(job, note)
    return TakeFile(
        path=slot.video,
        number=slot.number,
        available=plan.available,
        start_timecode=timecode(plan.timecode_start, plan.available.rate, drop=_drops(order)),
        frames_in_file=outcome.frames_in_file,
        method=outcome.method,
        sidecar=slot.sidecar,
        exr=exr,
        notes=notes,
    )


async def relink(job: Job, run: Run) -> None:
    host = run.ports.open_host(job.order.host)
    for rendition in job.ready:
        if rendition.placed is not None:
            continue
        assert rendition.take is not None
        await _read_cost(job, rendition, run)
        job = run.ports.journal.load(job.id)
        current = next(
            each for each in job.renditions if each.submission_id == rendition.submission_id
        )
        provenance = provenance_of(job, current)
        slot = _slot(job, current, run)
        run.ports.takes.write_sidecar(slot, provenance, sidecar_facts(job, current))
        placed = await host.add_take(
            NewTake(
                clip_key=job.order.clip.key,
                label=_label(job, current),
                name=take_name(job, rendition.take),
                file=rendition.take,
                provenance=provenance,
            )
        )
        run.record(job.id, Relinked(rendition.submission_id, placed))


async def _read_cost(job: Job, rendition: Rendition, run: Run) -> None:
    """The ledger's word, if it has one; its silence stops nothing."""
    try:
        cost = await run.ports.provider.cost(rendition.submission_id)
    except NewTakeError as error:
        run.watcher.note(job, f"the cost could not be read: {error.what}")
        return
    if cost is not None:
        run.record(job.id, CostRead(rendition.submission_id, str(cost)))


def _slot(job: Job, rendition: Rendition, run: Run) -> TakeSlot:
    folder = job.order.host.output.with_name(f"{job.order.host.output.stem}_takes")
    return run.ports.takes.reserve(folder, job.order.clip.name, _label(job, rendition))


def _drops(order: Order) -> bool | None:
    """Whether the source's own timecode drops frames; None where it has none."""
    return None if order.source.timecode is None else ";" in order.source.timecode


def _label(job: Job, rendition: Rendition) -> str:
    return f"{job.id}/{rendition.submission_id}"


def _failure(step: Step, error: NewTakeError) -> Failure:
    return Failure(step, error.code, error.what, error.why, error.fix, error.money.value)


def _fault(step: Step, error: Exception) -> Failure:
    return Failure(
        step,
        "Internal",
        f"New Take itself failed at {step.value}: {type(error).__name__}: {error}",
        "This is a fault of the program.",
        "Report it with the log; `newtake jobs resume` tries the step again.",
        "",
    )


_STEPS: dict[Step, Callable[[Job, Run], Awaitable[None]]] = {
    Step.EXPORT: export,
    Step.UPLOAD: upload,
    Step.SUBMIT: submit,
    Step.WAIT: wait,
    Step.DOWNLOAD: download,
    Step.CONFORM: conform,
    Step.RELINK: relink,
}
