"""What a script can read of a clip's grade and effects, before another take shows and after it.

Nobody documents what selecting a take does to them. So they are compared, and what is different is
said: the wheels and curves of a node cannot be read, still less be put back.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.messages import Call, Obj, ResolveCallError, result
from newtake.hosts.resolve.standing import read_items, still_open

Look = Mapping[str, Any]
"""What was readable, by what a person calls it."""

_SETTINGS = (
    *("Pan", "Tilt", "ZoomX", "ZoomY", "ZoomGang", "RotationAngle", "AnchorPointX"),
    *("AnchorPointY", "Pitch", "Yaw", "FlipX", "FlipY", "CropLeft", "CropRight", "CropTop"),
    *("CropBottom", "CropSoftness", "CropRetain", "DynamicZoomEase", "CompositeMode", "Opacity"),
    *("Distortion", "RetimeProcess", "MotionEstimation", "Scaling", "ResizeFilter"),
)
"""Documented keys of GetProperty: until 21.1 a script can only ask for them one by one."""
_VERSION = "the version of the grade"
_VERSIONS = "the local versions of the grade"
_NODES = "the nodes of the grade"
_INSPECTOR = "the inspector's settings"
_FUSION = "the Fusion compositions"
_ENABLED = "whether the clip is enabled"
_LINKED = "what the clip is linked to"


async def read_look(calls: ResolveCalls, document: HostDocument, item: ItemFacts) -> Look:
    """Of an item of the open timeline. What cannot be read is not in it. Raises: HostAwayError."""
    look: dict[str, Any] = {}
    clip = Obj("item", item.uid).address
    opened = still_open(document)
    with suppress(ResolveCallError):
        _, look[_VERSION], look[_VERSIONS] = await calls.run(
            opened,
            Call("GetCurrentVersion", clip, want="any"),
            Call("GetVersionNameList", clip, (0,), "list"),
        )
    with suppress(ResolveCallError):
        look[_NODES] = await _nodes(calls, opened, clip)
    with suppress(ResolveCallError):
        look[_INSPECTOR] = await _inspector(calls, opened, clip)
    with suppress(ResolveCallError):
        _, look[_FUSION], look[_ENABLED] = await calls.run(
            opened,
            Call("GetFusionCompNameList", clip, want="list"),
            Call("GetClipEnabled", clip, want="any"),
        )
    if calls.has("TimelineItem", "GetLinkedItems"):
        with suppress(ResolveCallError):
            _, look[_LINKED] = await calls.run(opened, Call("GetLinkedItems", clip, want="list"))
    return {name: value for name, value in look.items() if value is not None}


async def _nodes(calls: ResolveCalls, opened: Call, clip: Any) -> list[list[Any]]:
    """Label, LUT and tools of each node. Raises: ResolveCallError, as where there is no graph."""
    graph = Call("GetNodeGraph", clip)
    *_, count = await calls.run(opened, graph, Call("GetNumNodes", result(1), want="number"))
    reads = ("GetNodeLabel", "GetLUT", "GetToolsInNode")
    asked = [
        Call(name, result(1), (number,), "any")
        for number in range(1, round(count) + 1)
        for name in reads
    ]
    _, _, *said = await calls.run(opened, graph, *asked)
    return [said[at : at + len(reads)] for at in range(0, len(said), len(reads))]


async def _inspector(calls: ResolveCalls, opened: Call, clip: Any) -> dict[str, Any] | None:
    if calls.has("TimelineItem", "GetProperties"):
        _, said = await calls.run(opened, Call("GetProperties", clip, want="any"))
        return dict(said) if isinstance(said, dict) else None
    _, *values = await calls.run(
        opened, *(Call("GetProperty", clip, (name,), "any") for name in _SETTINGS)
    )
    return dict(zip(_SETTINGS, values, strict=True))


async def changes_since(
    calls: ResolveCalls, document: HostDocument, item: ItemFacts, before: Look
) -> tuple[str, ...]:
    """Notes of what of an item's look is not as it was.

    Args:
        document: The timeline that must be open.
        item: As it was read; it is found again by its id, else by its place.
        before: Its look then.

    Raises:
        HostAwayError: Resolve is not there any more.
    """
    try:
        items = await read_items(calls, item.track)
    except ResolveCallError as error:
        # The take shows all the same.
        return (f"whether the clip's grade stayed could not be read: {error.why}",)
    now = next((each for each in items if each.start == item.start), None)
    now = next((each for each in items if each.uid == item.uid), now)
    if now is None:
        return ()
    return differences(before, await read_look(calls, document, now))


def differences(before: Look, after: Look) -> tuple[str, ...]:
    """A sentence for each part of a look that is another, or cannot be read any more."""
    notes = []
    for name, was in before.items():
        if name not in after:
            notes.append(f"{name} could not be read once the take showed: look at it in Resolve")
        elif after[name] != was:
            text = (
                f"{name} did not stay when the take was selected: {_told(name, was, after[name])}"
            )
            notes.append(f"{text}; set it again, or undo in Resolve")
    return tuple(notes)


def _told(name: str, was: Any, now: Any) -> str:
    if name == _VERSION and isinstance(was, Mapping) and isinstance(now, Mapping):
        was, now = was.get("versionName"), now.get("versionName")
    if name == _NODES and len(was) != len(now):
        was, now = len(was), len(now)
    if name == _LINKED:
        was, now = (f"{len(each)} items" for each in (was, now))
    if name == _INSPECTOR:
        keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
        return ", ".join(f"{key} was {was.get(key)!r} and is {now.get(key)!r}" for key in keys)
    return f"it was {was!r} and is {now!r}"
