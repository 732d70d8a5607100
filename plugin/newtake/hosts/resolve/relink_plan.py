"""Where a finished take goes, decided from the clip as it was and the timeline as it stands.

Nothing is read or written here. What an editor did to the clip in the meantime is recognised, and
either followed or answered with the bin; it is always said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newtake.domain.errors import HostError
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.identity import ItemKey
from newtake.hosts.resolve.spans import UNTOLD, in_point, in_points, retime_of
from newtake.hosts.resolve.standing import marks_of, original_of


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
    item = find_item(key, job_id, items)
    if item is None:
        return RelinkPlan("bin", None, 0, ("the clip is gone from the timeline",))
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
    if trimmed:
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
    way = f"{abs(frames)} frames {'later' if frames > 0 else 'earlier'}"
    return [f"the clip lies {way} than when it was sent; the take followed it"]


def refuse_trimmed(key: ItemKey, item: ItemFacts) -> None:
    """Raise HostError where the item shows other frames than when it was selected."""
    left = in_point(item, key.left)
    if (left, item.duration) == (key.left, key.duration):
        return
    raise HostError(
        f"The clip {item.name} was trimmed or slipped after it was chosen.",
        why=f"It showed {key.duration} frames from {key.left} of its media on, "
        f"and shows {item.duration} from {left} on; nothing was sent.",
        fix="Choose the clip again as it is now, and cancel a job that waits for it as it was.",
    )


def find_item(key: ItemKey, job_id: str, items: Sequence[ItemFacts]) -> ItemFacts | None:
    """The item that a key means: by its id, else by the job's mark, else by media and in-point.

    Whether an item keeps its id when a take is selected is documented nowhere. A copy has the same
    media and in-point as the clip: then its place decides, and where that cannot, nobody does.
    """
    by_id = [each for each in items if key.item and each.uid == key.item]
    if by_id:
        return by_id[0]
    marked = [each for each in items if job_id in marks_of(each.markers)]
    if len(marked) == 1:
        return marked[0]
    same = [each for each in items if key.media and original_of(each) == key.media]
    tracked = [each for each in same if f"V{each.track}" == key.track]
    begun = [each for each in same if key.left in in_points(each)]
    end = key.start + key.duration
    for fitting in (
        [each for each in tracked if each in begun and each.start == key.start],
        [each for each in tracked if each in begun],
        begun,
        [each for each in tracked if each.start < end and key.start < each.end],
    ):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return None
    return None
