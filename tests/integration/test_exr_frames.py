"""EXR frames of a take: in step with its movie, checked, labelled, and their pixels untouched.

Frame numbers are read from the pixels with the OpenEXR library, and places with plain
OpenTimelineIO.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import opentimelineio as otio
import pytest

import numbered_exr
import numbered_media
from newtake.adapters.exr_take import take_exr_frames
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan, plan_conform
from newtake.domain.errors import ResultError
from newtake.domain.exr import colour_space, notes_on
from newtake.domain.exr_header import completed_header, walk_header
from newtake.domain.files import ExrFrames, HostTarget, NewTake, Provenance, TakeFile
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange, timecode
from newtake.ports import no_progress
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost

GRID = Fraction(24)
RATE = Fraction(24000, 1001)
PLATE = PlatePlan("5s", 30, FrameRange(5, 24, RATE), 5, 4, 16)
"""Frames 5 to 28 of the media; the clip shows 9 to 24; six held ones follow."""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> MediaInfo:
    """A result of 30 frames that carry 0 to 29."""
    path = numbered_media.make_numbered(
        find_toolchain().executable,
        tmp_path_factory.mktemp("result") / "result.mp4",
        rate=GRID,
        frames=PLATE.length,
        size=numbered_exr.SIZE,
    )
    return probe_now(path, count_frames=True)


@pytest.fixture
def plan(result: MediaInfo) -> ConformPlan:
    return plan_conform(PLATE, result, grid_rate=GRID, timecode_start=86_405)


def unpacked(
    package: Path, plan: ConformPlan, result: MediaInfo, folder: Path, plate: PlatePlan = PLATE
) -> ExrFrames:
    made = take_exr_frames(package, plate, plan, result, folder=folder, prefix="shot_take_001.")
    assert made is not None
    return made


@pytest.mark.anyio
@pytest.mark.parametrize("layout", ["takes", "track"])
@pytest.mark.parametrize("count", [30, 31])
async def test_movie_and_exr_show_the_same_source_frame_at_every_frame_of_the_clip(
    count: int, layout: str, result: MediaInfo, plan: ConformPlan, tmp_path: Path
) -> None:
    tools = FfmpegMediaTool()

    source = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "source.mov", rate=RATE, frames=48
    )
    timeline = write_cuts(source, RATE, 48, tmp_path / "cut.otio", name="cut")
    target = HostTarget("otio", timeline, tmp_path / "out.otio")
    target = replace(target, layout=type(target.layout)(layout))
    clip = (await OtioHost(target).clips())[1]
    plate = PlatePlan("5s", 30, FrameRange(clip.source.start - 4, 24, RATE), 13, 4, 13)
    assert (clip.source.start, clip.source.duration) == (17, plate.clip_frames)
    plan = plan_conform(
        plate, result, grid_rate=GRID, timecode_start=86_400 + plate.media_range.start
    )
    movie = tmp_path / "shot_take_001.mov"
    await tools.conform(result, plan, to=movie, progress=no_progress)
    package = numbered_exr.package_of(tmp_path / "r.zip", range(count))
    exr = await tools.unpack_exr(
        package, plate, plan, result, folder=tmp_path / "shot_exr", prefix="shot_take_001."
    )
    assert exr is not None
    take = TakeFile(
        movie, 1, plan.available, "", 24, "rewrap", tmp_path / "shot_take_001.json", exr
    )
    made = Provenance("j", "g", "oxen", "m", "p", {}, "", "", "")
    await OtioHost(target).add_take(NewTake(clip.key, "j/g", "Take 1", take, made))

    read = otio.adapters.read_from_file(str(target.output))
    (holder,) = [each for each in read.find_clips() if "take_001_exr" in each.media_references()]
    references = holder.media_references()
    span, frames = holder.source_range, references["take_001_exr"]
    video = references[holder.active_media_reference_key]
    assert isinstance(frames, otio.schema.ImageSequenceReference)
    assert span.duration.value == plate.clip_frames
    shown = numbered_media.numbers_in(movie)
    for i in range(plate.clip_frames):
        at = span.start_time + otio.opentime.RationalTime(i, span.start_time.rate)
        in_movie = round((at - video.available_range.start_time).value)
        in_exr = frames.frame_for_time(at) - frames.start_frame
        url = frames.target_url_for_image_number(in_exr)
        file = Path(otio.url_utils.filepath_from_url(url))
        assert numbered_exr.number_in(file) == shown[in_movie] == plate.clip_offset + i
        assert file.name == f"shot_take_001.{clip.source.start + i:06}.exr"


@pytest.mark.parametrize(
    ("frames", "rate"), [(25, GRID), (30, Fraction(25)), (24, Fraction(20)), (36, Fraction(30))]
)
@pytest.mark.anyio
async def test_where_the_video_is_mapped_by_time_the_exr_follows_it(
    frames: int, rate: Fraction, tmp_path: Path
) -> None:
    path = numbered_media.make_numbered(
        find_toolchain().executable,
        tmp_path / "r.mp4",
        rate=rate,
        frames=frames,
        size=numbered_exr.SIZE,
    )
    info = probe_now(path, count_frames=True)
    plan = plan_conform(PLATE, info, grid_rate=GRID, timecode_start=0)
    take = tmp_path / "take.mov"
    await FfmpegMediaTool().conform(info, plan, to=take, progress=no_progress)
    package = numbered_exr.package_of(tmp_path / "r.zip", range(frames))
    made = unpacked(package, plan, info, tmp_path / "exr")
    movie = numbered_media.numbers_in(take)[: plan.available.duration]
    assert [numbered_exr.number_in(file) for file in made.files] == movie


@pytest.mark.parametrize("compression", ["NO", "RLE", "ZIPS", "ZIP", "PIZ", "B44", "DWAA", "DWAB"])
def test_a_timecode_is_written_and_no_pixel_is_touched(
    compression: str, result: MediaInfo, plan: ConformPlan, tmp_path: Path
) -> None:
    package = numbered_exr.package_of(tmp_path / "r.zip", range(30), compression=compression)
    made = unpacked(package, plan, result, tmp_path / "exr")
    assert made.no_timecode == ""
    for i in (0, 9, 23):
        before = numbered_exr.write_numbered(tmp_path / "b.exr", i, compression=compression)
        old, new = before.read_bytes(), made.files[i].read_bytes()
        was, now = walk_header(old), walk_header(new)
        assert was.chunks is not None
        assert now.chunks is not None
        assert old[was.end + 8 * was.chunks :] == new[now.end + 8 * now.chunks :]
        read = OpenEXR.File(str(made.files[i]))
        pixels = OpenEXR.File(str(before)).channels()["RGB"].pixels
        assert np.array_equal(read.channels()["RGB"].pixels, pixels)
        label = read.header()["timeCode"]
        assert read.header()["framesPerSecond"] == RATE
        assert timecode(86_405 + i, RATE) == (
            f"{label.hours:02}:{label.minutes:02}:{label.seconds:02}:{label.frame:02}"
        )
        assert set(read.header()) - set(OpenEXR.File(str(before)).header()) == {
            "timeCode",
            "framesPerSecond",
        }


def test_a_drop_frame_timecode_is_marked_as_one(result: MediaInfo, tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    plate = replace(PLATE, media_range=FrameRange(5, 24, rate))
    plan = plan_conform(plate, result, grid_rate=GRID, timecode_start=107_892, drop=True)
    package = numbered_exr.package_of(tmp_path / "r.zip", range(30))
    made = unpacked(package, plan, result, tmp_path / "exr", plate)
    label = OpenEXR.File(str(made.files[0]), header_only=True).header()["timeCode"]
    assert label.dropFrame
    shown = f"{label.hours:02}:{label.minutes:02}:{label.seconds:02};{label.frame:02}"
    assert shown == timecode(107_892, rate, drop=True)


def test_a_rate_that_came_is_the_model_s_label_and_becomes_the_media_s(
    result: MediaInfo, plan: ConformPlan, tmp_path: Path
) -> None:
    own = {"framesPerSecond": GRID}
    package = numbered_exr.package_of(tmp_path / "r.zip", range(30), header=own)
    made = unpacked(package, plan, result, tmp_path / "exr")
    read = OpenEXR.File(str(made.files[7]))
    assert read.header()["framesPerSecond"] == RATE
    assert numbered_exr.number_in(made.files[7]) == 7
    assert made.facts is not None
    assert made.facts.header["framesPerSecond"] == "24"


def test_a_second_call_says_the_same_as_the_first(
    result: MediaInfo, plan: ConformPlan, tmp_path: Path
) -> None:
    package = numbered_exr.package_of(tmp_path / "r.zip", range(30))
    first = unpacked(package, plan, result, tmp_path / "exr")
    assert unpacked(package, plan, result, tmp_path / "exr") == first
    assert first.facts is not None
    assert "timeCode" not in first.facts.header


def test_a_timecode_that_came_is_left(result: MediaInfo, plan: ConformPlan, tmp_path: Path) -> None:
    own = {"timeCode": OpenEXR.TimeCode(10, 0, 0, 0, *[0] * 14)}
    package = numbered_exr.package_of(tmp_path / "r.zip", range(30), header=own)
    made = unpacked(package, plan, result, tmp_path / "exr")
    assert "of their own" in made.no_timecode
    assert OpenEXR.File(str(made.files[3]), header_only=True).header()["timeCode"].hours == 10


@pytest.mark.parametrize(
    ("header", "said", "word"),
    [
        ({}, ("ACES2065-1", "vendor"), "no chromaticities"),
        ({"chromaticities": numbered_exr.AP0}, ("ACES2065-1", "header"), ""),
        (
            {"chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)},
            ("ACEScg", "header"),
            "state ACEScg",
        ),
        ({"chromaticities": (0.5,) * 8}, ("unknown", "header"), "state unknown"),
    ],
)
def test_the_colour_space_is_the_header_s_where_it_says_one(
    header: dict[str, Any],
    said: tuple[str, str],
    word: str,
    result: MediaInfo,
    plan: ConformPlan,
    tmp_path: Path,
) -> None:
    package = numbered_exr.package_of(tmp_path / "r.zip", range(30), header=header)
    made = unpacked(package, plan, result, tmp_path / "exr")
    assert made.facts is not None
    assert colour_space(made.facts) == said
    notes = " ".join(notes_on(made.facts, made.count, plan, result, made.no_timecode))
    assert word in notes
    read = OpenEXR.File(str(made.files[0]), header_only=True).header()
    assert ("chromaticities" in read) == ("chromaticities" in header)


def test_one_picture_is_one_picture(result: MediaInfo, plan: ConformPlan, tmp_path: Path) -> None:
    package = numbered_exr.write_numbered(tmp_path / "r.exr", 7)
    made = unpacked(package, plan, result, tmp_path / "exr")
    assert made.is_still
    assert [each.name for each in made.files] == ["shot_take_001.000005.exr"]
    assert made.facts is not None
    assert any("one picture" in note for note in notes_on(made.facts, 1, plan, result, ""))


def damaged(data: bytes, name: str, value: bytes) -> bytes:
    """The file with another value of an attribute."""
    kind, old = walk_header(data).attributes[name]
    whole = f"{name}\0{kind}\0".encode() + struct.pack("<i", len(old))
    return data.replace(whole + old, whole + value, 1)


def spoiled(data: bytes, how: str) -> bytes:
    if how == "deep":
        return data[:5] + bytes([data[5] | 0x08]) + data[6:]
    if how == "tiled":
        return data[:5] + bytes([data[5] | 0x02]) + data[6:]
    if how == "multipart":
        return data[:5] + bytes([data[5] | 0x10]) + data[6:]
    if how == "huge window":
        return damaged(data, "dataWindow", struct.pack("<4i", 0, 0, 99_999, 99_999))
    if how == "negative window":
        return damaged(data, "dataWindow", struct.pack("<4i", 2**31 - 1, 0, -(2**31), 9))
    if how == "gigabyte":
        return data[:8] + b"note\0string\0" + struct.pack("<i", 1 << 30) + bytes(3 << 20)
    if how == "long header":
        return data[:8] + b"note\0string\0" + struct.pack("<i", 1 << 20) + bytes(3 << 20)
    if how == "cut in the pixels":
        return data[: len(data) - len(data) // 4]
    if how == "cut in the header":
        return data[:120]
    assert how == "zeroed pixels"
    return data[: -len(data) // 3] + bytes(len(data) // 3)


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ("deep", "deep"),
        ("tiled", "tiled"),
        ("multipart", "several parts"),
        ("huge window", "100000 x 100000"),
        ("negative window", "data window"),
        ("gigabyte", "1073741824 bytes"),
        ("long header", "more than 1048576 bytes"),
        ("cut in the pixels", "damaged"),
        ("cut in the header", "breaks off"),
        ("zeroed pixels", "damaged"),
    ],
)
def test_a_hostile_frame_is_refused_by_name_and_leaves_nothing(
    how: str, word: str, result: MediaInfo, plan: ConformPlan, tmp_path: Path
) -> None:
    package = numbered_exr.write_numbered(tmp_path / "r.exr", 7)
    package.write_bytes(spoiled(package.read_bytes(), how))
    with pytest.raises(ResultError) as caught:
        unpacked(package, plan, result, tmp_path / "exr")
    assert word in caught.value.why
    assert "000005.exr" in caught.value.why
    assert [each.name for each in tmp_path.iterdir()] == ["r.exr"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"kind": np.float32}, "32-bit float"),
        ({"size": (160, 160)}, "not the same picture"),
    ],
)
def test_frames_of_another_kind_or_shape_are_refused(
    options: dict[str, Any], word: str, result: MediaInfo, plan: ConformPlan, tmp_path: Path
) -> None:
    package = numbered_exr.package_of(tmp_path / "r.zip", range(30), **options)
    with pytest.raises(ResultError) as caught:
        unpacked(package, plan, result, tmp_path / "exr")
    assert word in caught.value.why
    assert [each.name for each in tmp_path.iterdir()] == ["r.zip"]


def test_a_frame_of_another_size_than_the_first_is_refused(
    result: MediaInfo, plan: ConformPlan, tmp_path: Path
) -> None:
    import zipfile

    package = numbered_exr.package_of(tmp_path / "r.zip", range(29))
    odd = numbered_exr.write_numbered(tmp_path / "odd.exr", 29, size=(320, 180))
    with zipfile.ZipFile(package, "a") as archive:
        archive.write(odd, "frames/out_00030.exr")
    made = unpacked(package, plan, result, tmp_path / "exr")
    assert made.count == 24, "the odd one is a held frame, and no part of the take"
    package = numbered_exr.package_of(tmp_path / "s.zip", range(3), first=1)
    with zipfile.ZipFile(package, "a") as archive:
        archive.write(odd, "frames/out_00004.exr")
        for place in range(5, 31):
            archive.write(made.files[5], f"frames/out_{place:05}.exr")
    with pytest.raises(ResultError, match=r"do not fit") as caught:
        unpacked(package, plan, result, tmp_path / "exr2")
    assert "000008.exr has 320 x 180" in caught.value.why


def test_a_table_of_lines_that_points_elsewhere_is_left_as_it_is(tmp_path: Path) -> None:
    data = numbered_exr.write_numbered(tmp_path / "a.exr", 1, compression="ZIP").read_bytes()
    header = walk_header(data)
    added = {"timeCode": ("timecode", bytes(8))}
    assert completed_header(data, len(data), header, added) is not None
    wrong = data[: header.end] + bytes(8) + data[header.end + 8 :]
    assert completed_header(wrong, len(wrong), header, added) is None
    assert completed_header(data[: header.end + 4], len(data), header, added) is None
