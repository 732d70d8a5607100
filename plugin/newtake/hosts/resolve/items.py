"""Reads the open timeline through the bridge: settings, tracks, items, takes and their media.

Reads go in few requests, one for each track and one for all media, since a timeline has thousands
of items and the slowest bridge takes a file for each request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from newtake.domain.errors import HostAwayError, HostError, TimelineError
from newtake.domain.files import HostDocument
from newtake.domain.timing import frame_of_timecode
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import (
    ItemFacts,
    MediaFacts,
    TakeFacts,
    TimelineFacts,
    TrackFacts,
    rate_of,
    says_drop,
    whole_number,
)
from newtake.hosts.resolve.messages import Call, Obj, ResolveCallError, Row

PICTURES = ("video",)
EVERYTHING = ("video", "audio", "subtitle")
_SETTINGS = (
    "timelineFrameRate",
    "timelineDropFrameTimecode",
    "timelineResolutionWidth",
    "timelineResolutionHeight",
)
_NOTED = {"GetThirdPartyMetadata": "third_party", "GetMetadata": "metadata"}
_ITEM_READS = {
    "name": "GetName",
    "start": "GetStart",
    "duration": "GetDuration",
    "left": "GetLeftOffset",
    "media": "GetMediaPoolItem",
    "fusion_comps": "GetFusionCompCount",
    "enabled": "GetClipEnabled",
    "colour": "GetClipColor",
    "markers": "GetMarkers",
    "takes": "GetTakesCount",
    "selected_take": "GetSelectedTakeIndex",
    # Not in every version.
    "source_start": "GetSourceStartFrame",
    "source_end": "GetSourceEndFrame",
    "type_word": "GetType",
    "speed": "GetSpeed",
}


async def read_document(calls: ResolveCalls) -> HostDocument:
    """Which project and timeline are open. Raises: HostAwayError, TimelineError."""
    try:
        answers = await calls.run(
            Call("GetUniqueId", "project"),
            Call("GetName", "project"),
            Call("GetUniqueId"),
            Call("GetName"),
        )
    except ResolveCallError as error:
        if error.kind != "not_found":
            raise
        raise TimelineError(
            "No timeline is open in DaVinci Resolve.",
            why=error.why,
            fix="Open the project and the timeline, then try again.",
        ) from error
    project, project_name, timeline, timeline_name = map(str, answers)
    return HostDocument(project, project_name, timeline, timeline_name)


async def read_timeline(
    calls: ResolveCalls, track_types: Sequence[str] = PICTURES
) -> TimelineFacts:
    """The open timeline with all items of the tracks of these types.

    Raises:
        HostAwayError: Resolve cannot be reached.
        TimelineError: No timeline is open, or it does not say its frame rate.
        ResolveCallError: A read failed.
    """
    hello = await calls.ready()
    document = await read_document(calls)
    settings = await read_settings(calls, _SETTINGS)
    rate = rate_of(settings.get("timelineFrameRate"))
    if rate is None:
        raise TimelineError(
            f"The timeline {document.timeline_name} does not say its frame rate.",
            why=f"Its setting reads {settings.get('timelineFrameRate')!r}.",
            fix="Look at the frame rate in the timeline's settings in Resolve.",
        )
    start, end, label, first_label, *counts = await calls.run(
        Call("GetStartFrame", want="number"),
        Call("GetEndFrame", want="number"),
        Call("GetCurrentTimecode", want="any"),
        Call("GetStartTimecode", want="any"),
        *(Call("GetTrackCount", args=(each,), want="number") for each in track_types),
    )
    start = round(start)
    tracks = await _read_tracks(calls, dict(zip(track_types, map(round, counts), strict=True)))
    items = [item for track in tracks for item in await _read_items(calls, track)]
    items = await _with_takes(calls, items)
    sought = {item.media for item in items} | {take.media for item in items for take in item.takes}
    drop = says_drop(settings.get("timelineFrameRate"), settings.get("timelineDropFrameTimecode"))
    # How frames are numbered under drop-frame is not documented: the first one's label tells.
    first, now = (_labelled(each, rate, drop) for each in (first_label, label))
    shift = 0 if first is None else first - start
    playhead = None if first is None or now is None else now - shift
    return TimelineFacts(
        document=document,
        version=hello.version,
        rate=rate,
        drop=drop,
        start=start,
        end=round(end),
        size=(
            whole_number(settings.get("timelineResolutionWidth")) or 0,
            whole_number(settings.get("timelineResolutionHeight")) or 0,
        ),
        playhead=playhead,
        tracks=tracks,
        items=tuple(items),
        media=await _read_media(calls, sorted(sought - {""})),
        shift=shift,
    )


async def read_settings(calls: ResolveCalls, names: Sequence[str]) -> Mapping[str, Any]:
    """Settings of the open timeline; one that it does not say comes from its project."""
    if calls.has("Timeline", "GetSettings"):
        own, shared = await calls.run(
            Call("GetSettings", want="any"), Call("GetSettings", "project", want="any")
        )
    else:
        answers = await calls.run(
            *(Call("GetSetting", args=(name,), want="any") for name in names),
            *(Call("GetSetting", "project", args=(name,), want="any") for name in names),
        )
        own = dict(zip(names, answers[: len(names)], strict=True))
        shared = dict(zip(names, answers[len(names) :], strict=True))
    own, shared = own or {}, shared or {}
    said = {name: own.get(name) for name in names}
    return {
        name: shared.get(name) if value in (None, "") else value for name, value in said.items()
    }


async def _read_tracks(calls: ResolveCalls, counts: Mapping[str, int]) -> tuple[TrackFacts, ...]:
    places = [(kind, number) for kind, count in counts.items() for number in range(1, count + 1)]
    reads = [
        Call(method, args=place, want="any")
        for place in places
        for method in ("GetIsTrackLocked", "GetIsTrackEnabled")
    ]
    answers = await calls.run(*reads)
    return tuple(
        TrackFacts(kind, number, answers[2 * at] is True, answers[2 * at + 1] is not False)
        for at, (kind, number) in enumerate(places)
    )


async def _read_items(calls: ResolveCalls, track: TrackFacts) -> list[ItemFacts]:
    names = [key for key, name in _ITEM_READS.items() if calls.has("TimelineItem", name)]
    rows = await calls.each(
        Call("GetItemListInTrack", args=(track.track_type, track.number), want="list"),
        *(Call(_ITEM_READS[key], want="any") for key in names),
    )
    return [item for row in rows if (item := _item(row, names, track)) is not None]


async def read_track(calls: ResolveCalls, track: TrackFacts) -> list[ItemFacts]:
    """The items of one track of the open timeline with their takes. Raises: as `read_timeline`."""
    return await _with_takes(calls, await _read_items(calls, track))


def _item(row: Row, names: Sequence[str], track: TrackFacts) -> ItemFacts | None:
    """The item of a row; None for the hollow ones that a failed append leaves, without a place."""
    said = {}
    for name, value in zip(names, row.values, strict=True):
        if isinstance(value, HostAwayError):
            raise value
        said[name] = None if isinstance(value, HostError) else value
    start, duration = whole_number(said["start"]), whole_number(said["duration"])
    if start is None or duration is None or not (row.object.uid or duration):
        return None
    media = said["media"]
    takes = whole_number(said["takes"]) or 0
    return ItemFacts(
        uid=row.object.uid,
        name=str(said["name"] or ""),
        track_type=track.track_type,
        track=track.number,
        start=start,
        duration=duration,
        left=whole_number(said["left"]),
        source_start=whole_number(said.get("source_start")),
        source_end=whole_number(said.get("source_end")),
        type_word=str(said.get("type_word") or "").strip().lower(),
        speed=said.get("speed"),
        media=media.uid if isinstance(media, Obj) else "",
        fusion_comps=whole_number(said["fusion_comps"]) or 0,
        enabled=said["enabled"] is not False,
        colour=str(said["colour"] or ""),
        markers=said["markers"] if isinstance(said["markers"], dict) else {},
        takes=tuple(TakeFacts(index, 0, 0, "") for index in range(1, takes + 1)),
        selected_take=whole_number(said["selected_take"]) or 0,
    )


async def _with_takes(calls: ResolveCalls, items: Sequence[ItemFacts]) -> list[ItemFacts]:
    wanted = [(item, take.index) for item in items for take in item.takes if item.uid]
    answers = await calls.run(
        *(
            Call("GetTakeByIndex", Obj("item", item.uid).address, (index,), want="any")
            for item, index in wanted
        )
    )
    found: dict[str, list[TakeFacts]] = {}
    for (item, index), answer in zip(wanted, answers, strict=True):
        if isinstance(answer, dict):
            media = answer.get("mediaPoolItem")
            start, end = (whole_number(answer.get(key)) for key in ("startFrame", "endFrame"))
            uid = media.uid if isinstance(media, Obj) else ""
            found.setdefault(item.uid, []).append(TakeFacts(index, start or 0, end or 0, uid))
    items = [replace(item, takes=tuple(found.get(item.uid, ()))) for item in items]
    changed = [item for item in items if item.selected_take > 1 and item.media]
    uids = sorted({uid for item in changed for uid in _shown_and_original(item)} - {""})
    numbers = await calls.run(
        *(
            Call("GetClipProperty", Obj("media", uid).address, (name,), "any")
            for uid in uids
            for name in ("Start", "Frames")
        )
    )
    read = [whole_number(each) for each in numbers]
    starts, frames = (
        dict(zip(uids, read[::2], strict=True)),
        dict(zip(uids, read[1::2], strict=True)),
    )
    told = {}
    for item in changed:
        shown, original = _shown_and_original(item)
        told[item.uid] = replace(
            item,
            first_number=starts.get(shown) or 0,
            original_number=starts.get(original) or 0,
            original_frames=frames.get(original),
        )
    return [told.get(item.uid, item) for item in items]


def _shown_and_original(item: ItemFacts) -> tuple[str, str]:
    """Unique ids of pool items; empty without one."""
    return item.media, item.takes[0].media if item.takes else ""


async def _read_media(calls: ResolveCalls, uids: Iterable[str]) -> dict[str, MediaFacts]:
    """What the pool says of these entries, each read once."""
    is_later = calls.has("MediaPoolItem", "GetThirdPartyMetadata")
    noted = "GetThirdPartyMetadata" if is_later else "GetMetadata"
    uids = list(uids)
    answers = await calls.run(
        *(
            Call(read, Obj("media", uid).address, want="any")
            for uid in uids
            for read in ("GetClipProperty", noted)
        )
    )
    said = [each if isinstance(each, dict) else {} for each in answers]
    return {
        uid: MediaFacts(uid, said[2 * at], **{_NOTED[noted]: said[2 * at + 1]})
        for at, uid in enumerate(uids)
    }


def _labelled(label: Any, rate: Fraction, drop: bool) -> int | None:
    """The frame that a label names, with whatever mark; None for what is no label."""
    text = str(label or "").strip().replace(";", ":").replace(".", ":")
    try:
        return frame_of_timecode(text, rate, drop=drop)
    except ValueError:
        return None
