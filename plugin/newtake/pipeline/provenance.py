"""What is written beside and into a take about how it was made. No key and no signed link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from newtake.domain.edit import wire_parameters
from newtake.domain.events import Order, Use
from newtake.domain.exr import colour_space
from newtake.domain.files import ExrFrames, FileStamp, Provenance, TakePicture
from newtake.domain.job import Job, Rendition
from newtake.domain.timing import FrameRange, display_rate
from newtake.domain.viewing import viewing_of, viewing_text


def provenance_of(job: Job, rendition: Rendition, family: Sequence[Job]) -> Provenance:
    """What goes into the timeline as well; arguments as for `sidecar_facts`."""
    index = job.renditions.index(rendition)
    costs = [each.renditions[index].cost_usd for each in family]
    known = [Decimal(cost) for cost in costs if cost is not None]
    settings = wire_parameters(job.order.settings, job.order.plate.duration)
    media = job.order.clip.media
    return Provenance(
        job_id=job.id,
        submission_id=rendition.submission_id,
        provider=job.order.provider,
        model=job.order.settings.model,
        prompt=job.order.settings.prompt,
        settings={
            name: value for name, value in settings.items() if name not in ("model", "prompt")
        },
        created_at=_moment(job.created_at),
        source_url=media.url if media is not None else "",
        result_sha256=rendition.result.sha256 if rendition.result else "",
        cost_usd=str(sum(known, Decimal(0))) if len(known) == len(costs) else None,
        style=job.order.settings.style,
    )


def sidecar_facts(job: Job, rendition: Rendition, family: Sequence[Job]) -> dict[str, Any]:
    """Ranges, frames, hashes and times, for the sidecar alone.

    Args:
        job: The job that makes the take.
        rendition: Of it.
        family: The jobs of all parts of the clip; the job alone where it has none.
    """
    index = job.renditions.index(rendition)
    take = rendition.take
    return {
        "clip": job.order.clip.name,
        "source_range": _range(job.order.clip.whole or job.order.clip.source),
        "restyled_range": _range(job.order.clip.source),
        "original_frames": _original_frames(job),
        "record_range": _range(job.order.clip.record),
        "also_used_by": [_use(each) for each in job.order.also],
        "speed": str(job.order.clip.speed),
        "dissolve_frames": asdict(job.order.clip.dissolves),
        "first_frame": job.order.settings.first_frame,
        "variations": job.order.settings.variations,
        "handles_asked": job.order.settings.handles,
        "plate": _plate(job),
        "parts": [_part(each, index) for each in family] if len(family) > 1 else None,
        "source_file": _stamp(job.plate.source if job.plate else None),
        "source_picture": _source_picture(job.order),
        "take": None
        if take is None
        else {
            "file": take.path.name,
            "sha256": take.sha256,
            "size_bytes": take.size_bytes,
            "available_range": _range(take.available),
            "start_timecode": take.start_timecode,
            "frames_in_file": take.frames_in_file,
            "method": take.method,
            "picture": _take_picture(take.picture) if take.picture else None,
            "notes": list(take.notes),
        },
        "exr": _exr(take.exr) if take is not None and take.exr is not None else None,
        "result": asdict(rendition.result) if rendition.result else None,
        "seconds": {
            step.value: round(seconds, 3)
            for step in job.ended
            if (seconds := job.seconds(step)) is not None
        },
    }


def _use(use: Use) -> dict[str, Any]:
    style = None if use.style is None else asdict(use.style)
    frames = None if use.frames is None else _range(use.frames)
    return {"clip": use.name, "index": use.index, "style": style, "source_range": frames}


def _original_frames(job: Job) -> dict[str, Any] | None:
    """Which of the take's frames are the original's, before and after what is restyled."""
    take, part = job.order.take_range, job.order.clip.source
    if take is None:
        return None
    return {
        "before": _range(FrameRange(take.start, part.start - take.start, take.rate)),
        "after": _range(FrameRange(part.end, take.end - part.end, take.rate)),
        "file": str(job.order.source.path),
        "as_of": _stamp(job.plate.source if job.plate else None),
    }


def _exr(frames: ExrFrames) -> dict[str, Any]:
    """Where the frames are, and their colour space with who says so; headers as delivered."""
    space, basis = colour_space(frames.facts)
    return {
        "folder": frames.folder.name,
        "first": frames.name_of(0),
        "frames": frames.count,
        "available_range": _range(FrameRange(frames.start, frames.count, frames.rate)),
        "colour_space": space,
        "colour_space_stated_by": basis,
        "encoding": "scene-linear",
        "bit_depth": "16f",
        "header": asdict(frames.facts) if frames.facts is not None else None,
        "timecode_written": frames.facts is not None and not frames.no_timecode,
    }


def _source_picture(order: Order) -> dict[str, Any]:
    """What the source's pictures are, and what was done for the model to read them."""
    source, lut = order.source, order.lut
    width, height = source.display_size
    return {
        "width": source.width,
        "height": source.height,
        "pixel_aspect": str(source.pixel_aspect),
        "rotation_degrees": source.rotation_degrees,
        "shows_as": f"{width}x{height}",
        "bit_depth": source.bit_depth,
        "colour": asdict(source.colour),
        "to_model": viewing_of(source, lut).value,
        "to_model_text": viewing_text(source, lut),
        "lut": None
        if lut is None
        else {"file": str(lut.path), "sha256": lut.sha256, "kind": lut.kind, "size": lut.size},
    }


def _take_picture(picture: TakePicture) -> dict[str, Any]:
    mastering, light = picture.mastering, picture.light
    return {
        "codec": picture.codec,
        "width": picture.width,
        "height": picture.height,
        "pixel_aspect": str(picture.pixel_aspect),
        "shows_as": f"{round(picture.width * picture.pixel_aspect)}x{picture.height}",
        "bit_depth": picture.bit_depth,
        "colour": asdict(picture.colour),
        "mastering_display": None
        if mastering is None
        else {
            **{
                name: [float(each) for each in getattr(mastering, name)]
                for name in ("red", "green", "blue", "white")
            },
            "least_nits": float(mastering.least_nits),
            "most_nits": float(mastering.most_nits),
        },
        "content_light": None if light is None else asdict(light),
    }


def _part(job: Job, index: int) -> dict[str, Any]:
    """What one part gave to a joined take, and what it cost."""
    part, rendition = job.order.part, job.renditions[index]
    return {
        "job": job.id,
        "submission": rendition.submission_id,
        "span": _range(part.span) if part is not None else None,
        "dissolved_with_the_part_before": part.lead if part is not None else 0,
        "began_with_its_last_picture": part.carries if part is not None else False,
        "plate": _plate(job),
        "result": rendition.result.path.name if rendition.result else None,
        "result_sha256": rendition.result.sha256 if rendition.result else None,
        "cost_usd": rendition.cost_usd,
    }


def _plate(job: Job) -> dict[str, Any]:
    plate = job.order.plate
    return {
        "media_range": _range(plate.media_range),
        "clip_offset": plate.clip_offset,
        "cadence": plate.cadence,
        "dropped": list(plate.dropped),
        "doubled": list(plate.doubled),
        "held": plate.held,
        "sha256": job.plate.sha256 if job.plate else None,
    }


def _stamp(stamp: FileStamp | None) -> dict[str, Any] | None:
    """The source as it was when the plate was cut."""
    if stamp is None:
        return None
    return {"size_bytes": stamp.size_bytes, "modified_at": _moment(stamp.modified_at)}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")


def _range(frames: FrameRange) -> dict[str, Any]:
    return {
        "start": frames.start,
        "duration": frames.duration,
        "rate": f"{frames.rate.numerator}/{frames.rate.denominator}",
        "display_rate": display_rate(frames.rate),
    }
