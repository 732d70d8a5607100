"""The take selector of a timeline item.

Observed (21.0.3.7): ranges are half-open and count from the media's first frame; the first AddTake
seeds the original as take 1; a plain item counts 0 takes; on a timeline that is not current the
getters give 0. Assumed, as the worse case: a take of another length moves what follows, and AddTake
fails on every kind of item on which nobody has tried it (see `quirks`).
"""

from __future__ import annotations

import math
from typing import Any

from newtake.testing.resolve.core import World
from newtake.testing.resolve.look import forget_look
from newtake.testing.resolve.markers import is_number
from newtake.testing.resolve.state import Item, Media, Take, Timeline, new_id


def add_take(
    world: World, timeline: Timeline, item: Item, media: Media | None, start: Any, end: Any
) -> bool:
    """Add a take that shows [start, end) of the media; the whole media where they are None."""
    place = timeline.place_of(item)
    if media is None or media.gone or timeline is not world.timeline or place is None:
        return False
    if take_kind(item, timeline) not in world.quirks.take_kinds:
        return False
    if timeline.tracks[place[0]][place[1] - 1].locked:
        return False
    origin = media.first_number if world.quirks.sequence_take_origin == "number" else 0
    first = 0 if start is None else round(start) - origin
    last = media.frames if end is None else round(end) - origin
    if not 0 <= first < last <= media.frames:
        return False
    take = Take(media, first, last)
    if world.quirks.unequal_take == "refuse" and _length(take, timeline) != item.duration:
        return False
    if world.quirks.add_take_lies:
        return True
    if not item.takes:
        item.takes.append(Take(item.media, item.source_start, _source_end(item, timeline)))
        item.selected_take = 1
    item.takes.append(take)
    if world.quirks.take_after_add == "new":
        select_take(world, timeline, item, len(item.takes))
    return True


def take_by_index(world: World, item: Item, index: Any) -> dict[str, Any] | None:
    """Its range as it was given to AddTake, and its media (not yet an object of the API)."""
    if not _is_index(item, index) or round(index) in world.quirks.hidden_takes:
        return None
    take = item.takes[round(index) - 1]
    origin = 0
    if take.media is not None and world.quirks.sequence_take_origin == "number":
        origin = take.media.first_number
    return {
        "startFrame": take.start + origin,
        "endFrame": take.end + origin,
        "mediaPoolItem": take.media,
    }


def select_take(world: World, timeline: Timeline, item: Item, index: Any) -> bool:
    """Show another take; where its length differs, what follows on the track moves."""
    if not _is_index(item, index) or timeline is not world.timeline:
        return False
    if round(index) == item.selected_take:
        return True
    take = item.takes[round(index) - 1]
    item.selected_take = round(index)
    item.media, item.source_start = take.media, take.start
    if take.media is not None and not item.is_renamed:
        item.name = take.media.name
    if world.quirks.unequal_take == "ripple":
        _resize(timeline, item, _length(take, timeline))
    if not world.quirks.look_stays:
        forget_look(item)
    if world.quirks.item_id_changes:
        item.uid = new_id()
    return True


def delete_take(world: World, timeline: Timeline, item: Item, index: Any) -> bool:
    """Remove a take; the first is shown when the selected one goes. The last one stays."""
    if not _is_index(item, index) or timeline is not world.timeline or len(item.takes) < 2:
        return False
    number = round(index)
    if number == item.selected_take:
        select_take(world, timeline, item, 1 if number > 1 else 2)
    del item.takes[number - 1]
    if item.selected_take > number:
        item.selected_take -= 1
    return True


def finalize_take(world: World, timeline: Timeline, item: Item) -> bool:
    """Collapse the selector for good; False where no take is selected."""
    if not item.takes or not item.selected_take or timeline is not world.timeline:
        return False
    item.takes, item.selected_take = [], 0
    return True


def take_kind(item: Item, timeline: Timeline) -> str:
    """The kind that decides whether a take can be added: retimes and other rates are kinds."""
    if item.kind == "video" and item.speed != 1:
        return "retimed"
    is_other_rate = item.media is not None and item.media.rate != timeline.rate
    if item.kind == "video" and is_other_rate and not item.takes:
        return "mixed_rate"
    return item.kind


def consumed(item: Item, timeline: Timeline) -> int:
    """Media frames, in the media's own rate, that an item shows."""
    if item.media is None:
        return item.duration
    frames = item.duration * abs(item.speed) * item.media.rate / timeline.rate
    return max(1, math.floor(frames + 0.5))


def _source_end(item: Item, timeline: Timeline) -> int:
    return item.source_start + consumed(item, timeline)


def _length(take: Take, timeline: Timeline) -> int:
    if take.media is None or take.media.kind == "Still":
        return take.end - take.start
    # Half up, so that what an item consumes at another rate is its own length again.
    return max(1, math.floor((take.end - take.start) * timeline.rate / take.media.rate + 0.5))


def _resize(timeline: Timeline, item: Item, length: int) -> None:
    change = length - item.duration
    if not change:
        return
    old_end = item.end
    item.duration = length
    for _, _, other in timeline.placed():
        if other is not item and other.start >= old_end:
            other.start += change


def _is_index(item: Item, index: Any) -> bool:
    return is_number(index) and 1 <= round(index) <= len(item.takes)
