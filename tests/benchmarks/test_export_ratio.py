"""Cutting a plate costs hardly more than the same ffmpeg command run by hand."""

from __future__ import annotations

import statistics
import time
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.ffmpeg_export import Cut, plate_command, seek_points
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import make_numbered, run

pytestmark = pytest.mark.benchmark

MOST_RATIO = 1.15
PAIRS = 5
RATE, GRID = Fraction(24), Fraction(24)
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-g", "48", "-pix_fmt", "yuv420p")


def test_export_adds_at_most_15_percent(tmp_path: Path) -> None:
    tools = find_toolchain()
    source = make_numbered(
        tools.executable,
        tmp_path / "minute.mp4",
        rate=RATE,
        frames=1440,
        size=(1920, 1080),
        coding=FAST,
    )
    media = probe_now(source)
    plate = PlatePlan("10s", 240, FrameRange(1000, 240, RATE), 1000, 0, 240)
    command = plate_command(
        tools.executable,
        media,
        Cut(1000, 240),
        seek=next(seek_points(media, 1000)),
        rate=GRID,
        short_side=1080,
        maps_tones=True,
        to=tmp_path / "by_hand.mp4",
    )
    tool = FfmpegMediaTool(tools)

    def by_hand() -> None:
        run([command[0], "-nostdin", "-v", "error", *command[1:]])

    def by_export() -> None:
        anyio.run(export)

    async def export() -> None:
        await tool.export_plate(
            media,
            plate,
            rate=GRID,
            short_side=1080,
            to=tmp_path / "export.mp4",
            progress=no_progress,
        )

    by_hand()
    ratios = []
    for number in range(PAIRS):
        # The order changes from pair to pair: neither gains from what the other left in the cache.
        order = (by_hand, by_export) if number % 2 else (by_export, by_hand)
        seconds = {each: _timed(each) for each in order}
        ratios.append(seconds[by_export] / seconds[by_hand])
    assert (tmp_path / "export.mp4").read_bytes() == (tmp_path / "by_hand.mp4").read_bytes()
    ratio = statistics.median(ratios)
    print(f"export / by hand: {ratio:.3f} of {', '.join(f'{each:.3f}' for each in ratios)}")
    assert ratio <= MOST_RATIO


def _timed(work: object) -> float:
    assert callable(work)
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
