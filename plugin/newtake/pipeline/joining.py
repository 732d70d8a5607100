"""Takes of more than one file: of a clip's parts, of a part and the clip's own frames, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.cut_in import cut_in, cut_in_plan, cut_in_text
from newtake.domain.events import Step
from newtake.domain.files import TakeFile
from newtake.domain.job import Job, Rendition
from newtake.domain.parts import Part, join_parts
from newtake.domain.timing import FrameRange
from newtake.pipeline.renditions import conform_one, slot_of, take_in
from newtake.pipeline.session import Run
from newtake.ports.parts import PartResult, SourceFrames


async def cut_in_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Make the take of a clip of which one plate held the part that is restyled.

    Raises:
        MediaError: The clip's own media is gone, changed or broken.
        MediaToolError, StorageError: Worth another try.
        ResultError: The result was lost again and again.
    """
    await conform_one(job, rendition, run, make=_of_one_result)


async def _of_one_result(
    job: Job, rendition: Rendition, info: MediaInfo, plan: ConformPlan, run: Run
) -> TakeFile:
    return await joined(job, rendition, [job], [PartResult(info, plan)], run)


async def joined(
    job: Job,
    rendition: Rendition,
    jobs: Sequence[Job],
    results: Sequence[PartResult],
    run: Run,
) -> TakeFile:
    """Make the take of several results, with the clip's own frames around them where it has some.

    Args:
        job: The one that makes the take.
        rendition: Of it.
        jobs: Of all parts, in order.
        results: What each of them brought.
        run: Of the jobs.
    Raises:
        MediaError: The clip's own media is gone, changed or broken.
        MediaToolError, ResultError, StorageError: Worth another try.
    """
    order, plans = job.order, [each.plan for each in results]
    pieces = join_parts([part_of(each) for each in jobs], [each.available for each in plans])
    files: list[PartResult | SourceFrames] = list(results)
    whole = _whole(plans)
    if order.take_range is not None:
        pieces = cut_in(pieces, order.clip.source, order.take_range, len(files))
        start = order.timecode_start + order.take_range.start - order.origin
        whole = cut_in_plan(whole, order.take_range, order.source, start)
        whole = replace(whole, notes=(*whole.notes, cut_in_text(order.clip)))
        stamp = job.plate.source if job.plate else None
        files.append(SourceFrames(order.source, order.origin, stamp, order.plate.file_index))
    slot = slot_of(job, rendition, run)
    run.ports.takes.withdraw(slot.video)
    async with run.lanes.taking():
        outcome = await run.ports.parts.join(
            files,
            pieces,
            whole,
            to=slot.video,
            progress=lambda done, total: run.watcher.progress(job, Step.CONFORM, done, total),
        )
    told = replace(outcome, notes=(*whole.notes, *outcome.notes))
    return await take_in(slot, job, whole, told, None, run)


def part_of(job: Job) -> Part:
    """The part that a job is of; a clip that one plate holds is its only one."""
    return job.order.part or Part(1, 1, job.order.clip.source)


def _whole(plans: Sequence[ConformPlan]) -> ConformPlan:
    """The joined plan: from the first part's first frame to the last part's last."""
    first, last = plans[0].available, plans[-1].available
    notes = list(plans[0].notes)
    if len(plans) > 1:
        notes = [f"{len(plans)} parts are joined into one take"]
        for number, plan in enumerate(plans, start=1):
            notes += [f"part {number}: {note}" for note in plan.notes]
    return replace(
        plans[0],
        rewrap=False,
        available=FrameRange(first.start, last.end - first.start, first.rate),
        notes=tuple(notes),
    )
