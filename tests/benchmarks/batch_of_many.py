"""A program: one batch of many jobs over the real pipeline, journal, HTTP and timeline.

    batch_of_many.py JOBS BASE_URL FOLDER

Only pictures are pretended, by the shipped fake. On stdout, as JSON: the seconds of processor that
the event loop took for the jobs, those of the whole process, which also writes the timeline, and
the most memory that it ever held.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import anyio

from newtake import bootstrap
from newtake.domain.clip import Clip, MediaInfo
from newtake.domain.edit import EditSettings, Price
from newtake.domain.events import Order
from newtake.domain.files import HostTarget
from newtake.domain.job import Job, Status
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.run import create_jobs
from newtake.pipeline.session import Run
from newtake.settings import Settings
from newtake.testing import FakeMediaTool, RecordingWatcher
from otio_newtake.cuts import write_cuts
from worlds import media_info

RATE, PLATE_FRAMES, CLIP_FRAMES = Fraction(24), 120, 100


def main(jobs: int, base_url: str, folder: Path) -> None:
    frames = round(jobs * CLIP_FRAMES * 1.25) + PLATE_FRAMES
    source = folder / "source.mov"
    source.write_bytes(b"a film that nobody plays")
    timeline = write_cuts(source, RATE, frames, folder / "cut.otio", name="cut", cuts=jobs)
    target = HostTarget("otio", timeline, folder / "cut_newtake.otio")
    loop_seconds, seconds, ended = anyio.run(
        batch, base_url, folder, target, media_info(source, frames, RATE)
    )
    failed = [job.failure for job in ended if job.status is not Status.DONE]
    assert (len(ended), failed) == (jobs, [])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {"loop_seconds": loop_seconds, "seconds": seconds}
    print(json.dumps({**told, "peak_bytes": peak * (1 if _IN_BYTES else 1024)}))


async def batch(
    base_url: str, folder: Path, target: HostTarget, source: MediaInfo
) -> tuple[float, float, list[Job]]:
    settings = Settings(home=folder / "home", base_url=base_url)
    bootstrap.give_key("a-key-for-the-sandbox")
    async with bootstrap.wired(settings) as wiring:
        result = media_info(source.path, PLATE_FRAMES, RATE)
        ports = replace(wiring.ports, media=FakeMediaTool({source.path: source}, result=result))
        clips = await bootstrap.timeline_host(target).clips()
        began, loop_began = time.process_time(), time.thread_time()
        jobs = create_jobs(ports, [order(each, source, target) for each in clips])
        run = Run(ports, RecordingWatcher(), settings.work_folder)
        ended = await run_jobs([job.id for job in jobs], run, listen=wiring.listen)
        return time.thread_time() - loop_began, time.process_time() - began, ended


def order(clip: Clip, source: MediaInfo, target: HostTarget) -> Order:
    start = clip.source.start
    return Order(
        clip=clip,
        source=source,
        origin=0,
        timecode_start=0,
        plate=PlatePlan("5s", PLATE_FRAMES, FrameRange(start, 120, RATE), start, 0, CLIP_FRAMES),
        settings=EditSettings("noir"),
        host=target,
        provider="oxen",
        uploader="workbench",
        price=Price(Decimal("0.72"), "list"),
    )


_IN_BYTES = sys.platform == "darwin"

if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
