"""Puts media on a video track above a clip, exactly where the clip lies.

What was measured of AppendToTimeline: recordFrame is absolute; endFrame is exclusive from 19 on and
was inclusive in 18; trackIndex works with mediaType only; where something lies already, and on a
locked track, nothing is placed although items come back; before 20.3.2 it failed where no pool item
was selected. So a free track is chosen first, and the track is listed again afterwards.

Rule: only tracks of our name are used, and of these none that is switched off, where nobody would
see the take. A track of the editor's is neither used nor renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newtake.domain.errors import HostError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.messages import Call, Check, Obj, ResolveCallError
from newtake.hosts.resolve.standing import OpenTimeline, Track, read_standing, still_open

TRACK_NAME = "New Take"
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Above:
    """Media above a clip."""

    item: ItemFacts
    added: bool
    """Whether it was put there just now."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The track that media go to."""

    number: int
    name: str
    """As it reads."""
    notes: tuple[str, ...] = ()


def track_for(tracks: Sequence[Track], item: ItemFacts) -> Track | None:
    """The track of ours above a clip that shows and is free where the clip lies; None: add one."""
    fitting = _free(tracks, item)
    return next((track for track in fitting if track.is_enabled), None)


def _free(tracks: Sequence[Track], item: ItemFacts) -> list[Track]:
    return [
        track
        for track in tracks
        if track.name == TRACK_NAME
        and track.number > item.track
        and not track.is_locked
        and all(each.end <= item.start or item.end <= each.start for each in track.items)
    ]


def placed_on(timeline: OpenTimeline, media: Obj) -> list[ItemFacts]:
    """Items that show the media and are no take selectors: what was put on a track."""
    return [each for each in timeline.items if each.media == media.uid and not each.takes]


def _tried(
    timeline: OpenTimeline, item: ItemFacts, media: Obj, chosen: _Chosen | None
) -> list[ItemFacts]:
    """What tries to place the media above an item left: never what an editor put elsewhere."""
    ours = {track.number for track in timeline.tracks if track.name == TRACK_NAME}
    if chosen is not None:
        ours.add(chosen.number)
    return [
        each
        for each in placed_on(timeline, media)
        if each.track in ours and each.track > item.track and each.start == item.start
    ]


async def put_above(
    calls: ResolveCalls, wanted: HostDocument, item: ItemFacts, media: Obj, first: int
) -> Above:
    """Have the media above the clip.

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
    chosen: _Chosen | None = None
    for _ in range(_TRIES):
        timeline = await read_standing(calls, wanted)
        for placed in _tried(timeline, item, media, chosen):
            if _fits(placed, item, first):
                return Above(placed, added=False)
            found = f"frame {placed.start}, {placed.duration} frames from {placed.left}"
            await _delete(calls, timeline, placed)
            timeline = await read_standing(calls, wanted)
        if chosen is None:
            chosen = await _track(calls, timeline, item)
        await _append(calls, timeline, chosen, item, media, first, length)
        timeline = await read_standing(calls, wanted)
        for placed in _tried(timeline, item, media, chosen):
            if _fits(placed, item, first):
                return Above(placed, added=True, notes=chosen.notes)
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


async def _track(calls: ResolveCalls, timeline: OpenTimeline, item: ItemFacts) -> _Chosen:
    """A track of ours above the clip, added where there is none that would do.

    A process that dies between adding and naming leaves an empty track that nobody can tell from an
    editor's; the next try adds another.
    """
    track = track_for(timeline.tracks, item)
    if track is not None:
        return _Chosen(track.number, track.name)
    number = len(timeline.tracks) + 1
    place = ("video", number)
    counted, named = (
        Check("GetTrackCount", number, ("video",)),
        Check("GetTrackName", TRACK_NAME, place),
    )
    notes = [
        f"the track V{each.number} {TRACK_NAME} is switched off, so the take is on V{number}"
        for each in _free(timeline.tracks, item)
    ]
    steps = [
        still_open(timeline.document),
        Call("AddTrack", args=("video",), want="true", check=counted),
        Call("SetTrackName", args=(*place, TRACK_NAME), want="true", check=named),
    ]
    try:
        await calls.run(*steps)
    except ResolveCallError as error:
        if error.at < len(steps) - 1:
            raise
        (name,) = await calls.run(Call("GetTrackName", args=place, want="any"))
        notes.append(f"the new track V{number} could not be named {TRACK_NAME}: {error.why}")
        return _Chosen(number, str(name or ""), tuple(notes))
    return _Chosen(number, TRACK_NAME, tuple(notes))


async def _append(
    calls: ResolveCalls,
    timeline: OpenTimeline,
    chosen: _Chosen,
    item: ItemFacts,
    media: Obj,
    first: int,
    length: int,
) -> None:
    place = ("video", chosen.number)
    # An editor may have added or moved tracks since ours was chosen.
    still_it = Call(
        "GetTrackName", args=place, want="any", check=Check("GetTrackName", chosen.name, place)
    )
    steps = [still_open(timeline.document), still_it]
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
        "trackIndex": chosen.number,
        "recordFrame": item.start,
    }
    append = Call("AppendToTimeline", "pool", ([info],), "any")
    await calls.run(*steps, append, afterwards=back)


async def _delete(calls: ResolveCalls, timeline: OpenTimeline, placed: ItemFacts) -> None:
    """Take back what we placed; ripple is off. Measured: it fails on the Fairlight page."""
    delete = Call("DeleteClips", "timeline", ([Obj("item", placed.uid)], False), "true")
    await calls.run(still_open(timeline.document), delete)
