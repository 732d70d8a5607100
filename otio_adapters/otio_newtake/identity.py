"""Find a clip again after its timeline was written, reloaded or edited.

OpenTimelineIO gives clips no identity. A clip that has takes carries an id in its metadata; one
that has none yet is known by a print of its place, its media and its range:
`V1/3-<media>-<range>`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import opentimelineio as otio

from otio_newtake.addresses import is_file_url
from otio_newtake.appearances import Appearance
from otio_newtake.marks import original_of, text_of, url_of


def clip_keys(found: Sequence[Appearance]) -> list[str]:
    """One key per appearance, each different from the others."""
    ids = [_id_of(appearance) for appearance in found]
    # A clip that was split or copied in an editor took its id along: then the place decides.
    uses = Counter(ids)
    return [
        own if own and uses[own] == 1 else _print_of(appearance)
        for own, appearance in zip(ids, found, strict=True)
    ]


def find_clip(key: str, found: Sequence[Appearance]) -> Appearance | None:
    """The clip that a key names, or None when it is gone or no longer certain.

    Tried in turn: the key itself; the key a clip had before it got an id; the same media and range
    at another place; the same media at the same place with another range.
    """
    keys = clip_keys(found)
    tests: list[list[Appearance]] = [
        [each for each, own in zip(found, keys, strict=True) if own == key],
        [each for each in found if text_of(each.mark, "first_key") == key],
        [each for each in found if _print_of(each) == key],
    ]
    place, media, span = (*key.rsplit("-", 2), "", "")[:3]
    if media and span:
        prints = [(each, _print_of(each).rsplit("-", 2)) for each in found]
        tests.append([each for each, own in prints if own[1:] == [media, span]])
        tests.append([each for each, own in prints if own[:2] == [place, media]])
    for fits in tests:
        if len(fits) == 1:
            return fits[0]
    return None


def _id_of(appearance: Appearance) -> str:
    is_clip = isinstance(appearance.item, otio.schema.Clip)
    return text_of(appearance.mark, "clip_id") if is_clip else ""


def _print_of(appearance: Appearance) -> str:
    item = appearance.item
    address = ""
    if isinstance(item, otio.schema.Clip):
        reference = original_of(item)[1]
        address = _file_name(url_of(reference))
    span = item.source_range
    numbers = "" if span is None else f"{_time(span.start_time)}+{_time(span.duration)}"
    media = _short(f"{item.name}\0{address}")
    return f"{appearance.label}/{appearance.ordinal}-{media}-{_short(numbers)}"


def _file_name(url: str) -> str:
    """The last part alone: the rest is spelled anew when a timeline is written elsewhere."""
    name = re.split(r"[\\/]", url)[-1]
    return unquote(name) if is_file_url(url) else name


def _time(time: Any) -> str:
    return f"{time.value:.3f}@{time.rate:.3f}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:10]
