"""Every tool for clips in parts keeps this contract: the fake and ffmpeg."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from newtake.adapters.part_tool import FfmpegPartTool
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import plan_conform
from newtake.domain.cut_in import cut_in, cut_in_plan
from newtake.domain.errors import MediaError, StorageError
from newtake.domain.parts import Piece, join_parts, part_clip, real_cuts
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from newtake.ports.parts import PartResult, PartTool, SourceFrames
from newtake.testing import FakePartTool
from numbered_media import luma_of, make_numbered, numbers_in, picture_number, run

pytestmark = pytest.mark.anyio

RATE, GRID = Fraction(25), Fraction(24)
CUT = 30


@dataclass(frozen=True)
class Bench:
    tool: PartTool
    source: MediaInfo
    """60 frames that change their picture wholly at frame `CUT`."""
    folder: Path


@pytest.fixture(params=["fake", "ffmpeg"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    film = tmp_path / "source.mov"
    pictures = f"color=red:s=320x180:r=25:d={CUT / 25},format=yuv420p[a];"
    pictures += "testsrc2=s=320x180:r=25:d=2,format=yuv420p[b];[a][b]concat,trim=end_frame=60[v]"
    coding = ("-map", "[v]", "-c:v", "libx264", "-preset", "veryfast", str(film))
    run([find_toolchain().executable, "-v", "error", "-filter_complex", pictures, *coding])
    source = probe_now(film)
    scores = [0.0] * 60
    scores[CUT] = 0.8
    tool = FakePartTool({film: scores}) if request.param == "fake" else FfmpegPartTool()
    return Bench(tool, source, tmp_path)


def part_result(folder: Path, name: str, first: int, frames: int, filters: str = "") -> PartResult:
    """A result of numbered frames for media frames from `first` on."""
    ffmpeg = find_toolchain().executable
    file = folder / f"{name}.mp4"
    make_numbered(ffmpeg, file, rate=GRID, frames=first + frames, filters=filters)
    cut = folder / f"{name}_cut.mp4"
    trim = f"trim=start_frame={first},setpts=PTS-STARTPTS"
    coding = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-r", "24", str(cut))
    run([ffmpeg, "-v", "error", "-i", str(file), "-vf", trim, *coding])
    result = probe_now(cut, count_frames=True)
    plate = PlatePlan("5s", frames, FrameRange(first, frames, RATE), first, 0, frames)
    plan = plan_conform(plate, result, grid_rate=GRID, timecode_start=first, codec="prores")
    return PartResult(result, plan)


async def test_a_cut_stands_out_at_its_frame_and_nowhere_else(bench: Bench) -> None:
    seen: list[int] = []

    scores = await bench.tool.scene_scores(bench.source, 10, 40, lambda done, _: seen.append(done))

    assert len(scores) == 40
    assert real_cuts(scores, 10) == (CUT,)
    assert seen[-1] == 40


async def test_frames_beyond_the_source_are_an_input_error(bench: Bench) -> None:
    with pytest.raises(MediaError):
        await bench.tool.scene_scores(bench.source, 500, 10, no_progress)


async def test_a_join_never_writes_over_a_take(bench: Bench) -> None:
    part = part_result(bench.folder, "a", 0, 10)
    to = bench.folder / "take.mov"
    pieces = join_parts(
        part_clip(FrameRange(0, 10, RATE), 20, (), carry=False), [part.plan.available]
    )

    first = await bench.tool.join([part], pieces, part.plan, to=to, progress=no_progress)
    kept = to.read_bytes()

    assert (first.frames_in_file, first.method) == (10, "prores")
    with pytest.raises(StorageError):
        await bench.tool.join([part], pieces, part.plan, to=to, progress=no_progress)
    assert to.read_bytes() == kept


async def test_the_clips_own_frames_stand_around_a_part_that_is_cut_in(bench: Bench) -> None:
    part = part_result(bench.folder, "a", 20, 10)
    span, take = FrameRange(20, 10, RATE), FrameRange(8, 40, RATE)
    own = SourceFrames(bench.source, 0)
    seen: list[int] = []

    made = await bench.tool.join(
        [part, own],
        cut_in([Piece(0, span)], span, take, 1),
        cut_in_plan(part.plan, take, bench.source, 8),
        to=bench.folder / "take.mov",
        progress=lambda done, _: seen.append(done),
    )

    assert (made.frames_in_file, made.method) == (40, "prores")
    assert seen[-1] == 40
    assert seen == sorted(seen)


async def test_every_frame_of_a_joined_take_is_in_its_slot(tmp_path: Path) -> None:
    parts = part_clip(FrameRange(100, 300, RATE), 120, (190,), carry=False)
    assert [each.lead for each in parts] == [0, 0, 12]
    results = [
        part_result(tmp_path, str(each.number), each.span.start, each.span.duration)
        for each in parts
    ]
    pieces = join_parts(parts, [each.plan.available for each in results])
    plate = PlatePlan("10s", 300, FrameRange(100, 300, RATE), 100, 0, 300)
    facts = results[0].result
    whole = plan_conform(
        plate, probe_as(facts, 300), grid_rate=GRID, timecode_start=100, codec="prores"
    )
    to = tmp_path / "take.mov"

    await FfmpegPartTool().join(results, pieces, whole, to=to, progress=no_progress)

    assert numbers_in(to) == list(range(100, 400))
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


@pytest.mark.parametrize("engine", ["system", "bundled"])
@pytest.mark.parametrize("rate", ["24", "30000/1001", "60000/1001"])
async def test_every_frame_of_many_parts_stands_at_its_exact_time(
    tmp_path: Path, rate: str, engine: str, require_program: Callable[[str], str]
) -> None:
    program = require_program("ffmpeg") if engine == "system" else imageio_ffmpeg.get_ffmpeg_exe()
    own, frames = Fraction(rate), 150
    file = make_numbered(program, tmp_path / "all.mp4", rate=GRID, frames=frames)
    info = probe_now(file, count_frames=True)
    parts = part_clip(FrameRange(0, frames, own), 40, (), carry=False)
    plate = PlatePlan("10s", frames, FrameRange(0, frames, own), 0, 0, frames)
    whole = plan_conform(plate, info, grid_rate=GRID, timecode_start=0, codec="h264")
    results = [
        PartResult(
            info,
            replace(
                whole,
                available=each.span,
                frame_map=tuple(range(each.span.start, each.span.end)),
            ),
        )
        for each in parts
    ]
    to = tmp_path / "take.mov"

    await FfmpegPartTool(find_toolchain(program)).join(
        results,
        join_parts(parts, [each.span for each in parts]),
        whole,
        to=to,
        progress=no_progress,
    )

    assert len(parts) >= 5
    assert numbers_in(to) == list(range(frames))
    with av.open(str(to)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        times = sorted(each.pts for each in container.demux(stream) if each.pts is not None)
        assert {(b - a) * stream.time_base for a, b in pairwise(times)} == {1 / own}


async def test_a_hundred_joins_move_no_frame(tmp_path: Path) -> None:
    """A frame at 23.976 is no whole number of microseconds, in which ffmpeg adds lengths up."""
    own, frames = Fraction(24000, 1001), 100
    part = part_result(tmp_path, "all", 0, frames)
    span = FrameRange(0, frames, own)
    whole = replace(part.plan, available=span)
    pieces = [Piece(0, FrameRange(number, 1, own)) for number in range(frames)]
    to = tmp_path / "take.mov"

    await FfmpegPartTool().join(
        [PartResult(part.result, whole)], pieces, whole, to=to, progress=no_progress
    )

    assert numbers_in(to) == list(range(frames))


async def test_a_difference_between_parts_becomes_no_step(tmp_path: Path) -> None:
    """Each part is brighter by 40 than the one before; a dissolve of 12 spreads it evenly."""
    parts = part_clip(FrameRange(0, 200, RATE), 120, (), carry=False)
    results = [
        flat_result(tmp_path, each.number, each.span, 80 + 40 * number)
        for number, each in enumerate(parts)
    ]
    pieces = join_parts(parts, [each.plan.available for each in results])
    plate = PlatePlan("10s", 200, FrameRange(0, 200, RATE), 0, 0, 200)
    whole = plan_conform(
        plate, probe_as(results[0].result, 200), grid_rate=GRID, timecode_start=0, codec="prores"
    )
    to = tmp_path / "take.mov"

    await FfmpegPartTool().join(results, pieces, whole, to=to, progress=no_progress)

    levels = luma_of(to)
    steps = [after - before for before, after in pairwise(levels)]
    assert len(levels) == 200
    whole_step = 40 * 255 / 219
    assert max(steps) <= whole_step / 13 + 0.7
    assert min(steps) >= -1
    assert abs(levels[-1] - levels[0] - whole_step) <= 2


async def test_the_picture_handed_on_is_that_of_the_slot(tmp_path: Path) -> None:
    part = part_result(tmp_path, "a", 50, 20)
    picture = tmp_path / "50 % of\nit.png"

    await FfmpegPartTool().still(part, 7, to=picture)

    assert picture_number(picture, left=0, width=part.result.width) == 57


def flat_result(
    folder: Path,
    number: int,
    span: FrameRange,
    luma: int,
    *,
    size: str = "320x180",
    tags: tuple[str, str, str] = ("bt709", "bt709", "bt709"),
) -> PartResult:
    """A result of one grey; `tags` are its primaries, transfer and matrix."""
    file = folder / f"flat{number}.mp4"
    frames = span.duration
    primaries, transfer, matrix = tags
    picture = f"color=black:s={size}:r=24,format=yuv420p,lutyuv=y={luma}:u=128:v=128"
    colour = ("-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix)
    coding = ("-frames:v", str(frames), "-c:v", "libx264", "-crf", "8", *colour, str(file))
    run([find_toolchain().executable, "-v", "error", "-f", "lavfi", "-i", picture, *coding])
    result = probe_now(file, count_frames=True)
    plate = PlatePlan("5s", frames, span, span.start, 0, frames)
    plan = plan_conform(plate, result, grid_rate=GRID, timecode_start=span.start, codec="prores")
    return PartResult(result, plan)


def probe_as(info: MediaInfo, frames: int) -> MediaInfo:
    return replace(info, frames=frames)


async def test_a_part_of_another_size_is_scaled_and_said(tmp_path: Path) -> None:
    parts = part_clip(FrameRange(0, 200, RATE), 120, (), carry=False)
    small = flat_result(tmp_path, parts[1].number, parts[1].span, 80, size="160x90")
    results = [flat_result(tmp_path, parts[0].number, parts[0].span, 80), small]
    pieces = join_parts(parts, [each.plan.available for each in results])
    plate = PlatePlan("10s", 200, FrameRange(0, 200, RATE), 0, 0, 200)
    whole = plan_conform(
        plate, probe_as(results[0].result, 200), grid_rate=GRID, timecode_start=0, codec="h264"
    )
    to = tmp_path / "take.mov"

    made = await FfmpegPartTool().join(results, pieces, whole, to=to, progress=no_progress)

    assert made.notes == ("part 2 came as 160x90 and was scaled",)
    with av.open(str(to)) as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(video=0)}
    assert sizes == {(320, 180)}


def nits_of(code: int, transfer: str) -> float:
    """Of a grey of 8 bits, limited range: SMPTE ST 2084, and ITU-R BT.2100 on 1000 nits."""
    signal = (code - 16) / 219
    if transfer == "smpte2084":
        root = signal ** (32 / 2523)
        return float(10_000 * ((root - 0.8359375) / (18.8515625 - 18.6875 * root)) ** (8192 / 1305))
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    light = signal**2 / 3 if signal <= 0.5 else (math.exp((signal - c) / a) + b) / 12
    return float(1000 * light**1.2)


@pytest.mark.parametrize(
    ("transfer", "white"), [("smpte2084", 143), ("arib-std-b67", 180)], ids=["PQ", "HLG"]
)
async def test_the_picture_handed_on_of_an_hdr_result_has_white_at_203_nits(
    transfer: str, white: int, tmp_path: Path
) -> None:
    span = FrameRange(0, 12, RATE)
    assert nits_of(white, transfer) == pytest.approx(203, rel=0.02)
    levels = []
    for number, code in enumerate((100, 128, white, 220)):
        part = flat_result(tmp_path, number, span, code, tags=("bt2020", transfer, "bt2020nc"))
        await FfmpegPartTool().still(part, 3, to=tmp_path / f"{number}.png")
        levels.append((code, luma_of(tmp_path / f"{number}.png")[0]))
    for code, level in levels[:2]:
        shown = (nits_of(code, transfer) / 203) ** (1 / 2.4)
        assert level == pytest.approx(255 * shown, abs=3)
    assert 248 <= levels[2][1] < levels[3][1] <= 255


async def test_the_picture_handed_on_of_a_result_in_bt709_is_as_it_came(tmp_path: Path) -> None:
    part = flat_result(tmp_path, 1, FrameRange(0, 12, RATE), 128)
    await FfmpegPartTool().still(part, 3, to=tmp_path / "a.png")
    assert luma_of(tmp_path / "a.png")[0] == pytest.approx((128 - 16) * 255 / 219, abs=2)
