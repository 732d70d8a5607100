"""Find a clip again after its timeline was written, reloaded or edited.

OpenTimelineIO gives clips no identity. A clip that has takes carries an id in its metadata; one
that has none yet is known by a print of its place, its media and its range:
`V1/3-<media>-<range>`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import opentimelineio as otio

from otio_newtake.addresses import is_file_url
from otio_newtake.appearances import Appearance
from otio_newtake.marks import original_of, text_of, url_of


def clip_keys(found: Sequence[Appearance]) -> list[str]:
    """One key per appearance, each different from the others."""
    return list(map(keys_of(found), found))


def keys_of(found: Sequence[Appearance]) -> Callable[[Appearance], str]:
    """What tells the key of each of the appearances."""
    # A clip that was split or copied in an editor took its id along: then the place decides.
    uses = Counter(map(_id_of, found))

    def key(appearance: Appearance) -> str:
        own = _id_of(appearance)
        return own if own and uses[own] == 1 else print_of(appearance)

    return key


def words_of(found: Sequence[Appearance]) -> Callable[[Appearance, str], tuple[str, ...]]:
    """What tells the words that `Clip.known_by` has for each of the appearances, by its key.

    They are the keys that the clip has and had. Those from before it was split come with the range
    that it shows, as all pieces have them. What a copy made in an editor shares with its model
    tells neither of them.
    """
    uses = Counter(word for each in found for word in _earlier_words(each))

    def words(appearance: Appearance, key: str) -> tuple[str, ...]:
        earlier = [word for word in _earlier_words(appearance) if uses[word] == 1]
        return tuple(dict.fromkeys((key, *earlier)))

    return words


def keys_before(appearance: Appearance) -> list[str]:
    """The keys that a piece's clip had before it was split; none of what is no piece."""
    found = appearance.mark.get("split_of")
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [key for key in found if isinstance(key, str)]


def _earlier_words(appearance: Appearance) -> list[str]:
    first = text_of(appearance.mark, "first_key")
    shown = ";".join(_numbers(each) for each in (*appearance.within, appearance.item))
    pieces = [f"{key}@{_short(shown)}" for key in keys_before(appearance)]
    return [first, *pieces] if first else pieces


def print_of(appearance: Appearance) -> str:
    """The key of a clip that has no id."""
    item = appearance.item
    address = ""
    if isinstance(item, otio.schema.Clip):
        reference = original_of(item)[1]
        address = _file_name(url_of(reference))
    media = _short(f"{item.name}\0{address}")
    return f"{appearance.label}/{appearance.ordinal}-{media}-{_short(_numbers(item))}"


def find_clip(
    key: str,
    found: Sequence[Appearance],
    printed_as: Callable[[Appearance], str] = print_of,
) -> Appearance | None:
    """The clip that a key names, or None when it is gone or no longer certain.

    Tried in turn: the key itself; the key a clip had before it got an id; the same media and range
    at another place; the same media at the same place with another range.

    Args:
        key: The key.
        found: All appearances.
        printed_as: `print_of`, for who looks for many clips and remembers it.
    """
    tests = _tests(key, found, printed_as)
    return next((fits[0] for fits in tests if len(fits) == 1), None)


def _tests(
    key: str, found: Sequence[Appearance], printed_as: Callable[[Appearance], str]
) -> Iterator[list[Appearance]]:
    """What fits a key in each way in turn; on a large timeline the later ways take long."""
    ids = [_id_of(each) for each in found]
    place, media, span = (*key.rsplit("-", 2), "", "")[:3]
    label, _, ordinal = place.rpartition("/")
    # A print says where its clip lies, so that only what lies there can have it.
    there = [each for each in found if str(each.ordinal) == ordinal and each.label == label]
    printed = [each for each in there if printed_as(each) == key]
    if key in ids:
        yield [each for each, own in zip(found, ids, strict=True) if own == key]
    elif printed:
        uses = Counter(ids)
        yield [each for each in printed if uses[_id_of(each)] > 1 or not _id_of(each)]
    yield [each for each in found if text_of(each.mark, "first_key") == key]
    yield printed
    if media and span:
        prints = [(each, printed_as(each).rsplit("-", 2)) for each in found]
        yield [each for each, own in prints if own[1:] == [media, span]]
        yield [each for each, own in prints if own[:2] == [place, media]]


def _id_of(appearance: Appearance) -> str:
    is_clip = isinstance(appearance.item, otio.schema.Clip)
    return text_of(appearance.mark, "clip_id") if is_clip else ""


def _numbers(item: Any) -> str:
    span = item.source_range
    return "" if span is None else f"{_time(span.start_time)}+{_time(span.duration)}"


@lru_cache(maxsize=4096)
def _file_name(url: str) -> str:
    """The last part alone: the rest is spelled anew when a timeline is written elsewhere."""
    name = re.split(r"[\\/]", url)[-1]
    return unquote(name) if is_file_url(url) else name


def _time(time: Any) -> str:
    return f"{time.value:.3f}@{time.rate:.3f}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:10]
