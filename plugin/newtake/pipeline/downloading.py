"""Fetch the results of a rendition: its video, played to its end, and its EXR if one was bought."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from newtake.domain.errors import MediaError, NotFoundError, ResultError, UnknownProviderError
from newtake.domain.events import Downloaded, Step
from newtake.domain.files import ResultFile
from newtake.domain.job import Job, Rendition
from newtake.pipeline.renditions import progress_of, slot_of
from newtake.pipeline.session import Run
from newtake.ports import Submission

_FETCHES = 2


async def download_one(job: Job, rendition: Rendition, run: Run) -> None:
    """Fetch the result, see that every frame of it decodes, and fetch the EXR if one was bought.

    Raises:
        ResultError: What the service gives out is damaged, also at the second try.
        ProviderError, StorageError: Worth another try; what was fetched is not fetched again.
    """
    slot = slot_of(job, rendition, run)
    submission = _Reading(rendition, run)
    if not await _is_sound(slot.result, run):
        await _fetch_video(job, await submission.read(), slot.result, run)
    exr: Path | None = None
    notes: tuple[str, ...] = ()
    if job.order.settings.exr_export:
        exr, notes = await _fetch_exr(job, await submission.read(), slot.exr_package, run)
    facts = await run.facts_of(slot.result)
    assert facts is not None
    for note in notes:
        run.watcher.note(job, note)
    result = ResultFile(slot.result, facts[0], facts[1], exr, notes)
    run.record(job.id, Downloaded(rendition.submission_id, result))


@dataclass(slots=True)
class _Reading:
    """The rendition's row, read when it is first needed and then kept."""

    rendition: Rendition
    run: Run
    known: Submission | None = None

    async def read(self) -> Submission:
        each = self.rendition
        if self.known is None:
            self.known = self.run.rows.pop(each.submission_id, None)
        if self.known is None and each.result_url is not None:
            self.known = Submission(
                each.submission_id,
                "succeeded",
                result_url=each.result_url,
                exr_url=each.exr_url,
            )
        if self.known is None:
            self.known = await self.run.ports.provider.submission(each.submission_id)
        return self.known


async def _fetch_video(job: Job, submission: Submission, to: Path, run: Run) -> None:
    for _ in range(_FETCHES):
        async with run.lanes.download:
            await run.ports.provider.download(submission, to, progress_of(job, Step.DOWNLOAD, run))
        if await _is_sound(to, run):
            return
    raise ResultError(
        "The result that came cannot be played to its end.",
        why=f"It was fetched {_FETCHES} times; what came is kept beside {to}.",
        fix=f"`newtake jobs resume {job.id}` fetches it again.",
    )


async def _is_sound(result: Path, run: Run) -> bool:
    """Whether the file is there and every frame decodes; one that does not is set aside."""
    if await run.facts_of(result) is None:
        return False
    try:
        async with run.lanes.make:
            await run.ports.media.verify(result)
    except MediaError:
        run.ports.takes.set_aside(result)
        return False
    return True


async def _fetch_exr(
    job: Job, submission: Submission, to: Path, run: Run
) -> tuple[Path | None, tuple[str, ...]]:
    """The EXR, or a note why there is none: it holds up the video only where it may yet come."""
    again = f"`newtake jobs fetch {submission.id}` looks again"
    try:
        async with run.lanes.download:
            exr = await run.ports.provider.download_exr(
                submission, to, progress_of(job, Step.DOWNLOAD, run)
            )
    except (NotFoundError, ResultError, UnknownProviderError) as error:
        return None, (f"an EXR was asked for and could not be had: {error.what} {again}",)
    if exr is None:
        return None, (f"an EXR was asked for, and the service delivered none; {again}",)
    return exr, ()
