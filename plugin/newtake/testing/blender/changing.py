"""How a fake Blender places, switches and removes takes: all of it or nothing, one undo step."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newtake.testing.blender.films import film_of, size_of
from newtake.testing.blender.rows import CLIP, DOCUMENT, ID, ORIGINAL, OURS, TAKE, Rows
from newtake.testing.blender.state import (
    CHANNELS,
    PICTURES,
    FakeChannel,
    FakeScene,
    FakeStrip,
    Refusal,
    file_of,
)

Request = Mapping[str, Any]


def check_place(rows: Rows, request: Request) -> FakeStrip:
    """The original. Raises: Refusal."""
    original = rows.strip(request["clip"])
    if original is None:
        raise Refusal("not_found", "The strip is not in this file any more.", request["clip"])
    if original.type not in PICTURES:
        raise Refusal("cannot", f"{original.name!r} is no movie and no images.")
    row = rows.row(original)
    expect = request.get("expect")
    if expect is not None:
        found = {"start": row["start"], "end": row["end"], "first": row["media"]["first"]}
        if any(expect.get(key, value) != value for key, value in found.items()):
            raise Refusal("changed", f"{original.name!r} was moved or trimmed meanwhile.", row)
    return original


def place(rows: Rows, document: str, request: Request) -> tuple[list[str], int]:
    """The labels that were there already, and how many strips went up. Raises: Refusal."""
    original = check_place(rows, request)
    there, wanted, already = _wanted(rows, request)
    if not wanted:
        return already, 0
    for take in wanted:
        _fits(rows, original, take)
    try:
        channels, moved = rows.room(original, len(wanted))
    except Refusal as refusal:
        text = f"{original.name!r} takes no take: {refusal.text}"
        raise Refusal(refusal.kind, text, rows.row(original)) from refusal
    spot = _Spot(original.begin, original.start, original.end, original.meta)
    made = [
        _made(spot, request["clip"], take, channel)
        for take, channel in zip(wanted, channels, strict=True)
    ]
    for strip in made:
        if strip.colour_space == "":
            strip.colour_space = original.colour_space
    _raise(rows, original, moved, channels)
    _add(rows.scene, made)
    know(rows, document, original)
    rest = request.get("rest")
    if rest is not None:
        _write(original, rest["properties"])
        original.colour = rest["colour"]
    shown = [strip for strip, take in zip(made, wanted, strict=True) if take.get("show")]
    if shown:
        _show([original, *there.values(), *made], shown[0])
    return already, len(moved)


def lay(rows: Rows, document: str, request: Request) -> list[str]:
    """The labels that were there already. Raises: Refusal."""
    there, wanted, already = _wanted(rows, request)
    for take in wanted:
        _demand_files(take)
    start, end = request["range"]
    scene, spot = rows.scene, _Spot(request["begin"], start, end)
    over = [
        each.channel
        for each in scene.strips.values()
        if not each.meta and each.start < end and start < each.end
    ]
    free = (
        number
        for number, each in scene.channels.items()
        if number > max(over, default=0) and not each.lock and not each.mute
    )
    made = [
        _made(spot, request["clip"], take, channel)
        for take, channel in zip(wanted, free, strict=False)
    ]
    if len(made) < len(wanted):
        raise Refusal("no_channel", f"All of Blender's {CHANNELS} channels are in use.")
    for strip, take in zip(made, wanted, strict=True):
        strip.mute = not take.get("show")
        strip.colour_space = strip.colour_space or "sRGB"
    _add(scene, made)
    if rows.strip(request["clip"]) is None and any(take.get("show") for take in wanted):
        for strip in there.values():
            strip.mute = True
    if made:
        scene.properties[DOCUMENT] = document
    return already


def know(rows: Rows, document: str, original: FakeStrip) -> None:
    uid = rows.uids[original.name]
    original.properties.update({ID: uid, CLIP: uid, TAKE: ORIGINAL})
    for strip in rows.takes(uid).values():
        strip.properties.update({ID: rows.uids[strip.name], CLIP: uid})
    rows.scene.properties[DOCUMENT] = document


def switch(rows: Rows, document: str, request: Request) -> None:
    """Raises: Refusal."""
    uid, label = request["clip"], request["label"]
    original, takes = rows.strip(uid), rows.takes(uid)
    shown = original if label == ORIGINAL else takes.get(label)
    if shown is None:
        raise Refusal("not_found", f"There is no {label!r} of this clip.", label)
    strips = [each for each in (original, *takes.values()) if each is not None]
    _unlocked(rows, strips)
    if original is not None:
        know(rows, document, original)
    _show(strips, shown)


def remove(rows: Rows, request: Request) -> bool:
    """Whether anything was removed. Raises: Refusal."""
    uid = request["clip"]
    original, takes = rows.strip(uid), rows.takes(uid)
    going = [takes[each] for each in request["labels"] if each in takes]
    if not going:
        return False
    _unlocked(rows, [each for each in (original, *going) if each is not None])
    if original is not None and any(not each.mute for each in going):
        _show([original, *takes.values()], original)
    for each in going:
        del rows.scene.strips[each.name]
    return True


def mark(rows: Rows, document: str, request: Request) -> list[str]:
    """The uids of what was marked. Raises: Refusal."""
    properties, colours = request.get("strips", {}), request.get("colours", {})
    uids = list(dict.fromkeys([*properties, *colours]))
    remember(rows, document, uids)
    for each in properties.values():
        for key in each:
            if not key.startswith(OURS):
                raise Refusal("request", f"{key!r} is no property of ours.")
    for uid, said in properties.items():
        strip = rows.strip(uid)
        assert strip is not None
        _write(strip, said)
    for uid, colour in colours.items():
        strip = rows.strip(uid)
        assert strip is not None
        strip.colour = colour
    return uids


def remember(rows: Rows, document: str, uids: list[str]) -> None:
    """Raises: Refusal."""
    for uid in uids:
        if rows.strip(uid) is None:
            raise Refusal("not_found", "A strip is not in this file any more.", uid)
    for uid in uids:
        strip = rows.strip(uid)
        assert strip is not None
        strip.properties[ID] = uid
    rows.scene.properties[DOCUMENT] = document


def _files(take: Request) -> list[Path]:
    if take["kind"] == "movie":
        return [Path(take["path"])]
    return [Path(take["folder"]) / each for each in take["names"]]


def _wanted(rows: Rows, request: Request) -> tuple[dict[str, FakeStrip], list[Request], list[str]]:
    """The clip's takes, those asked for that are not among them, the labels that are."""
    there = rows.takes(request["clip"])
    for take in request["takes"]:
        strip = there.get(take["label"])
        if strip is not None and file_of(strip) != _files(take)[0]:
            text = f"Another file stands under the label {take['label']!r}."
            raise Refusal("label_taken", text, rows.row(strip))
    labels = [each["label"] for each in request["takes"]]
    return (
        there,
        [each for each in request["takes"] if each["label"] not in there],
        [each for each in labels if each in there],
    )


def _write(strip: FakeStrip, said: Request) -> None:
    for key, value in said.items():
        if value is None:
            strip.properties.pop(key, None)
        else:
            strip.properties[key] = value


def _add(scene: FakeScene, made: list[FakeStrip]) -> None:
    for strip in made:
        strip.name = scene.free_name(strip.name)
        scene.strips[strip.name] = strip


def _demand_files(take: Request) -> None:
    missing = next((each for each in _files(take) if not each.is_file()), None)
    if missing is not None:
        raise Refusal("no_file", f"There is no file {missing}.")


def _fits(rows: Rows, original: FakeStrip, take: Request) -> None:
    _demand_files(take)
    start, end = original.start, original.end
    if rows.row(original)["media"]["shown"] is None:
        # Where the original holds still beyond its media, so does the take.
        start, end = max(start, original.begin), min(end, original.begin + original.frames)
    begin = original.begin + take["first"]
    if start < begin or end > begin + take["frames"]:
        text = f"{original.name!r} shows frames that the take has not; it was trimmed meanwhile."
        raise Refusal("outside", text, rows.row(original))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where takes stand: record frames."""

    begin: int
    start: int
    end: int
    meta: str = ""


def _made(spot: _Spot, uid: str, take: Request, channel: int) -> FakeStrip:
    files = _files(take)
    if take["kind"] == "movie":
        film = film_of(files[0])
        if film is None:
            raise Refusal("no_file", f"Blender cannot read {files[0]}.")
        frames, rate, size = film
        kind, path, names = "MOVIE", str(files[0]), ()
    else:
        frames, rate, size = len(files), None, size_of(files[0])
        kind, path, names = "IMAGE", str(files[0].parent), tuple(take["names"])
    if frames != take["frames"]:
        text = f"Blender reads {frames} frames of it, not {take['frames']}."
        raise Refusal("no_file", text, str(files[0]))
    return FakeStrip(
        take["name"],
        kind,
        channel,
        spot.begin + take["first"],
        spot.start,
        spot.end,
        path,
        names,
        frames,
        rate,
        mute=True,
        colour_space=next(iter(take["colour_space"]), ""),
        size=size,
        meta=spot.meta,
        properties={
            ID: uuid.uuid4().hex,
            CLIP: uid,
            TAKE: take["label"],
            **take.get("properties", {}),
        },
    )


def _raise(rows: Rows, original: FakeStrip, moved: list[FakeStrip], channels: list[int]) -> None:
    """What lies above goes up, and its channels' names with it."""
    if not moved:
        return
    scene, by = rows.scene, len(channels)
    for each in moved:
        each.channel += by
    for number in range(max(scene.channels) - by, original.channel, -1):
        below = scene.channels[number]
        named = below.name != f"Channel {number}"
        name = below.name if named else f"Channel {number + by}"
        scene.channels[number + by] = FakeChannel(name, below.mute, below.lock)
    for number in channels:
        scene.channels[number] = FakeChannel(f"Channel {number}")


def _show(strips: list[FakeStrip], shown: FakeStrip) -> None:
    for each in strips:
        each.mute = each is not shown


def _unlocked(rows: Rows, strips: list[FakeStrip]) -> None:
    for each in strips:
        if each.lock or rows.scene.channels[each.channel].lock:
            text = f"{each.name!r} is locked, or its channel is; unlock it."
            raise Refusal("locked", text, rows.row(each))
