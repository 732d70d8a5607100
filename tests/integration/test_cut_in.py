"""A marked part of a clip through all eight steps: every frame of the take in its slot.

The service is a fake that gives pictures back with their lowest third black. So each frame of a
take says whose it is, and its number where it belongs.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import opentimelineio as otio
import pytest

from matrix.walk import CopyingProvider, wired
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.choices import Cadence, Codec, Continuity
from newtake.domain.clip import Clip
from newtake.domain.codecs import choose_codec
from newtake.domain.edit import EditSettings
from newtake.domain.files import HostTarget, Profile, TakeFile
from newtake.domain.job import Job, Status
from newtake.domain.timing import FrameRange, frame_of_timecode, timecode
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.part_planning import PartChoices
from newtake.pipeline.planning import PlannedClip, plan_edits
from newtake.pipeline.run import create_jobs
from newtake.pipeline.session import Run
from newtake.ports import Ports, Progress, Submission
from newtake.testing import RecordingWatcher
from numbered_media import H264, PRORES, make_numbered, numbers_in, run
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost
from plain_reading import file_frame, moment_in

pytestmark = pytest.mark.anyio

FRAMES, FIRST, LENGTH = 130, 13, 104
"""Of the media; the clip's first frame in it, and the clip's frames."""
HANDLE = 12
RATES = {
    "23.976": (Fraction(24000, 1001), "01:00:00:00"),
    "24": (Fraction(24), "23:59:58:00"),
    "25": (Fraction(25), "10:00:00:00"),
    "29.97": (Fraction(30000, 1001), "00:59:58;00"),
    "50": (Fraction(50), "01:00:00:00"),
}
PARTS = {"head": (0, 9), "middle": (23, 17), "tail": (95, 9), "one frame": (30, 1)}
"""First frame in the clip, and how many."""
QUICK = {("23.976", "tail"), ("29.97", "middle"), ("25", "head"), ("24", "one frame")}


@dataclass
class BlackeningProvider(CopyingProvider):
    """Gives every picture back with its lowest third black."""

    after_download: Callable[[], None] = field(default=lambda: None)

    async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
        await super().download(submission, to, progress)
        copied = to.rename(to.with_name(f"copied_{to.name}"))
        black = "drawbox=x=0:y=ih*2/3:w=iw:h=ih/3+1:t=fill:c=black"
        command = [self.ffmpeg, "-v", "error", "-y", "-i", str(copied), "-vf", black]
        run([*command, *H264, "-threads", "2", str(to)])
        copied.unlink()
        self.after_download()


@dataclass
class Bench:
    """A timeline of one clip, and what restyles it."""

    clip: Clip
    target: HostTarget
    ports: Ports
    folder: Path

    async def plan(
        self,
        part: tuple[int, int],
        codec: Codec = "copy",
        cadence: Cadence = "frame",
        continuity: Continuity = "carry",
        **settings: Any,
    ) -> PlannedClip:
        """`part` counts from the clip's first frame."""
        whole = self.clip.source
        marked = FrameRange(whole.start + part[0], part[1], whole.rate)
        plan = await plan_edits(
            [replace(self.clip, source=marked, whole=whole)],
            EditSettings("copy", **settings),
            self.target,
            media=self.ports.media,
            provider=self.ports.provider,
            uploader=self.ports.uploader,
            codec=choose_codec(codec, Profile.GENERIC, ""),
            parts=self.ports.parts,
            choices=PartChoices(cadence, continuity),
        )
        return plan.entries[0]

    async def restyle(self, entry: PlannedClip) -> Job:
        return (await self.go_on([job.id for job in create_jobs(self.ports, entry.orders)]))[0]

    async def go_on(self, jobs: list[str]) -> list[Job]:
        work = Run(self.ports, RecordingWatcher(), self.folder / "work")
        return await run_jobs(jobs, work, listen=False)


async def bench_of(source: Path, rate: Fraction, folder: Path, *, engine: str = "") -> Bench:
    frames = probe_now(source, count_frames=True).frames
    timeline = write_cuts(source, rate, frames, folder / "cut.otio", name="cut", cuts=1)
    target = HostTarget("otio", timeline, folder / "out.otio", profile=Profile.GENERIC)
    tools = find_toolchain(engine or None)
    ports = wired(tools, target)
    assert isinstance(ports.provider, CopyingProvider)
    provider = BlackeningProvider(ffmpeg=tools.executable, uploads=ports.provider.uploads)
    (clip,) = await OtioHost(target).clips()
    return Bench(clip, target, replace(ports, provider=provider), folder)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A numbered file for each rate, written once."""
    folder = tmp_path_factory.mktemp("sources")

    def source(name: str) -> Path:
        rate, label = RATES[name]
        path = folder / f"{name}.mov"
        if not path.exists():
            make_numbered(
                find_toolchain().executable,
                path,
                rate=rate,
                frames=FRAMES,
                options=("-timecode", label, "-metadata:s:v:0", "reel_name=A001"),
            )
        return path

    return source


def restyled_in(path: Path) -> list[bool]:
    """For each frame whether the service made it."""
    found = []
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            plane = frame.reformat(format="gray").planes[0]
            start = frame.height * 5 // 6 * plane.line_size
            line = memoryview(plane).cast("B")[start : start + frame.width]
            found.append(sum(line) / len(line) < 10)
    return found


def take_of(job: Job) -> TakeFile:
    assert job.status is Status.DONE, job.failure
    take = job.renditions[0].take
    assert take is not None
    return take


def check(take: TakeFile, part: tuple[int, int], *, last: int = FIRST + LENGTH + HANDLE) -> None:
    """Every frame in its slot, and only the part's from the service."""
    begins = FIRST - HANDLE
    assert (take.available.start, take.available.end) == (begins, last)
    assert numbers_in(take.path) == list(range(begins, last))
    inside = range(FIRST + part[0], FIRST + part[0] + part[1])
    assert restyled_in(take.path) == [number in inside for number in range(begins, last)]


@pytest.mark.parametrize(
    ("rate", "where"),
    [
        pytest.param(
            rate,
            where,
            marks=pytest.mark.quick_matrix if (rate, where) in QUICK else pytest.mark.matrix,
        )
        for rate in RATES
        for where in PARTS
    ],
)
async def test_the_part_is_restyled_and_every_frame_stands_in_its_slot(
    rate: str, where: str, sources: Callable[[str], Path], tmp_path: Path
) -> None:
    engine = imageio_ffmpeg.get_ffmpeg_exe() if where in ("head", "one frame") else ""
    bench = await bench_of(sources(rate), RATES[rate][0], tmp_path, engine=engine)

    entry = await bench.plan(PARTS[where])
    take = take_of(await bench.restyle(entry))

    check(take, PARTS[where])
    made, source = probe_now(take.path), probe_now(sources(rate))
    assert take.method == made.codec == "prores"
    assert (made.rate, made.constant_rate, made.reel) == (source.rate, True, "A001")
    assert made.display_size == source.display_size
    label = RATES[rate][1]
    start = frame_of_timecode(label, made.rate) + FIRST - HANDLE
    assert made.timecode == timecode(start, made.rate, drop=";" in label)


@pytest.mark.parametrize("codec", ["dnxhr", "h264"])
async def test_the_codec_asked_for_is_kept(
    codec: Codec, sources: Callable[[str], Path], tmp_path: Path
) -> None:
    bench = await bench_of(sources("25"), Fraction(25), tmp_path)

    take = take_of(await bench.restyle(await bench.plan((40, 10), codec)))

    check(take, (40, 10))
    assert take.method == codec


async def test_a_take_is_as_large_as_its_source_whatever_came_back(tmp_path: Path) -> None:
    source = make_numbered(
        find_toolchain().executable,
        tmp_path / "large.mov",
        rate=Fraction(25),
        frames=40,
        size=(1280, 720),
        coding=PRORES,
    )
    bench = await bench_of(source, Fraction(25), tmp_path)

    job = await bench.restyle(await bench.plan((5, 6)))
    take = take_of(job)

    result = job.renditions[0].result
    assert result is not None
    assert probe_now(result.path).display_size == (960, 540)
    made = probe_now(take.path)
    assert (made.width, made.height, made.pixel_aspect) == (1280, 720, Fraction(1))
    assert "the restyled frames came as 960x540 and were scaled to the source's 1280x720" in (
        take.notes
    )
    assert numbers_in(take.path) == list(range(40))
    assert restyled_in(take.path) == [9 <= number < 15 for number in range(40)]


@pytest.mark.parametrize("continuity", ["carry", "parallel"])
async def test_a_part_that_no_plate_holds_is_sent_in_parts_and_cut_in_as_one(
    continuity: Continuity, tmp_path: Path
) -> None:
    source = make_numbered(
        find_toolchain().executable, tmp_path / "long.mov", rate=Fraction(25), frames=300
    )
    bench = await bench_of(source, Fraction(25), tmp_path)
    entry = await bench.plan((20, 180), duration="5s", continuity=continuity)

    job = await bench.restyle(entry)
    take = take_of(job)

    assert len(entry.orders) == 2
    begins, last = 30 - HANDLE, 270 + HANDLE
    assert numbers_in(take.path) == list(range(begins, last))
    assert restyled_in(take.path) == [50 <= number < 230 for number in range(begins, last)]
    assert len(take.notes) == len(set(take.notes))


async def test_the_timeline_shows_the_take_under_the_whole_clip(
    sources: Callable[[str], Path], tmp_path: Path
) -> None:
    bench = await bench_of(sources("24"), Fraction(24), tmp_path)

    take = take_of(await bench.restyle(await bench.plan((23, 17))))

    written = otio.adapters.read_from_file(str(bench.target.output))
    (clip,) = written.find_clips()
    numbers = numbers_in(take.path)
    shown = [
        numbers[file_frame(clip, moment_in(clip, written, frame, 24.0))] for frame in range(LENGTH)
    ]
    assert clip.media_reference.target_url.endswith(take.path.name)
    assert shown == list(range(FIRST, FIRST + LENGTH))
    sidecar = json.loads(take.sidecar.read_text())
    assert (sidecar["source_range"]["start"], sidecar["source_range"]["duration"]) == (13, 104)
    assert sidecar["restyled_range"]["start"] == FIRST + 23
    own = sidecar["original_frames"]
    assert (own["before"]["start"], own["before"]["duration"]) == (1, 35)
    assert (own["after"]["start"], own["after"]["duration"]) == (53, 76)
    assert own["as_of"]["size_bytes"] == sources("24").stat().st_size
    with av.open(str(take.path)) as container:
        assert "AI" in container.metadata["comment"]


@pytest.mark.parametrize("change", ["gone", "other"])
async def test_media_that_changed_in_the_meantime_is_named_and_costs_nothing(
    change: str, sources: Callable[[str], Path], tmp_path: Path
) -> None:
    source = tmp_path / "source.mov"
    shutil.copy2(sources("25"), source)
    bench = await bench_of(source, Fraction(25), tmp_path)
    (made,) = create_jobs(bench.ports, (await bench.plan((23, 17))).orders)
    kept = tmp_path / "kept.mov"
    bench.ports.provider.after_download = lambda: _change(change, source, kept)  # type: ignore[attr-defined]  # this file's

    (stopped,) = await bench.go_on([made.id])
    bench.ports.provider.after_download = lambda: None  # type: ignore[attr-defined]  # this file's
    assert stopped.status is Status.FAILED
    assert stopped.failure is not None
    assert ("offline" if change == "gone" else "has changed") in stopped.failure.what
    assert [each.name for each in (tmp_path / "out_takes").glob("*.mov")] == []
    kept.replace(source)
    (done,) = await bench.go_on([made.id])

    check(take_of(done), (23, 17))
    assert isinstance(bench.ports.provider, CopyingProvider)
    assert len(bench.ports.provider.submitted) == 1


async def test_a_date_alone_holds_up_nothing_and_is_said(
    sources: Callable[[str], Path], tmp_path: Path
) -> None:
    source = tmp_path / "source.mov"
    shutil.copy2(sources("25"), source)
    bench = await bench_of(source, Fraction(25), tmp_path)
    bench.ports.provider.after_download = lambda: os.utime(source, (0, 0))  # type: ignore[attr-defined]  # this file's

    take = take_of(await bench.restyle(await bench.plan((23, 17))))

    check(take, (23, 17))
    assert "source.mov has another date than when frames of it were sent, and the same size" in (
        take.notes
    )


def _change(change: str, source: Path, kept: Path) -> None:
    shutil.copy2(source, kept)
    if change == "gone":
        source.unlink()
    else:
        source.write_bytes(source.read_bytes() + b"\0")
