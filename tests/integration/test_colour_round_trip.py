"""Colours come back as they went: from source through plate, a copying provider, and take.

Two proofs. With lossless coding in place of the plate's own, every pixel well inside a patch of
flat colour is within 2 of 255: what is left is rounding to 8-bit BT.709, so matrix and range are
right.
With the coding that is shipped, what is lost is noise of the coder around zero, and no shift.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from colour_patches import Picture, inside, patches, read, write
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.ffmpeg_export import Cut, plate_command
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import ColourTags
from newtake.domain.conform import plan_conform
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress

pytestmark = pytest.mark.anyio

RATE = Fraction(24)
FRAMES = 3
PLATE = PlatePlan("5s", FRAMES, FrameRange(0, FRAMES, RATE), 0, 0, FRAMES)
LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0")


def tagged(matrix: str, value_range: str, pixels: str) -> str:
    coefficients = "bt709" if matrix == "bt709" else "bt601"
    transfer = "bt709" if matrix == "bt709" else "smpte170m"
    return (
        f"scale=out_color_matrix={coefficients}:out_range={value_range}"
        f":flags=accurate_rnd+full_chroma_int,format={pixels},setparams=color_primaries={matrix}"
        f":color_trc={transfer}:colorspace={matrix}:range={value_range}"
    )


SOURCES = {
    "BT.709": (tagged("bt709", "tv", "yuv420p"), LOSSLESS, "a.mov"),
    "BT.709 full range": (tagged("bt709", "pc", "yuv420p"), LOSSLESS, "a.mov"),
    "BT.601, 525 lines": (tagged("smpte170m", "tv", "yuv420p"), LOSSLESS, "a.mov"),
    "BT.601, 625 lines, full range": (tagged("bt470bg", "pc", "yuv420p"), LOSSLESS, "a.mov"),
    "BT.709 4:2:2 10 bit": (tagged("bt709", "tv", "yuv422p10le"), LOSSLESS, "a.mov"),
    "BT.601 4:2:2 10 bit": (tagged("smpte170m", "tv", "yuv422p10le"), LOSSLESS, "a.mov"),
    "RGB": ("format=rgb24", ("-c:v", "qtrle"), "a.mov"),
    "RGB 10 bit": ("format=gbrp10le", ("-c:v", "ffv1"), "a.mkv"),
}


@pytest.fixture(params=["system", "bundled"])
def engine(request: pytest.FixtureRequest, require_program: Callable[[str], str]) -> str:
    if request.param == "system":
        return require_program("ffmpeg")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


async def taken(tool: FfmpegMediaTool, plate: Path, codec: str, to: Path) -> Picture:
    """The plate, returned as it was sent, as a take; its second frame."""
    result = await tool.probe(plate, count_frames=True)
    plan = plan_conform(PLATE, result, grid_rate=RATE, timecode_start=0, codec=codec)
    await tool.conform(result, plan, to=to, progress=no_progress)
    assert (await tool.probe(to)).colour == ColourTags("bt709", "bt709", "bt709", "tv")
    return read(to, 1)


@pytest.mark.parametrize("name", SOURCES)
async def test_every_pixel_is_within_two_where_the_coding_loses_nothing(
    name: str, engine: str, tmp_path: Path
) -> None:
    filters, coding, file = SOURCES[name]
    source = write(engine, patches(), tmp_path / file, filters=filters, coding=coding, frames=3)
    command = plate_command(
        engine,
        probe_now(source),
        Cut(0, FRAMES),
        seek=Fraction(0),
        rate=RATE,
        short_side=540,
        maps_tones=True,
        to=tmp_path / "plate.mp4",
    )
    place = command.index("-crf")
    command[place : place + 2] = ["-qp", "0"]
    subprocess.run([command[0], "-v", "error", *command[1:]], check=True, timeout=60)
    tool = FfmpegMediaTool(find_toolchain(engine))

    take = await taken(tool, tmp_path / "plate.mp4", "copy", tmp_path / "take.mov")

    away = np.abs(take - read(source, 1))[inside()]
    assert away.max() <= 2.0, f"{away.max():.2f} of 255"


@pytest.mark.parametrize("codec", ["copy", "prores", "dnxhr", "h264"])
async def test_what_the_shipped_coding_loses_is_noise_and_no_shift(
    codec: str, engine: str, tmp_path: Path
) -> None:
    filters, coding, file = SOURCES["BT.601, 625 lines, full range"]
    source = write(engine, patches(), tmp_path / file, filters=filters, coding=coding, frames=3)
    tool = FfmpegMediaTool(find_toolchain(engine))
    plate = tmp_path / "plate.mp4"
    await tool.export_plate(
        await tool.probe(source), PLATE, rate=RATE, short_side=540, to=plate, progress=no_progress
    )

    take = await taken(tool, plate, codec, tmp_path / "take.mov")

    apart = (take - read(source, 1))[inside()]
    assert np.abs(apart.mean(axis=0)).max() < 0.5
    assert np.percentile(np.abs(apart), 99) < 6
