"""Puts media on a video track above a clip, exactly where the clip lies.

What was measured of AppendToTimeline: recordFrame is absolute; endFrame is exclusive from 19 on and
was inclusive in 18; trackIndex works with mediaType only; where something lies already, and on a
locked track, nothing is placed although items come back; before 20.3.2 it failed where no pool item
was selected. So a free track is chosen first, and the track is listed again afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newtake.domain.errors import HostError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.messages import Call, Check, Obj
from newtake.hosts.resolve.standing import OpenTimeline, Track, read_standing, still_open

TRACK_NAME = "New Take"
_UNNAMED = re.compile(r"(Video \d+)?")
"""Resolve's own name of a track, in English, and none at all."""
_TRIES = 2


def track_for(tracks: Sequence[Track], item: ItemFacts) -> int | None:
    """The track of ours above a clip that is free where the clip lies; None: one is to be added.

    An empty unnamed track on top is taken as well: a try that broke off may have left it.
    """
    for track in tracks:
        is_free = all(each.end <= item.start or item.end <= each.start for each in track.items)
        if track.number > item.track and not track.is_locked and is_free:
            if track.name == TRACK_NAME:
                return track.number
            if track is tracks[-1] and not track.items and _UNNAMED.fullmatch(track.name):
                return track.number
    return None


def placed_on(timeline: OpenTimeline, media: Obj) -> list[ItemFacts]:
    """Items that show the media and are no take selectors: what was put on a track."""
    return [each for each in timeline.items if each.media == media.uid and not each.takes]


def _tried(timeline: OpenTimeline, item: ItemFacts, media: Obj) -> list[ItemFacts]:
    """What tries to place the media above an item left: never what an editor put elsewhere."""
    ours = {track.number for track in timeline.tracks if track.name in (TRACK_NAME, "")}
    return [
        each
        for each in placed_on(timeline, media)
        if each.track in ours and each.track > item.track and each.start == item.start
    ]


async def put_above(
    calls: ResolveCalls, wanted: HostDocument, item: ItemFacts, media: Obj, first: int
) -> tuple[ItemFacts, bool]:
    """Have the media above the clip; gives where it is, and whether it was put there just now.

    Args:
        wanted: The timeline that must be open.
        item: The clip, whose record range is taken.
        media: At the timeline's rate.
        first: Frame of the media that the clip's first frame gets.

    Raises:
        HostError: Resolve does not place it; nothing is left on a track.
        HostAwayError: Resolve, or the timeline, is not there any more.
    """
    length = item.duration
    found = "nothing was placed"
    for _ in range(_TRIES):
        timeline = await read_standing(calls, wanted)
        for placed in _tried(timeline, item, media):
            if _fits(placed, item, first):
                return placed, False
            found = f"frame {placed.start}, {placed.duration} frames from {placed.left}"
            await _delete(calls, timeline, placed)
            timeline = await read_standing(calls, wanted)
        await _append(calls, timeline, item, media, first, length)
        timeline = await read_standing(calls, wanted)
        for placed in _tried(timeline, item, media):
            if _fits(placed, item, first):
                return placed, True
            found = f"frame {placed.start}, {placed.duration} frames from {placed.left}"
            # How endFrame counts was never documented, and changed once.
            length += item.duration - placed.duration
            await _delete(calls, timeline, placed)
    raise HostError(
        "DaVinci Resolve does not place the take above its clip.",
        why=f"It should lie at frame {item.start} for {item.duration} frames; it reads: {found}.",
        fix=f"Drag it from our bin above the clip by hand: its frame {first} is the clip's first.",
    )


def _fits(placed: ItemFacts, item: ItemFacts, first: int) -> bool:
    return (placed.start, placed.duration, placed.left) == (item.start, item.duration, first)


async def _append(
    calls: ResolveCalls,
    timeline: OpenTimeline,
    item: ItemFacts,
    media: Obj,
    first: int,
    length: int,
) -> None:
    steps = [still_open(timeline.document)]
    number = track_for(timeline.tracks, item)
    if number is None:
        number = len(timeline.tracks) + 1
        counted = Check("GetTrackCount", number, ("video",))
        steps.append(Call("AddTrack", "timeline", ("video",), "true", counted))
    steps.append(Call("SetTrackName", "timeline", ("video", number, TRACK_NAME), "any"))
    version = calls.hello.version
    back: list[Call] = []
    if (20, 0, 0) <= version < (20, 3, 2):
        (selected,) = await calls.run(Call("GetSelectedClips", "pool", want="any"))
        steps.append(Call("SetSelectedClip", "pool", (media,), "any"))
        # Scripts can select one pool item and no more.
        back += [Call("SetSelectedClip", "pool", (each,), "any") for each in selected or []][:1]
    end = first + length
    info = {
        "mediaPoolItem": media,
        "startFrame": first,
        "endFrame": end if version >= (19, 0, 0) else end - 1,
        "mediaType": 1,
        "trackIndex": number,
        "recordFrame": item.start,
    }
    append = Call("AppendToTimeline", "pool", ([info],), "any")
    await calls.run(*steps, append, afterwards=back)


async def _delete(calls: ResolveCalls, timeline: OpenTimeline, placed: ItemFacts) -> None:
    """Take back what we placed; ripple is off. Measured: it fails on the Fairlight page."""
    delete = Call("DeleteClips", "timeline", ([Obj("item", placed.uid)], False), "true")
    await calls.run(still_open(timeline.document), delete)
