"""Frame k of a comparison shows frame k of every side: numbers are decoded from each picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

import numbered_exr
import numbered_media
from cropped import numbers_at
from newtake.adapters.comparing import FfmpegCompareMaker
from newtake.adapters.ffmpeg_compare import bar_px
from newtake.adapters.images import probe_sequence_now
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.comparing import CompareMode, Comparison, Side
from newtake.domain.errors import MediaError, StorageError
from newtake.domain.sequence import ImageSequence
from newtake.domain.timing import FrameRange

pytestmark = pytest.mark.anyio

NTSC = Fraction(30000, 1001)
CELL = (320, 180)
GAP = 4
BAR = bar_px(180)
FRAMES = 14


def maker(ffmpeg: str | None = None, fonts: list[Path] | None = None) -> FfmpegCompareMaker:
    return FfmpegCompareMaker(find_toolchain(ffmpeg), fonts=fonts)


def numbered(
    path: Path, rate: Fraction, *, first: int = 0, coding: tuple[str, ...] = numbered_media.H264,
    size: tuple[int, int] = (480, 270), sound: bool = False,
) -> MediaInfo:  # fmt: skip
    made = numbered_media.make_numbered(
        find_toolchain().executable,
        path,
        rate=rate,
        frames=40,
        first=first,
        coding=coding,
        size=size,
        inputs=("-f", "lavfi", "-i", "sine=440:d=2") if sound else (),
        options=("-map", "1:a") if sound else (),
    )
    return probe_now(made)


def comparison(
    mode: CompareMode, *sides: tuple[MediaInfo, int], sound: Side | None = None
) -> Comparison:
    rate = sides[0][0].rate
    named = tuple(
        Side(f"take_{i:03}: it's 100% a:b,c;[x] 'é' \\", media, first)
        for i, (media, first) in enumerate(sides)
    )
    counted = FrameRange(1795, FRAMES, rate)
    return Comparison(mode, named, FRAMES, rate, counted, True, 180, sound)


@pytest.mark.parametrize("engine", [pytest.param("path", marks=pytest.mark.matrix), "bundled"])
async def test_both_halves_show_the_same_slot(
    engine: str, tmp_path: Path, require_program: object
) -> None:
    ffmpeg = (
        imageio_ffmpeg.get_ffmpeg_exe() if engine == "bundled" else require_program("ffmpeg")  # type: ignore[operator]  # fixture
    )
    source = numbered(tmp_path / "s.mov", NTSC, sound=True)
    take = numbered(tmp_path / "t.mov", NTSC, first=500, coding=numbered_media.PRORES)
    wanted = comparison(CompareMode.SIDE, (source, 2), (take, 4), sound=Side("", source, 2))
    movie, sheet = tmp_path / "a b%.mp4", tmp_path / "a 'b.png"
    made = await maker(ffmpeg).compare(wanted, movie=movie, sheet=sheet, columns=4)

    assert numbers_at(movie, CELL, (0, 0), tmp_path) == list(range(2, 2 + FRAMES))
    assert numbers_at(movie, CELL, (CELL[0] + GAP, 0), tmp_path) == list(range(504, 504 + FRAMES))
    facts = probe_now(movie, count_frames=True)
    assert (facts.codec, facts.rate, facts.frames, facts.has_audio) == ("h264", NTSC, FRAMES, True)
    assert (facts.width, facts.height) == (2 * CELL[0] + GAP, CELL[1] + BAR)
    with av.open(str(movie)) as container:
        packets = [each for each in container.demux(video=0) if each.size]
        sound = container.streams.audio[0]
        assert sound.duration is not None
        assert float(sound.duration * sound.time_base) == pytest.approx(FRAMES / NTSC, abs=0.05)
    assert all(each.is_keyframe for each in packets)
    assert made.sheet_frames == (0, 4, 9, 13)
    for column, frame in enumerate(made.sheet_frames):
        left = column * (CELL[0] + GAP)
        assert numbers_at(sheet, CELL, (left, 0), tmp_path) == [2 + frame]
        assert numbers_at(sheet, CELL, (left, CELL[1] + BAR + GAP), tmp_path) == [504 + frame]
    assert made.notes == ()


async def test_a_wipe_shows_the_original_left_of_the_seam_and_the_same_frame_right(
    tmp_path: Path,
) -> None:
    """With the same numbers on both sides, a picture of two frames would read as neither."""
    rate = Fraction(25)
    source = numbered(tmp_path / "s.mov", rate)
    same = numbered(tmp_path / "t.mov", rate, first=3)
    dark = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "d.mov", rate=rate, frames=40,
        filters=",drawbox=t=fill:c=black",
    )  # fmt: skip
    maker_ = maker()
    movie = tmp_path / "same.mp4"
    await maker_.compare(
        comparison(CompareMode.WIPE, (source, 13), (same, 10)), movie=movie, sheet=None, columns=1
    )
    read = numbers_at(movie, CELL, (0, 0), tmp_path)
    right = [number == 13 + place for place, number in enumerate(read)]
    # The white line of the seam may stand where a bit is read.
    assert set(read) - {numbered_media.UNREADABLE} <= set(range(13, 13 + FRAMES))
    assert sum(right) >= FRAMES - 3
    movie = tmp_path / "dark.mp4"
    wiped = comparison(CompareMode.WIPE, (source, 13), (probe_now(dark), 10))
    await maker_.compare(wiped, movie=movie, sheet=None, columns=1)
    with av.open(str(movie)) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="gray")
    # The complement of a small number is white; the seam starts in the middle.
    row = frame[CELL[1] // 2, : CELL[0]]
    assert row[120:150].min() > 200
    assert row[170:310].max() < 40


async def test_hdr_and_exr_are_compared_as_proxies_show_them(tmp_path: Path) -> None:
    rate = Fraction(24)
    hdr = (
        *numbered_media.HEVC,
        *("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"),
    )
    source = numbered(tmp_path / "s.mov", rate, coding=hdr)
    for number in range(FRAMES):
        numbered_exr.write_numbered(tmp_path / f"e.{number:06}.exr", 700 + number, size=(320, 180))
    exr = probe_sequence_now(ImageSequence(tmp_path, "e.", ".exr", 6, 0, rate))
    movie = tmp_path / "m.mp4"
    await maker().compare(
        comparison(CompareMode.STACK, (source, 2), (exr, 0)), movie=movie, sheet=None, columns=1
    )
    assert numbers_at(movie, CELL, (0, 0), tmp_path) == list(range(2, 2 + FRAMES))
    below = (0, CELL[1] + BAR + GAP)
    assert numbers_at(movie, CELL, below, tmp_path) == list(range(700, 700 + FRAMES))


async def test_four_pictures_stand_in_a_square_and_without_a_font_go_without_labels(
    tmp_path: Path,
) -> None:
    rate = Fraction(24)
    source = numbered(tmp_path / "s.mov", rate)
    tall = numbered(tmp_path / "t.mov", rate, first=100, size=(320, 480))
    movie = tmp_path / "m.mp4"
    made = await maker(fonts=[]).compare(
        comparison(CompareMode.SIDE, (source, 0), (source, 5), (tall, 7)),
        movie=movie,
        sheet=None,
        columns=1,
    )
    assert "not written into the pictures" in made.notes[0]
    assert probe_now(movie).width == 3 * CELL[0] + 2 * GAP
    assert probe_now(movie).height == CELL[1]
    # A picture of another shape keeps it, and stands in the middle of its place.
    left = 2 * (CELL[0] + GAP) + (CELL[0] - 120) // 2
    assert numbers_at(movie, (120, 180), (left, 0), tmp_path) == list(range(107, 107 + FRAMES))
    movie = tmp_path / "four.mp4"
    await maker(fonts=[]).compare(
        comparison(CompareMode.SIDE, *((source, i) for i in range(4))),
        movie=movie,
        sheet=None,
        columns=1,
    )
    corner = (CELL[0] + GAP, CELL[1] + GAP)
    assert numbers_at(movie, CELL, corner, tmp_path) == list(range(3, 3 + FRAMES))


async def test_what_cannot_be_made_leaves_nothing_and_nothing_is_overwritten(
    tmp_path: Path,
) -> None:
    source = numbered(tmp_path / "s.mov", Fraction(24))
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(b"mine")
    there = sorted(each.name for each in tmp_path.iterdir())
    wanted = comparison(CompareMode.SIDE, (source, 0), (source, 30))
    with pytest.raises(MediaError, match="has 40 frames"):
        await maker().compare(wanted, movie=tmp_path / "m.mp4", sheet=None, columns=1)
    wanted = comparison(CompareMode.SIDE, (source, 0), (source, 3))
    with pytest.raises(StorageError, match="exists already"):
        await maker().compare(wanted, movie=kept, sheet=None, columns=1)
    assert kept.read_bytes() == b"mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == there
