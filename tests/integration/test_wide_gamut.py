"""What is shown of Display P3 is the same colour in BT.709, by a reckoning of our own; and every
matrix that plans let through is read, by both ffmpegs."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

from colour_patches import inside, patches, read, write
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.ffmpeg_picture import SCALE_MATRIX
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.domain.viewing import READ_MATRICES
from newtake.ports import no_progress

pytestmark = pytest.mark.anyio

FRAMES = 3
PLATE = PlatePlan("5s", FRAMES, FrameRange(0, FRAMES, Fraction(24)), 0, 0, FRAMES)
LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0")
P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
D65 = (0.3127, 0.3290)


def to_xyz(primaries: tuple[tuple[float, float], ...]) -> Any:
    """Linear R, G, B of these primaries and the white of D65 to X, Y, Z (SMPTE RP 177)."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([D65[0] / D65[1], 1.0, (1 - D65[0] - D65[1]) / D65[1]])
    return columns * np.linalg.solve(columns, white)


def linear(shown: Any) -> Any:
    """IEC 61966-2-1."""
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def coded(light: Any) -> Any:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("engine", ["system", "bundled"])
async def test_display_p3_becomes_the_same_colours_in_bt709(
    engine: str, require_program: Callable[[str], str], tmp_path: Path
) -> None:
    system = engine == "system"
    ffmpeg = require_program("ffmpeg") if system else str(imageio_ffmpeg.get_ffmpeg_exe())
    source = write(
        ffmpeg,
        patches(),
        tmp_path / "p3.mov",
        filters="scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,"
        "format=yuv444p,setparams=colorspace=bt709:range=tv:color_primaries=smpte432:"
        "color_trc=iec61966-2-1",
        coding=LOSSLESS,
        frames=FRAMES,
    )
    tool, plate = FfmpegMediaTool(find_toolchain(ffmpeg)), tmp_path / "plate.mp4"
    media = await tool.probe(source)
    assert (media.colour.primaries, media.colour.transfer) == ("smpte432", "iec61966-2-1")
    await tool.export_plate(
        media, PLATE, rate=Fraction(24), short_side=540, to=plate, progress=no_progress
    )
    across = np.linalg.solve(to_xyz(BT709), to_xyz(P3))
    light = linear(read(source, 1) / 255) @ across.T
    wanted = 255 * coded(light)
    # Of colours that BT.709 has; those outside are clipped, by each at its own place.
    there = inside() & (light.min(axis=-1) >= 0) & (light.max(axis=-1) <= 1)
    assert there.sum() > inside().sum() / 4
    apart = np.abs(read(plate, 1) - wanted)[there]
    assert apart.mean() < 1
    assert np.percentile(apart, 99) < 6
    # Left as it was it would be this far beside it.
    assert np.abs(read(source, 1) - wanted)[there].mean() > 4


@pytest.mark.parametrize("engine", ["system", "bundled"])
@pytest.mark.parametrize("matrix", READ_MATRICES)
async def test_every_matrix_that_plans_let_through_is_read(
    matrix: str, engine: str, require_program: Callable[[str], str], tmp_path: Path
) -> None:
    system = engine == "system"
    ffmpeg = require_program("ffmpeg") if system else str(imageio_ffmpeg.get_ffmpeg_exe())
    tool, plate = FfmpegMediaTool(find_toolchain(ffmpeg)), tmp_path / "plate.mp4"
    for name, tags in (("shown", ""), ("hdr", ":color_trc=smpte2084")):
        source = write(
            ffmpeg,
            patches(),
            tmp_path / f"{name}.mov",
            filters=f"scale=out_color_matrix={SCALE_MATRIX[matrix]}:out_range=tv:"
            "flags=accurate_rnd+full_chroma_int,"
            f"format=yuv444p,setparams=colorspace={matrix}:range=tv{tags}",
            # Of HDR only the transfer is said, as some cameras do.
            coding=(*LOSSLESS, "-colorspace", matrix),
            frames=FRAMES,
        )
        media = await tool.probe(source)
        assert (media.colour.matrix, media.colour.primaries) == (matrix, None)
        assert media.colour.is_hdr is (name == "hdr")
        await tool.export_plate(
            media, PLATE, rate=Fraction(24), short_side=540, to=plate, progress=no_progress
        )
        if name == "shown":
            apart = np.abs(read(plate, 1) - patches())[inside()]
            assert apart.mean() < 1.5
