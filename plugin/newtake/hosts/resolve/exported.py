"""What only an export of the timeline tells: retimes before 21.1, and transitions before 21.0.

`Timeline.Export` writes OpenTimelineIO since 18.5. Observed in files of Resolve's: a retime is a
`LinearTimeWarp` with its scalar (-1 backwards, 0 a freeze), a ramp a `TimeEffect` without one, and
`source_range` has the record duration whatever the speed; a transition lies between its clips with
the frames before and after the cut. Positions add up from the timeline's first frame, so that
nothing depends on how its start is numbered.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio.to_thread

from newtake.domain.clip import NO_DISSOLVES
from newtake.domain.timing import Handles
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
from newtake.hosts.resolve.messages import Call, ResolveCallError, constant
from newtake.hosts.resolve.spans import spoken_speed

_SLIP = 1
"""Record frames that the place of an item may be off by, where rates are converted."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One item of a video track, as an export has it."""

    track: int
    """From 1, the lowest."""
    start: Fraction
    """Record frames after the timeline's first one."""
    duration: Fraction
    """Record frames."""
    retime: str
    """What its retime is, in words; empty without one."""
    dissolves: Handles = NO_DISSOLVES
    """Record frames beyond its ends that transitions show."""


async def with_export(calls: ResolveCalls, timeline: TimelineFacts) -> TimelineFacts:
    """The timeline with what an export tells of its items, where scripts are not told all of it.

    An item that the export does not have stays as it is: not known to be retimed or not.

    Raises:
        HostAwayError: Resolve cannot be reached.
    """
    # From the version on that says speeds, transitions are listed as well.
    shown = (each for each in timeline.items if each.media and each.track_type == "video")
    if all(spoken_speed(each.speed) is not None for each in shown):
        return timeline
    with tempfile.TemporaryDirectory(prefix="newtake_", ignore_cleanup_errors=True) as folder:
        path = Path(folder, "timeline.otio")
        arguments = (str(path), constant("EXPORT_OTIO"), constant("EXPORT_NONE"))
        try:
            await calls.run(Call("Export", "timeline", arguments, "true"))
            document = await anyio.to_thread.run_sync(_read, path)
        except (ResolveCallError, OSError, ValueError):
            return timeline
    exported = list(exported_items(document, timeline.rate))
    return replace(
        timeline, items=tuple(_told(each, timeline, exported) for each in timeline.items)
    )


def exported_items(document: Any, rate: Fraction) -> Iterator[Exported]:
    """The items of an OpenTimelineIO document's video tracks, as far as their places are clear.

    Args:
        document: The file's JSON.
        rate: The timeline's.
    """
    stack = document.get("tracks") if isinstance(document, Mapping) else None
    tracks = [each for each in _children(stack) if each.get("kind") == "Video"]
    for number, track in enumerate(tracks, 1):
        yield from _items_of(_children(track), number, rate)


def _items_of(children: list[Mapping[str, Any]], track: int, rate: Fraction) -> Iterator[Exported]:
    at = Fraction(0)
    for place, child in enumerate(children):
        if _schema(child) == "Transition":
            continue
        length = _frames((child.get("source_range") or {}).get("duration"), rate)
        if length is None:
            # What follows lies nobody knows where.
            return
        if _schema(child) != "Gap":
            before, after = children[max(0, place - 1) : place], children[place + 1 : place + 2]
            dissolves = Handles(
                _shown(before, "in_offset", rate), _shown(after, "out_offset", rate)
            )
            yield Exported(track, at, length, _retime(child.get("effects")), dissolves)
        at += length


def _retime(effects: Any) -> str:
    for effect in effects if isinstance(effects, list) else ():
        if not isinstance(effect, Mapping):
            continue
        schema, scalar = _schema(effect), effect.get("time_scalar")
        if schema == "FreezeFrame" or (schema == "LinearTimeWarp" and scalar == 0):
            return "it is a freeze frame"
        if schema == "LinearTimeWarp" and isinstance(scalar, (int, float)):
            if abs(scalar - 1) > 1e-6:
                return f"its speed is {scalar * 100:g} %"
        elif schema in ("LinearTimeWarp", "TimeEffect"):
            return "its speed changes within it"
    return ""


def _shown(beside: Iterable[Mapping[str, Any]], offset: str, rate: Fraction) -> int:
    """Frames of an item that a transition on this side shows beyond its end."""
    for each in beside:
        if _schema(each) == "Transition":
            return max(0, round(_frames(each.get(offset), rate) or 0))
    return 0


def _told(item: ItemFacts, timeline: TimelineFacts, exported: Iterable[Exported]) -> ItemFacts:
    if item.track_type != "video":
        return item
    start = item.start - timeline.start
    fitting = [
        (abs(each.start - start) + abs(each.duration - item.duration), each.retime, each.dissolves)
        for each in exported
        if each.track == item.track
        and abs(each.start - start) <= _SLIP
        and abs(each.duration - item.duration) <= _SLIP
    ]
    if not fitting:
        return item
    _, retime, dissolves = min(fitting, key=lambda each: each[0])
    return replace(item, exported_retime=retime, exported_dissolves=dissolves)


def _frames(time: Any, rate: Fraction) -> Fraction | None:
    """A `RationalTime` in frames of the timeline; its own rate tells what it counts."""
    if not isinstance(time, Mapping):
        return None
    try:
        value, own = Fraction(str(time["value"])), Fraction(str(time["rate"]))
    except (KeyError, ValueError):
        return None
    # A rate such as 29.97 is written with few digits.
    return value if abs(own - rate) < Fraction(1, 100) or own <= 0 else value / own * rate


def _children(parent: Any) -> list[Mapping[str, Any]]:
    children = parent.get("children") if isinstance(parent, Mapping) else None
    return [each for each in children or () if isinstance(each, Mapping)]


def _schema(value: Mapping[str, Any]) -> str:
    return str(value.get("OTIO_SCHEMA", "")).partition(".")[0]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
