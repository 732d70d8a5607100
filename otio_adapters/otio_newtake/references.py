"""A take as OTIO media references, with how it was made written into them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import opentimelineio as otio

from newtake.domain.exr import colour_space
from newtake.domain.files import ExrFrames, NewTake
from newtake.domain.timing import FrameRange
from otio_newtake.dialect import Dialect
from otio_newtake.marks import put_mark
from otio_newtake.spans import spelling_of, time_range


def take_reference(take: NewTake, number: int, clip: Any, original: Any, dialect: Dialect) -> Any:
    """The take's movie. Its available range counts like the clip's own source range.

    Args:
        take: The take.
        number: Its number on this clip.
        clip: The clip it belongs to.
        original: The reference of the media it was made from; may be None.
        dialect: How addresses are written.
    """
    span = original.available_range if original is not None else None
    rate = spelling_of(take.file.available.rate, *_spans(clip, span))
    reference = otio.schema.ExternalReference(
        target_url=_text(dialect.address(take.file.path, original)),
        available_range=time_range(take.file.available, rate),
    )
    reference.name = _text(take.name)
    put_mark(reference, **_provenance(take, number))
    return reference


def exr_reference(
    take: NewTake, exr: ExrFrames, number: int, clip: Any, original: Any, dialect: Dialect
) -> Any:
    """The take's EXR: scene-linear half float, numbered like the media's frames.

    A single picture is linked as what it is.
    """
    span = original.available_range if original is not None else None
    rate = spelling_of(exr.rate, *_spans(clip, span))
    available = time_range(FrameRange(exr.start, exr.count, exr.rate), rate)
    if exr.is_still:
        # One picture is no sequence: readers would look for the frames after it.
        reference = otio.schema.ExternalReference(
            target_url=_text(dialect.address(exr.files[0], original)), available_range=available
        )
    else:
        reference = otio.schema.ImageSequenceReference(
            target_url_base=_text(dialect.address(exr.folder, original)) + "/",
            name_prefix=_text(exr.prefix),
            name_suffix=".exr",
            start_frame=exr.start,
            frame_step=1,
            rate=rate,
            frame_zero_padding=exr.padding,
            available_range=available,
        )
    reference.name = _text(f"{take.name} (EXR)")
    space, basis = colour_space(exr.facts)
    put_mark(
        reference,
        **_provenance(take, number),
        colour_space=space,
        colour_space_stated_by=basis,
        encoding="scene-linear",
        bit_depth="16f",
        **_as_found(exr),
    )
    return reference


def _as_found(exr: ExrFrames) -> dict[str, Any]:
    """What the headers say of colour, where they say it."""
    stated = exr.facts.chromaticities if exr.facts is not None else None
    return {} if stated is None else {"chromaticities": [float(each) for each in stated]}


def _spans(clip: Any, available: Any) -> list[Any]:
    return [clip.source_range, available]


def _provenance(take: NewTake, number: int) -> dict[str, Any]:
    made = take.provenance
    fields: dict[str, Any] = {
        "take": number,
        "label": take.label,
        "ai_generated": made.ai_generated,
        "job_id": made.job_id,
        "submission_id": made.submission_id,
        "provider": made.provider,
        "model": made.model,
        "prompt": made.prompt,
        "settings": {
            name: _text(value) if isinstance(value, str) else value
            for name, value in made.settings.items()
        },
        "created_at": made.created_at,
        "result_sha256": made.result_sha256,
        "start_timecode": take.file.start_timecode,
        "method": take.file.method,
        "sidecar": take.file.sidecar.name,
    }
    if made.cost_usd is not None:
        fields["cost_usd"] = made.cost_usd
    if made.style is not None:
        fields["style"] = asdict(made.style)
    if "://" not in made.source_url or made.source_url.startswith("file:"):
        # Any other address may carry a signature.
        fields["source_url"] = made.source_url
    return {
        name: _text(value) if isinstance(value, str) else value for name, value in fields.items()
    }


def _text(text: str) -> str:
    """Text that JSON can hold: names of files may be no Unicode at all."""
    return text.encode("utf-8", "replace").decode()
