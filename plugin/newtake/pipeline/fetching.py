"""Fetching a result beside any job: into a file of a person's choice, whole and over no other.

What comes is checked as a job checks it: every frame must decode. Until then it has no name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from newtake.domain.errors import MediaError, NotFoundError, ResultError, SelectionError
from newtake.ports import Ports, Submission, no_progress

_FETCHES = 2


async def fetch_result(
    submission_id: str, to: Path, ports: Ports, wrote: Callable[[Path], None]
) -> None:
    """Write the MP4 of a submission to `to`, and its EXR, if there is one, beside it.

    Args:
        submission_id: Of this account, known to the journal or not.
        to: Must not be there.
        ports: Where it comes from, and what checks it.
        wrote: Told each file as soon as it is complete; the EXR may fail after the video.
    Raises:
        SelectionError: The service knows no such submission.
        NotFoundError: It has no result, or an EXR that does not open.
        ResultError: What the service gives out is damaged, also at the second try.
        StorageError: The disk would not take it, or a file of the name came up meanwhile.
        ProviderError: The service stayed away.
    """
    submission = await _submission(submission_id, ports)
    if submission.status != "succeeded":
        raise NotFoundError(
            f"Submission {submission_id} has no result: it is {submission.status}.",
            why=submission.reason,
        )
    with ports.takes.workplace(to) as folder:
        video = folder / to.name
        await _sound_video(submission, video, to, ports)
        ports.takes.place(video, to)
        wrote(to)
        exr = await ports.provider.download_exr(submission, video.with_suffix(".exr"), no_progress)
        if exr is not None:
            ports.takes.place(exr, to.with_suffix(exr.suffix))
            wrote(to.with_suffix(exr.suffix))


async def _submission(submission_id: str, ports: Ports) -> Submission:
    try:
        return await ports.provider.submission(submission_id)
    except NotFoundError as error:
        raise SelectionError(
            f"There is no job and no submission {submission_id!r}.",
            why=error.why,
            fix="`newtake jobs` lists the jobs; the service's own history lists every submission.",
        ) from error


async def _sound_video(submission: Submission, video: Path, to: Path, ports: Ports) -> None:
    why = ""
    for _ in range(_FETCHES):
        await ports.provider.download(submission, video, no_progress)
        try:
            await ports.media.verify(video)
        except MediaError as error:
            why = f"{error.what} {error.why}".strip().replace(str(video), to.name)
        else:
            return
    raise ResultError(
        f"The result of {submission.id} cannot be played to its end, and is not written.",
        why=f"It was fetched {_FETCHES} times. {why}",
        fix=f"`newtake jobs fetch {submission.id}` tries again; the service keeps what it has.",
    )
