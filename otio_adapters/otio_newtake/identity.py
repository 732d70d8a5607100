"""Find a clip again after its timeline was written, reloaded or edited.

OpenTimelineIO gives clips no identity. A clip that has takes carries an id in its metadata; one
that has none yet is known by a print of its place, its media and its range:
`V1/3-<media>-<range>`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from urllib.parse import unquote

import opentimelineio as otio

from otio_newtake.addresses import is_file_url
from otio_newtake.appearances import Appearance
from otio_newtake.marks import original_of, text_of, url_of

_Key = TypeVar("_Key", bound=Hashable)


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


def key_in(appearance: Appearance, found: Sequence[Appearance]) -> str:
    """`keys_of`, for who asks for one clip only."""
    own = _id_of(appearance)
    alone = bool(own) and sum(_id_of(each) == own for each in found) == 1
    return own if alone else print_of(appearance)


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
        is_sequence = isinstance(reference, otio.schema.ImageSequenceReference)
        # The "%04d" of images is no escape, and stays where their folder is spelled as a URL.
        address = _file_name(url_of(reference), escaped=not is_sequence)
    media = _short(f"{item.name}\0{address}")
    return f"{appearance.label}/{appearance.ordinal}-{media}-{_short(_numbers(item))}"


def find_clip(key: str, found: Sequence[Appearance]) -> Appearance | None:
    """`ClipIndex.clip`, for who looks for one clip only."""
    return ClipIndex(found).clip(key)


class ClipIndex:
    """Finds many clips of one timeline by their keys; what each way needs is sorted once."""

    def __init__(self, found: Sequence[Appearance]) -> None:
        """Nothing is sorted yet. The appearances and their clips are not to change meanwhile."""
        self._found = found

    def clip(self, key: str) -> Appearance | None:
        """The clip that a key names, or None when it is gone or no longer certain.

        Tried in turn: the key itself; the key a clip had before it got an id; the same media and
        range at another place; the same media at the same place with another range.
        """
        return next((fits[0] for fits in self._tests(key) if len(fits) == 1), None)

    def pieces(self, key: str) -> list[Appearance]:
        """All pieces of the clip that had this key before it was split, in order."""
        return list(self._by_earlier_key.get(key, ()))

    def _tests(self, key: str) -> Iterator[Sequence[Appearance]]:
        """What fits a key in each way in turn; on a large timeline the later ways take long."""
        place, media, span = (*key.rsplit("-", 2), "", "")[:3]
        # A print says where its clip lies, so that only what lies there can have it.
        there = self._by_place.get(place, ())
        printed = [each for each in there if print_of(each) == key]
        if key in self._by_id:
            yield self._by_id[key]
        elif printed:
            yield [each for each in printed if self._has_no_id_of_its_own(each)]
        yield self._by_first_key.get(key, ())
        yield printed
        if media and span:
            yield self._by_look.get((media, span), ())
            yield self._by_media.get((place, media), ())

    def _has_no_id_of_its_own(self, appearance: Appearance) -> bool:
        own = _id_of(appearance)
        return not own or len(self._by_id[own]) > 1

    @cached_property
    def _by_id(self) -> dict[str, list[Appearance]]:
        return _sorted((_id_of(each), each) for each in self._found)

    @cached_property
    def _by_place(self) -> dict[str, list[Appearance]]:
        return _sorted((f"{each.label}/{each.ordinal}", each) for each in self._found)

    @cached_property
    def _by_first_key(self) -> dict[str, list[Appearance]]:
        return _sorted((text_of(each.mark, "first_key"), each) for each in self._found)

    @cached_property
    def _by_earlier_key(self) -> dict[str, list[Appearance]]:
        return _sorted((key, each) for each in self._found for key in set(keys_before(each)))

    @cached_property
    def _prints(self) -> list[tuple[Appearance, list[str]]]:
        return [(each, print_of(each).rsplit("-", 2)) for each in self._found]

    @cached_property
    def _by_look(self) -> dict[tuple[str, str], list[Appearance]]:
        return _sorted(((media, span), each) for each, (_, media, span) in self._prints)

    @cached_property
    def _by_media(self) -> dict[tuple[str, str], list[Appearance]]:
        return _sorted(((place, media), each) for each, (place, media, _) in self._prints)


def _sorted(pairs: Iterable[tuple[_Key, Appearance]]) -> dict[_Key, list[Appearance]]:
    """The appearances by their key, each list in the order that they come in."""
    found: dict[_Key, list[Appearance]] = {}
    for key, each in pairs:
        found.setdefault(key, []).append(each)
    return found


def _id_of(appearance: Appearance) -> str:
    is_clip = isinstance(appearance.item, otio.schema.Clip)
    return text_of(appearance.mark, "clip_id") if is_clip else ""


def _numbers(item: Any) -> str:
    span = item.source_range
    return "" if span is None else f"{_time(span.start_time)}+{_time(span.duration)}"


@lru_cache(maxsize=4096)
def _file_name(url: str, *, escaped: bool) -> str:
    """The last part alone: the rest is spelled anew when a timeline is written elsewhere."""
    name = re.split(r"[\\/]", url)[-1]
    return unquote(name) if escaped and is_file_url(url) else name


def _time(time: Any) -> str:
    return f"{time.value:.3f}@{time.rate:.3f}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:10]
