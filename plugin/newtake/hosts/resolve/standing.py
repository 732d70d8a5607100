"""How the open timeline stands at this moment, as far as a relink needs it: its video items.

It is read anew for every relink, since an editor goes on working in between.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from newtake.domain.errors import HostAwayError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts, TakeFacts, TrackFacts
from newtake.hosts.resolve.items import read_track
from newtake.hosts.resolve.messages import Address, Call, Check, Obj, ResolveCallError, result


@dataclass(frozen=True, slots=True)
class Track:
    """One video track."""

    number: int
    """From 1, the lowest."""
    name: str
    is_locked: bool
    items: tuple[ItemFacts, ...]
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class OpenTimeline:
    """The timeline that is open."""

    document: HostDocument
    tracks: tuple[Track, ...]

    @property
    def items(self) -> list[ItemFacts]:
        return [item for track in self.tracks for item in track.items]


def original_of(item: ItemFacts) -> str:
    """The pool item that the editor cut, whichever take is shown; empty without one."""
    return item.takes[0].media if item.takes else item.media


def marked_for(item: ItemFacts, job_id: str, clip: str) -> bool:
    """Whether the item has the mark of a job that was put on the clip with that id.

    A job may serve other clips as well, which have no mark of it.
    """
    facts = marks_of(item.markers).get(job_id)
    return facts is not None and facts.get("clip") == clip


def take_of(item: ItemFacts, media: str) -> TakeFacts | None:
    """The item's take that shows the pool item; never its original."""
    return next((each for each in item.takes if each.index > 1 and each.media == media), None)


def marks_of(markers: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Marks of jobs among an item's markers: each job's facts, with the `text` that holds them.

    Args:
        markers: What GetMarkers gives, frames as text. What cannot be read is somebody else's.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for marker in markers.values():
        try:
            data = json.loads(marker["customData"])
            if data["newtake"] == 1:
                found[str(data["job"])] = {**data, "text": marker["customData"]}
        except (ValueError, KeyError, TypeError):
            continue
    return found


def still_open(document: HostDocument) -> Call:
    """The first call of every run that writes: it fails when another timeline is current by now."""
    return Call("GetUniqueId", "timeline", check=Check("GetUniqueId", document.timeline))


async def reached(
    calls: ResolveCalls, document: HostDocument, item: ItemFacts
) -> tuple[list[Call], Address] | None:
    """The first calls of a run that changes an item, and the item's address in that run.

    They fail when another timeline is current, and when the item does not lie and show what it did
    as it was read. It is reached by its place in the track, since nobody documents whether its id
    stays the same when another take is selected.

    Returns:
        None where it is not on its track any more.
    """
    listed = Call("GetItemListInTrack", "timeline", (item.track_type, item.track), "list")
    (objects,) = await calls.run(listed)
    uids = [each.uid if isinstance(each, Obj) else "" for each in objects]
    if item.uid not in uids:
        return None
    address = result(1, uids.index(item.uid))
    guards = [
        still_open(document),
        listed,
        Call("GetUniqueId", address, check=Check("GetUniqueId", item.uid)),
        *unmoved(address, item),
    ]
    return guards, address


async def ids_beside(calls: ResolveCalls, item: ItemFacts) -> frozenset[str]:
    """Ids of the other items of an item's track."""
    listed = Call("GetItemListInTrack", "timeline", (item.track_type, item.track), "list")
    (objects,) = await calls.run(listed)
    return frozenset(each.uid for each in objects if isinstance(each, Obj)) - {item.uid}


async def read_again(
    calls: ResolveCalls, item: ItemFacts, beside: Collection[str]
) -> ItemFacts | None:
    """An item that we have just changed, by its id, or by its place where it has another id now.

    Args:
        beside: `ids_beside` before the change: what was there already is another clip, which an
            editor may have moved into its place at this very moment.
    """
    items = await read_items(calls, item.track)
    for each in items:
        if each.uid == item.uid:
            return each
    return next((x for x in items if x.start == item.start and x.uid not in beside), None)


def unmoved(address: Address, item: ItemFacts) -> list[Call]:
    """Calls that fail when an item does not lie where it was read, or shows other frames."""
    places = {"GetStart": item.start, "GetDuration": item.duration, "GetLeftOffset": item.left}
    return [Call(name, address, want="any", check=Check(name, at)) for name, at in places.items()]


async def check_open(calls: ResolveCalls, wanted: HostDocument) -> HostDocument:
    """See that project and timeline are the open ones; nothing is switched in an editor's hands.

    Returns:
        The same, as they are called now.

    Raises:
        HostAwayError: They are not, or nothing is open.
    """
    try:
        project, project_name = await calls.run(
            Call("GetUniqueId", "project"), Call("GetName", "project")
        )
    except ResolveCallError as error:
        raise _away("no project is open", wanted) from error
    if project != wanted.project:
        raise _away(f"the project {project_name!r} is open", wanted)
    try:
        timeline, name = await calls.run(
            Call("GetUniqueId", "timeline"), Call("GetName", "timeline")
        )
    except ResolveCallError as error:
        raise _away("no timeline is open", wanted) from error
    if timeline != wanted.timeline:
        raise _away(f"the timeline {name!r} is open", wanted)
    return HostDocument(project, project_name, timeline, name)


async def read_standing(calls: ResolveCalls, wanted: HostDocument) -> OpenTimeline:
    """Raises: HostAwayError as `check_open`; ResolveCallError."""
    document = await check_open(calls, wanted)
    (count,) = await calls.run(Call("GetTrackCount", args=("video",), want="number"))
    tracks = []
    for number in range(1, round(count) + 1):
        name, is_locked, is_enabled = await calls.run(
            Call("GetTrackName", args=("video", number), want="any"),
            Call("GetIsTrackLocked", args=("video", number), want="any"),
            Call("GetIsTrackEnabled", args=("video", number), want="any"),
        )
        items = await read_items(calls, number)
        shows = is_enabled is not False
        tracks.append(Track(number, str(name or ""), is_locked is True, items, shows))
    return OpenTimeline(document, tuple(tracks))


async def read_items(calls: ResolveCalls, track: int) -> tuple[ItemFacts, ...]:
    """The items of one video track; without the hollow ones, which a failed append leaves."""
    items = await read_track(calls, TrackFacts("video", track))
    return tuple(item for item in items if item.uid)


def _away(found: str, wanted: HostDocument) -> HostAwayError:
    return HostAwayError(
        f"In DaVinci Resolve {found}; the take belongs to the timeline "
        f"{wanted.timeline_name!r} of the project {wanted.project_name!r}.",
        why="New Take switches no project and no timeline under an editor's hands.",
        fix="Open that timeline, then `newtake resolve collect`; the take is kept.",
    )
