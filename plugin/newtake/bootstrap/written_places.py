"""Where the takes of jobs lie in the timelines that were written, as these stand now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newtake import bootstrap
from newtake.domain.clip import Clip
from newtake.domain.errors import HostError, TimelineError
from newtake.domain.job import Job
from newtake.domain.take_places import JobPlaces, TakePlace, places_by_job


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


def where_taken(jobs: Iterable[Job], timeline: Path, clip: Clip) -> tuple[Path, TakePlace] | None:
    """The written timeline that has the newest take of a clip, and where in it; None where no job
    of these has made one that is still there.

    Args:
        jobs: Of the journal.
        timeline: That has the clip, an absolute path.
        clip: As listed.
    """
    own = [
        job
        for job in jobs
        if job.order.host.document is None
        and timeline == job.order.host.timeline != job.order.host.output
        and any(each.placed for each in job.renditions)
    ]
    places = written_places(own)
    for job in sorted(own, key=lambda each: -each.created_at):
        found = places.get(job.id, JobPlaces())
        given = {-1: found.own} if clip.is_same(job.order.clip) else {}
        for at, use in enumerate(job.order.also):
            if use.clip_key == clip.key or not set(use.known_by).isdisjoint(clip.known_by):
                given[at] = found.uses.get(at)
        for place in given.values():
            if place is not None:
                return written_file(job.order.host.output), place
    return None


def written_file(output: Path) -> Path:
    """The OpenTimelineIO file that holds the takes: another format is made from the one beside
    it, which has its clips in the same order."""
    return output.with_suffix(".otio") if bootstrap.is_exported(output) else output
