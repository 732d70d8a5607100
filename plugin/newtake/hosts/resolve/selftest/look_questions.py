"""Whether what an editor did to a clip is still there when another take of it shows."""

from __future__ import annotations

from typing import Any

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve.selftest.bench import Bench, Placed
from newtake.hosts.resolve.selftest.pictures import Rendered, difference, render
from newtake.hosts.resolve.selftest.report import Finding, not_measurable

ZOOM = 1.25
VERSION = "Self-test version"
CDL = {
    "NodeIndex": "1",
    "Slope": "0.4 0.4 0.4",
    "Offset": "0.2 0.2 0.2",
    "Power": "1.0 1.0 1.0",
    "Saturation": "1.0",
}
_VISIBLE = 8.0
"""Mean difference of two pictures, of 255: more than any codec's noise, less than the grade."""


async def inspector(bench: Bench) -> Finding:
    """The zoom of the inspector."""

    async def write(clip: Placed) -> None:
        if bench.calls.has("TimelineItem", "SetProperties"):
            await bench.read(clip.address, "SetProperties", {"ZoomX": ZOOM})
        else:
            await bench.read(clip.address, "SetProperty", "ZoomX", ZOOM)

    async def read(clip: Placed) -> Any:
        if bench.calls.has("TimelineItem", "GetProperties"):
            found = await bench.read(clip.address, "GetProperties")
            return found.get("ZoomX") if isinstance(found, dict) else None
        return await bench.read(clip.address, "GetProperty", "ZoomX")

    return await _carried(bench, "The zoom", write, read)


async def version(bench: Bench) -> Finding:
    """A version of the grade, added and current."""

    async def write(clip: Placed) -> None:
        await bench.read(clip.address, "AddVersion", VERSION, 0)

    async def read(clip: Placed) -> Any:
        current = await bench.read(clip.address, "GetCurrentVersion")
        names = await bench.read(clip.address, "GetVersionNameList", 0)
        name = current.get("versionName") if isinstance(current, dict) else None
        return [name, sorted(map(str, names or []))]

    return await _carried(bench, "The version of the grade", write, read)


async def fusion(bench: Bench) -> Finding:
    """A Fusion composition that was added to the clip."""

    async def write(clip: Placed) -> None:
        await bench.read(clip.address, "AddFusionComp")

    async def read(clip: Placed) -> Any:
        return await bench.read(clip.address, "GetFusionCompCount")

    return await _carried(bench, "The Fusion composition", write, read)


async def grade(bench: Bench) -> Finding:
    """A grade, by the picture: the take shows the same media, so it must look the same."""
    clip = await _with_same_take(bench)
    if clip is None:
        return not_measurable("AddTake refused an ordinary clip.")
    try:
        plain = await _picture(bench, clip)
        said = await bench.read(clip.address, "SetCDL", CDL)
        graded = await _picture(bench, clip)
        await bench.show_take(await bench.at(clip.start), 2)
        taken = await _picture(bench, clip)
    except HostAwayError:
        raise
    except HostError as error:
        return not_measurable(f"it takes a render: {error.what} {error.why}".strip())
    far = {
        "set_cdl": said,
        "grade_changes_picture_by": round(difference(plain.first, graded.first), 1),
        "take_differs_from_graded_by": round(difference(taken.first, graded.first), 1),
        "take_differs_from_plain_by": round(difference(taken.first, plain.first), 1),
    }
    if far["grade_changes_picture_by"] < _VISIBLE:
        return not_measurable("SetCDL did not change the picture.", **far)
    if far["take_differs_from_graded_by"] < _VISIBLE:
        return Finding("stays", "The take is graded like the original.", far)
    if far["take_differs_from_plain_by"] < _VISIBLE:
        return Finding("gone", "The take is not graded.", far)
    return Finding("another", "The take looks like neither of both.", far)


async def _picture(bench: Bench, clip: Placed) -> Rendered:
    return await render(bench, clip.start, clip.start + 3)


async def _with_same_take(bench: Bench) -> Placed | None:
    """A clip that has its own media once more as take 2, with take 1 showing."""
    await bench.timeline()
    clip = await bench.clip()
    media = await bench.imported(bench.media.movie)
    if not await bench.try_take(clip, media, clip.left, clip.left + clip.duration):
        return None
    await bench.show_take(await bench.at(clip.start), 1)
    return await bench.at(clip.start)


async def _carried(bench: Bench, what: str, write: Any, read: Any) -> Finding:
    clip = await _with_same_take(bench)
    if clip is None:
        return not_measurable("AddTake refused an ordinary clip.")
    observed = {"before": await read(clip)}
    await write(clip)
    observed["written"] = await read(clip)
    if observed["written"] == observed["before"]:
        return not_measurable(f"{what} could not be set.", **observed)
    for word, number in (("take", 2), ("original", 1)):
        await bench.show_take(await bench.at(clip.start), number)
        observed[word] = await read(await bench.at(clip.start))
    if observed["take"] == observed["written"]:
        return Finding("stays", f"{what} stays when the take shows.", observed)
    if observed["original"] == observed["written"]:
        verdict = f"{what} belongs to the original: the take is without, the original has it again."
        return Finding("of the original", verdict, observed)
    return Finding("lost", f"{what} is lost when the take shows.", observed)
