"""Every frame of a take sits in its source frame's slot, from plate to take, on both engines."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import imageio_ffmpeg
import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import Clip, MediaInfo
from newtake.domain.conform import FrameMapping, plan_conform
from newtake.domain.disclosure import AI_SOURCE_TYPE, Disclosure
from newtake.domain.edit import Limits
from newtake.domain.plate import PlatePlan, plan_plate
from newtake.domain.take_size import certain_bytes
from newtake.domain.timing import FrameRange, frame_of_timecode, timecode
from newtake.ports import no_progress
from numbered_media import DNXHR, H264, HEVC, PRORES, make_numbered, numbers_in, run

pytestmark = pytest.mark.anyio

GRID = Limits().rate
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
}
START = {"29.97": "00:59:58;00"}
"""Frames later the drop-frame count skips two labels."""

Numbered = Callable[..., Path]


@pytest.fixture(params=["system", "bundled"])
def engine(request: pytest.FixtureRequest, require_program: Callable[[str], str]) -> str:
    if request.param == "system":
        return require_program("ffmpeg")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Numbered:
    """Makes a source once per session and kind."""
    folder = tmp_path_factory.mktemp("numbered")
    writer = find_toolchain().executable

    def make(name: str, **how: object) -> Path:
        path = folder / name
        if not path.exists():
            make_numbered(writer, path, **how)  # type: ignore[arg-type]  # passed on as they are
        return path

    return make


def plate_for(media: MediaInfo, start: int, frames: int) -> PlatePlan:
    """The plate of a clip that shows `frames` frames from file index `start` on."""
    origin = frame_of_timecode(media.timecode, media.rate) if media.timecode else 0
    whole = FrameRange(origin, media.frames, media.rate)
    clip = Clip(
        key="k",
        index=1,
        name="numbered",
        track="V1",
        record=FrameRange(0, frames, media.rate),
        source=FrameRange(origin + start, frames, media.rate),
        media=None,
    )
    plate = plan_plate(clip, whole, origin, Limits(), "auto")
    assert isinstance(plate, PlatePlan)
    return plate


async def export(
    tool: FfmpegMediaTool, source: Path, start: int, frames: int, to: Path
) -> PlatePlan:
    media = await tool.probe(source)
    plate = plate_for(media, start, frames)
    written = await tool.export_plate(
        media, plate, rate=GRID, short_side=540, to=to, progress=no_progress
    )
    assert written.frames == plate.length
    return plate


async def take_of(
    tool: FfmpegMediaTool, plate: PlatePlan, returned: Path, to: Path, codec: str = "auto"
) -> tuple[str, FrameMapping, int]:
    """Conform; how it was made, how frames were mapped, and how many the take has."""
    result = await tool.probe(returned, count_frames=True)
    plan = plan_conform(
        plate, result, grid_rate=GRID, timecode_start=plate.media_range.start, codec=codec
    )
    outcome = await tool.conform(result, plan, to=to, progress=no_progress)
    made = await tool.probe(to, count_frames=True)
    assert made.rate == plate.media_range.rate
    assert made.frames == outcome.frames_in_file
    assert made.timecode == timecode(plate.media_range.start, plate.media_range.rate)
    assert made.timecode_rate == plate.media_range.rate
    return outcome.method, plan.mapping, plan.available.duration


def expected_plate(plate: PlatePlan) -> list[int]:
    last = plate.file_index + plate.media_range.duration - 1
    return [min(plate.file_index + i, last) for i in range(plate.length)]


def restyled(ffmpeg: str, plate: Path, to: Path, filters: str = "null") -> Path:
    """What a provider that copies pictures would return: coded by another hand, no timecode."""
    run([ffmpeg, "-v", "error", "-y", "-i", str(plate), "-vf", filters, "-r", "24", *H264, str(to)])
    return to


@pytest.mark.parametrize("rate_name", RATES)
async def test_each_frame_returns_to_its_slot_with_handles_and_held_frames(
    rate_name: str, engine: str, numbered: Numbered, tmp_path: Path
) -> None:
    rate = RATES[rate_name]
    source = numbered(
        f"short_{rate_name}.mov",
        rate=rate,
        frames=110,
        options=("-timecode", START.get(rate_name, "01:00:00:00")),
    )
    tool = FfmpegMediaTool(find_toolchain(engine))
    plate_path = tmp_path / "plate.mp4"
    plate = await export(tool, source, 30, 60, plate_path)
    assert (plate.clip_offset, plate.tail, plate.held) == (30, 20, 10)
    assert numbers_in(plate_path) == expected_plate(plate)
    returns = {
        "same length": "null",
        "one frame more": "tpad=stop=1:stop_mode=clone",
        "two frames fewer": "trim=end_frame=118",
    }
    for name, filters in returns.items():
        returned = restyled(engine, plate_path, tmp_path / f"{name}.mp4", filters)
        take = tmp_path / f"{name}.mov"
        method, _, frames = await take_of(tool, plate, returned, take)
        assert method == "rewrap"
        assert frames == 110
        assert numbers_in(take)[:110] == list(range(110)), name


@pytest.mark.parametrize("rate_name", RATES)
async def test_a_clip_deep_in_a_long_group_of_pictures_returns_exactly(
    rate_name: str, engine: str, numbered: Numbered, tmp_path: Path
) -> None:
    source = numbered(f"long_{rate_name}.mp4", rate=RATES[rate_name], frames=300)
    tool = FfmpegMediaTool(find_toolchain(engine))
    plate = await export(tool, source, 190, 61, tmp_path / "plate.mp4")
    assert plate.file_index == 161
    assert numbers_in(tmp_path / "plate.mp4") == list(range(161, 281))
    returned = restyled(engine, tmp_path / "plate.mp4", tmp_path / "returned.mp4")
    await take_of(tool, plate, returned, tmp_path / "take.mov")
    assert numbers_in(tmp_path / "take.mov") == list(range(161, 281))


@pytest.mark.parametrize(
    ("name", "coding"),
    [("hevc.mp4", HEVC), ("prores.mov", PRORES), ("dnxhr.mov", DNXHR), ("h264.mkv", H264),
     ("hevc.mkv", HEVC), ("h264.ts", H264), ("hevc.ts", HEVC)],
)  # fmt: skip
async def test_every_codec_and_container_is_cut_exactly(
    name: str, coding: tuple[str, ...], engine: str, numbered: Numbered, tmp_path: Path
) -> None:
    source = numbered(f"kinds_{name}", rate=RATES["23.976"], frames=400, coding=coding)
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe(source)
    assert (media.frames, media.rate) == (400, RATES["23.976"])
    for start in (201, 340):
        plate = await export(tool, source, start, 60, tmp_path / "plate.mp4")
        assert numbers_in(tmp_path / "plate.mp4") == expected_plate(plate)


@pytest.mark.parametrize("name", ["early_audio.mp4", "early_audio.mkv"])
async def test_sound_that_starts_before_the_picture_moves_no_frame(
    name: str, engine: str, numbered: Numbered, tmp_path: Path
) -> None:
    source = numbered(
        name,
        rate=RATES["25"],
        frames=200,
        inputs=("-f", "lavfi", "-t", "8", "-i", "sine"),
        options=(
            *("-vf", "setpts=PTS+0.52/TB", "-fps_mode", "passthrough"),
            *("-map", "1:a", "-c:a", "aac"),
        ),
    )
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe(source)
    assert media.video_start_seconds - media.container_start_seconds > Fraction(1, 2)
    assert (media.frames, media.has_audio) == (200, True)
    plate = await export(tool, source, 90, 61, tmp_path / "plate.mp4")
    assert numbers_in(tmp_path / "plate.mp4") == expected_plate(plate)


async def test_frames_hidden_by_an_edit_list_are_not_counted_and_not_cut(
    engine: str, numbered: Numbered, tmp_path: Path
) -> None:
    whole = numbered("long_24.mp4", rate=RATES["24"], frames=300)
    source = tmp_path / "edited.mov"
    run([engine, "-v", "error", "-ss", "2", "-i", str(whole), "-c", "copy", str(source)])
    shown = numbers_in(source)
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe(source)
    assert media.frames == len(shown)
    plate = await export(tool, source, 70, 60, tmp_path / "plate.mp4")
    assert numbers_in(tmp_path / "plate.mp4") == [shown[i] for i in expected_plate(plate)]


@pytest.mark.parametrize("codec", ["h264", "prores", "dnxhr"])
async def test_a_re_encoded_take_has_the_same_frames_and_no_others(
    codec: str, engine: str, numbered: Numbered, tmp_path: Path
) -> None:
    source = numbered("long_29.97.mp4", rate=RATES["29.97"], frames=300)
    tool = FfmpegMediaTool(find_toolchain(engine))
    plate = await export(tool, source, 120, 100, tmp_path / "plate.mp4")
    method, _, _ = await take_of(
        tool, plate, tmp_path / "plate.mp4", tmp_path / "take.mov", codec=codec
    )
    assert method == codec
    assert numbers_in(tmp_path / "take.mov") == expected_plate(plate)
    made = await tool.probe(tmp_path / "take.mov")
    assert made.colour.primaries == made.colour.transfer == made.colour.matrix == "bt709"
    if codec == "dnxhr":
        told = certain_bytes(codec, made.width, made.height, made.frames)
        assert told == pytest.approx((tmp_path / "take.mov").stat().st_size, rel=0.05)


async def test_a_result_at_another_rate_is_mapped_by_time(
    engine: str, numbered: Numbered, tmp_path: Path
) -> None:
    source = numbered("long_25.mp4", rate=RATES["25"], frames=300)
    tool = FfmpegMediaTool(find_toolchain(engine))
    plate = await export(tool, source, 100, 100, tmp_path / "plate.mp4")
    returned = tmp_path / "thirty.mp4"
    run([engine, "-v", "error", "-i", str(tmp_path / "plate.mp4"), "-vf", "fps=30", *H264,
         str(returned)])  # fmt: skip
    assert len(numbers_in(returned)) == 150
    method, mapping, frames = await take_of(tool, plate, returned, tmp_path / "take.mov")
    assert (method, mapping, frames) == ("prores", FrameMapping.TIME, 120)
    assert numbers_in(tmp_path / "take.mov") == expected_plate(plate)


@pytest.mark.parametrize("codec", ["auto", "prores", "h264", "dnxhr"])
async def test_a_take_says_of_itself_that_a_model_made_it(
    codec: str,
    engine: str,
    numbered: Numbered,
    require_program: Callable[[str], str],
    tmp_path: Path,
) -> None:
    tool = FfmpegMediaTool(find_toolchain(engine))
    source = numbered("said.mov", rate=GRID, frames=30, options=("-timecode", "01:00:00:00"))
    plate = replace(plate_for(await tool.probe(source), 0, 30), length=30)
    returned = restyled(engine, source, tmp_path / "result.mp4")
    result = await tool.probe(returned, count_frames=True)
    plan = plan_conform(
        plate,
        result,
        grid_rate=GRID,
        timecode_start=86_400,
        reel="A001",
        codec=codec,
        disclosure=Disclosure('ray "3.2" <video>'),
    )
    to = tmp_path / "take.mov"

    outcome = await tool.conform(result, plan, to=to, progress=no_progress)

    assert outcome.method == ("rewrap" if codec == "auto" else codec)
    assert (await tool.probe(to)).timecode == "01:00:00:00"
    tags = tags_of(require_program("ffprobe"), to)
    assert tags["comment"] == (
        'AI-generated by ray "3.2" <video> with New Take. Digital source type: '
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    )
    packet = ElementTree.fromstring(tags["xmp"])
    said = packet.find(f".//{{{RDF}}}Description")
    assert said is not None
    assert said.get(f"{{{IPTC}}}DigitalSourceType") == AI_SOURCE_TYPE
    assert said.get(f"{{{IPTC}}}AISystemUsed") == 'ray "3.2" <video>'


def tags_of(ffprobe: str, media: Path) -> dict[str, str]:
    listing = subprocess.run(
        [ffprobe, "-v", "error", "-export_xmp", "1", "-show_format", "-of", "json", str(media)],
        check=True,
        capture_output=True,
        text=True,
    )
    tags: dict[str, str] = json.loads(listing.stdout)["format"]["tags"]
    return tags
