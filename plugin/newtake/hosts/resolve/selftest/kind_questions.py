"""Whether AddTake works on clips that are no plain video, where a script can make such clips."""

from __future__ import annotations

from typing import Any

from newtake.hosts.resolve.messages import Obj
from newtake.hosts.resolve.selftest.bench import Bench, Placed
from newtake.hosts.resolve.selftest.report import Finding, not_measurable

_SPEED = 50
"""Percent."""


async def plain(bench: Bench) -> Finding:
    """The clip that everybody has seen it work on; what the others are compared with."""
    await bench.timeline()
    return await _try(bench, await bench.clip())


async def other_rate(bench: Bench) -> Finding:
    """Media of another rate than the timeline's."""
    await bench.timeline()
    return await _try(bench, await bench.clip(await bench.imported(bench.media.other_rate)))


async def retimed(bench: Bench) -> Finding:
    """A clip at half speed."""
    await bench.timeline()
    clip = await bench.clip()
    # The keys of the options are documented nowhere at hand, so they are taken from Resolve.
    options = await bench.read(clip.address, "GetSpeed")
    keys = [key for key, value in (options or {}).items() if _is_full_speed(value)]
    if len(keys) != 1:
        return not_measurable("GetSpeed has no number for full speed.", speed=options)
    half = _SPEED if options[keys[0]] == 100 else _SPEED / 100
    said = await bench.read(clip.address, "SetSpeed", {keys[0]: half})
    clip = await bench.at(clip.start)
    found = await bench.read(clip.address, "GetSpeed")
    if said is not True or not isinstance(found, dict) or found.get(keys[0]) != half:
        return not_measurable("SetSpeed did not stick.", said=said, before=options, after=found)
    return await _try(bench, clip, speed=found)


async def compound(bench: Bench) -> Finding:
    """A compound clip."""
    return await _built(bench, "CreateCompoundClip", {"name": "Self-test compound"})


async def fusion_clip(bench: Bench) -> Finding:
    """A Fusion clip."""
    return await _built(bench, "CreateFusionClip")


async def multicam(bench: Bench) -> Finding:
    """A multicam clip of two angles."""
    await bench.timeline()
    media = [await bench.imported(each) for each in (bench.media.movie, bench.media.take)]
    options = {
        "name": "Self-test multicam",
        "useFullClipExtents": True,
        "createBinForSourceClips": False,
    }
    made = await bench.read("pool", "CreateMulticamClip", media, options)
    found = [each for each in made or [] if isinstance(each, Obj) and each.uid]
    if not found:
        return not_measurable("CreateMulticamClip made nothing.", made=len(made or []))
    return await _try(bench, await bench.clip(found[0]))


async def _built(bench: Bench, method: str, *options: Any) -> Finding:
    await bench.timeline()
    clip = await bench.clip()
    await bench.read("timeline", method, [clip.item], *options)
    found = await bench.items()
    if len(found) != 1 or found[0].item.uid == clip.item.uid:
        return not_measurable(f"{method} made no clip.", items=len(found))
    return await _try(bench, found[0])


async def _try(bench: Bench, clip: Placed, **more: Any) -> Finding:
    media = await bench.imported(bench.media.take)
    start = 0
    said = await bench.try_take(clip, media, start, start + clip.duration)
    clip_now = await bench.at(clip.start)
    count = await bench.read(clip_now.address, "GetTakesCount")
    observed: dict[str, Any] = {
        **more,
        "type": await _type(bench, clip_now),
        "said": said,
        "takes": count,
        "before": clip.place,
    }
    if not said or count != 2:
        lie = " although AddTake said True" if said else ""
        return Finding("refused", f"It gets no take{lie}.", observed)
    selected = await bench.show_take(clip_now, 2)
    after = await bench.at(clip.start)
    shown = await bench.read(after.address, "GetMediaPoolItem")
    observed |= {"selected": selected, "after": after.place, "shows_take": shown == media}
    if not selected or shown != media:
        return Finding("not shown", "It gets a take, and does not show it.", observed)
    if after.duration != clip.duration:
        verdict = f"It works, and the clip is {after.duration} frames then, not {clip.duration}."
        return Finding("works, another length", verdict, observed)
    return Finding("works", "It gets a take, shows it, and keeps its place and length.", observed)


async def _type(bench: Bench, clip: Placed) -> Any:
    if bench.calls.has("TimelineItem", "GetType"):
        return await bench.read(clip.address, "GetType")
    media = await bench.read(clip.address, "GetMediaPoolItem")
    return await bench.read(media.address, "GetClipProperty", "Type") if media else None


def _is_full_speed(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value in (1, 100)
