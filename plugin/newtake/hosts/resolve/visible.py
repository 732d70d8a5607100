"""Which items a viewer sees, at a frame or in a range: the topmost enabled one hides the others."""

from __future__ import annotations

from collections.abc import Iterator

from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
from newtake.hosts.resolve.refusals import is_take_on_track, is_transition


def top_item_at(timeline: TimelineFacts, frame: int) -> ItemFacts | None:
    """The item that is seen at a record frame; what adjusts or has no media only if alone."""
    there = [each for each in _pictures(timeline) if each.start <= frame < each.end]
    return next((each for each in there if each.media), there[0] if there else None)


def visible_in(timeline: TimelineFacts, meant: FrameRange) -> list[ItemFacts]:
    """The items with media of which a frame is seen in a record range, in reading order.

    Titles, generators and adjustment clips hide nothing here: what is under them shows through.
    """
    free = [(meant.start - timeline.shift, meant.end - timeline.shift)]
    seen = []
    for item in _pictures(timeline):
        if not item.media:
            continue
        rest = [piece for span in free for piece in _without(span, item)]
        if rest != free:
            seen.append(item)
        free = rest
    return sorted(seen, key=lambda item: (item.track, item.start))


def bare_in(timeline: TimelineFacts, meant: FrameRange) -> list[ItemFacts]:
    """What has no media and is seen in a record range: titles, generators, adjustment clips."""
    start, end = meant.start - timeline.shift, meant.end - timeline.shift
    found = [
        item
        for item in _pictures(timeline)
        if not item.media and item.start < end and start < item.end
    ]
    return sorted(found, key=lambda item: (item.track, item.start))


def _pictures(timeline: TimelineFacts) -> list[ItemFacts]:
    """What is switched on, from the top track down; not our takes, which hide their own clips."""
    items = [
        item
        for item in timeline.items
        if item.track_type == "video"
        and item.enabled
        and timeline.track_of(item).enabled
        and not is_transition(item, timeline)
        and not is_take_on_track(item, timeline)
    ]
    return sorted(items, key=lambda item: (-item.track, item.start))


def _without(span: tuple[int, int], item: ItemFacts) -> Iterator[tuple[int, int]]:
    start, end = span
    if item.end <= start or end <= item.start:
        yield span
        return
    if start < item.start:
        yield start, item.start
    if item.end < end:
        yield item.end, end
