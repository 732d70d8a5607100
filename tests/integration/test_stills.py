"""A still shows the frame that was asked for; the newest wish comes first, and a limit is kept."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import av
import pytest

import numbered_exr
import numbered_media
from newtake.adapters.ffmpeg_stills import gathered
from newtake.adapters.images import probe_sequence_now
from newtake.adapters.probe import probe_now
from newtake.adapters.stills import StillCache
from newtake.adapters.toolchain import Toolchain, find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError
from newtake.domain.proxies import IN_USE_SECONDS
from newtake.domain.sequence import Holes, ImageSequence

pytestmark = pytest.mark.anyio

HDR = (
    *numbered_media.HEVC,
    *("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"),
)
MEDIA = {
    "h264_23976": (Fraction(24000, 1001), numbered_media.H264, "mov"),
    "hevc_ts_25": (Fraction(25), numbered_media.HEVC, "ts"),
    "prores_2997": (Fraction(30000, 1001), numbered_media.PRORES, "mov"),
    "h264_50": (Fraction(50), numbered_media.H264, "mp4"),
    "hdr_24": (Fraction(24), HDR, "mov"),
}


@asynccontextmanager
async def stills(
    folder: Path, toolchain: Toolchain | None = None, **options: object
) -> AsyncIterator[StillCache]:
    async with anyio.create_task_group() as tasks:
        yield StillCache(
            folder,
            toolchain or find_toolchain(),
            tasks,
            **{"max_bytes": 10**9, **options},  # type: ignore[arg-type]
        )


def numbered(
    path: Path,
    rate: Fraction = Fraction(25),
    coding: Sequence[str] = numbered_media.H264,
    **more: int,
) -> MediaInfo:
    made = numbered_media.make_numbered(
        find_toolchain().executable,
        path,
        rate=rate,
        coding=tuple(coding),
        **{"frames": 90, **more},  # type: ignore[arg-type]
    )
    return probe_now(made)


def number(path: Path) -> int:
    (found,) = numbered_media.numbers_in(path)
    return found


def size(path: Path) -> tuple[int, int]:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


@pytest.mark.parametrize("name", MEDIA)
async def test_a_still_and_a_whole_picture_show_their_frame(name: str, tmp_path: Path) -> None:
    rate, coding, suffix = MEDIA[name]
    media = numbered(tmp_path / f"s.{suffix}", rate, coding)
    async with stills(tmp_path / "c") as cache:
        for index in (0, 1, 47, media.frames - 1):
            assert number(await cache.still(media, index, height=72)) == index
        picture = await cache.picture(media, 48)
    assert (number(picture), size(picture), picture.suffix) == (48, media.display_size, ".png")


@pytest.mark.parametrize("name", MEDIA)
async def test_every_still_of_a_strip_shows_its_own_frame(name: str, tmp_path: Path) -> None:
    rate, coding, suffix = MEDIA[name]
    media = numbered(tmp_path / f"s.{suffix}", rate, coding)
    indices = list(range(3, 88, 4))
    made: dict[int, Path] = {}
    async with stills(tmp_path / "c") as cache:

        async def one(index: int) -> None:
            made[index] = await cache.still(media, index, height=144, along=indices)

        async with anyio.create_task_group() as asking:
            for index in indices:
                asking.start_soon(one, index)
    assert [number(made[each]) for each in indices] == indices
    assert {size(each) for each in made.values()} == {(256, 144)}


async def test_a_picture_upright_and_in_square_pixels(tmp_path: Path) -> None:
    made = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "a.mov", rate=Fraction(25), frames=10,
        size=(360, 288), filters=",setsar=16/15",
    )  # fmt: skip
    media = probe_now(made)
    async with stills(tmp_path / "c") as cache:
        assert size(await cache.picture(media, 4)) == (384, 288)
        assert size(await cache.still(media, 4, height=72)) == (96, 72)


async def test_images_are_shown_by_their_numbers_and_only_those_wanted_are_read(
    tmp_path: Path,
) -> None:
    for each in range(86_400, 86_412):
        numbered_exr.write_numbered(tmp_path / f"s.{each:06}.exr", each, size=(640, 360))
    media = probe_sequence_now(ImageSequence(tmp_path, "s.", ".exr", 6, 86_400, Fraction(24)))
    (tmp_path / "s.086403.exr").write_bytes(b"no picture")
    async with stills(tmp_path / "c") as cache:
        made = [await cache.still(media, each, height=72, along=(2, 4, 9)) for each in (4, 2, 9)]
        assert [number(each) for each in made] == [86_404, 86_402, 86_409]
        assert {size(each) for each in made} == {(128, 72)}
        assert number(await cache.picture(media, 11)) == 86_411
        with pytest.raises(MediaError, match="cannot be read"):
            await cache.still(media, 3, height=72)


async def test_one_damaged_image_spoils_no_other_that_was_asked_for_with_it(
    tmp_path: Path,
) -> None:
    for each in range(8):
        numbered_exr.write_numbered(tmp_path / f"s.{each:06}.exr", each)
    media = probe_sequence_now(ImageSequence(tmp_path, "s.", ".exr", 6, 0, Fraction(24)))
    (tmp_path / "s.000003.exr").write_bytes(b"no picture")
    made: dict[int, Path | None] = {}
    async with stills(tmp_path / "c", at_once=1) as cache:

        async def one(index: int) -> None:
            try:
                made[index] = await cache.still(media, index, height=72, along=range(8))
            except MediaError:
                made[index] = None

        async with anyio.create_task_group() as asking:
            for index in range(8):
                asking.start_soon(one, index)
    assert [each for each in range(8) if made[each] is None] == [3]
    assert all(number(path) == each for each, path in made.items() if path is not None)


async def test_a_hole_shows_the_image_before_it_where_the_timeline_holds_it(
    tmp_path: Path,
) -> None:
    for each in (0, 1, 2, 5, 6):
        numbered_exr.write_numbered(tmp_path / f"s.{each:06}.exr", each)
    held = ImageSequence(tmp_path, "s.", ".exr", 6, 0, Fraction(24), frames=7, holes=Holes.HOLD)
    async with stills(tmp_path / "c") as cache:
        media = probe_sequence_now(held)
        made = [await cache.still(media, each, height=72, along=(0, 4)) for each in (4, 0, 3)]
    assert [number(each) for each in made] == [2, 0, 2]


async def test_what_is_not_there_is_refused_and_no_nearer_one_shown(tmp_path: Path) -> None:
    media = numbered(tmp_path / "s.mov", frames=20)
    async with stills(tmp_path / "c") as cache:
        for index in (-1, 20, 10**9):
            with pytest.raises(MediaError, match="has 20 frames"):
                await cache.still(media, index, height=72)
        still = await cache.still(media, 5, height=72)
        media.path.unlink()
        assert still.exists()
        with pytest.raises(MediaError, match="offline"):
            await cache.still(media, 5, height=72)


async def test_a_media_that_was_written_anew_is_shown_anew(tmp_path: Path) -> None:
    media = numbered(tmp_path / "s.mov", frames=20)
    async with stills(tmp_path / "c") as cache:
        before = await cache.still(media, 5, height=72)
        numbered(tmp_path / "s.mov", frames=20, first=700)
        os.utime(media.path, (5, 5))
        after = await cache.still(probe_now(media.path), 5, height=72)
    assert (number(before), number(after)) == (5, 705)


async def test_a_wish_that_nobody_waits_for_is_not_begun(tmp_path: Path) -> None:
    media = [numbered(tmp_path / f"{each}.mov", frames=20) for each in range(4)]
    order: list[int] = []
    # Nothing is made before all have asked.
    held, go = tmp_path / "held", tmp_path / "go"
    ffmpeg = find_toolchain()
    held.write_text(
        f'#!/bin/sh\nwhile [ ! -e {go} ]; do sleep 0.02; done\nexec {ffmpeg.executable} "$@"\n'
    )
    held.chmod(0o755)
    toolchain = replace(ffmpeg, executable=str(held))
    async with stills(tmp_path / "c", toolchain, at_once=1) as cache:

        async def one(place: int) -> None:
            await cache.still(media[place], 5, height=72)
            order.append(place)

        async with anyio.create_task_group() as asking:
            gone = anyio.CancelScope()

            async def goes_away() -> None:
                with gone:
                    await one(1)

            asking.start_soon(one, 0)
            await anyio.sleep(0.5)
            asking.start_soon(goes_away)
            await anyio.sleep(0.5)
            asking.start_soon(one, 2)
            await anyio.sleep(0.5)
            asking.start_soon(one, 3)
            await anyio.sleep(0.5)
            gone.cancel()
            go.touch()
    assert order == [0, 3, 2], "the newest first, and none for who went away"
    names = [each for each in (tmp_path / "c").iterdir() if not each.name.startswith(".")]
    assert len(names) == 3


async def test_a_run_that_nobody_waits_for_is_ended_and_can_be_asked_for_again(
    tmp_path: Path,
) -> None:
    media = numbered(tmp_path / "s.mov", frames=240)
    async with stills(tmp_path / "c", at_once=1, patience_seconds=0.02) as cache:
        async with anyio.create_task_group() as asking:

            async def ask() -> None:
                await cache.still(media, 239, height=288, along=range(240))

            asking.start_soon(ask)
            while not list((tmp_path / "c").glob(".*")):
                await anyio.sleep(0.005)
            asking.cancel_scope.cancel()
        with anyio.fail_after(10):
            while list((tmp_path / "c").glob(".*")):
                await anyio.sleep(0.02)
        made = len(list((tmp_path / "c").glob("*.jpg")))
        assert made < 64
        assert number(await cache.still(media, 239, height=288)) == 239


async def test_the_limit_is_kept_and_nothing_is_left_beside(tmp_path: Path) -> None:
    media = numbered(tmp_path / "s.mov", frames=80)
    moment = [1_000_000.0]
    async with stills(tmp_path / "c", max_bytes=1, now=lambda: moment[0]) as cache:
        old = await cache.still(media, 70, height=72)
        moment[0] += IN_USE_SECONDS + 60
        await cache.still(media, 0, height=72, along=range(66))
        new = await cache.still(media, 66, height=72)
        with anyio.fail_after(10):
            while old.exists():
                await anyio.sleep(0.02)
        assert new.exists(), "somebody shows it"
    assert not [each for each in (tmp_path / "c").iterdir() if each.name.startswith(".")]


def test_frames_that_lie_near_are_made_together() -> None:
    wanted = [0, 10, 20, 500, 510, 1000]
    assert gathered(wanted, 10, 300, 64) == [0, 10, 20]
    assert gathered(wanted, 500, 300, 64) == [500, 510]
    assert gathered(wanted, 0, 300, 2) == [0, 10]
    assert gathered(wanted, 20, 300, 2) == [10, 20]
    assert gathered([1000], 1000, 300, 64) == [1000]
