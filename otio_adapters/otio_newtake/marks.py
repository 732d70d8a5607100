"""What New Take writes into a timeline's metadata, under one name, and how it is found again.

Clips carry `{schema, clip_id, first_key}`; take references `{schema, take, label, job_id, ...}`;
tracks that were added for takes, and transitions on them, `{schema, takes: true}`; take clips on
such tracks `{schema, take_of}`; a written timeline `{schema, source, source_sha256, written_as}`.
A draft carries `{schema, draft: {timeline, sha256}}`, and what it leaves in its place where it was
saved under another name `{schema, moved_to: {timeline, output, draft}}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

import opentimelineio as otio

SCHEMA = 1
NAMESPACE = "newtake"
ORIGINAL_KEY = "DEFAULT_MEDIA"
"""`opentimelineio.schema.Clip.DEFAULT_MEDIA_KEY`: the reference that every reader looks for."""
_TAKE_KEY = re.compile(r"^take_(\d{3,6})(_exr)?$")


def mark_of(thing: Any) -> Mapping[str, Any]:
    """Our metadata of an OTIO object, copied: the library's views die when it is written again."""
    metadata = thing.metadata
    found = metadata[NAMESPACE] if holds(metadata, NAMESPACE) else None
    return dict(found) if isinstance(found, Mapping) else {}


def holds(metadata: Any, name: str) -> bool:
    """Whether OTIO metadata has a name.

    Asking the library for one that is not there, or walking to the end of its mapping, costs an
    exception of C++: 30 times as much.
    """
    count = len(metadata)
    return count > 0 and name in islice(metadata, count)


def put_mark(thing: Any, **fields: Any) -> None:
    """Add fields to our metadata of an OTIO object; those of other names stay."""
    thing.metadata[NAMESPACE] = {**mark_of(thing), "schema": SCHEMA, **fields}


def text_of(mark: Mapping[str, Any], field: str) -> str:
    """A field that should be text; empty where it is anything else."""
    value = mark.get(field)
    return value if isinstance(value, str) else ""


def take_key(number: int, *, exr: bool = False) -> str:
    """The key of a take's reference. Zero-padded: keys are stored in bytewise order."""
    return f"take_{number:03}_exr" if exr else f"take_{number:03}"


def number_of(key: str, reference: Any) -> int:
    """The take's number; 0 for a reference that is no take of ours."""
    match = _TAKE_KEY.match(key) if key != ORIGINAL_KEY else None
    if match is not None:
        return int(match[1])
    take = mark_of(reference).get("take") if reference is not None else None
    return take if isinstance(take, int) and 0 < take < 10**6 else 0


def is_take(key: str, reference: Any) -> bool:
    """Whether a reference is a take. Other programs fill extra keys as well (AAF does)."""
    return number_of(key, reference) > 0


def is_exr_key(key: str) -> bool:
    match = _TAKE_KEY.match(key)
    return match is not None and match[2] is not None


def original_of(clip: Any) -> tuple[str, Any]:
    """Key and reference of the media as the editor cut it, whichever take is selected.

    Returns:
        An empty key and None for a clip without media references. Where nothing but a take is
        left (layout `replace`), the take.
    """
    references = clip.media_references()
    active = clip.active_media_reference_key
    if active in references and not is_take(active, references[active]):
        return active, references[active]
    others = [key for key in references if not is_take(key, references[key])]
    if ORIGINAL_KEY in others:
        return ORIGINAL_KEY, references[ORIGINAL_KEY]
    for key in (*others, *references):
        return key, references[key]
    return "", None


def labels_of(clip: Any) -> dict[str, tuple[str, Any]]:
    """Label -> key and reference, for every take reference of a clip."""
    found = {}
    for key, reference in clip.media_references().items():
        label = text_of(mark_of(reference), "label") if reference is not None else ""
        if label and not is_exr_key(key):
            found[label] = (key, reference)
    return found


def url_of(reference: Any) -> str:
    """The reference's address as written, and for an offline clip of Resolve's the path it keeps
    in its metadata; empty where there is none."""
    if isinstance(reference, otio.schema.ExternalReference):
        return reference.target_url or ""
    if isinstance(reference, otio.schema.ImageSequenceReference):
        base = reference.target_url_base or ""
        slash = "" if not base or base.endswith(("/", "\\")) else "/"
        digits = f"%0{reference.frame_zero_padding}d" if reference.frame_zero_padding else "%d"
        return f"{base}{slash}{reference.name_prefix}{digits}{reference.name_suffix}"
    if isinstance(reference, otio.schema.MissingReference):
        metadata = reference.metadata
        resolve = metadata["Resolve_OTIO"] if holds(metadata, "Resolve_OTIO") else None
        return text_of(resolve, "Media Url") if isinstance(resolve, Mapping) else ""
    return ""
