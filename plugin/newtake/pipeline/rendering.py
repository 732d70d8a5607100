"""What a plate is cut from: the clip's own media, or what its host renders of it for the job."""

from __future__ import annotations

import anyio

from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError
from newtake.domain.events import Step
from newtake.domain.job import Job
from newtake.domain.timing import display_rate
from newtake.pipeline.session import Run


async def source_to_cut(job: Job, run: Run) -> MediaInfo:
    """The file that the plate is cut from. A render is made once for a job, then kept beside it.

    Raises:
        HostError: The host does not render it.
        MediaError: It rendered something else; the file is set aside.
    """
    order = job.order
    if order.clip.rendered is None:
        return order.source
    to = run.work_folder / job.id / f"render{order.source.path.suffix}"
    if not await anyio.Path(to).exists():
        notes = await run.ports.open_host(order.host).render(
            order.clip,
            to=to,
            progress=lambda done, total: run.watcher.progress(job, Step.EXPORT, done, total),
        )
        for note in notes:
            run.watcher.note(job, note)
    found = await run.ports.media.probe(to, count_frames=True)
    wrong = differences(order.source, found)
    if wrong:
        aside = run.ports.takes.set_aside(to)
        raise MediaError(
            "What was rendered is not the clip as it was planned.",
            why=f"{'; '.join(wrong)}. The file is kept: {aside or to}.",
            fix="See that the clip renders on the Deliver page, then `newtake jobs resume`.",
        )
    return found


def differences(planned: MediaInfo, found: MediaInfo) -> list[str]:
    """What keeps a render from standing for the clip, frame for frame; empty when nothing does."""
    wrong = []
    if found.frames != planned.frames:
        wrong.append(f"it has {found.frames} frames, the clip {planned.frames}")
    if found.rate != planned.rate:
        rates = display_rate(found.rate), display_rate(planned.rate)
        wrong.append(f"it runs at {rates[0]}, the timeline at {rates[1]}")
    if found.display_size != planned.display_size:
        sizes = ["x".join(map(str, each.display_size)) for each in (found, planned)]
        wrong.append(f"its picture is {sizes[0]}, the timeline {sizes[1]}")
    return wrong
