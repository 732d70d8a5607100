"""A run's report as one document: what `--json` prints, and what the page is drawn from.

Nothing of it can be spent: no key is in a job, and addresses lose what follows their path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import newtake
from newtake.bootstrap.written_places import written_file
from newtake.domain.events import Order
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.redaction import without_secrets
from newtake.domain.take_places import JobPlaces, places_of
from newtake.domain.timing import timecode
from newtake.pipeline.report_stills import DrawnStill
from newtake.pipeline.totals import bought_seconds
from newtake.shells.cli.documents import job_document, price_document, range_document
from newtake.shells.cli.prices import charge_text

_TOLD_APART = ("prompt", "style", "model")


def report_document(
    jobs: Sequence[Job],
    drawn: Sequence[DrawnStill],
    made_at: str,
    places: Mapping[str, JobPlaces],
) -> dict[str, Any]:
    """Everything that is told of a run.

    Args:
        jobs: In order.
        drawn: Their stills; the pictures' paths are left to whoever shows them.
        made_at: ISO 8601.
        places: Where their takes lie in the written timelines, as these stand now.
    """
    stills: dict[tuple[str, str], list[DrawnStill]] = defaultdict(list)
    for each in drawn:
        stills[(each.still.job_id, each.still.submission_id)].append(each)
    document = {
        "newtake": newtake.__version__,
        "made_at": made_at,
        "timelines": list(dict.fromkeys(str(job.order.host.output) for job in jobs)),
        "totals": _totals(jobs),
        "jobs": [_job(job, stills, places) for job in jobs],
    }
    cleaned: dict[str, Any] = _clean(document)
    return cleaned


def _totals(jobs: Sequence[Job]) -> dict[str, Any]:
    costs = [Decimal(each.cost_usd) for job in jobs for each in job.renditions if each.cost_usd]
    takes = [each for job in jobs for each in job.renditions if each.placed is not None]
    submitted = [job for job in jobs if job.renditions]
    begun = [job.created_at for job in jobs]
    ended = [moment for job in jobs for moment in job.ended.values()]
    return {
        "jobs": len(jobs),
        "clips": len({(str(job.order.host.output), job.order.clip.key) for job in jobs}),
        "done": sum(job.status is Status.DONE for job in jobs),
        "not_done": sum(job.status is not Status.DONE for job in jobs),
        "takes": len(takes),
        "frames_sent": sum(job.order.plate.length for job in submitted),
        "frames_of_takes": sum(
            each.take.available.duration for each in takes if each.take is not None
        ),
        "model_seconds": sum(bought_seconds(job.order) for job in submitted),
        "cost_usd": str(sum(costs, Decimal(0))) if costs else None,
        "costs_unknown": sum(each.cost_usd is None for job in submitted for each in job.renditions),
        "sandbox": bool(jobs) and all(job.order.provider == "sandbox" for job in jobs),
        "seconds": round(max(ended) - min(begun), 1) if ended and begun else None,
    }


def _job(
    job: Job,
    stills: dict[tuple[str, str], list[DrawnStill]],
    places: Mapping[str, JobPlaces],
) -> dict[str, Any]:
    order, base = job.order, job_document(job, places)
    uses = places_of(job, places).uses
    plate, clip = order.plate, order.clip
    style = getattr(order.settings, "style", None)
    return {
        "id": job.id,
        "label": order.label,
        "status": job.status.value,
        "waits": job.take_waits,
        "step": base["step"],
        "clip": clip.name,
        "clip_index": clip.index,
        "written_index": base["written_index"],
        "asked_by": base["asked_by"],
        "track": clip.track,
        "used_by": [
            {
                "index": each.index,
                "written_index": uses[at].number if at in uses else None,
                "clip": each.name,
                "key": uses[at].key if at in uses else None,
                "asked_by": each.asked_by or None,
            }
            for at, each in enumerate(order.also)
        ],
        "timeline": str(order.host.timeline),
        "output": str(order.host.output),
        "written": str(written_file(order.host.output)) if order.host.document is None else None,
        "media": str(order.source.path),
        "record_range": range_document(clip.record),
        "source_range": range_document(clip.source),
        "speed": str(clip.speed),
        "plate": {
            "duration": plate.duration,
            "frames": plate.length,
            "cadence": plate.cadence,
            "media_range": range_document(plate.media_range),
            "clip_frames": plate.clip_frames,
            "head_handle": plate.clip_offset,
            "tail_handle": plate.tail,
            "held": plate.held,
            "dropped": len(plate.dropped),
            "doubled": len(plate.doubled),
        },
        "prompt": order.settings.prompt,
        "style": None
        if style is None
        else {each.name: getattr(style, each.name) for each in fields(style)},
        "model": order.settings.model,
        "settings": _settings(order),
        "provider": order.provider,
        "uploader": order.uploader,
        "estimate": price_document(order.price),
        "charge": charge_text(job).removeprefix("price: "),
        "created_at": job.created_at,
        "seconds": base["seconds"],
        "failure": base["failure"] if job.status is Status.FAILED else None,
        "missing_variations": job.missing,
        "takes": [
            _take(job, each, stills.get((job.id, each.submission_id), []))
            for each in job.renditions
        ],
    }


def _settings(order: Order) -> dict[str, Any]:
    """What was set, beside the prompt; what is off or left to the service is not told."""
    told: dict[str, Any] = {}
    for each in fields(order.settings):
        value = getattr(order.settings, each.name)
        if each.name in _TOLD_APART or not value or is_dataclass(value):
            continue
        told[each.name] = value
    if order.lut is not None:
        told["lut"] = order.lut.path.name
    return told


def _take(job: Job, rendition: Rendition, drawn: Sequence[DrawnStill]) -> dict[str, Any]:
    take, placed = rendition.take, rendition.placed
    rate = job.order.clip.source.rate
    return {
        "submission": rendition.submission_id,
        "outcome": rendition.outcome,
        "reason": rendition.reason or None,
        "key": placed.key if placed else None,
        "place": placed.place if placed else None,
        "path": str(take.path) if take else None,
        "result": str(rendition.result.path) if rendition.result else None,
        "available_range": range_document(take.available) if take else None,
        "start_timecode": take.start_timecode if take else None,
        "frames_in_file": take.frames_in_file if take else None,
        "method": take.method if take else None,
        "sha256": (take.sha256 or None) if take else None,
        "notes": [*(take.notes if take else ()), *(placed.notes if placed else ())],
        "cost_usd": rendition.cost_usd,
        "stills": [
            {
                "place": each.still.place,
                "media_frame": each.still.media_frame,
                "timecode": timecode(each.still.source_index + job.order.timecode_start, rate),
                "why_not": each.why or None,
            }
            for each in drawn
        ],
    }


def _clean(value: Any) -> Any:
    """The same without anything that opens a door: see `domain.redaction`."""
    if isinstance(value, str):
        return without_secrets(value) if "://" in value else value
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value
