"""Which frames a report shows of a take: the clip's first and its middle, of source and take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newtake.domain.clip import MediaInfo
from newtake.domain.job import Job

Place = Literal["first", "middle"]


@dataclass(frozen=True, slots=True)
class Still:
    """The same frame of the source and of a take."""

    job_id: str
    submission_id: str
    place: Place
    media_frame: int
    """In the media's time base."""
    source: MediaInfo
    source_index: int
    take: Path
    take_index: int


def stills_of(job: Job, places: tuple[Place, ...] = ("first", "middle")) -> list[Still]:
    """The stills of all takes of a job that are made; none of a frame that a take does not have."""
    order, shown = job.order, job.order.clip.source
    frames = {"first": shown.start, "middle": shown.start + shown.duration // 2}
    chosen = {frames[place]: place for place in reversed(places)}
    found = []
    for each in job.renditions:
        take = each.take
        if take is None or take.available.rate != shown.rate:
            continue
        for frame, place in sorted(chosen.items()):
            index = frame - take.available.start
            if 0 <= index < take.available.duration:
                found.append(
                    Still(
                        job.id,
                        each.submission_id,
                        place,
                        frame,
                        order.source,
                        frame - order.origin,
                        take.path,
                        index,
                    )
                )
    return found
