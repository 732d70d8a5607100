"""A plate from a long file costs what one from a short file costs, and eight at once share fairly.

The long file is a minute of long groups of pictures, thirty times over without coding anew.
Compared is the time of processors, our own and that of the programs that were started: what else
runs on the machine does not count. The time that passed is printed beside it.
"""

from __future__ import annotations

import os
import resource
import statistics
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import Toolchain, find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import make_numbered, numbers_in, run

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not Path("/proc/stat").exists(), reason="it reads Linux's own counters"),
]

RATE = Fraction(24)
MINUTE, MINUTES = 1440, 30
LONG_GROUPS = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "animation", "-crf", "26"),
    *("-g", "250", "-bf", "2", "-x264-params", "scenecut=0", "-pix_fmt", "yuv420p"),
)
PAIRS = 5
AT_A_TIME = 2
"""What `pipeline.session.Run` lets through."""
MOST_EXPORT_RATIO = 1.15
MOST_LENGTH_RATIO = 1.2
LEAST_BUSY = 0.85
MOST_MEMORY_RATIO = 1.1
MOST_OWN_BYTES = 64 << 20
ENCODING = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p"),
    *("-movflags", "+faststart", "-an", "-map_metadata", "-1"),
)


@pytest.fixture(scope="module")
def tools() -> Toolchain:
    return find_toolchain()


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory, tools: Toolchain) -> Path:
    return make_numbered(
        tools.executable,
        tmp_path_factory.mktemp("media") / "minute.mp4",
        rate=RATE,
        frames=MINUTE,
        size=(1920, 1080),
        coding=LONG_GROUPS,
    )


@pytest.fixture(scope="module")
def long(short: Path, tools: Toolchain) -> Path:
    to = short.with_name("half_hour.mp4")
    run([tools.executable, "-v", "error", "-stream_loop", str(MINUTES - 1), "-i", str(short),
         "-c", "copy", str(to)])  # fmt: skip
    return to


def export(
    tools: Toolchain, media: MediaInfo, index: int, frames: int, to: Path, short_side: int = 1080
) -> Callable[[], None]:
    plate = PlatePlan("10s", frames, FrameRange(index, frames, RATE), index, 0, frames)

    async def work() -> None:
        tool = FfmpegMediaTool(tools)
        await tool.export_plate(
            media, plate, rate=RATE, short_side=short_side, to=to, progress=no_progress
        )

    return lambda: anyio.run(work)


def test_ten_seconds_out_of_half_an_hour_cost_what_the_best_command_by_hand_costs(
    tools: Toolchain, long: Path, tmp_path: Path
) -> None:
    media = probe_now(long)
    index = 28 * MINUTE + 137
    seek = f"{float((index - Fraction(1, 4)) / RATE):.6f}"
    command = [
        *(tools.executable, "-nostdin", "-v", "error", "-y", "-ss", seek, "-i", str(long)),
        *("-vf", "settb=1/24,setpts=N", "-r", "24", "-frames:v", "240", *ENCODING),
        str(tmp_path / "by_hand.mp4"),
    ]
    ratio = _ratio(
        export(tools, media, index, 240, tmp_path / "export.mp4"),
        lambda: run(command),
        "export / by hand",
    )
    wanted = [each % MINUTE for each in range(index, index + 240)]
    assert numbers_in(tmp_path / "export.mp4") == wanted
    assert numbers_in(tmp_path / "by_hand.mp4") == wanted
    assert ratio <= MOST_EXPORT_RATIO


def test_a_frame_deep_in_a_long_file_costs_what_one_in_a_short_file_costs(
    tools: Toolchain, short: Path, long: Path, tmp_path: Path
) -> None:
    offset = MINUTE - 60

    def found(path: Path, index: int) -> Callable[[], None]:
        def work() -> None:
            export(tools, probe_now(path), index, 12, tmp_path / path.name, 540)()

        return work

    deep = offset + (MINUTES - 1) * MINUTE
    ratio = _ratio(found(long, deep), found(short, offset), "half an hour / a minute")
    assert numbers_in(tmp_path / long.name) == numbers_in(tmp_path / short.name)
    assert numbers_in(tmp_path / long.name) == list(range(offset, offset + 12))
    assert ratio <= MOST_LENGTH_RATIO


def test_eight_exports_keep_the_cores_busy_in_the_memory_of_eight(
    tools: Toolchain, long: Path, tmp_path: Path
) -> None:
    media = probe_now(long)
    alone = _watched(export(tools, media, 20_000, 240, tmp_path / "alone.mp4"))
    plates = [
        PlatePlan("10s", 240, FrameRange(at, 240, RATE), at, 0, 240)
        for at in range(2_000, 42_000, 5_000)
    ]
    assert len(plates) == 8

    async def work() -> None:
        tool = FfmpegMediaTool(tools)
        cpu = anyio.CapacityLimiter(AT_A_TIME)

        async def one(number: int, plate: PlatePlan) -> None:
            async with cpu:
                await tool.export_plate(
                    media,
                    plate,
                    rate=RATE,
                    short_side=1080,
                    to=tmp_path / f"{number}.mp4",
                    progress=no_progress,
                )

        async with anyio.create_task_group() as tasks:
            for number, plate in enumerate(plates):
                tasks.start_soon(one, number, plate)

    together = _watched(lambda: anyio.run(work))
    # Of the time that the cores had for us: what other programs take is not ours to use.
    busy = together.cpu_seconds / (together.cpu_seconds + together.idle_seconds)
    memory = together.children_bytes / (8 * alone.children_bytes)
    print(
        f"eight exports: {together.seconds:.1f} s, cores busy {busy:.2f}, "
        f"programs {together.children_bytes / 1e6:.0f} MB where eight alone take "
        f"{8 * alone.children_bytes / 1e6:.0f} MB, own growth {together.own_bytes / 1e6:.0f} MB"
    )
    assert busy >= LEAST_BUSY
    assert memory <= MOST_MEMORY_RATIO
    assert together.own_bytes <= MOST_OWN_BYTES


class _Cost:
    seconds = 0.0
    cpu_seconds = 0.0
    idle_seconds = 0.0
    children_bytes = 0
    own_bytes = 0


def _watched(work: Callable[[], None]) -> _Cost:
    """What some work costs, the programs that it starts included."""
    cost, done = _Cost(), threading.Event()
    own = _resident(os.getpid())

    def watch() -> None:
        while not done.wait(0.05):
            children = _children()
            cost.children_bytes = max(cost.children_bytes, sum(map(_resident, children)))
            cost.own_bytes = max(cost.own_bytes, _resident(os.getpid()) - own)

    watcher = threading.Thread(target=watch)
    before, idle = _cpu_seconds(), _idle_seconds()
    began = time.perf_counter()
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()
    cost.seconds = time.perf_counter() - began
    cost.cpu_seconds = _cpu_seconds() - before
    cost.idle_seconds = _idle_seconds() - idle
    return cost


def _cpu_seconds() -> float:
    total = 0.0
    for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total


def _idle_seconds() -> float:
    """Of all cores together, those that wait for a disk included."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")


def _children() -> list[int]:
    found = []
    for tasks in Path("/proc/self/task").iterdir():
        try:
            found += [int(each) for each in (tasks / "children").read_text().split()]
        except OSError:
            continue
    return found


def _resident(process: int) -> int:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize()


def _ratio(ours: Callable[[], None], theirs: Callable[[], None], words: str) -> float:
    """The median of pairs, whose order changes: neither gains from the other's warm cache."""
    theirs()
    ratios, passed = [], []
    for number in range(PAIRS):
        order = (theirs, ours) if number % 2 else (ours, theirs)
        cost = {each: _timed(each) for each in order}
        ratios.append(cost[ours][0] / cost[theirs][0])
        passed.append(cost[ours][1] / cost[theirs][1])
    ratio = statistics.median(ratios)
    listed = ", ".join(f"{each:.3f}" for each in ratios)
    print(f"{words}: {ratio:.3f} of {listed}; time passed {statistics.median(passed):.3f}")
    return ratio


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds of processors, and seconds that passed."""
    began, before = time.perf_counter(), _cpu_seconds()
    work()
    return _cpu_seconds() - before, time.perf_counter() - began
