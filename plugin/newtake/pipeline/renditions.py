"""What each rendition of a submission goes through on its own: wait, conform and relink.

`downloading` has the step between. One that fails holds up no other: four variations are paid for
one by one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import anyio.to_thread

from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan, plan_conform
from newtake.domain.cut_in import refuse_result
from newtake.domain.disclosure import Disclosure
from newtake.domain.errors import MediaError, ResultError
from newtake.domain.events import (
    Conformed,
    FileLost,
    Order,
    Relinked,
    RenditionEnded,
    ResultRefused,
    Step,
)
from newtake.domain.exr import notes_on
from newtake.domain.files import ExrFrames, HostTarget, NewTake, ResultFile, TakeFile
from newtake.domain.job import Job, Rendition, family_of
from newtake.domain.take_name import take_name
from newtake.domain.take_places import take_label
from newtake.domain.timing import is_drop, timecode
from newtake.pipeline.costs import read_cost
from newtake.pipeline.provenance import provenance_of, sidecar_facts
from newtake.pipeline.session import Run
from newtake.pipeline.sharing import piece_to_split, place_everywhere
from newtake.pipeline.wait import wait_for_end
from newtake.ports import ConformOutcome, Progress, TakeSlot, TakeStore

MakeTake = Callable[[Job, Rendition, MediaInfo, ConformPlan, Run], Awaitable[TakeFile]]
_LOSSES_MAX = 3


async def wait_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Wait for the generation's end, whatever it is."""
    with run.pace.under_way(rendition.submission_id):
        submission = await wait_for_end(
            run.ports.provider,
            rendition.submission_id,
            run.ports.clock,
            feed=run.feed,
            deadline_seconds=run.deadline_seconds,
            contact=run.contact,
            note=lambda text: run.watcher.note(job, text),
            moved_at=lambda: run.pace.moved_at,
            lane=run.lanes.look,
        )
        run.pace.ended()
    if submission.status == "succeeded":
        # Its link is fresh, and needs no second look before the download begins.
        run.rows[rendition.submission_id] = submission
        run.record(job.id, RenditionEnded(rendition.submission_id, "ready"))
        return
    outcome: Literal["failed", "cancelled"] = (
        "cancelled" if submission.status == "cancelled" else "failed"
    )
    reason = submission.reason or f"the service says {submission.status}"
    run.record(job.id, RenditionEnded(rendition.submission_id, outcome, reason))
    run.watcher.note(job, reason)


async def conform_one(
    job: Job, rendition: Rendition, run: Run, make: MakeTake | None = None
) -> None:
    """Make the take of a result that is still what was downloaded.

    A result that can be no take is kept, and holds the other renditions up no more.

    Args:
        job: The job.
        rendition: Of it.
        run: Of the job.
        make: How it is made, where it is more than the result.
    Raises:
        MediaToolError, StorageError: Worth another try.
        ResultError: The result was lost again and again.
    """
    result = rendition.result
    assert result is not None
    if await run.facts_of(result.path) != (result.sha256, result.size_bytes):
        lose(job, rendition, "result", result.path, run)
        return
    try:
        info, plan = await planned_take(job.order, result, run)
    except (MediaError, ResultError) as error:
        why = f"{error.what} {error.why}".strip()
        run.record(job.id, ResultRefused(rendition.submission_id, why))
        run.watcher.note(job, error.what)
        return
    take = await (make or _conformed)(job, rendition, info, plan, run)
    run.record(job.id, Conformed(rendition.submission_id, take))


async def planned_take(order: Order, result: ResultFile, run: Run) -> tuple[MediaInfo, ConformPlan]:
    """What a result is, and how it becomes a take. Raises: MediaError, ResultError."""
    info = await run.ports.media.probe(result.path, count_frames=True)
    is_cut_in = order.take_range is not None
    if is_cut_in:
        refuse_result(info)
    plan = plan_conform(
        order.covering,
        info,
        grid_rate=run.ports.provider.limits().rate,
        timecode_start=order.timecode_start + order.plate.file_index,
        reel=order.source.reel,
        codec=order.codec,
        drop=_drops(order),
        disclosure=Disclosure(order.settings.model),
        # Cut in, it is brought to the source's shape whatever its own is.
        source=None if is_cut_in else order.source,
    )
    return info, plan


def lose(
    job: Job, rendition: Rendition, what: Literal["result", "take"], path: Path, run: Run
) -> None:
    """Go back to the step that makes the file: it costs time, not money."""
    if rendition.losses >= _LOSSES_MAX:
        raise ResultError(
            f"The {what} of {rendition.submission_id} changes or vanishes on the disk.",
            why=f"{path} was made {_LOSSES_MAX} times and was not the same afterwards.",
            fix="Look after the disk, then `newtake jobs resume`.",
        )
    run.ports.takes.set_aside(path)
    run.watcher.note(job, f"the {what} {path.name} is gone or changed; it is made again")
    run.record(job.id, FileLost(rendition.submission_id, what, f"{path} is not as it was made"))


async def _conformed(
    job: Job, rendition: Rendition, info: MediaInfo, plan: ConformPlan, run: Run
) -> TakeFile:
    order, ports = job.order, run.ports
    slot = slot_of(job, rendition, run)
    ports.takes.withdraw(slot.video)
    async with run.lanes.taking():
        outcome = await ports.media.conform(
            info, plan, to=slot.video, progress=progress_of(job, Step.CONFORM, run)
        )
    exr, exr_notes = await _unpacked(rendition, order, slot, info, plan, run)
    notes = (*plan.notes, *outcome.notes, *exr_notes)
    return await take_in(slot, job, plan, replace(outcome, notes=notes), exr, run)


async def take_in(
    slot: TakeSlot,
    job: Job,
    plan: ConformPlan,
    outcome: ConformOutcome,
    exr: ExrFrames | None,
    run: Run,
) -> TakeFile:
    """The take that was made in a slot; its notes are told."""
    for note in outcome.notes:
        run.watcher.note(job, note)
    facts = await run.facts_of(slot.video)
    assert facts is not None
    return TakeFile(
        path=slot.video,
        number=slot.number,
        available=plan.available,
        start_timecode=timecode(plan.timecode_start, plan.available.rate, drop=_drops(job.order)),
        frames_in_file=outcome.frames_in_file,
        method=outcome.method,
        sidecar=slot.sidecar,
        exr=exr,
        notes=outcome.notes,
        picture=outcome.picture,
        sha256=facts[0],
        size_bytes=facts[1],
    )


async def _unpacked(
    rendition: Rendition,
    order: Order,
    slot: TakeSlot,
    info: MediaInfo,
    plan: ConformPlan,
    run: Run,
) -> tuple[ExrFrames | None, tuple[str, ...]]:
    """The EXR frames, or a note why there are none: the package is kept, the take goes on."""
    package = rendition.result.exr if rendition.result else None
    if package is None:
        return None, ()
    try:
        frames = await run.ports.media.unpack_exr(
            package,
            order.covering,
            plan,
            info,
            folder=slot.exr_folder,
            prefix=f"{slot.video.stem}.",
        )
    except ResultError as error:
        text = f"{error.what} {error.why}".strip()
        return None, (f"the EXR is not used: {text} It is kept as {package}.",)
    if frames is None:
        return None, (f"{package} holds no EXR; the take is the video alone.",)
    if frames.facts is None:
        return frames, ()
    return frames, tuple(notes_on(frames.facts, frames.count, plan, info, frames.no_timecode))


async def relink_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Write the sidecar, then give the take to the host.

    Raises:
        HostError: The timeline would not take it; the take is kept.
        StorageError: The sidecar or the timeline cannot be written.
    """
    take = rendition.take
    assert take is not None
    facts = await run.facts_of(take.path)
    if facts is None or take.sha256 not in ("", facts[0]):
        lose(job, rendition, "take", take.path, run)
        return
    index = job.renditions.index(rendition)
    for each in family_of(job, run.ports.journal.jobs()):
        await read_cost(each, each.renditions[index], run)
    family = family_of(job, run.ports.journal.jobs())
    job = family[0]
    rendition = job.renditions[index]
    provenance = provenance_of(job, rendition, family)
    slot = slot_of(job, rendition, run)
    run.ports.takes.write_sidecar(slot, provenance, sidecar_facts(job, rendition, family))
    new = NewTake(
        clip_key=job.order.clip.key,
        label=take_label(job.id, rendition.submission_id),
        name=take_name(take.number, provenance.prompt, provenance.style),
        file=take,
        provenance=provenance,
        piece=piece_to_split(job.order),
        where_it_was=run.where_they_were,
    )
    placed = await place_everywhere(run.ports.open_host(job.order.host), new, job.order.also)
    for note in placed.notes:
        run.watcher.note(job, note)
    if not await anyio.to_thread.run_sync(take.path.exists):
        # It went while others wrote. What was laid names the file that is made in its place.
        lose(job, rendition, "take", take.path, run)
        return
    run.record(job.id, Relinked(rendition.submission_id, placed))


def progress_of(job: Job, step: Step, run: Run) -> Progress:
    """What tells the run's watcher how far a step of the job is."""
    return lambda done, total: run.watcher.progress(job, step, done, total)


def slot_of(job: Job, rendition: Rendition, run: Run) -> TakeSlot:
    return slot_in(takes_folder(job.order.host), job, rendition, run.ports.takes)


def takes_folder(host: HostTarget) -> Path:
    """Where the files of takes lie: beside what is written, or where they were made before."""
    if host.takes is not None:
        return host.takes
    return host.output.with_name(f"{host.output.stem}_takes")


def slot_in(folder: Path, job: Job, rendition: Rendition, takes: TakeStore) -> TakeSlot:
    """A rendition's files in a folder of takes. Raises: StorageError."""
    clip = job.order.clip
    label = take_label(job.id, rendition.submission_id)
    if job.is_later_part and job.order.part is not None:
        # Numbers of takes are for what becomes one.
        return takes.reserve(folder, f"{clip.name}_part_{job.order.part.number}", label)
    # Its earlier takes may lie in another folder, of a timeline that this one was saved from.
    least = max((take.number for take in clip.takes), default=0) + 1
    return takes.reserve(folder, clip.name, label, least)


def _drops(order: Order) -> bool | None:
    """Whether the source's own timecode drops frames; None where it has none."""
    return None if order.source.timecode is None else is_drop(order.source.timecode)
