"""What each rendition of a submission goes through on its own: wait, download, conform, relink.

One that fails holds up no other: four variations are paid for one by one.
"""

from __future__ import annotations

from pathlib import Path

from newtake.domain.conform import plan_conform
from newtake.domain.errors import MediaError, NewTakeError, ResultError
from newtake.domain.events import (
    Conformed,
    CostRead,
    Downloaded,
    Order,
    Relinked,
    RenditionEnded,
    ResultRefused,
    Step,
)
from newtake.domain.files import NewTake, ResultFile, TakeFile
from newtake.domain.job import Job, Rendition
from newtake.domain.timing import timecode
from newtake.pipeline.provenance import provenance_of, sidecar_facts, take_name
from newtake.pipeline.session import Run
from newtake.pipeline.wait import wait_for_end
from newtake.ports import Submission, TakeSlot


async def wait_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Wait for the generation's end, whatever it is."""
    submission = await wait_for_end(
        run.ports.provider,
        rendition.submission_id,
        run.ports.clock,
        feed=run.feed,
        deadline_seconds=run.deadline_seconds,
    )
    if submission.status == "succeeded":
        run.record(job.id, RenditionEnded(rendition.submission_id, "ready"))
        return
    reason = submission.reason or f"the service says {submission.status}"
    run.record(job.id, RenditionEnded(rendition.submission_id, "failed", reason))
    run.watcher.note(job, reason)


async def download_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Fetch the result and see that it can be read."""
    result = await _fetched(job, rendition, run)
    run.record(job.id, Downloaded(rendition.submission_id, result))


async def _fetched(job: Job, rendition: Rendition, run: Run) -> ResultFile:
    slot = _slot(job, rendition, run)
    exr: Path | None = None
    if run.ports.takes.finished(slot.result) is None or job.order.settings.exr_export:
        if rendition.result_url is not None:
            submission = Submission(
                rendition.submission_id,
                "succeeded",
                result_url=rendition.result_url,
                exr_url=rendition.exr_url,
            )
        else:
            submission = await run.ports.provider.submission(rendition.submission_id)
        shown = lambda done, total: run.watcher.progress(job, Step.DOWNLOAD, done, total)
        await run.ports.provider.download(submission, slot.result, shown)
        if job.order.settings.exr_export:
            exr = await run.ports.provider.download_exr(submission, slot.exr_package, shown)
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


async def conform_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Make the take. A result that can be none is kept, and holds the other renditions up no more.

    Raises:
        MediaToolError, StorageError: Worth another try.
    """
    try:
        take = await _conformed(job, rendition, run)
    except ResultError as error:
        run.record(
            job.id, ResultRefused(rendition.submission_id, f"{error.what} {error.why}".strip())
        )
        run.watcher.note(job, error.what)
        return
    run.record(job.id, Conformed(rendition.submission_id, take))


async def _conformed(job: Job, rendition: Rendition, run: Run) -> TakeFile:
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


async def relink_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Write the sidecar, then give the take to the host."""
    assert rendition.take is not None
    await _read_cost(job, rendition, run)
    job = run.ports.journal.load(job.id)
    rendition = next(
        each for each in job.renditions if each.submission_id == rendition.submission_id
    )
    assert rendition.take is not None
    provenance = provenance_of(job, rendition)
    slot = _slot(job, rendition, run)
    run.ports.takes.write_sidecar(slot, provenance, sidecar_facts(job, rendition))
    placed = await run.ports.open_host(job.order.host).add_take(
        NewTake(
            clip_key=job.order.clip.key,
            label=_label(job, rendition),
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
