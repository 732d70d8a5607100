"""The jobs of one clip in parts: waiting for each other, handing pictures on, and the join.

The first part's job makes the take. The others end with their results; each is submitted, paid and
resumed like any job.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from newtake.domain.errors import MediaError, Money, ResultError
from newtake.domain.events import Conformed, ResultRefused
from newtake.domain.job import Job, Rendition, family_of
from newtake.domain.parts import part_id
from newtake.pipeline.joining import joined, part_of
from newtake.pipeline.renditions import lose, planned_take
from newtake.pipeline.session import Run
from newtake.ports.parts import PartResult

_ANEW = (
    "Nothing can be resumed here. What other parts brought is kept; `newtake restyle` with --again "
    "asks for the clip anew."
)


class _NoResultEverError(Exception):
    """The service ended a part without a result: neither waiting nor resuming brings one."""


async def handed_on(job: Job, run: Run) -> Path:
    """The restyled picture of a part's first frame, as the part before has it.

    The caller has a file of the run's work folder; it is made anew each time.

    Raises:
        ResultError: The part before has no result; nothing of this one was submitted.
        SelectionError: Its job is not in the journal.
    """
    number = part_of(job).number - 1
    what = f"Part {number} has no picture to hand on to part {number + 1}."
    try:
        before = await _with_result(job, number, 0, run)
        result = await _part_result(before, 0, run)
    except _NoResultEverError as error:
        raise ResultError(what, why=str(error), fix=_ANEW, money=Money.NOT_SENT) from error
    except ResultError as error:
        raise ResultError(what, why=error.what, fix=error.fix, money=Money.NOT_SENT) from error
    slot = job.order.plate.media_range.start - result.plan.available.start
    to = run.work_folder / job.id / "first_frame.png"
    async with run.lanes.make:
        await run.ports.parts.still(result, slot, to=to)
    return to


async def check_family(job: Job, run: Run) -> None:
    """Buy no part of a clip whose take cannot be made: all plates are cut before one is paid for.

    Raises:
        ResultError: Another part ended without a result, or its plate could not be cut; nothing of
            this one was submitted.
    """
    for other in family_of(job, run.ports.journal.jobs()):
        ended = other.renditions and all(
            each.outcome in ("failed", "cancelled") for each in other.renditions
        )
        if other.id != job.id and ended:
            number = part_of(other).number
            raise ResultError(
                f"Part {part_of(job).number} is not submitted: part {number} ended without a "
                "result, so the clip's take cannot be made.",
                why=other.renditions[0].reason,
                fix=_ANEW,
                money=Money.NOT_SENT,
            )
    for number in range(1, part_of(job).count + 1):
        if number == part_of(job).number:
            continue
        other = await run.until(part_id(job.id, number), lambda each: each.plate is not None)
        if other.plate is None and other.failure is not None:
            raise ResultError(
                f"Part {part_of(job).number} is not submitted: part {number} could not be cut, so "
                "the clip's take cannot be made.",
                why=other.failure.what,
                fix=f"{other.failure.fix} Then `newtake jobs resume {part_id(job.id, 1)}` goes on "
                "with all parts.",
                money=Money.NOT_SENT,
            )


async def join_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Make the take of one rendition of every part.

    What can be no take is refused, and kept.

    Raises:
        ResultError: A part has no result yet, or lost it; resuming brings it.
        MediaToolError, StorageError: Worth another try.
        SelectionError: A part's job is not in the journal.
    """
    index = job.renditions.index(rendition)
    try:
        jobs = [
            await _with_result(job, number, index, run)
            for number in range(1, part_of(job).count + 1)
        ]
        for each in jobs:
            await _check_kept(each, each.renditions[index], run)
        results = [await _part_result(each, index, run) for each in jobs]
        _check_alike(results)
    except _NoResultEverError as error:
        run.record(job.id, ResultRefused(rendition.submission_id, str(error)))
        run.watcher.note(job, str(error))
        return
    take = await joined(job, rendition, jobs, results, run)
    run.record(job.id, Conformed(rendition.submission_id, take))


async def _with_result(job: Job, number: int, index: int, run: Run) -> Job:
    """The job of a part once its rendition has a result.

    Raises:
        _NoResultEverError: The service ended it without one.
        ResultError: It stopped before; its job can be resumed.
    """
    name = part_id(job.id, number)
    part = await run.until(name, lambda each: _has_result(each, index))
    if _has_result(part, index):
        return part
    family = part_id(job.id, 1)
    ended = part.renditions[index] if index < len(part.renditions) else None
    if ended is not None and ended.outcome in ("failed", "cancelled"):
        raise _NoResultEverError(
            f"Part {number} of {part_of(job).count} has no result: "
            f"{(ended.reason or ended.outcome).rstrip('.')}."
        )
    raise ResultError(
        f"Part {number} of {part_of(job).count} (job {name}) has no result yet.",
        why=part.failure.what if part.failure else f"It is {part.status.value}.",
        fix=f"`newtake jobs resume {family}` goes on with all parts.",
    )


def _has_result(job: Job, index: int) -> bool:
    return index < len(job.renditions) and job.renditions[index].result is not None


async def _check_kept(job: Job, rendition: Rendition, run: Run) -> None:
    """Raise ResultError where the file is no longer what came, and send its job back for it."""
    result = rendition.result
    assert result is not None
    if await run.facts_of(result.path) == (result.sha256, result.size_bytes):
        return
    if job.id in run.held:
        lose(job, rendition, "result", result.path, run)
    else:
        with run.ports.journal.hold(job.id) as held:
            if held:
                lose(job, rendition, "result", result.path, run)
    raise ResultError(
        f"The result of job {job.id} is gone or changed.",
        fix=f"`newtake jobs resume {part_id(job.id, 1)}` fetches it again; it costs nothing.",
    )


async def _part_result(job: Job, index: int, run: Run) -> PartResult:
    """Raises: _NoResultEverError, where the result can be no part of a take."""
    result = job.renditions[index].result
    assert result is not None
    try:
        return PartResult(*await planned_take(job.order, result, run))
    except (MediaError, ResultError) as error:
        why = f"{error.what} {error.why}".strip()
        raise _NoResultEverError(f"Part {part_of(job).number}: {why}") from error


def _check_alike(results: Sequence[PartResult]) -> None:
    """Pictures of two kinds of light cannot be dissolved, nor told apart in one file."""
    first = results[0].result.colour
    for number, each in enumerate(results, start=1):
        colour = each.result.colour
        if (colour.transfer, colour.primaries) != (first.transfer, first.primaries):
            raise _NoResultEverError(
                f"Part {number} came in another colour than part 1: transfer {colour.transfer} "
                f"and primaries {colour.primaries}, not {first.transfer} and {first.primaries}."
            )
