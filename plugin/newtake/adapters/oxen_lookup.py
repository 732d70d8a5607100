"""Finding a submission again by what was sent, after a crash or a cut connection.

Pure: rows in, ids out. The exact address decides; its path with prompt and time is the fallback for
presigned addresses whose signature the service may not keep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from newtake.adapters.oxen_rows import Row
from newtake.domain.job import Intent

CLOCK_SLACK_SECONDS = 120.0
"""How far the service's clock and this machine's may lie apart."""


def matching_ids(rows: Iterable[Row], intent: Intent, prompt: str) -> tuple[str, ...]:
    """Generations of the intent, oldest first; those of the exact address alone if there are any.

    Args:
        rows: Of any lists, in any order; the same generation may come twice.
        intent: What was about to be submitted.
        prompt: Its prompt.
    """
    known = {row.generation_id: row for row in rows if row.input_video}
    ordered = sorted(known.values(), key=lambda row: (row.enqueued_at or 0.0, row.generation_id))
    exact = [row for row in ordered if _digest(row.input_video) == intent.url_sha256]
    found = exact or [row for row in ordered if _is_likely(row, intent, prompt)]
    return tuple(row.generation_id for row in found)


def is_before(row: Row, intent: Intent) -> bool:
    """True when a row is certainly older than the intent."""
    return row.enqueued_at is not None and row.enqueued_at < intent.at - CLOCK_SLACK_SECONDS


def _is_likely(row: Row, intent: Intent, prompt: str) -> bool:
    if row.prompt != prompt or row.enqueued_at is None or is_before(row, intent):
        return False
    try:
        return urlsplit(row.input_video or "").path == intent.url_path
    except ValueError:
        return False


def _digest(url: str | None) -> str:
    return hashlib.sha256((url or "").encode("utf-8", "surrogatepass")).hexdigest()
