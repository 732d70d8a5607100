"""Fetches hostile results as the product does, in a process whose time and memory are measured.

Run with an address and a folder; reads one case a line, "kind name", and prints one document each.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

import anyio
import httpx

from newtake.adapters.clock import SystemClock
from newtake.adapters.exr import unpack_exr_frames
from newtake.adapters.http import open_client
from newtake.adapters.oxen import OxenProvider
from newtake.adapters.verify import verify
from newtake.domain.errors import NewTakeError
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import Submission, no_progress

PLATE = PlatePlan("5s", 10, FrameRange(90_005, 8, Fraction(25)), 5, 2, 4)
RESULT_MAX_BYTES = 256 << 20
"""For the answer without an end: what is written until then is a question of the disk."""


async def fetch(kind: str, url: str, folder: Path) -> str:
    """What the fetched file turns out to be; errors of the product are raised."""
    base = url.rpartition("/")[0]
    if kind == "look":
        # Past the check of a file's beginning, which would keep most of these from the decoder.
        video = folder / "result.mp4"
        video.write_bytes(httpx.get(url).content)
        return f"{(await verify(video)).frames} frames"
    async with open_client(base, "key-that-must-not-leak") as client:
        service = OxenProvider(
            client, base_url=base, clock=SystemClock(), result_max_bytes=RESULT_MAX_BYTES
        )
        if kind == "video":
            video = folder / "result.mp4"
            submission = Submission("g1", "succeeded", result_url=url)
            await service.download(submission, video, no_progress)
            return f"{(await verify(video)).frames} frames"
        submission = Submission("g1", "succeeded", result_url=f"{base}/a.mp4", exr_url=url)
        package = await service.download_exr(submission, folder / "result.exr", no_progress)
        assert package is not None
        written = unpack_exr_frames(package, PLATE, folder=folder / "frames", prefix="f.")
        return f"{written.count if written else 0} EXR frames"


def run(kind: str, name: str, base: str, folder: Path) -> dict[str, object]:
    folder.mkdir(parents=True)
    began = time.monotonic()
    try:
        address = f"{base}/{quote(f'{kind} {name}', safe='')}"
        outcome, error = anyio.run(fetch, kind, address, folder), ""
    except NewTakeError as caught:
        outcome, error = f"{caught.what} {caught.why}", type(caught).__name__
    return {
        "case": f"{kind} {name}",
        "outcome": outcome,
        "error": error,
        "seconds": time.monotonic() - began,
        "bytes": most_memory(),
        "files": sorted(each.name for each in folder.rglob("*") if each.is_file()),
    }


def most_memory() -> int:
    """The most that this process ever had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # What Linux says of a process's use counts its parent's before the program began.
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(base: str, root: Path) -> None:
    for number, line in enumerate(sys.stdin):
        kind, _, name = line.rstrip("\n").partition(" ")
        print(json.dumps(run(kind, name, base, root / str(number) / "deep" / "er")), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
