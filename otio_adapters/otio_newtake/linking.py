"""Choose takes while a timeline is read: the media linker's work.

Arguments, given to OpenTimelineIO as `media_linker_argument_map`:

take     "latest" (default), "original", "starred" (the latest one that is), or a key: "take_002".
missing  for clips without such a take: "keep" (default) what is selected, or "original".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otio_newtake.marks import is_exr_key, is_take, mark_of, number_of, original_of


def link_take(clip: Any, arguments: Mapping[str, Any]) -> None:
    """Select a take of one clip, in place. Clips without takes are left alone.

    Raises:
        ValueError: If an argument has a value that is not described above.
    """
    wanted, missing = arguments.get("take", "latest"), arguments.get("missing", "keep")
    if not isinstance(wanted, str) or not wanted:
        raise ValueError(f"take must be latest, original, starred or a key, not {wanted!r}")
    if missing not in ("keep", "original"):
        raise ValueError(f"missing must be keep or original, not {missing!r}")
    references = clip.media_references()
    key = _chosen(wanted, references)
    if key is None and (wanted == "original" or missing == "original"):
        key = original_of(clip)[0]
    if key:
        clip.active_media_reference_key = key


def _chosen(wanted: str, references: Mapping[str, Any]) -> str | None:
    if wanted not in ("latest", "original", "starred"):
        return wanted if wanted in references else None
    if wanted == "original":
        return None
    takes = [
        (number_of(key, reference), key)
        for key, reference in references.items()
        if reference is not None and is_take(key, reference) and not is_exr_key(key)
        if wanted == "latest" or mark_of(reference).get("starred") is True
    ]
    return max(takes)[1] if takes else None
