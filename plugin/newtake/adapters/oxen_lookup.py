"""Finding a submission again by what was sent, after a crash or a cut connection.

Pure: rows in, ids out. The exact address decides; its path with prompt and time is the fallback for
presigned addresses whose signature the service may not keep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from newtake.adapters.oxen_rows import Row
from newtake.domain.edit import EditSettings, wire_parameters
from newtake.domain.job import Intent

CLOCK_SLACK_SECONDS = 120.0
"""How far the service's clock and this machine's may lie apart."""


def matching_ids(rows: Iterable[Row], intent: Intent, wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """Generations of the intent, oldest first; those of the exact address alone if there are any.

    Args:
        rows: Of any lists, in any order; the same generation may come twice.
        intent: What was about to be submitted.
        wanted: Its parameters, under the service's names; see `wanted_of`.
    """
    known = {row.generation_id: row for row in rows if row.input_video}
    ordered = sorted(known.values(), key=lambda row: (row.enqueued_at or 0.0, row.generation_id))
    exact = [row for row in ordered if _digest(row.input_video) == intent.url_sha256]
    found = exact or [row for row in ordered if _is_likely(row, intent, wanted)]
    return tuple(row.generation_id for row in found)


def is_before(row: Row, intent: Intent) -> bool:
    """True when a row is certainly older than the intent."""
    return row.enqueued_at is not None and row.enqueued_at < intent.at - CLOCK_SLACK_SECONDS


def contradictions(row: Row, intent: Intent, wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """What a row says that the intent cannot have sent; nothing for one of its exact address."""
    if row.input_video is not None and _digest(row.input_video) == intent.url_sha256:
        return ()
    said = []
    if row.input_video is not None and _path(row.input_video) != intent.url_path:
        said.append("input")
    if row.prompt is not None and row.prompt != wanted["prompt"]:
        said.append("prompt")
    if is_before(row, intent):
        said.append("time, before this job's")
    return (*said, *(name for name, value in wanted.items() if _differs(row, name, value)))


def _is_likely(row: Row, intent: Intent, wanted: Mapping[str, Any]) -> bool:
    if row.prompt != wanted["prompt"] or row.enqueued_at is None or is_before(row, intent):
        return False
    if any(_differs(row, name, value) for name, value in wanted.items()):
        return False
    return _path(row.input_video or "") == intent.url_path


def _path(url: str) -> str | None:
    """None for what is no address."""
    try:
        return urlsplit(url).path
    except ValueError:
        return None


def wanted_of(settings: EditSettings, duration: str) -> dict[str, Any]:
    """What a row of this edit would say; None for what was not sent."""
    optional = ("edit_strength", "auto_controls", "hdr", "exr_export")
    unsent: dict[str, Any] = dict.fromkeys(optional)
    if settings.first_frame is None:
        unsent["input_image"] = None
    sent = wire_parameters(settings, duration)
    return unsent | sent | {"num_generations": settings.variations}


def _differs(row: Row, name: str, wanted: Any) -> bool:
    """Whether the row says of a setting that it was another. What it does not say counts for none.

    Rows keep the parameters that were sent beside their own fields or within `params`; the form is
    not documented. A row that says nothing and one that says "off" are the same.
    """
    if name in ("model", "prompt"):
        return False
    extra = row.model_extra or {}
    nested = [extra.get(place) for place in ("params", "parameters", "settings")]
    places = [extra, *(each for each in nested if isinstance(each, Mapping))]
    said = next((place[name] for place in places if place.get(name) is not None), None)
    if said is None:
        return False
    if wanted is None or isinstance(wanted, bool):
        is_on = _plain(said) not in ("false", "0", "")
        return is_on != bool(wanted)
    return _plain(said) != _plain(wanted)


def _plain(value: Any) -> str:
    """Numbers and words the same: the service's own documents write both 5 and "5s"."""
    text = str(value).strip().lower()
    return text[:-1] if text[-1:] in ("s", "p") and text[:-1].isdecimal() else text


def _digest(url: str | None) -> str:
    return hashlib.sha256((url or "").encode("utf-8", "surrogatepass")).hexdigest()
