"""Whether the open timeline has changed, told by few and small reads.

Resolve tells nobody that an editor changed something. Every read is a call inside Resolve, on the
thread that its editor works on: what is asked often is little, and what costs a call for each clip
is asked in proportion to what it takes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts, TrackFacts, whole_number
from newtake.hosts.resolve.items import EVERYTHING
from newtake.hosts.resolve.messages import Call

_ITEM_READS = (
    "GetStart",
    "GetDuration",
    "GetLeftOffset",
    "GetName",
    "GetClipEnabled",
    "GetTakesCount",
    "GetSelectedTakeIndex",
)


async def quick_fingerprint(calls: ResolveCalls) -> Hashable:
    """Of the length, the markers, and how many tracks there are: one request.

    Raises:
        HostAwayError: Resolve cannot be reached.
        ResolveCallError: No timeline is open.
    """
    answers = await calls.run(
        Call("GetStartFrame", want="any"),
        Call("GetEndFrame", want="any"),
        Call("GetMarkers", want="any"),
        *(Call("GetTrackCount", args=(each,), want="any") for each in EVERYTHING),
    )
    return repr(answers)


async def whole_fingerprint(calls: ResolveCalls, tracks: Iterable[TrackFacts]) -> Hashable:
    """Of every clip on these video tracks: a request for each track, a few calls for each clip.

    Sound is left out: what is drawn of it is drawn anew with the next change of the pictures.
    Raises: as `quick_fingerprint`.
    """
    pictures = [each for each in tracks if each.track_type == "video"]
    locks = await calls.run(
        *(Call("GetIsTrackLocked", args=(each.track_type, each.number), want="any")
          for each in pictures)
    )  # fmt: skip
    found: list[Any] = [lock is True for lock in locks]
    for track in pictures:
        rows = await calls.each(
            Call("GetItemListInTrack", args=(track.track_type, track.number), want="list"),
            *(Call(name, want="any") for name in _ITEM_READS),
        )
        for row in rows:
            start, duration, left, name, enabled, takes, selected = map(_value, row.values)
            start, duration = whole_number(start), whole_number(duration)
            if start is None or duration is None or not (row.object.uid or duration):
                continue
            numbers = (whole_number(left), whole_number(takes) or 0, whole_number(selected) or 0)
            found.append((track.number, row.object.uid, start, duration, str(name or ""),
                          enabled is not False, *numbers))  # fmt: skip
    return repr(found)


def fingerprint_of(timeline: TimelineFacts) -> Hashable:
    """The `whole_fingerprint` of a timeline as it was read."""
    found: list[Any] = [each.locked for each in timeline.tracks if each.track_type == "video"]
    found += [
        (item.track, item.uid, item.start, item.duration, item.name, item.enabled, item.left,
         len(item.takes), item.selected_take)
        for item in timeline.items
        if item.track_type == "video"
    ]  # fmt: skip
    return repr(found)


def _value(read: Any) -> Any:
    if isinstance(read, HostAwayError):
        raise read
    return None if isinstance(read, HostError) else read


def has_items(timeline: TimelineFacts, selection: Iterable[tuple[Any, ...]]) -> bool:
    """Whether the timeline as it was read has these items, where they are now.

    Args:
        timeline: As it was read.
        selection: Id, first record frame, length and left offset of each, as Resolve says them now.
    """
    known = {item.uid: item for item in timeline.items if item.uid}
    return all(_is_there(known.get(uid), place) for uid, *place in selection)


def _is_there(item: ItemFacts | None, place: list[Any]) -> bool:
    return item is not None and [whole_number(each) for each in place] == [
        item.start,
        item.duration,
        item.left,
    ]
