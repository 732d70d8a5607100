"""Where takes lie in a written timeline, and the labels by which they are found there again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from newtake.domain.job import Job
from newtake.domain.parts import part_id

_USE = re.compile(r"/use-(\d+)$")
_OUTSIDE = {
    "track": "on a track above the clip",
    "bin": "in the media pool, on no timeline",
}
_OUTSIDE_IN_BLENDER = {
    "track": "on a channel of its own, where the strip was",
    "bin": "kept beside the file, on no channel",
}


@dataclass(frozen=True, slots=True)
class TakePlace:
    """Where one take lies: what CLIP=TAKE says of it."""

    number: int
    """Of its clip, as the timeline is listed now; of the first one where pieces share it."""
    key: str


@dataclass(frozen=True, slots=True)
class JobPlaces:
    """Where the takes of a job lie."""

    own: TakePlace | None = None
    """In the job's own clip; None where no take of it is there."""
    uses: Mapping[int, TakePlace] = field(default_factory=dict)
    """In the clips that share it: place in the order's `also`, from 0."""


def told_place(kind: str, place: str) -> str:
    """Where a take lies that is not in its clip, in the words of its editor; empty for one that is.

    Args:
        kind: As `HostTarget.kind` has it.
        place: As `PlacedTake.place` has it.
    """
    return (_OUTSIDE_IN_BLENDER if kind == "blender" else _OUTSIDE).get(place, "")


def take_label(job_id: str, submission_id: str) -> str:
    """The label of a rendition's take."""
    return f"{job_id}/{submission_id}"


def use_label(label: str, number: int) -> str:
    """The label of the same take in another clip; the take's own clip is number 1."""
    return f"{label}/use-{number}"


def places_by_job(found: Mapping[str, TakePlace]) -> dict[str, JobPlaces]:
    """Job -> where its takes lie, by the labels that a timeline holds.

    Of several variations the last one tells the key: it was selected.
    """
    held: dict[str, dict[int, TakePlace]] = {}
    for label, place in found.items():
        use = _USE.search(label)
        mine = held.setdefault(label.partition("/")[0], {})
        number = 1 if use is None else int(use[1])
        if number not in mine or mine[number].key < place.key:
            mine[number] = place
    return {
        job_id: JobPlaces(
            mine.get(1), {number - 2: place for number, place in mine.items() if number > 1}
        )
        for job_id, mine in held.items()
    }


def places_of(job: Job, places: Mapping[str, JobPlaces]) -> JobPlaces:
    """Of a job's takes; later parts of a clip have those of the first one, which makes the take."""
    return places.get(part_id(job.id, 1), JobPlaces())
