"""Pictures that Resolve renders of a scratch timeline: how many, and which numbers they show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import av
import av.error
import numpy as np
import numpy.typing as npt

from newtake.domain.errors import HostError
from newtake.hosts.resolve.messages import Call
from newtake.hosts.resolve.selftest.bench import Bench
from newtake.hosts.resolve.selftest.numbered import number_of

_CODECS = (
    ("mp4", "H264"),
    ("mov", "H264"),
    ("mov", "ProRes422HQ"),
    ("mov", "ProRes422"),
    ("mov", "DNxHRHQX_10"),
    ("mov", "DNxHRHQ"),
    ("mov", "DNxHRSQ"),
)
"""In the order in which they are tried: what a machine has depends on system and edition."""
_POLLS = 200
_SECONDS_FIRST, _SECONDS_MAX = 0.02, 0.5


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered range."""

    numbers: tuple[int | None, ...]
    """What each frame shows; None where no number can be read."""
    first: npt.NDArray[np.uint8]
    """The first frame, grey."""
    queued: tuple[Any, Any]
    """MarkIn and MarkOut, as the render queue has them."""


async def render(bench: Bench, mark_in: int, mark_out: int) -> Rendered:
    """Render a range of the current timeline.

    Args:
        bench: The scratch project.
        mark_in: A record frame, as Resolve is told it.
        mark_out: The same; whether it is inside the range is Resolve's.

    Raises:
        HostError: Resolve does not render it.
    """
    page = await bench.read("resolve", "GetCurrentPage")
    try:
        return await _rendered(bench, mark_in, mark_out)
    finally:
        with anyio.CancelScope(shield=True):
            await bench.read("resolve", "OpenPage", page or "edit")


async def _rendered(bench: Bench, mark_in: int, mark_out: int) -> Rendered:
    calls = bench.calls
    await calls.run(Call("OpenPage", "resolve", ("deliver",), "true"))
    await _choose_codec(bench)
    name = f"rendered_{sum(1 for _ in bench.folder.iterdir())}"
    settings = {
        "SelectAllFrames": False,
        "MarkIn": mark_in,
        "MarkOut": mark_out,
        "TargetDir": str(bench.folder),
        "CustomName": name,
        "ExportVideo": True,
        "ExportAudio": False,
    }
    # Individual clips would get names and ranges of their own.
    await calls.run(Call("SetCurrentRenderMode", "project", (1,), "any"))
    await calls.run(Call("SetRenderSettings", "project", (settings,), "true"))
    (job,) = await calls.run(Call("AddRenderJob", "project"))
    jobs = await bench.read("project", "GetRenderJobList") or []
    queued: dict[str, Any] = next((each for each in jobs if each.get("JobId") == job), {})
    await calls.run(Call("StartRendering", "project", ([job],), "true"))
    await _end_of(bench, job)
    files = [each for each in sorted(bench.folder.iterdir()) if each.name.startswith(name)]
    if len(files) != 1:
        raise HostError(f"Rendering made {len(files)} files instead of one.")
    numbers, first = await anyio.to_thread.run_sync(_read, files[0])
    return Rendered(numbers, first, (queued.get("MarkIn"), queued.get("MarkOut")))


async def _choose_codec(bench: Bench) -> None:
    for extension in dict.fromkeys(each for each, _ in _CODECS):
        codecs = await bench.read("project", "GetRenderCodecs", extension)
        there = set(codecs.values()) if isinstance(codecs, dict) else set()
        for wanted, codec in _CODECS:
            if wanted == extension and codec in there:
                method = "SetCurrentRenderFormatAndCodec"
                if await bench.read("project", method, extension, codec) is True:
                    return
    raise HostError("Resolve offers none of the codecs that the self-test can read.")


async def _end_of(bench: Bench, job: Any) -> None:
    seconds = _SECONDS_FIRST
    for _ in range(_POLLS):
        status = await bench.read("project", "GetRenderJobStatus", job) or {}
        # Its own words may be in the language of the UI: these two are what is sure.
        ended = status.get("Error") or status.get("CompletionPercentage") == 100
        if ended and not await bench.read("project", "IsRenderingInProgress"):
            break
        await anyio.sleep(seconds)
        seconds = min(_SECONDS_MAX, seconds * 2)
    if status.get("Error"):
        raise HostError(f"Rendering failed: {status['Error']}")
    if status.get("CompletionPercentage") != 100:
        raise HostError(f"Rendering stands at {status.get('CompletionPercentage')} percent.")


def _read(path: Path) -> tuple[tuple[int | None, ...], npt.NDArray[np.uint8]]:
    pictures: list[npt.NDArray[np.uint8]] = []
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                grey = frame.to_ndarray(format="gray", width=320, height=180)
                pictures.append(grey.astype(np.uint8))
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise HostError("What was rendered cannot be read.", why=str(error)) from error
    if not pictures:
        raise HostError("What was rendered has no picture.")
    return tuple(number_of(each) for each in pictures), pictures[0]


def difference(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    """How far two pictures are apart, 0 to 255."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())
