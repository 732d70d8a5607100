"""Places a finished take beside its strip, found again and followed; or says why it has to wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newtake.domain.errors import HostError, NoPlaceError
from newtake.domain.exr import colour_space
from newtake.domain.files import HostTarget, NewTake, PlacedTake
from newtake.domain.timing import FrameRange
from newtake.hosts.blender.connection import BlenderCallError, BlenderCalls
from newtake.hosts.blender.documents import document_of
from newtake.hosts.blender.facts import Hello, Sequencer, Strip
from newtake.hosts.blender.identity import StripKey, parse_key
from newtake.hosts.blender.relink_plan import (
    RelinkPlan,
    halves_of,
    made_text,
    plan_relink,
    plan_where_it_was,
)
from newtake.hosts.blender.renditions import rendition
from newtake.hosts.blender.showing import at_rest, own_colour
from newtake.hosts.blender.strip_names import exr_name, strip_name
from newtake.hosts.blender.summaries import (
    EXR_LABEL,
    HAD,
    SEQUENCE,
    free_number,
    given,
    key_of,
    number_of,
    properties_of,
    was_given,
)
from newtake.ports import MediaTool

_TRIES = 3
_UNFIT = ("cannot", "locked", "no_channel")
"""What only shows when a take is placed, and is the strip's or its neighbours', not the take's."""


async def add_take(
    calls: BlenderCalls, media: MediaTool, target: HostTarget, take: NewTake
) -> PlacedTake:
    """See `ports.Host.add_take`.

    Raises:
        HostAwayError: Another file is open, or Blender is not there.
        NoPlaceError: The strip is gone, or cannot take it as it is; it may again.
        HostError: Blender would not place it.
    """
    key = read_key(take.clip_key)
    placed = await _add(calls, media, target, take, key)
    notes = list(placed.notes)
    for half in halves_of(key, await document_of(calls, target, key.known)):
        other = replace(
            take, clip_key=str(half.key), label=f"{take.label}/half-{half.uid}", where_it_was=False
        )
        try:
            await _add(calls, media, target, other, half.key)
            notes.append(f"the strip was split after it was sent; {half.name!r} has the take too")
        except NoPlaceError as error:
            notes.append(f"the strip was split after it was sent; {half.name!r}: {error.what}")
    return replace(placed, notes=tuple(notes))


async def _add(
    calls: BlenderCalls, media: MediaTool, target: HostTarget, take: NewTake, key: StripKey
) -> PlacedTake:
    """To one strip."""
    for tried in range(_TRIES):
        sequencer = await document_of(calls, target, key.known)
        there = label_in(sequencer, take.label)
        if there is not None:
            return PlacedTake(key_of(there), number_of(there), target.timeline, added=False)
        strip = sequencer.strip(key.uid)
        if strip is not None and was_given(strip, take.label):
            number = take.file.number
            notes = (f"it was removed from {strip.name!r} in Blender, and stays away",)
            return PlacedTake(f"take_{number:03}", number, target.timeline, False, notes=notes)
        plan = plan_relink(key, take.file.available, sequencer)
        try:
            if plan.place and plan.strip is not None:
                return await _placed(calls, media, target, take, key, plan, sequencer)
            if take.where_it_was:
                return await _laid(calls, media, target, take, key, sequencer)
            raise _kept(take, plan)
        except BlenderCallError as error:
            if take.where_it_was and error.kind in _UNFIT:
                return await _laid(calls, media, target, take, key, sequencer)
            if error.kind not in ("changed", "outside", "not_found") or tried == _TRIES - 1:
                raise
            # It was moved, trimmed or deleted at this very moment: look again.
    raise AssertionError("the last try returns or raises")


def label_in(sequencer: Sequencer, label: str) -> Strip | None:
    """The strip of a label, which is one rendition's for one clip."""
    return next((each for each in sequencer.strips if each.label == label), None)


def read_key(text: str) -> StripKey:
    """Raises: HostError."""
    try:
        return parse_key(text)
    except ValueError as error:
        raise HostError(
            f"The scene has no strip {text!r}: it is gone, or never was there.",
            why=f"{error}.",
            fix="Choose the strip again in Blender.",
        ) from error


def _kept(take: NewTake, plan: RelinkPlan) -> NoPlaceError:
    return NoPlaceError(
        f"The take is kept, not placed: {'; '.join(plan.notes)}.",
        why=f"It is there and paid for, as {take.file.path}.",
        fix="Undo that in Blender and bring the take in, or place it where the strip was: New Take "
        "in the sequencer's header has both.",
    )


async def _laid(
    calls: BlenderCalls,
    media: MediaTool,
    target: HostTarget,
    take: NewTake,
    key: StripKey,
    sequencer: Sequencer,
) -> PlacedTake:
    """On its own, where the strip was when it was sent; what is there by now stays as it is."""
    hello = sequencer.hello
    number = free_number(take.file.number, sequencer.takes_of(key.uid))
    plan = plan_where_it_was(key, take.file.available, hello.rate)
    notes = list(plan.notes)
    name = strip_name(key.name, number, take.name, sequencer.names)
    takes = await _rows(media, take, plan, hello, name, number, key.start, "NONE", notes)
    answer = await calls.ask(
        "lay",
        document=hello.document,
        clip=key.uid,
        known=key.known,
        range=[key.start, key.start + key.duration],
        begin=key.start - key.first,
        takes=takes,
        undo=f"New Take: {takes[0]['name']}",
    )
    notes.extend(str(each).rstrip(".") for each in answer["notes"])
    notes.append(
        f"it lies on its own at record frames {key.start} to {key.start + key.duration - 1}, where "
        "the strip was when it was sent, fitted into the frame; it has no look of that strip's"
    )
    return PlacedTake(f"take_{number:03}", number, target.timeline, True, "track", tuple(notes))


async def _placed(
    calls: BlenderCalls,
    media: MediaTool,
    target: HostTarget,
    take: NewTake,
    key: StripKey,
    plan: RelinkPlan,
    sequencer: Sequencer,
) -> PlacedTake:
    strip, hello = plan.strip, sequencer.hello
    assert strip is not None
    assert strip.media is not None
    notes = list(plan.notes)
    number = free_number(take.file.number, sequencer.takes_of(strip.uid))
    if plan.frames:
        notes.append(made_text(FrameRange(strip.start, len(plan.frames), hello.rate), plan))
    name, colour = strip_name(strip.name, number, take.name, sequencer.names), own_colour(strip)
    takes = await _rows(media, take, plan, hello, name, number, strip.start, colour, notes)
    rest = at_rest(strip, take.provenance.job_id)
    rest["properties"][HAD] = given(strip, take.label)
    answer = await calls.ask(
        "place",
        document=hello.document,
        clip=strip.uid,
        known=key.known,
        expect={"start": strip.start, "end": strip.end, "first": strip.media.first},
        takes=takes,
        rest=rest,
        undo=f"New Take: {takes[0]['name']}",
    )
    if answer["moved_up"]:
        strips = "1 strip" if answer["moved_up"] == 1 else f"{answer['moved_up']} strips"
        notes.append(
            f"{strips} above it went up by a channel, so that the take lies directly above the "
            "original"
        )
    notes.extend(str(each).rstrip(".") for each in answer["notes"])
    return PlacedTake(f"take_{number:03}", number, target.timeline, True, notes=tuple(notes))


async def _rows(
    media: MediaTool,
    take: NewTake,
    plan: RelinkPlan,
    hello: Hello,
    name: str,
    number: int,
    start: int,
    colour: str,
    notes: list[str],
) -> list[dict[str, Any]]:
    """The take, and its EXR frames, as the add-on's requests have them.

    Args:
        media: Makes a file of frames in another order.
        take: The take.
        plan: What is placed of it.
        hello: The scene.
        name: Of its strip.
        number: Of the take among its clip's.
        start: First record frame.
        colour: Tag that the new strips get.
        notes: What a person should know is added to them.
    """
    path, frames = take.file.path, take.file.frames_in_file
    if plan.frames:
        path = await rendition(media, take, plan.frames, hello.rate, start=start)
        frames = len(plan.frames)
    if hello.file and not path.is_relative_to(Path(hello.file).parent):
        notes.append(f"its file stays where the job was begun, in {path.parent}")
    said = properties_of(take, number)
    movie = {
        "label": take.label,
        "name": name,
        "kind": "movie",
        "path": str(path),
        "first": plan.first,
        "frames": frames,
        "colour_space": [],
        "colour": colour,
        "show": True,
        "properties": said,
    }
    return [
        movie,
        *({**each, "colour": colour} for each in _exr(take, name, plan, hello, said, notes)),
    ]


def _exr(
    take: NewTake,
    name: str,
    plan: RelinkPlan,
    hello: Hello,
    said: Mapping[str, str],
    notes: list[str],
) -> Sequence[Mapping[str, Any]]:
    """The EXR frames as images above the movie, muted."""
    exr = take.file.exr
    if exr is None:
        return ()
    wanted = plan.frames or tuple(range(exr.count))
    if max(wanted) >= exr.count or (not plan.frames and exr.count != take.file.frames_in_file):
        notes.append(
            f"its EXR frames end before the strip does and are not placed; they are in {exr.folder}"
        )
        return ()
    space, _ = colour_space(exr.facts)
    spaces = [each for each in _names(space) if each in hello.colour_spaces][:1]
    if not spaces:
        notes.append(
            f"this Blender has no colour space {space}; set that of the EXR strip yourself"
        )
    pattern = Path(f"{exr.prefix}%0{exr.padding}d.exr")
    return (
        {
            "label": take.label + EXR_LABEL,
            "name": exr_name(name),
            "kind": "images",
            "folder": str(exr.folder),
            "names": [exr.name_of(each) for each in wanted],
            "first": plan.first,
            "frames": len(wanted),
            "colour_space": spaces,
            "show": False,
            "properties": {**said, SEQUENCE: f"{exr.start} {exr.count} {pattern}"},
        },
    )


_OTHER_NAMES = {
    "ACEScg": ("ACEScg", "ACES - ACEScg", "Linear ACEScg"),
    "ACES2065-1": ("ACES2065-1", "ACES - ACES2065-1", "Linear ACES"),
    "linear Rec.709": ("Linear Rec.709", "Linear", "Utility - Linear - sRGB"),
    "linear Rec.2020": ("Linear Rec.2020", "Utility - Linear - Rec.2020"),
}
"""What OCIO configurations call them: Blender's own of 3.4 to 5.0, and the ACES project's."""


def _names(space: str) -> Sequence[str]:
    return _OTHER_NAMES.get(space, (space,))
