"""List a timeline's clips as values of the domain: true ranges, takes, and who is refused why."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, overload

import opentimelineio as otio

from newtake.domain.clip import NO_DISSOLVES, Clip, MediaLink, RefusalReason
from newtake.domain.lacking import lacking_notes
from newtake.domain.timing import FrameRange, display_rate
from otio_newtake.addresses import Address, Exists, locate
from otio_newtake.appearances import Appearance, find_appearances, record_rate
from otio_newtake.consumption import Consumption, consume, media_line, settle
from otio_newtake.edl_media import why_no_media
from otio_newtake.identity import clip_keys, find_clip, keys_of, words_of
from otio_newtake.marks import original_of, text_of, url_of
from otio_newtake.notes import consumption_notes, state_notes
from otio_newtake.reading import OpenedTimeline
from otio_newtake.refusals import Evidence, refuse, refuse_nested
from otio_newtake.retimes import speed_of
from otio_newtake.sequences import address_of, sequence_of
from otio_newtake.spans import frame_at, frames_at, rate_of, seconds_of
from otio_newtake.sweeping import unswept
from otio_newtake.takes import summaries

_Answer = TypeVar("_Answer")
_AS_SHOT = Fraction(1)
_SAID_ALL_THE_SAME = (RefusalReason.OFFLINE, RefusalReason.OUTSIDE_MEDIA)
"""Refusals of clips whose ranges are worth explaining."""


def list_clips(opened: OpenedTimeline, exists: Exists = Path.exists) -> list[Clip]:
    """Every clip in reading order, numbered from 1. Take clips on tracks that were added for takes
    are no clips of their own: they are listed as takes of theirs.

    Args:
        opened: The timeline.
        exists: Whether a media path is there; asked once per path.

    Raises:
        TimelineError: If the timeline cannot be measured.
    """
    with unswept():
        return list(Listing(opened, find_appearances(opened.timeline), exists))


def place_named(
    opened: OpenedTimeline, found: Sequence[Appearance], clip: str | int
) -> Appearance | None:
    """A clip by its key, or by its number in the listing; None where it is not there.

    Args:
        opened: The timeline.
        found: Its appearances.
        clip: Key or number.
    """
    key = clip
    if isinstance(clip, int):
        listed = list_clips(opened, lambda _: True)
        key = next((each.key for each in listed if each.index == clip), "")
    keys = clip_keys(found)
    exact = [each for each, own in zip(found, keys, strict=True) if own == key]
    return exact[0] if exact else find_clip(str(key), found)


class Listing(Sequence[Clip]):
    """The clips of `list_clips`, each worked out when it is looked at: of a large timeline most
    never are."""

    def __init__(
        self, opened: OpenedTimeline, found: Sequence[Appearance], exists: Exists = Path.exists
    ) -> None:
        """Arguments as for `list_clips`, with the timeline's appearances."""
        self._opened = opened
        self._lister = _Lister(opened, found, _asked_once(exists, False))
        taken = self._lister.take_clips
        self._rows = [each for each in found if each not in taken]
        self._key_of = keys_of(found)
        self._words_of = words_of(found)
        self._clips: list[Clip | None] = [None] * len(self._rows)

    def settle(self) -> None:
        """Work out all clips as they are now: the timeline is about to change."""
        with unswept():
            list(self)

    def of(self, places: Sequence[Appearance]) -> list[Clip]:
        """The clips of some of the appearances, in the timeline's order."""
        wanted = {id(each.item) for each in places}
        return [self[at] for at, each in enumerate(self._rows) if id(each.item) in wanted]

    def numbered(self) -> Iterator[tuple[int, Appearance]]:
        """Every clip's number with the appearance that it is made of; works none of them out."""
        return enumerate(self._rows, 1)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Clip: ...

    @overload
    def __getitem__(self, place: slice) -> list[Clip]: ...

    def __getitem__(self, place: int | slice) -> Clip | list[Clip]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        clip = self._clips[place]
        if clip is None:
            place %= len(self._rows)
            row = self._rows[place]
            key = self._key_of(row)
            clip = self._lister.clip(row, key, place + 1)
            clip = replace(clip, known_by=self._words_of(row, key))
            self._clips[place] = clip
        return clip


class _Lister:
    """What all clips of one timeline share."""

    def __init__(self, opened: OpenedTimeline, found: Sequence[Appearance], exists: Exists) -> None:
        self._folder = opened.folder
        self._notes = opened.notes
        self._exists = exists
        self._oddity = _asked_once(_oddity_of, "")
        self._rate = record_rate(opened.timeline, list(found))
        start = opened.timeline.global_start_time
        self._start = (seconds_of(start) or Fraction(0)) if start is not None else Fraction(0)
        self._addresses: dict[str, Address] = {}
        self._track_takes: dict[str, list[Any]] = {}
        self.take_clips: set[Appearance] = set()
        ids = {text_of(each.mark, "clip_id") for each in found} - {""}
        for each in found:
            owner = text_of(each.mark, "take_of")
            if owner in ids:
                self.take_clips.add(each)
                self._track_takes.setdefault(owner, []).append(each.item)

    def clip(self, appearance: Appearance, key: str, index: int) -> Clip:
        item = appearance.item
        begin = self._start + appearance.start
        start = frame_at(begin, self._rate)
        end = frame_at(begin + appearance.duration, self._rate)
        record = FrameRange(start, max(0, end - start), self._rate)
        notes = [*self._notes, *state_notes(appearance)]
        if not isinstance(item, otio.schema.Clip):
            source = (
                frames_at(item.source_range, self._rate)
                if item.source_range is not None
                else FrameRange(0, record.duration, self._rate)
            )
            return Clip(
                key=key,
                index=index,
                name=item.name or type(item).__name__,
                track=appearance.label,
                record=record,
                source=source or record,
                media=None,
                refusal=refuse_nested(appearance.layers),
                notes=tuple(notes),
            )
        return self._media_clip(item, appearance, key, index, record, notes)

    def _media_clip(
        self,
        item: Any,
        appearance: Appearance,
        key: str,
        index: int,
        record: FrameRange,
        notes: list[str],
    ) -> Clip:
        original_key, reference = original_of(item)
        if item.active_media_reference_key not in item.media_references():
            notes.append(
                f"its active media reference {item.active_media_reference_key!r} does not exist; "
                f"{original_key or 'none'} is used"
            )
        url = url_of(reference)
        address = address_of(reference, url, self._locate)
        if address.problem is RefusalReason.NO_MEDIA:
            address = replace(address, text=why_no_media(item, self._folder) or address.text)
        spoken = reference.available_range if reference is not None else None
        rate = rate_of(spoken.duration.rate) if spoken is not None else None
        available = frames_at(spoken, rate) if rate is not None else None
        speed = speed_of(item)
        consumed = self._consumed(item, appearance, spoken, rate, record, speed, notes)
        if available is not None:
            consumed = settle(consumed, available, appearance, item, speed, notes)
        source = consumed.source
        sequence = sequence_of(reference, address, available, self._exists)
        place = sequence.folder if sequence is not None else address.path
        exists = place is not None and self._exists(place)
        refusal = refuse(
            Evidence(
                reference=reference,
                label=appearance.label,
                dissolves=consumed.dissolves,
                shown=appearance.shown,
                steady=appearance.steady,
                address=address,
                exists=exists,
                oddity=self._oddity(address.path) if exists and address.path is not None else "",
                sequence=sequence,
                source=source,
                available=available,
                rate_unknown=spoken is not None and (rate is None or rate > 1000),
                speed=speed,
            )
        )
        total = speed if appearance.plain or speed is None else speed * appearance.clock.speed
        if refusal is None or refusal.reason in _SAID_ALL_THE_SAME:
            notes.extend(consumption_notes(record, consumed, total, appearance.edges))
        own_id = text_of(appearance.mark, "clip_id")
        takes = summaries(item, self._track_takes.get(own_id, ()), source)
        notes.extend(lacking_notes(takes, source.duration))
        outer = appearance.within[0].name if appearance.within else ""
        return Clip(
            key=key,
            index=index,
            name=outer or item.name or (address.path.name if address.path else url) or "unnamed",
            track=appearance.label,
            record=record,
            source=source,
            media=MediaLink(url, address.path, available, sequence) if url else None,
            speed=_AS_SHOT if total is None else total,
            dissolves=consumed.dissolves,
            takes=takes,
            refusal=refusal,
            notes=tuple(notes),
        )

    def _consumed(
        self,
        item: Any,
        appearance: Appearance,
        spoken: Any,
        rate: Fraction | None,
        record: FrameRange,
        speed: Fraction | None,
        notes: list[str],
    ) -> Consumption:
        """The media frames the clip shows, at the media's rate where that is known."""
        unknown = Consumption(FrameRange(0, record.duration, record.rate), NO_DISSOLVES)
        span = item.source_range if item.source_range is not None else spoken
        if span is None:
            return unknown
        own = rate_of(span.duration.rate)
        media_rate = rate or own or record.rate
        if appearance.plain and speed == 1 and own == media_rate:
            # Frame for frame; the general way says the same and takes six times as long.
            whole = frames_at(span, media_rate)
            return unknown if whole is None else Consumption(whole, NO_DISSOLVES)
        if not appearance.shown:
            whole = frames_at(span, media_rate)
            return unknown if whole is None else Consumption(whole, NO_DISSOLVES)
        line = media_line(appearance, span, Fraction(1) if speed is None else speed)
        if line is None:
            return unknown
        if own is not None and own != media_rate and appearance.label.startswith("V"):
            notes.append(
                f"the timeline counts it at {display_rate(own)} frames per second, its media at "
                f"{display_rate(media_rate)}; every media frame that shows is covered"
            )
        return consume(line, appearance, media_rate, own=own == media_rate)

    def _locate(self, url: str) -> Address:
        if url not in self._addresses:
            self._addresses[url] = locate(url, self._folder, self._exists)
        return self._addresses[url]


def _oddity_of(path: Path) -> str:
    """What lies there instead of a file with something in it; the file itself is not opened."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        return "a folder"
    if not stat.S_ISREG(found.st_mode):
        return "no regular file"
    return "" if found.st_size else "an empty file"


def _asked_once(ask: Callable[[Path], _Answer], otherwise: _Answer) -> Callable[[Path], _Answer]:
    answers: dict[Path, _Answer] = {}

    def asked(path: Path) -> _Answer:
        if path not in answers:
            try:
                answers[path] = ask(path)
            except (OSError, ValueError):
                # A name too long for the file system, or with characters it cannot hold.
                answers[path] = otherwise
        return answers[path]

    return asked
