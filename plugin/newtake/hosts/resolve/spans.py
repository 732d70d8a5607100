"""Which media frames an item shows: its in-point, its retime, and what its dissolves show.

Sources: `GetLeftOffset` was measured exact on 41 of 41 ordinary items of 21.0.3.7;
`GetSourceStartFrame` is the same or one less, the source end exclusive with the same slip. The left
offset of a still is a number of the timeline's clock, that of a retimed item lives in warped time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from newtake.domain.timing import Handles
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
from newtake.hosts.resolve.refusals import is_transition

UNTOLD = (
    "which images of its sequence it shows cannot be told while another take shows: Resolve may "
    "count them from 0 or from the number of the first"
)
_SLIP = 1


def in_point(item: ItemFacts, expected: int | None = None) -> int:
    """The one of `in_points` that is expected, where it is among them; else the first."""
    points = in_points(item)
    return expected if expected is not None and expected in points else points[0]


def in_points(item: ItemFacts) -> tuple[int, ...]:
    """The first frame that the item shows of its original's media, counted from the media's first.

    The left offset is that of the take that is selected. Of another take Resolve gives the range
    that it had when it was added, so the original is taken to be trimmed as the selected one is.
    Nobody has measured whether those ranges count an image sequence from 0 or from the number of
    its first file.

    Returns:
        More than one where both ways of counting fit what Resolve says.
    """
    left = item.left or 0
    selected = next((each for each in item.takes if each.index == item.selected_take), None)
    if item.selected_take <= 1 or selected is None:
        return (left,)
    original, frames = item.takes[0], item.original_frames
    found: dict[int, bool] = {}
    for number, first in ((0, 0), (item.original_number, item.first_number)):
        begin, trimmed = original.start - number, left - (selected.start - first)
        is_in_media = begin >= 0 and (frames is None or original.end - number <= frames)
        if is_in_media and selected.start >= first and begin + trimmed >= 0:
            found.setdefault(begin + trimmed, trimmed == 0)
    if item.first_number and len(set(found.values())) > 1:
        # A sequence shows, and in one way of counting nobody trimmed it since it was added.
        return tuple(point for point, is_untrimmed in found.items() if is_untrimmed)
    return tuple(found) or (original.start + left - selected.start,)


def retime_of(item: ItemFacts) -> tuple[str, str]:
    """What says that an item is retimed, and why that is not known where nothing tells.

    For media of the timeline's own rate. Both are empty for an item that surely is not retimed. As
    many media frames as record frames are no proof: so it is backwards at full speed as well.
    """
    speed = spoken_speed(item.speed)
    if speed is not None and speed != 1:
        return f"its speed is {float(speed * 100):g} %", ""
    if speed is None and item.exported_retime:
        return item.exported_retime, ""
    first, end = item.source_start, item.source_end
    # 0 and 0 was measured on imported timelines: not known, which is not the same as not retimed.
    if first is not None and end is not None and (first, end) != (0, 0):
        span = end - first
        if abs(span - item.duration) > _SLIP:
            return f"it plays {span} media frames in {item.duration}", ""
    if speed is None and item.exported_retime is None:
        return "", (
            "this version of Resolve does not tell scripts whether a clip is retimed, and no "
            "export of the timeline did"
        )
    return "", ""


def spoken_speed(value: Any) -> Fraction | None:
    """What `GetSpeed` says, as media seconds per record second; None where that cannot be read.

    Documented from 21.1 without the names and the unit of what it gives: numbers are read as
    percent, 1 as full speed too; anything that speaks of a ramp, a freeze or reverse is not 1.
    """
    if isinstance(value, Mapping):
        speed = None
        for key, each in value.items():
            name = str(key).lower()
            if re.search("reverse|freeze|ramp", name) and each not in (False, None, 0, "0", ""):
                return Fraction(0) if "freeze" in name else Fraction(-1)
            if re.search("speed|percent", name) and speed is None:
                speed = spoken_speed(each)
        return speed
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Fraction(str(value).rstrip(" %"))
    except (ValueError, ZeroDivisionError):
        return None
    return Fraction(1) if number == 1 else number / 100


def dissolves_of(
    item: ItemFacts, timeline: TimelineFacts, left: int, frames: int | None
) -> Handles:
    """Media frames beyond the item's ends that its transitions show.

    They are listed from 21.0 on; before, an export tells.
    """
    head, tail = item.exported_dissolves.head, item.exported_dissolves.tail
    for other in timeline.bare_beside(item):
        apart = other.end <= item.start or item.end <= other.start
        if apart or other is item or not is_transition(other, timeline):
            continue
        if other.start < item.start < other.end:
            head = max(head, item.start - other.start)
        if other.start < item.end < other.end:
            tail = max(tail, other.end - item.end)
    after = tail if frames is None else frames - left - item.duration
    return Handles(min(head, max(left, 0)), min(tail, max(after, 0)))
