"""Every media tool keeps this contract: the fake and ffmpeg."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

import numbered_exr
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import plan_conform
from newtake.domain.errors import MediaError, StorageError
from newtake.domain.files import FileStamp
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import MediaTool, no_progress
from newtake.testing import FakeMediaTool
from numbered_media import make_numbered

pytestmark = pytest.mark.anyio

RATE, GRID = Fraction(25), Fraction(24)
PLATE = PlatePlan("5s", 30, FrameRange(5, 24, RATE), 5, 4, 16)
"""Frames 5 to 28 of the file, and six held ones."""


@dataclass(frozen=True)
class Bench:
    """A tool, a source of 40 frames, and a result that fits `PLATE`."""

    tool: MediaTool
    source: MediaInfo
    result: MediaInfo


@pytest.fixture(params=["fake", "ffmpeg"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    folder = tmp_path / "given"
    folder.mkdir()
    ffmpeg = find_toolchain().executable
    source = make_numbered(ffmpeg, folder / "source.mov", rate=RATE, frames=40)
    result = make_numbered(ffmpeg, folder / "result.mp4", rate=GRID, frames=PLATE.length)
    facts, returned = probe_now(source), probe_now(result, count_frames=True)
    tools: dict[str, Callable[[], MediaTool]] = {
        "fake": lambda: FakeMediaTool({source: facts}, returned),
        "ffmpeg": FfmpegMediaTool,
    }
    return Bench(tools[request.param](), facts, returned)


async def test_it_tells_a_file_s_facts(bench: Bench) -> None:
    media = await bench.tool.probe(bench.source.path)
    assert (media.path, media.frames, media.rate) == (bench.source.path, 40, RATE)


async def test_media_that_is_not_there_is_an_input_error(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        await bench.tool.probe(tmp_path / "gone.mov")


async def test_a_plate_has_the_paid_length_and_its_true_digest(
    bench: Bench, tmp_path: Path
) -> None:
    seen: list[tuple[int, int | None]] = []
    to = tmp_path / "new" / "folder" / "plate.mp4"
    for _ in ("first", "again, after a crash"):
        plate = await bench.tool.export_plate(
            bench.source,
            PLATE,
            rate=GRID,
            short_side=540,
            to=to,
            progress=lambda done, total: seen.append((done, total)),
        )
        data = to.read_bytes()
        assert (plate.path, plate.frames, plate.size_bytes) == (to, PLATE.length, len(data))
        assert plate.sha256 == hashlib.sha256(data).hexdigest()
        facts = bench.source.path.stat()
        assert plate.source == FileStamp(facts.st_size, facts.st_mtime)
    assert seen[-1] == (PLATE.length, PLATE.length)
    assert [each.name for each in to.parent.iterdir()] == ["plate.mp4"]


async def test_a_take_has_the_frames_of_the_plan_and_is_never_overwritten(
    bench: Bench, tmp_path: Path
) -> None:
    plan = plan_conform(PLATE, bench.result, grid_rate=GRID, timecode_start=90_005)
    to = tmp_path / "take.mov"
    outcome = await bench.tool.conform(bench.result, plan, to=to, progress=no_progress)
    assert outcome.frames_in_file >= plan.available.duration
    first = to.read_bytes()
    with pytest.raises(StorageError):
        await bench.tool.conform(bench.result, plan, to=to, progress=no_progress)
    assert to.read_bytes() == first


async def test_a_picture_of_source_and_take_is_drawn(bench: Bench, tmp_path: Path) -> None:
    to = tmp_path / "pair.png"
    await bench.tool.side_by_side(bench.source, 12, bench.result.path, 7, to=to)
    assert to.stat().st_size > 0


async def test_exr_frames_are_those_of_the_take_by_the_numbers_of_the_media(
    bench: Bench, tmp_path: Path
) -> None:
    package = numbered_exr.package_of(tmp_path / "r.zip", range(PLATE.length))
    plan = plan_conform(PLATE, bench.result, grid_rate=GRID, timecode_start=90_005)
    before = package.read_bytes()
    for _ in ("first", "again, after a crash"):
        frames = await bench.tool.unpack_exr(
            package, PLATE, plan, bench.result, folder=tmp_path / "exr", prefix="t."
        )
        assert frames is not None
        assert (frames.start, frames.count, frames.rate) == (5, 24, RATE)
        assert sorted((tmp_path / "exr").iterdir()) == frames.files
        assert frames.files[0].name == "t.000005.exr"
    assert package.read_bytes() == before


async def test_a_package_without_exr_gives_none(bench: Bench, tmp_path: Path) -> None:
    package = tmp_path / "r.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("note.txt", "nothing")
    plan = plan_conform(PLATE, bench.result, grid_rate=GRID, timecode_start=90_005)
    frames = await bench.tool.unpack_exr(
        package, PLATE, plan, bench.result, folder=tmp_path / "exr", prefix="t."
    )
    assert frames is None
    assert not (tmp_path / "exr").exists()


async def test_a_source_is_left_as_it_was(bench: Bench, tmp_path: Path) -> None:
    before = bench.source.path.read_bytes()
    await bench.tool.export_plate(
        replace(bench.source),
        PLATE,
        rate=GRID,
        short_side=540,
        to=tmp_path / "plate.mp4",
        progress=no_progress,
    )
    assert bench.source.path.read_bytes() == before
    assert len(list(bench.source.path.parent.iterdir())) == 2


async def test_plate_and_take_in_real_time_have_the_frames_of_their_plans(
    bench: Bench, tmp_path: Path
) -> None:
    plate = replace(PLATE, cadence="time", sent=tuple(range(0, 24, 2)))
    assert plate.held == PLATE.length - 12
    cut = await bench.tool.export_plate(
        bench.source, plate, rate=GRID, short_side=540, to=tmp_path / "p.mp4", progress=no_progress
    )
    assert cut.frames == plate.length
    plan = plan_conform(plate, bench.result, grid_rate=GRID, timecode_start=90_005)
    assert plan.frame_map == tuple(slot // 2 for slot in range(24))
    to = tmp_path / "take.mov"
    outcome = await bench.tool.conform(bench.result, plan, to=to, progress=no_progress)
    assert (outcome.frames_in_file, outcome.frames_proved, outcome.method) == (24, 0, "prores")
