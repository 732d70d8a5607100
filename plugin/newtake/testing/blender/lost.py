"""Strips of a fake Blender that carry no id, found again as the add-on finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from newtake.testing.blender.state import PICTURES, FakeScene, FakeStrip, file_of

Seen = tuple[str, str, str]


def seen(strip: FakeStrip) -> Seen:
    """What tells a strip wherever it lies: its name, type and file."""
    return strip.name, strip.type, str(file_of(strip)) if strip.type in PICTURES else ""


def fits(
    scene: FakeScene,
    lost: Sequence[FakeStrip],
    id_key: str,
    told: Mapping[str, Mapping[str, Any]],
    remembered: Mapping[str, FakeStrip],
) -> Iterator[tuple[str, list[FakeStrip]]]:
    """What fits each uid, the surest first.

    Args:
        scene: Where the strips are.
        lost: Those whose ids are not settled yet.
        id_key: The property of an id; what carries one is found by its name alone.
        told: By uid what a request knows.
        remembered: By uid a strip as it was when it was last seen.
    """
    bare = [each for each in lost if not each.properties.get(id_key) and each.type in PICTURES]
    for uids in (list(told), [each for each in remembered if each not in told]):
        was = {uid: remembered[uid] for uid in uids if uid in remembered}
        there = {uid: [each for each in bare if _is_at(each, old)] for uid, old in was.items()}
        for uid, some in there.items():
            yield uid, [each for each in some if each.name == was[uid].name]
        yield from there.items()
        for uid in uids:
            if uid in told:
                shows = [each for each in bare if _shows(each, told[uid], scene)]
                channel = was[uid].channel if uid in was else None
                yield uid, [each for each in shows if channel in (None, each.channel)]
        for uid, old in was.items():
            yield uid, [each for each in lost if seen(each) == seen(old)]
        for uid in uids:
            if uid in told:
                yield uid, [each for each in lost if seen(each) == _said(told[uid])]


def _said(known: Mapping[str, Any]) -> Seen:
    return known["name"], known["type"], known["path"]


def _is_at(strip: FakeStrip, old: FakeStrip) -> bool:
    place = (strip.channel, strip.start, strip.end, strip.begin)
    was = (old.channel, old.start, old.end, old.begin)
    return (seen(strip)[1:], place) == (seen(old)[1:], was)


def _shows(strip: FakeStrip, known: Mapping[str, Any], scene: FakeScene) -> bool:
    if "first" not in known or seen(strip)[1:] != _said(known)[1:]:
        return False
    shown = strip.shown(scene.rate, rounds=scene.rounds)
    return (strip.start, strip.end, shown[:1]) == (known["start"], known["end"], [known["first"]])
