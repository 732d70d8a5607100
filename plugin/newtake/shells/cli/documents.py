"""What `--json` prints: plain dictionaries of the domain's values."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.domain.clip import Clip, TakeSummary
from newtake.domain.edit import EditSettings, Price, total_price
from newtake.domain.events import Order
from newtake.domain.files import Asset
from newtake.domain.job import Job
from newtake.domain.take_places import JobPlaces, places_of
from newtake.domain.timing import FrameRange, display_rate
from newtake.domain.viewing import viewing_text
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.sending import sending_of
from newtake.pipeline.splits import Split, splits_of
from newtake.pipeline.totals import Totals, plate_bytes, refused_by_reason, totals_of


def print_document(document: Any) -> None:
    """One JSON document on stdout."""
    text = json.dumps(document, indent=2, ensure_ascii=False, default=_plain)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # A terminal's code page, or a file name that is no text: the same document in escapes.
        text = json.dumps(document, indent=2, default=_plain)
    print(text)


def _plain(value: object) -> object:
    if isinstance(value, Path | Decimal | Fraction):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in a document")


def range_document(frames: FrameRange) -> dict[str, Any]:
    """Half-open: `end` is the first frame after."""
    return {
        "start": frames.start,
        "duration": frames.duration,
        "end": frames.end,
        "rate": str(frames.rate),
        "start_timecode": frames.label(frames.start),
        "end_timecode": frames.label(frames.end),
    }


def take_document(take: TakeSummary) -> dict[str, Any]:
    return {
        "number": take.number,
        "key": take.key,
        "name": take.name,
        "media": take.url,
        "selected": take.selected,
        "starred": take.starred,
        "lacks_frames": {"head": take.lacks.head, "tail": take.lacks.tail},
    }


def dissolve_document(clip: Clip) -> dict[str, int]:
    """How many frames at both ends of the source range only a transition shows."""
    return {"head": clip.dissolves.head, "tail": clip.dissolves.tail}


def clip_document(clip: Clip) -> dict[str, Any]:
    media = clip.media
    return {
        "index": clip.index,
        "name": clip.name,
        "track": clip.track,
        "record_range": range_document(clip.record),
        "source_range": range_document(clip.source) if clip.source_is_told else None,
        "available_range": range_document(media.available) if media and media.available else None,
        "rate": display_rate(clip.source.rate),
        "speed": str(clip.speed),
        "dissolve_frames": dissolve_document(clip),
        "media": media.url if media else None,
        "path": str(media.path) if media and media.path else None,
        "can_restyle": clip.refusal is None,
        "reason": clip.refusal.reason.value if clip.refusal else None,
        "reason_text": clip.refusal.text if clip.refusal else None,
        "notes": list(clip.notes),
        "takes": [take_document(take) for take in clip.takes],
        "takes_above": [asdict(take) for take in clip.takes_above],
    }


def price_document(price: Price) -> dict[str, Any]:
    return {"usd": None if price.usd is None else str(price.usd), "basis": price.basis}


def plan_document(plan: Plan, audience: str) -> dict[str, Any]:
    sending = sending_of(plan, audience)
    looks = {look: place for place, look in enumerate(plan.looks)}
    return {
        "settings": _settings_document(plan.settings),
        "provider": plan.provider,
        "uploader": plan.uploader,
        "uploads_publicly": plan.uploads_publicly,
        "audience": sending.audience,
        "sends": {
            "plates": sending.plates,
            "first_frame": sending.first_frame,
            "fetched_by_the_model": sending.fetched_url,
            "handed_on_between_parts": sending.handed_on,
        },
        "timeline": str(plan.target.timeline),
        "output": str(plan.target.output),
        "layout": plan.target.layout.value,
        "profile": plan.target.profile.value,
        "takes": plan.takes,
        "looks": [_settings_document(look) for look in looks],
        "clips": [planned_document(entry, looks) for entry in plan.entries],
        "splits": [_split_document(split) for split in splits_of(plan.entries)],
        "total": price_document(plan.total),
        "totals": totals_document(totals_of(plan)),
        "refused": [
            {
                "reason": each.reason.value if each.reason else None,
                "reason_text": each.text,
                "clips": [entry.clip.index for entry in each.entries],
            }
            for each in refused_by_reason(plan.entries)
        ],
        "notes": list(plan.notes),
    }


def _settings_document(settings: EditSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}


def totals_document(totals: Totals) -> dict[str, Any]:
    return {
        "clips": totals.clips,
        "refused": totals.refused,
        "submissions": totals.submissions,
        "model_seconds": totals.model_seconds,
        "upload_bytes_estimated": totals.upload_bytes,
        "known_usd": str(totals.known_usd),
        "prices_unknown": totals.prices_unknown,
    }


def _split_document(split: Split) -> dict[str, Any]:
    """One clip that is split, and the clips that become of it."""
    clip = split.clip
    return {
        "index": clip.index,
        "name": clip.name,
        "record_range": range_document(clip.piece_of or clip.record),
        "pieces": [
            {
                "written_index": each.number,
                "record_range": range_document(each.record),
                "gets_a_take": each.has_take,
            }
            for each in split.pieces
        ],
    }


def planned_document(entry: PlannedClip, looks: Mapping[EditSettings, int]) -> dict[str, Any]:
    """One clip of a plan; `looks` has the place of each look, from 0."""
    order, same = entry.order, entry.same_as
    document: dict[str, Any] = {
        "index": entry.clip.index,
        "written_index": entry.written_index,
        "name": entry.clip.name,
        "track": entry.clip.track,
        "record_range": range_document(entry.clip.record),
        "source_range": range_document(entry.clip.source) if entry.clip.source_is_told else None,
        "whole_range": range_document(entry.clip.whole) if entry.clip.whole else None,
        "split_out_of": range_document(entry.clip.piece_of) if entry.clip.piece_of else None,
        "asked_by": entry.asked_by or None,
        "look": looks.get(order.settings) if order else None,
        "made_with_clip": same.index if same else None,
        "made_with_record_range": range_document(same.record) if same else None,
        "speed": str(entry.clip.speed),
        "dissolve_frames": dissolve_document(entry.clip),
        "reason": entry.refusal.reason.value if entry.refusal else None,
        "reason_text": entry.refusal.text if entry.refusal else None,
        "notes": list(entry.notes),
        "plate": None,
    }
    if order is not None:
        plate = order.plate
        document["plate"] = {
            "duration": plate.duration,
            "frames": plate.length,
            "cadence": plate.cadence,
            "dropped": list(plate.dropped),
            "doubled": list(plate.doubled),
            "clip_frames": plate.clip_frames,
            "head_handle": plate.clip_offset,
            "tail_handle": plate.tail,
            "held": plate.held,
            "media_range": range_document(plate.media_range),
            "first_frame_in_file": plate.file_index,
            "source": str(order.source.path),
            "upload_bytes_estimated": plate_bytes(order),
        }
        document["picture"] = {
            "shown": viewing_text(order.source, order.lut),
            "lut": str(order.lut.path) if order.lut else None,
            "lut_sha256": order.lut.sha256 if order.lut else None,
        }
        document["settings"] = _settings_document(order.settings)
        document["also_used_by"] = [
            {"index": use.index, "name": use.name, "asked_by": use.asked_by or None}
            for use in order.also
        ]
        document["codec"] = order.codec
        document["take_range"] = range_document(order.take_range) if order.take_range else None
        document["price"] = price_document(total_price([each.price for each in entry.orders]))
        document["parts"] = [_part_document(each) for each in entry.orders if each.part]
    return document


def _part_document(order: Order) -> dict[str, Any]:
    """One part of a clip that no plate holds."""
    part = order.part
    assert part is not None
    return {
        "number": part.number,
        "span": range_document(part.span),
        "dissolved_with_the_part_before": part.lead,
        "begins_with_its_last_picture": part.carries,
        "duration": order.plate.duration,
        "media_range": range_document(order.plate.media_range),
        "held": order.plate.held,
        "price": price_document(order.price),
    }


def job_document(job: Job, places: Mapping[str, JobPlaces] | None = None) -> dict[str, Any]:
    """A job as it stands. With `places`, of written timelines, where its take lies in its own:
    `written_index` is the clip's number there, null where no take of it is."""
    order = job.order
    own = places_of(job, places or {}).own
    written = {} if places is None else {"written_index": own.number if own else None}
    return {
        "id": job.id,
        "status": job.status.value,
        "waits": job.take_waits,
        "step": job.step.value if job.step else None,
        "clip": order.clip.name,
        "clip_index": order.clip.index,
        **written,
        "asked_by": order.asked_by or None,
        "part": None if order.part is None else order.part.number,
        "prompt": order.settings.prompt,
        "provider": order.provider,
        "timeline": str(order.host.timeline),
        "output": str(order.host.output),
        "estimate": price_document(order.price),
        "created_at": job.created_at,
        "seconds": {
            step.value: round(seconds, 3)
            for step in job.ended
            if (seconds := job.seconds(step)) is not None
        },
        "plate": str(job.plate.path) if job.plate else None,
        "asset": _asset_document(job.asset) if job.asset else None,
        "failure": {
            name: _word(getattr(job.failure, name)) for name in job.failure.__dataclass_fields__
        }
        | {"money": job.failure_money}
        if job.failure
        else None,
        "missing_variations": job.missing,
        "renditions": [
            {
                "submission": each.submission_id,
                "outcome": each.outcome,
                "reason": each.reason or None,
                "result": str(each.result.path) if each.result else None,
                "take": str(each.take.path) if each.take else None,
                "take_key": each.placed.key if each.placed else None,
                "place": each.placed.place if each.placed else None,
                "place_notes": list(each.placed.notes) if each.placed else [],
                "available_range": range_document(each.take.available) if each.take else None,
                "start_timecode": each.take.start_timecode if each.take else None,
                "method": each.take.method if each.take else None,
                "notes": list(each.take.notes) if each.take else [],
                "cost_usd": each.cost_usd,
            }
            for each in job.renditions
        ],
    }


def _asset_document(asset: Asset) -> dict[str, Any]:
    """An uploader's key is its own business; those that are JSON themselves are opened."""
    key: Any = asset.key
    try:
        opened = json.loads(asset.key)
    except ValueError:
        opened = None
    return {
        "uploader": asset.uploader,
        "key": opened if isinstance(opened, dict) else key,
        "public": asset.public,
    }


def _word(value: object) -> str:
    return str(getattr(value, "value", value))
