"""Questions about the media pool: colour of imports, imports twice, bins, and marks."""

from __future__ import annotations

from typing import Any

from newtake.hosts.resolve.messages import Call, Obj
from newtake.hosts.resolve.selftest.bench import Bench
from newtake.hosts.resolve.selftest.project_settings import read_setting, set_setting
from newtake.hosts.resolve.selftest.report import Finding, not_measurable
from newtake.hosts.resolve.sequences import ProjectColour, colour_attempts

_SPACE = "ACES2065-1"
_SCIENCES = {"managed": "davinciYRGBColorManagedv2", "aces": "acescct"}
_MARK_IN, _MARK_OUT = 10, 19
_COLOUR_WORDS = ("color", "gamma", "idt", "transform")


async def colour_managed(bench: Bench) -> Finding:
    """The input colour space of EXR frames in a project that Resolve manages the colour of."""
    return await _colour(bench, _SCIENCES["managed"])


async def colour_aces(bench: Bench) -> Finding:
    """The input transform of EXR frames in an ACES project."""
    return await _colour(bench, _SCIENCES["aces"])


async def _colour(bench: Bench, science: str) -> Finding:
    before = str(await read_setting(bench.calls, "colorScienceMode"))
    observed: dict[str, Any] = {"science_before": before, "science": science}
    if not await set_setting(bench.calls, "colorScienceMode", science):
        observed["found"] = await read_setting(bench.calls, "colorScienceMode")
        return not_measurable("the project's colour science could not be set", **observed)
    try:
        apart = str(await read_setting(bench.calls, "separateColorSpaceAndGamma")) == "1"
        media = await bench.imported(bench.media.sequence)
        found = await bench.read(media.address, "GetClipProperty")
        # The names are what nobody has published.
        observed["properties"] = {
            str(key): value
            for key, value in (found if isinstance(found, dict) else {}).items()
            if any(word in str(key).lower() for word in _COLOUR_WORDS)
        }
        tries = []
        for attempt in colour_attempts(_SPACE, ProjectColour(science, apart)):
            for key, value in attempt:
                was = await bench.read(media.address, "GetClipProperty", key)
                said = await bench.read(media.address, "SetClipProperty", key, value)
                read = await bench.read(media.address, "GetClipProperty", key)
                tries.append({"key": key, "value": value, "was": was, "said": said, "reads": read})
        observed["tries"] = tries
    finally:
        await set_setting(bench.calls, "colorScienceMode", before)
    # What was there before proves nothing by being there afterwards.
    held = [each for each in tries if each["was"] != each["value"] == each["reads"]]
    if held:
        verdict = f"It can be set: {held[0]['key']!r} to {held[0]['value']!r} reads back."
        return Finding("sticks", verdict, observed)
    if any(each["said"] is True for each in tries):
        return Finding("does not stick", "It says True, and reads as before.", observed)
    return Finding("refused", "None of the names that were tried is taken.", observed)


async def sequence_rate(bench: Bench) -> Finding:
    """The rate of an image sequence, at its import and when it is set."""
    media = await bench.import_again(bench.media.sequence)
    observed: dict[str, Any] = {"imported_at": await _rate(bench, media)}
    other = "30" if str(observed["imported_at"]).startswith(("24", "25")) else "24"
    observed["said"] = await bench.read(media.address, "SetClipProperty", "FPS", other)
    observed["set"], observed["reads"] = other, await _rate(bench, media)
    at = observed["imported_at"]
    if str(observed["reads"]).startswith(other):
        return Finding("sticks", f"It comes at {at}, and takes another rate.", observed)
    return Finding("does not stick", f"It comes at {at}, and stays at that.", observed)


async def _rate(bench: Bench, media: Obj) -> Any:
    return await bench.read(media.address, "GetClipProperty", "FPS")


async def import_twice(bench: Bench) -> Finding:
    """What importing a file gives that is in the pool already."""
    first = await bench.imported(bench.media.movie)
    (found,) = await bench.calls.run(
        Call("ImportMedia", "pool", ([{"FilePath": str(bench.media.movie)}],), "any")
    )
    again = [each for each in found or [] if isinstance(each, Obj) and each.uid]
    observed = {"gave": len(again), "same_id": bool(again) and again[0] == first}
    if not again:
        return Finding("nothing", "It gives nothing the second time.", observed)
    if again[0] == first:
        return Finding("same", "It gives the pool item that is there.", observed)
    return Finding("new", "It makes another pool item.", observed)


async def new_bin(bench: Bench) -> Finding:
    """Whether AddSubFolder makes the new bin the current one."""
    root = Call("GetRootFolder", "pool")
    (top,) = await bench.calls.run(root)
    await bench.calls.run(Call("SetCurrentFolder", "pool", (top,), "true"))
    (made,) = await bench.calls.run(Call("AddSubFolder", "pool", (top, "Self-test bin")))
    (current,) = await bench.calls.run(Call("GetCurrentFolder", "pool"))
    await bench.calls.run(Call("SetCurrentFolder", "pool", (top,), "true"))
    observed = {"is_new": current == made, "is_old": current == top}
    if current == made:
        return Finding("new bin", "The new bin is the current one.", observed)
    if current == top:
        return Finding("stays", "The current bin stays.", observed)
    return Finding("another", "Another bin is current.", observed)


async def mark_out(bench: Bench) -> Finding:
    """Whether an out mark's frame is inside: of a marked pool item, by what is placed of it."""
    timeline = await bench.timeline()
    marks = (_MARK_IN, _MARK_OUT)
    observed: dict[str, Any] = {"set": list(marks)}
    media = await bench.import_again(bench.media.movie)
    whole = await bench.append({"mediaPoolItem": media, "mediaType": 1})
    await bench.calls.run(Call("SetMarkInOut", timeline.address, marks, "true"))
    observed["timeline_reads"] = await bench.read(timeline.address, "GetMarkInOut")
    await bench.calls.run(Call("SetMarkInOut", media.address, marks, "true"))
    observed["media_reads"] = await bench.read(media.address, "GetMarkInOut")
    placed = await bench.append({"mediaPoolItem": media, "mediaType": 1})
    observed |= {"whole": whole.place, "placed": placed.place}
    length = _MARK_OUT - _MARK_IN
    if placed.left == _MARK_IN and placed.duration == length + 1:
        return Finding("inclusive", "The out mark's frame is inside.", observed)
    if placed.left == _MARK_IN and placed.duration == length:
        return Finding("exclusive", "The out mark is the first frame after.", observed)
    return not_measurable("AppendToTimeline goes by no marks.", **observed)
