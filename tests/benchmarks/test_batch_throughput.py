"""24 clips of 5 s cost little more than the longest of what cannot be avoided.

The service is the sandbox with a result that was made beforehand, so that it takes no processor's
time; its jobs take JOB_SECONDS. With jobs as long as all the work, two cores cannot keep the bound:
the last job ends its own length after the last plate, whoever cuts it (20 s: 1.6). Held is the time
from a job's end to the request for its file, which is answered at once: to half a second of 19 in
20 jobs, and of the slowest, which may meet a core that another program has, to MOST_LATEST_SECONDS.
Of the ratio with all at once the better of ATTEMPTS runs is held, the second made only where the
first is over; of the times every run's are. The report, drawn after the last take is in the
timeline, is printed and not held. What the service and other programs take of the cores meanwhile
is not ours to use and is left out of the bound, as Linux's own counters tell it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from keys import key_of
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import Toolchain, find_toolchain
from newtake.domain.conform import plan_conform
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from newtake.sandbox.service import SandboxOptions, run_sandbox
from numbered_media import run
from otio_newtake.cuts import write_cuts
from services import NEWTAKE

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not Path("/proc/stat").exists(), reason="it reads Linux's own counters"),
]

JOBS, FRAMES, RATE = 24, 120, Fraction(24)
JOB_SECONDS = 5.0
SOME_AT_ONCE = 4
MOST_ALL_AT_ONCE, MOST_SOME_AT_ONCE = 1.3, 1.2
MOST_LATENCY_SECONDS, MOST_LATEST_SECONDS = 0.5, 1.0
"""Measured with two thirds of one core for us: 0.08 s in the middle, 0.46 of 19 in 20, 0.49 at
most."""
ATTEMPTS = 2
"""What else a shared machine does in one minute must not decide."""
WORK_MEASURED = 4
SHORT_SIDE = 540


@dataclass(frozen=True)
class Media:
    tools: Toolchain
    timeline: Path
    source: Path
    result: Path


@dataclass(frozen=True)
class Ran:
    """One command. Latencies are from a generation's end to the request for its file."""

    seconds: float
    """From its start until the last take was in the timeline; its report is drawn afterwards."""
    whole: float
    """Until it ended."""
    cores: float
    """As many as there were for us on average."""
    latencies: Sequence[float]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    folder, tools = tmp_path_factory.mktemp("batch"), find_toolchain()
    frames = round(JOBS * FRAMES * 1.25)
    result = folder / "result.mp4"
    picture = ("-f", "lavfi", "-i", f"testsrc2=s=960x540:r={RATE}", "-frames:v", str(FRAMES))
    coding = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-g", "48")
    run([tools.executable, "-v", "error", *picture, *coding, str(result)])
    source = folder / "source.mov"
    loops = ("-stream_loop", str(frames // FRAMES), "-i", str(result), "-c", "copy")
    run([tools.executable, "-v", "error", *loops, str(source)])
    timeline = write_cuts(source, RATE, frames, folder / "cut.otio", name="cut", cuts=JOBS)
    return Media(tools, timeline, source, result)


@pytest.fixture(scope="module")
def alone(media: Media, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One job's path, the start of the command included."""
    return restyle(media, tmp_path_factory.mktemp("one") / "alone", "--clip", "1", at_once=1)


def test_all_at_once_end_when_the_longest_of_them_can(
    media: Media, alone: Ran, tmp_path: Path
) -> None:
    ratios: list[float] = []
    while not ratios or (ratios[-1] > MOST_ALL_AT_ONCE and len(ratios) < ATTEMPTS):
        attempt = tmp_path / str(len(ratios))
        ratios.append(_all_at_once(media, alone, attempt))
    assert min(ratios) <= MOST_ALL_AT_ONCE


def _all_at_once(media: Media, alone: Ran, folder: Path) -> float:
    ran = restyle(media, folder, "--all", at_once=JOBS)
    work = JOBS * work_seconds(media, folder) / ran.cores
    bound = max(work, alone.seconds)
    latencies = sorted(ran.latencies)
    late = latencies[round(0.95 * (len(latencies) - 1))]
    print(
        f"{JOBS} at once: {ran.seconds:.1f} s (with its report {ran.whole:.1f} s), "
        f"{ran.seconds / bound:.2f} of the longest of "
        f"{work:.1f} s of work on {ran.cores:.2f} cores and {alone.seconds:.1f} s of one job's "
        f"path; from an end to its file's request: median {latencies[len(latencies) // 2]:.3f} s, "
        f"p95 {late:.3f} s, the latest {latencies[-1]:.3f} s"
    )
    assert len(latencies) == JOBS
    assert late < MOST_LATENCY_SECONDS
    assert latencies[-1] < MOST_LATEST_SECONDS
    return ran.seconds / bound


def test_four_at_once_keep_the_service_busy(media: Media, alone: Ran, tmp_path: Path) -> None:
    ran = restyle(media, tmp_path / "all", "--all", at_once=SOME_AT_ONCE)

    work = JOBS * work_seconds(media, tmp_path) / ran.cores
    # One job's own path holds the service's time for one of them already.
    bound = max(work, (JOBS / SOME_AT_ONCE - 1) * JOB_SECONDS + alone.seconds)
    print(
        f"{SOME_AT_ONCE} at once: {ran.seconds:.1f} s (with its report {ran.whole:.1f} s), "
        f"{ran.seconds / bound:.2f} of {bound:.1f} s; {work:.1f} s of work on {ran.cores:.2f} cores"
    )
    assert ran.seconds <= MOST_SOME_AT_ONCE * bound


def restyle(media: Media, folder: Path, *clips: str, at_once: int) -> Ran:
    """The command against a sandbox of this process; every take must be there afterwards."""
    options = SandboxOptions(
        folder / "service",
        media.tools.executable,
        min_render_seconds=0,
        concurrency=at_once,
        job_seconds=JOB_SECONDS,
        result=media.result,
    )

    async def serve() -> Ran:
        async with run_sandbox(options) as sandbox:
            before, idle = _programs_seconds(), _idle_seconds()
            began = time.time()
            report = await anyio.to_thread.run_sync(command, sandbox.base_url)
            whole = time.time() - began
            ours, left = _programs_seconds() - before, _idle_seconds() - idle
            asked = {}
            for request in reversed(sandbox.cdn_requests):
                asked[Path(request.path).stem] = request.at
            ends = sandbox.ends
        statuses = [job["status"] for job in report["jobs"]]
        assert set(statuses) == {"done"}, statuses
        return Ran(
            (folder / "out.otio").stat().st_mtime - began,
            whole,
            (ours + left) / whole,
            [asked[each] - ends[each] for each in ends],
        )

    def command(base_url: str) -> dict[str, list[dict[str, object]]]:
        out = folder / "out.otio"
        arguments = ("--prompt", "noir", "--yes", "--json", "--out", str(out))
        done = subprocess.run(
            [*NEWTAKE, "restyle", str(media.timeline), *clips, *arguments],
            env={
                **os.environ,
                "NEWTAKE_HOME": str(folder / "home"),
                "OXEN_BASE_URL": base_url,
                "OXEN_API_KEY": key_of("batch"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        report: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
        return report

    folder.mkdir()
    return anyio.run(serve)


def work_seconds(media: Media, folder: Path) -> float:
    """Processor time of one job's export and conform, the look at its result included.

    The mean of WORK_MEASURED: one measure of two seconds is off by a fifth now and then.
    """
    source = probe_now(media.source)
    plate = PlatePlan("5s", FRAMES, FrameRange(FRAMES, FRAMES, RATE), FRAMES, 0, FRAMES)
    tool = FfmpegMediaTool(media.tools)

    async def work(take: Path) -> None:
        await tool.export_plate(
            source,
            plate,
            rate=RATE,
            short_side=SHORT_SIDE,
            to=folder / "plate.mp4",
            progress=no_progress,
        )
        await tool.verify(media.result)
        result = await tool.probe(media.result, count_frames=True)
        plan = plan_conform(plate, result, grid_rate=RATE, timecode_start=FRAMES, reel="A001")
        await tool.conform(result, plan, to=take, progress=no_progress)

    began = _own_seconds()
    for number in range(WORK_MEASURED):
        anyio.run(work, folder / f"take{number}.mov")
    return (_own_seconds() - began) / WORK_MEASURED


def _own_seconds() -> float:
    """Of this process, which is the service too, and of the programs that it started."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + _programs_seconds()


def _programs_seconds() -> float:
    """Of the programs that this process started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _idle_seconds() -> float:
    """Of all cores together, those that wait for a disk included."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")
