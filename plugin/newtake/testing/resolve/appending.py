"""AppendToTimeline: the one way by which the API places media, with all that was seen of it.

Observed: endFrame is exclusive from 19 on and inclusive in 18; recordFrame is absolute; trackIndex
works with mediaType only; what would lie on something is dropped and a hollow item is handed out;
a locked track takes nothing and hands out items all the same; rates that differ are floored.
Assumed: an entry without a range is placed as it is marked; before 20.3.2 (from 20.0 on) it fails
when no pool entry is selected, as that version's changelog says it mended.
"""

from __future__ import annotations

import math
from typing import Any

from newtake.testing.resolve.core import ResolveObject, World
from newtake.testing.resolve.state import Item, Media, Project, Timeline, Track

_KINDS = {"Still": "still", "Multicam": "multicam", "Compound": "compound", "Fusion": "fusion_clip"}
"""Kinds of item by the clip property 'Type' of what they show."""


def append_to_timeline(world: World, project: Project, infos: Any) -> list[ResolveObject]:
    """Place every clip info on the current timeline; what comes back proves nothing."""
    timeline = project.current_timeline
    if timeline is None or not isinstance(infos, list):
        return []
    if (20, 0, 0) <= world.version < (20, 3, 2) and not project.selected_media:
        return []
    items: list[ResolveObject] = []
    for info in infos:
        for item in _place(world, timeline, info):
            items.append(world.classes["TimelineItem"](world, item))
    return items


def _place(world: World, timeline: Timeline, info: Any) -> list[Item]:
    media, fields = _read(info)
    if media is None:
        return []
    first, end = _range_of(world, media, fields)
    if not 0 <= first < end <= media.frames:
        return []
    kinds = {1: ["video"], 2: ["audio"]}.get(fields.get("mediaType", 0), _kinds_of(media))
    index = round(fields["trackIndex"]) if "mediaType" in fields and "trackIndex" in fields else 1
    length = math.floor((end - first) * timeline.rate / media.rate)
    made = []
    for kind in kinds:
        tracks = timeline.tracks[kind]
        if not 1 <= index <= len(tracks) or length < 1:
            continue
        track = tracks[index - 1]
        at = fields.get("recordFrame")
        item = Item(
            media.name,
            kind="audio" if kind == "audio" else _KINDS.get(media.kind, "video"),
            start=round(at) if at is not None else _end_of(track, timeline),
            duration=length,
            source_start=first,
            media=media,
        )
        _put(track, item)
        made.append(item)
    if len(made) > 1:
        for item in made:
            item.linked = [one for one in made if one is not item]
    return made


def _range_of(world: World, media: Media, fields: dict[str, Any]) -> tuple[int, int]:
    """Half-open; what the entry's marks say where nothing else does."""
    marks = media.marks.get("video")
    if marks is not None and not {"startFrame", "endFrame"} & set(fields):
        beyond = 1 if world.quirks.pool_mark_out == "inclusive" else 0
        return marks["in"], marks["out"] + beyond
    last = fields.get("endFrame")
    beyond = 1 if world.version < (19, 0, 0) else 0
    end = media.frames if last is None else round(last) + beyond
    return round(fields.get("startFrame", 0)), end


def _read(info: Any) -> tuple[Media | None, dict[str, Any]]:
    fields = info if isinstance(info, dict) else {"mediaPoolItem": info}
    media = getattr(fields.get("mediaPoolItem"), "media", None)
    return (media if isinstance(media, Media) else None), fields


def _kinds_of(media: Media) -> list[str]:
    if media.kind == "Audio":
        return ["audio"]
    return ["video", "audio"] if media.has_audio else ["video"]


def _end_of(track: Track, timeline: Timeline) -> int:
    return max((item.end for item in track.items), default=timeline.start)


def _put(track: Track, item: Item) -> None:
    is_free = all(item.end <= one.start or one.end <= item.start for one in track.items)
    if track.locked or not is_free:
        item.is_hollow = True
        return
    track.items.append(item)
    track.items.sort(key=lambda one: one.start)
