"""Where the takes of jobs lie in the timelines that were written, as these stand now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newtake import bootstrap
from newtake.domain.errors import HostError, TimelineError
from newtake.domain.job import Job
from newtake.domain.take_places import JobPlaces, places_by_job


def written_places(jobs: Iterable[Job]) -> dict[str, JobPlaces]:
    """Job -> where its takes lie; nothing of editors' timelines, nor of a file that is gone, is no
    timeline any more, or has lost the takes. Blocking; each file is read once."""
    from otio_newtake.numbering import take_places

    found: dict[str, JobPlaces] = {}
    outputs = [job.order.host.output for job in jobs if job.order.host.document is None]
    for path in dict.fromkeys(map(written_file, outputs)):
        if path.is_file():
            try:
                found |= places_by_job(take_places(path))
            except (HostError, TimelineError):
                # A report tells what was done, whatever became of the timeline since.
                continue
    return found


def written_file(output: Path) -> Path:
    """The OpenTimelineIO file that holds the takes: another format is made from the one beside
    it, which has its clips in the same order."""
    return output.with_suffix(".otio") if bootstrap.is_exported(output) else output
