"""Coding a take anew costs hardly more than the same ffmpeg command run by hand.

Compared is the time of processors, this process's and that of the programs that it starts: what
else runs on the machine does not count.
"""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.ffmpeg_conform import encode_command
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.conform import plan_conform
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import run

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not hasattr(resource, "getrusage"), reason="it asks for processors' time"),
]

MOST_RATIO = 1.15
PAIRS = 5
RATE, GRID, FRAMES = Fraction(25), Fraction(24), 120


def test_conform_adds_at_most_15_percent(tmp_path: Path) -> None:
    tools = find_toolchain()
    returned = tmp_path / "result.mp4"
    picture = ("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=24", "-frames:v", str(FRAMES))
    coding = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "17")
    run([tools.executable, "-v", "error", *picture, *coding, str(returned)])
    result = probe_now(returned, count_frames=True)
    plan = plan_conform(
        PlatePlan("5s", FRAMES, FrameRange(90_000, FRAMES, RATE), 0, 0, FRAMES),
        result,
        grid_rate=GRID,
        timecode_start=90_000,
        reel="A001",
        codec="prores",
    )
    assert not plan.rewrap
    by_hand, by_conform = tmp_path / "by_hand.mov", tmp_path / "take.mov"
    command = encode_command(tools.executable, result, plan, plan.codec, to=by_hand)
    tool = FfmpegMediaTool(tools)

    def hand() -> None:
        run([command[0], "-nostdin", "-v", "error", "-y", *command[1:]])

    def conform() -> None:
        by_conform.unlink(missing_ok=True)
        anyio.run(work)

    async def work() -> None:
        await tool.conform(result, plan, to=by_conform, progress=no_progress)

    hand()
    ratios = []
    for number in range(PAIRS):
        # The order changes from pair to pair: neither gains from what the other left in the cache.
        order = (hand, conform) if number % 2 else (conform, hand)
        seconds = {each: _timed(each) for each in order}
        ratios.append(seconds[conform] / seconds[hand])
    assert by_conform.read_bytes() == by_hand.read_bytes()
    ratio = statistics.median(ratios)
    print(f"conform / by hand: {ratio:.3f} of {', '.join(f'{each:.3f}' for each in ratios)}")
    assert ratio <= MOST_RATIO


def _timed(work: Callable[[], None]) -> float:
    before = _processor_seconds()
    work()
    return _processor_seconds() - before


def _processor_seconds() -> float:
    total = 0.0
    for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total
