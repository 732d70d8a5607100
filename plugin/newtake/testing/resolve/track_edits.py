"""What is on a timeline's tracks: looked up, laid down, taken off and copied.

Whether Resolve would do so is the caller's to know; only a locked track refuses here.
"""

from __future__ import annotations

import copy

from newtake.testing.resolve.state import Item, Media, Timeline, Track, new_id


def top_item_at(timeline: Timeline, frame: int) -> Item | None:
    """The topmost enabled picture at a record frame."""
    for track in reversed(timeline.tracks["video"]):
        for item in track.items if track.enabled else []:
            is_picture = item.kind not in ("transition", "adjustment") and item.enabled
            if is_picture and item.start <= frame < item.end:
                return item
    return None


def put_item(timeline: Timeline, kind: str, number: int, item: Item) -> None:
    """Lay an item on a track, in the order of the record."""
    track = timeline.tracks[kind][number - 1]
    track.items.append(item)
    track.items.sort(key=lambda one: one.start)


def remove_item(timeline: Timeline, item: Item, *, ripple: bool) -> bool:
    """Take an item off its track; with `ripple` what follows moves up."""
    place = timeline.place_of(item)
    if place is None or timeline.tracks[place[0]][place[1] - 1].locked:
        return False
    timeline.tracks[place[0]][place[1] - 1].items.remove(item)
    item.gone = True
    if ripple:
        for _, _, other in timeline.placed():
            if other.start >= item.end:
                other.start -= item.duration
    return True


def double_of(item: Item) -> Item:
    """The same item once more, on no track yet: its media are shared, its identity is new."""
    double = copy.copy(item)
    double.uid, double.linked = new_id(), []
    double.takes = [copy.copy(take) for take in item.takes]
    double.markers = copy.deepcopy(item.markers)
    return double


def copy_timeline(timeline: Timeline, name: str) -> Timeline:
    """A timeline of its own with the same items; media are shared, identities are new."""
    made = Timeline(name, rate=timeline.rate, drop=timeline.drop, start=timeline.start)
    made.ahead = timeline.ahead
    made.playhead, made.settings = timeline.playhead, dict(timeline.settings)
    made.markers = copy.deepcopy(timeline.markers)
    for kind, tracks in timeline.tracks.items():
        for track in tracks:
            new = Track(track.name, enabled=track.enabled, locked=track.locked)
            for item in track.items:
                new.items.append(double_of(item))
            made.tracks[kind].append(new)
    made.media = Media(name, kind="Timeline", rate=timeline.rate, timeline=made)
    return made
