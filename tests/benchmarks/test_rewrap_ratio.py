"""A rewrap costs hardly more than copying the file: at most twice as much, and 0.1 s.

Measured is what makes the take: reading the packets' order, copying them under new times,
labelling, and reading the take back. Proving that its frames decode to the same pictures is another
thing, decodes both files, and is timed and printed beside it.

Both run in this process alone, so its processor time is taken: it is the time that passes on a
machine that does nothing else, and the same on one that does.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.packets import decode_order
from newtake.adapters.probe import probe_now
from newtake.adapters.rewrap import rewrap
from newtake.adapters.take_check import check_take
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.conform import plan_conform
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import make_numbered

pytestmark = pytest.mark.benchmark

TRIES = 9
MOST_COPIES, CONSTANT_SECONDS = 2, 0.1
RATE, GRID = Fraction(25), Fraction(24)


def test_a_rewrap_costs_two_copies_and_a_tenth_of_a_second(tmp_path: Path) -> None:
    tools = find_toolchain()
    returned = make_numbered(
        tools.executable,
        tmp_path / "result.mp4",
        rate=GRID,
        frames=240,
        size=(1920, 1080),
        coding=("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p"),
    )
    result = probe_now(returned, count_frames=True)
    plate = PlatePlan("10s", 240, FrameRange(90_000, 240, RATE), 0, 0, 240)
    plan = plan_conform(plate, result, grid_rate=GRID, timecode_start=90_000, reel="A001")
    take, copy = tmp_path / "take.mov", tmp_path / "copy.mp4"

    def by_rewrap() -> None:
        rewrap(result, plan, decode_order(returned), take)
        anyio.run(check_take, take, plan, 240, result)

    def by_copy() -> None:
        shutil.copyfile(returned, copy)

    rewrapped, copied = (min(_timed(work) for _ in range(TRIES)) for work in (by_rewrap, by_copy))
    take.unlink()
    began = time.perf_counter()
    anyio.run(_conform, result, plan, take)
    whole = time.perf_counter() - began
    print(
        f"{returned.stat().st_size / 1e6:.1f} MB: copy {copied:.4f} s, rewrap {rewrapped:.4f} s, "
        f"with its proof {whole:.2f} s"
    )
    assert rewrapped <= MOST_COPIES * copied + CONSTANT_SECONDS


async def _conform(result: object, plan: object, to: Path) -> None:
    await FfmpegMediaTool().conform(result, plan, to=to, progress=no_progress)  # type: ignore[arg-type]  # by anyio.run


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
