"""Where a finished take goes, decided from the clip as it was and the timeline as it stands.

Nothing is read or written here. What an editor did to the clip in the meantime is recognised, and
either followed or answered with the bin; it is always said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newtake.domain.counting import counted
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.finding import find
from newtake.hosts.resolve.identity import ItemKey, mark_of
from newtake.hosts.resolve.spans import UNTOLD, in_point, in_points, retime_of
from newtake.hosts.resolve.standing import original_of


@dataclass(frozen=True, slots=True)
class RelinkPlan:
    """What is to be done with a take."""

    place: Literal["take", "track", "bin"]
    item: ItemFacts | None
    """The clip; None where it is gone."""
    first: int
    """Frame of the take's file that the item's first frame gets, from 0."""
    notes: tuple[str, ...] = ()


def plan_relink(
    key: ItemKey, available: FrameRange, job_id: str, items: Sequence[ItemFacts]
) -> RelinkPlan:
    """Find the clip again and say where its take goes.

    Args:
        key: The clip as it was selected.
        available: The take's frames, in media frames from the media's first one; of a rendered
            clip from the item's first frame.
        job_id: The job, whose mark may be on the clip.
        items: Every item of the timeline's video tracks.
    """
    search = find(key, job_id, items)
    item = search.item
    if item is None:
        return RelinkPlan("bin", None, 0, (search.why,))
    if original_of(item) != key.media:
        return RelinkPlan("bin", item, 0, ("the clip shows other media than when it was sent",))
    if key.kind == "render":
        return _rendered(key, item)
    retime, _ = retime_of(item)
    if retime:
        return RelinkPlan("bin", item, 0, (f"the clip was retimed after it was sent: {retime}",))
    left = in_point(item, key.left)
    if len(in_points(item)) > 1 and (left, item.duration) != (key.left, key.duration):
        return RelinkPlan(
            "bin", item, 0, (f"the clip was trimmed after it was sent, and {UNTOLD}",)
        )
    first = left - available.start
    trimmed = (left, item.duration) != (key.left, key.duration)
    if first < 0 or first + item.duration > available.duration:
        last = left + item.duration - 1
        text = (
            f"the clip was trimmed beyond the take: it shows frames {left} to {last} "
            f"of its media, the take has {available.start} to {available.end - 1}"
        )
        return RelinkPlan("bin", item, 0, (text,))
    notes = list(_moved(key, item))
    if others := _cut_off(key, item, left, items):
        notes.append(
            f"the clip was cut after it was sent: the part from frame {left} of its media on gets "
            f"the take; {others} of it keeps the original, and the take is in the media pool for it"
        )
    elif trimmed:
        notes.append("the clip was trimmed after it was sent; the take's handles cover it")
    return RelinkPlan("take", item, first, tuple(notes))


def _rendered(key: ItemKey, item: ItemFacts) -> RelinkPlan:
    if (in_point(item, key.left), item.duration) != (key.left, key.duration):
        text = "the clip was trimmed after it was rendered, and a render has no handles"
        return RelinkPlan("bin", item, 0, (text,))
    text = "the take is of a render, so it goes on a track above the clip"
    return RelinkPlan("track", item, 0, (*_moved(key, item), text))


def _moved(key: ItemKey, item: ItemFacts) -> list[str]:
    place = f"V{item.track}"
    if (key.track, key.start) == (place, item.start):
        return []
    if key.track != place:
        return [f"the clip was moved from {key.track} to {place}; the take followed it"]
    frames = item.start - key.start
    way = f"{counted(abs(frames), 'frame')} {'later' if frames > 0 else 'earlier'}"
    return [f"the clip lies {way} than when it was sent; the take followed it"]


def _cut_off(key: ItemKey, item: ItemFacts, left: int, items: Sequence[ItemFacts]) -> str:
    """Other parts of a clip that was cut in the meantime, in words; empty where it was not."""
    end = key.left + key.duration
    own = range(left, left + item.duration)
    others = [
        each
        for each in items
        if each is not item
        and each.track == item.track
        and original_of(each) == key.media
        and mark_of(each.uid) not in key.copies
        and key.left <= (first := in_point(each)) < end
        and first + each.duration <= end
        # What was cut apart still lies as it showed, frame for frame.
        and each.start - item.start == first - left
        and first not in own
    ]
    if not others or item.duration >= key.duration:
        return ""
    return "another part" if len(others) == 1 else f"{len(others)} other parts"
