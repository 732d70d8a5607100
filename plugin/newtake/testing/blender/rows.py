"""What a fake Blender says of its scene and strips, in the words of the add-on's bridge."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from newtake.testing.blender.lost import fits, seen
from newtake.testing.blender.state import (
    CHANNELS,
    PICTURES,
    FakeScene,
    FakeStrip,
    Refusal,
    file_of,
)

ID, CLIP, TAKE, DOCUMENT = "newtake_id", "newtake_clip", "newtake_take", "newtake_document"
ORIGINAL, OURS = "original", "newtake_"


def uids_of(
    scene: FakeScene, remembered: dict[str, FakeStrip], known: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, str], set[str]]:
    """The uid of every strip by its name, and the names of those that carry it."""
    strips = [scene.strips[name] for name in sorted(scene.strips)]
    uids, kept = dict[str, str](), set[str]()
    told = {each["uid"]: each for each in known}
    for uid in {each.properties[ID] for each in strips if each.properties.get(ID)}:
        copies = [each for each in strips if each.properties.get(ID) == uid]
        was = remembered.get(uid)
        name = was.name if was is not None else told.get(uid, {}).get("name", "")
        # The one that is called as it was; the name of a copy counts on.
        strip = next((each for each in copies if each.name == name), copies[0])
        uids[strip.name] = uid
        kept.add(strip.name)
    lost = [each for each in strips if each.name not in kept]
    for uid, some in fits(scene, lost, ID, told, dict(remembered)):
        if uid in uids.values() or len(some) != 1:
            continue
        if some[0].name not in uids:
            uids[some[0].name] = uid
        elif uid in remembered and seen(remembered[uid]) == seen(some[0]):
            # What a request knows comes before an id that was given here meanwhile.
            del remembered[uid]
    for strip in strips:
        uids.setdefault(strip.name, uuid.uuid4().hex)
        remembered[uids[strip.name]] = replace(strip)
    return uids, kept


class Rows:
    """One reading of the scene."""

    def __init__(self, scene: FakeScene, uids: Mapping[str, str], kept: set[str]) -> None:
        self.scene, self.uids, self.kept = scene, uids, kept
        self.names = {uid: name for name, uid in uids.items()}
        self.clips = self._clips()

    def strip(self, uid: str) -> FakeStrip | None:
        name = self.names.get(uid)
        return self.scene.strips[name] if name is not None else None

    def takes(self, uid: str) -> dict[str, FakeStrip]:
        found: dict[str, FakeStrip] = {}
        for each in self.scene.strips.values():
            label = each.properties.get(TAKE, "")
            if label not in ("", ORIGINAL) and self.clips.get(each.name) == uid:
                found.setdefault(label, each)
        return found

    def _clips(self) -> dict[str, str]:
        originals: dict[str, list[FakeStrip]] = {}
        clips: dict[str, str] = {}
        strips = [each for each in self.scene.strips.values() if CLIP in each.properties]
        for each in strips:
            if each.properties.get(TAKE) == ORIGINAL:
                originals.setdefault(each.properties[CLIP], []).append(each)
                clips[each.name] = self.uids[each.name]
        for each in strips:
            if each.properties.get(TAKE) != ORIGINAL:
                clip = each.properties[CLIP]
                over = max(
                    originals.get(clip, ()),
                    key=lambda one, take=each: (
                        min(one.end, take.end) - max(one.start, take.start),
                        one.name in self.kept,
                    ),
                    default=None,
                )
                clips[each.name] = clip if over is None else self.uids[over.name]
        return clips

    def row(self, strip: FakeStrip, *, with_room: bool = False) -> dict[str, Any]:
        scene, channel = self.scene, self.scene.channels[strip.channel]
        properties = {k: v for k, v in strip.properties.items() if k.startswith(OURS)}
        return {
            "uid": self.uids[strip.name],
            "kept": strip.name in self.kept,
            "name": strip.name,
            "type": strip.type,
            "channel": strip.channel,
            "start": strip.start,
            "end": strip.end,
            "select": strip.select,
            "active": scene.active == strip.name,
            "mute": strip.mute,
            "colour": strip.colour,
            "lock": strip.lock,
            "channel_lock": channel.lock and not strip.meta,
            "channel_mute": channel.mute and not strip.meta,
            "meta": self.uids.get(strip.meta, ""),
            "inputs": [self.uids[each] for each in strip.inputs],
            "used_by": [self.uids[each.name] for each in scene.users(strip.name)],
            "take_of": self.clips.get(strip.name, ""),
            "label": strip.properties.get(TAKE, "") if strip.name in self.clips else "",
            "properties": properties,
            "room": self._room(strip) if with_room and strip.type in PICTURES else None,
            "media": media_of(strip, scene) if strip.type in PICTURES else None,
        }

    def room(self, strip: FakeStrip, count: int) -> tuple[list[int], list[FakeStrip]]:
        """Channels for takes, and what goes up by as many. Raises: Refusal."""
        scene = self.scene
        if strip.lock or (scene.channels[strip.channel].lock and not strip.meta):
            raise Refusal("locked", "it is locked, or its channel is.")
        users = scene.users(strip.name)
        if users:
            raise Refusal("cannot", f"the strip {users[0].name!r} is made of it.")
        beside = [
            each
            for each in scene.strips.values()
            if each.meta == strip.meta and each.name != strip.name
        ]
        over = [each for each in beside if each.start < strip.end and strip.start < each.end]
        free: list[int] = []
        for number in range(strip.channel + 1, CHANNELS + 1):
            there = [each for each in over if each.channel == number]
            channel = scene.channels[number]
            if any(e.type != "SOUND" and not e.mute and not channel.mute for e in there):
                break
            if not there and not channel.lock and not channel.mute:
                free.append(number)
            if len(free) == count:
                return free, []
        above = [each for each in beside if each.channel > strip.channel]
        if max((each.channel for each in above), default=0) + count > CHANNELS:
            raise Refusal("no_channel", f"all of Blender's {CHANNELS} channels are in use.")
        locked = [e for e in above if e.lock or scene.channels[e.channel].lock]
        if locked:
            raise Refusal("locked", f"{locked[0].name!r} above it is locked.")
        return [strip.channel + 1 + each for each in range(count)], above

    def _room(self, strip: FakeStrip) -> dict[str, Any]:
        try:
            channels, moved = self.room(strip, 1)
        except Refusal as refusal:
            return {"channel": 0, "moves_up": 0, "why_not": refusal.text}
        return {"channel": channels[0], "moves_up": len(moved), "why_not": ""}


def media_of(strip: FakeStrip, scene: FakeScene) -> dict[str, Any]:
    scene_rate = scene.rate
    shown, path = strip.shown(scene_rate, rounds=scene.rounds), file_of(strip)
    plain = strip.step(scene_rate) == 1 and strip.strobe <= 1 and not strip.retimed
    return {
        "path": str(path),
        "missing": not path.is_file(),
        "names": list(strip.names),
        "frames": strip.frames,
        "rate": None if strip.rate is None else str(strip.rate),
        "step": None if strip.retimed else str(strip.step(scene_rate)),
        "first": shown[0] if shown else 0,
        "last": shown[-1] if shown else 0,
        "shown": None if plain or strip.retimed else shown,
        "exact": plain or (scene.exact and not strip.retimed),
        "held": strip.start < strip.begin or strip.end > strip.begin + strip.length(scene_rate),
        "stands_at": strip.begin,
        "size": list(strip.size) if all(strip.size) else None,
        "colour_space": strip.colour_space,
        "alpha": "STRAIGHT",
        "reverse": strip.reverse,
        "speed": None if strip.retimed else strip.speed,
        "retimed": strip.retimed,
        "strobe": strip.strobe,
        "deinterlace": False,
        "proxy": False,
        "stream": 0,
        "views": strip.views,
    }
