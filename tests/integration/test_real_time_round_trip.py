"""Either cadence at rates far from the model's: plate and take hold the frames that were planned.

The result is the plate itself, as a provider would return it that copies; the take is always coded
anew. On both engines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

import numbered_exr
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.choices import PlateCadence
from newtake.domain.clip import Clip
from newtake.domain.conform import plan_conform
from newtake.domain.edit import Limits
from newtake.domain.errors import MediaError
from newtake.domain.plate import PlatePlan, plan_plate
from newtake.domain.timing import FrameRange, frame_of_timecode, is_drop, timecode
from newtake.ports import no_progress
from numbered_media import make_numbered, numbers_in

pytestmark = pytest.mark.anyio

GRID = Limits().rate
FRAMES, START, SHOWN = 110, 40, 30


@pytest.fixture(params=["system", "bundled"])
def engine(request: pytest.FixtureRequest, require_program: Callable[[str], str]) -> str:
    if request.param == "system":
        return require_program("ffmpeg")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Fraction, str], Path]:
    """A source of `FRAMES` frames, made once for each rate and timecode."""
    folder, writer = tmp_path_factory.mktemp("numbered"), find_toolchain().executable

    def make(rate: Fraction, start: str) -> Path:
        drop = "d" if ";" in start else "n"
        path = folder / f"{rate.numerator}_{rate.denominator}_{drop}.mov"
        if not path.exists():
            options = ("-timecode", start)
            make_numbered(writer, path, rate=rate, frames=FRAMES, size=(320, 180), options=options)
        return path

    return make


@pytest.mark.parametrize(
    ("rate", "cadence", "start"),
    [
        (Fraction(12), "frame", "01:00:00:00"),
        (Fraction(12), "time", "01:00:00:00"),
        (Fraction(24000, 1001), "time", "01:00:00:00"),
        (Fraction(25), "time", "01:00:00:00"),
        (Fraction(48), "time", "01:00:00:00"),
        (Fraction(50), "time", "01:00:00:00"),
        (Fraction(50), "frame", "01:00:00:00"),
        (Fraction(60000, 1001), "time", "00:59:59;00"),
        (Fraction(60000, 1001), "time", "00:59:59:00"),
        (Fraction(60), "time", "01:00:00:00"),
        (Fraction(60), "frame", "01:00:00:00"),
        (Fraction(120000, 1001), "time", "01:00:00:00"),
        (Fraction(120), "frame", "01:00:00:00"),
    ],
    ids=str,
)
async def test_plate_and_take_hold_the_planned_frames(
    engine: str,
    numbered: Callable[[Fraction, str], Path],
    tmp_path: Path,
    rate: Fraction,
    cadence: PlateCadence,
    start: str,
) -> None:
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe(numbered(rate, start))
    origin = frame_of_timecode(start, rate)
    source = FrameRange(origin + START, SHOWN, rate)
    clip = Clip("k", 1, "shot", "V1", source, source, None)
    whole = FrameRange(origin, FRAMES, rate)
    plate = plan_plate(clip, whole, origin, Limits(), "auto", cadence)
    assert isinstance(plate, PlatePlan)

    cut = await tool.export_plate(
        media, plate, rate=GRID, short_side=180, to=tmp_path / "p.mp4", progress=no_progress
    )
    sent = numbers_in(cut.path)
    wanted = [plate.file_index + slot for slot in plate.shown]
    assert sent == wanted + [wanted[-1]] * plate.held

    result = await tool.probe(cut.path, count_frames=True)
    plan = plan_conform(
        plate,
        result,
        grid_rate=GRID,
        timecode_start=plate.media_range.start,
        codec="h264",
        drop=is_drop(start),
    )
    to = tmp_path / "take.mov"
    await tool.conform(result, plan, to=to, progress=no_progress)
    assert numbers_in(to) == [sent[place] for place in plate.slots]
    made = await tool.probe(to, count_frames=True)
    assert (made.rate, made.frames) == (rate, plate.media_range.duration)
    assert made.timecode == timecode(plate.media_range.start, rate, drop=is_drop(start))


async def test_a_source_that_ends_before_its_last_doubled_frame_is_noticed(
    engine: str, numbered: Callable[[Fraction, str], Path], tmp_path: Path
) -> None:
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe(numbered(Fraction(12), "01:00:00:00"))
    sent = tuple(slot // 2 for slot in range(120))
    reaches = PlatePlan("5s", 120, FrameRange(51, 60, media.rate), 50, 0, 60, "time", sent)
    promised = replace(media, frames=FRAMES + 10)
    for index, missing in ((50, 0), (51, 1), (59, 9)):
        plate = replace(reaches, file_index=index)
        to = tmp_path / f"{index}.mp4"
        if missing == 0:
            await tool.export_plate(
                promised, plate, rate=GRID, short_side=180, to=to, progress=no_progress
            )
            continue
        with pytest.raises(MediaError, match="ends before") as caught:
            await tool.export_plate(
                promised, plate, rate=GRID, short_side=180, to=to, progress=no_progress
            )
        assert f"{60 - missing} of 60 could be decoded" in caught.value.why


@pytest.mark.parametrize("frames", [40, 41])
async def test_the_exr_of_a_take_in_real_time_repeats_where_its_movie_does(
    frames: int, tmp_path: Path
) -> None:
    rate = Fraction(50)
    source = FrameRange(180_010, 60, rate)
    limits = Limits(tiers={"5s": 40})
    clip = Clip("k", 1, "shot", "V1", source, source, None)
    plate = plan_plate(clip, FrameRange(180_000, 90, rate), 180_000, limits, "auto")
    assert isinstance(plate, PlatePlan)
    tool, writer = FfmpegMediaTool(), find_toolchain().executable
    path = make_numbered(
        writer, tmp_path / "r.mp4", rate=GRID, frames=frames, size=numbered_exr.SIZE
    )
    result = await tool.probe(path, count_frames=True)
    plan = plan_conform(plate, result, grid_rate=GRID, timecode_start=180_000)
    await tool.conform(result, plan, to=tmp_path / "take.mov", progress=no_progress)
    package = numbered_exr.package_of(tmp_path / "r.zip", range(frames))
    exr = await tool.unpack_exr(
        package, plate, plan, result, folder=tmp_path / "exr", prefix="shot."
    )
    assert exr is not None
    assert (exr.start, exr.rate) == (plate.media_range.start, rate)
    shown = [numbered_exr.number_in(file) for file in exr.files]
    assert shown == numbers_in(tmp_path / "take.mov") == list(plate.slots)
    assert max(shown.count(number) for number in shown) == 3
