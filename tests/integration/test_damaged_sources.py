"""A source that is damaged in its middle: no picture that a decoder makes up is sent for a clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from damaged_media import damage
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.part_tool import FfmpegPartTool
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import MediaError
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import DNXHR, PRORES, SMALL, make_numbered, numbers_in

pytestmark = pytest.mark.anyio

RATE = Fraction(24)
FRAMES, BROKEN, GROUP = 200, 60, 48
CODINGS = {
    "film.mp4": ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", str(GROUP)),
    "film.ts": ("-c:v", "libx264", "-preset", "ultrafast", "-g", str(GROUP)),
    "prores.mov": PRORES,
    "dnxhr.mov": DNXHR,
}
INTRA = ("prores.mov", "dnxhr.mov")


@pytest.fixture(params=CODINGS)
def damaged(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name = str(request.param)
    path = tmp_path / name
    make_numbered(
        find_toolchain().executable,
        path,
        rate=RATE,
        frames=FRAMES,
        size=SMALL,
        coding=CODINGS[name],
    )
    damage(path, BROKEN)
    return path


async def numbers_of_plate(path: Path, first: int, last: int, handle: int = 0) -> list[int]:
    """The numbers on a plate of the frames, both inclusive, with handles on both sides."""
    tool = FfmpegMediaTool()
    source = await tool.probe(path)
    frames = last + 1 - first + 2 * handle
    span = FrameRange(first - handle, frames, RATE)
    plate = PlatePlan("5s", frames, span, first - handle, handle, last + 1 - first)
    target = path.with_name("plate.mp4")
    try:
        await tool.export_plate(
            source, plate, rate=RATE, short_side=SMALL[1], to=target, progress=no_progress
        )
    except MediaError:
        assert not target.exists()
        raise
    return numbers_in(target)


async def test_a_clip_that_shows_damage_is_refused_with_the_frame(damaged: Path) -> None:
    with pytest.raises(MediaError) as refused:
        await numbers_of_plate(damaged, BROKEN - 5, BROKEN + 5)
    assert f"{damaged.name} is damaged" in refused.value.what
    named = refused.value.why.split(":")[1].split(".")[0].replace(" and ", ", ").split(", ")
    assert abs(int(named[0]) - BROKEN) <= 4, refused.value.why


async def test_damage_reaches_as_far_as_frames_refer_to_it(damaged: Path) -> None:
    first = BROKEN + 8
    if damaged.name in INTRA:
        assert await numbers_of_plate(damaged, first, first + 9) == list(range(first, first + 10))
        return
    with pytest.raises(MediaError, match="damaged"):
        await numbers_of_plate(damaged, first, first + 9)


async def test_damage_in_a_handle_or_elsewhere_keeps_no_clip_back(damaged: Path) -> None:
    first = 2 * GROUP + 6
    handle = first - BROKEN + 5
    clip = list(range(first, first + 10))
    numbers = await numbers_of_plate(damaged, clip[0], clip[-1], handle)
    assert numbers[handle : handle + len(clip)] == clip
    assert await numbers_of_plate(damaged, clip[0], clip[-1]) == clip


async def test_frames_that_a_take_copies_are_looked_at_like_those_that_are_sent(
    damaged: Path,
) -> None:
    source, tool = await FfmpegMediaTool().probe(damaged), FfmpegPartTool()
    with pytest.raises(MediaError, match="is damaged"):
        await tool.require_sound(source, BROKEN - 20, 30, no_progress)
    await tool.require_sound(source, 2 * GROUP + 6, 30, no_progress)
    with pytest.raises(MediaError, match="ends before"):
        await tool.require_sound(source, FRAMES - 10, 30, no_progress)
