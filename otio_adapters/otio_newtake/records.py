"""What a timeline says of how the takes of its clips were made, and where their movies are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newtake.domain.take_record import TakeMedia
from otio_newtake.addresses import locate
from otio_newtake.identity import clip_keys
from otio_newtake.marks import (
    is_exr_key,
    is_take,
    mark_of,
    number_of,
    take_key,
    text_of,
    url_of,
)
from otio_newtake.reading import OpenedTimeline


def take_media(opened: OpenedTimeline) -> Mapping[str, Mapping[str, TakeMedia]]:
    """Clip key -> take key -> the take, for every take that has a movie."""
    found = opened.appearances()
    above: dict[str, list[Any]] = {}
    for each in found:
        if owner := text_of(each.mark, "take_of"):
            above.setdefault(owner, []).append(each.item)
    media: dict[str, dict[str, TakeMedia]] = {}
    for place, key in zip(found, clip_keys(found), strict=True):
        if not hasattr(place.item, "media_references"):
            continue
        takes = {
            own: _media(reference, opened.folder)
            for own, reference in place.item.media_references().items()
            if reference is not None and is_take(own, reference) and not is_exr_key(own)
        }
        for item in above.get(text_of(place.mark, "clip_id"), ()):
            reference = item.media_reference
            takes[take_key(number_of("", reference))] = _media(reference, opened.folder)
        if takes:
            media[key] = takes
    return media


def _media(reference: Any, folder: Path) -> TakeMedia:
    return TakeMedia(mark_of(reference), locate(url_of(reference), folder, Path.exists).path)
