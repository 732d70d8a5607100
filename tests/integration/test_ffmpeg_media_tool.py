"""The media tool's other promises: colour, shape, refusals, cancelling, the picture of two."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import av
import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.ffmpeg_process import FfmpegFailedError
from newtake.adapters.toolchain import REQUIRED, Toolchain, examine, find_toolchain
from newtake.domain.clip import ColourTags
from newtake.domain.conform import ConformPlan, FrameMapping
from newtake.domain.errors import MediaError, MediaToolError, ResultError, StorageError
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import H264, HEVC, make_numbered, numbers_in, picture_number, run

pytestmark = pytest.mark.anyio

RATE = Fraction(25)
GRID = Fraction(24)


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return find_toolchain()


@pytest.fixture
def tool(toolchain: Toolchain) -> FfmpegMediaTool:
    return FfmpegMediaTool(toolchain)


@pytest.fixture
def ffmpeg(toolchain: Toolchain) -> str:
    return toolchain.executable


def plate_of(frames: int, *, index: int = 0, length: int | None = None) -> PlatePlan:
    return PlatePlan("5s", length or frames, FrameRange(index, frames, RATE), index, 0, frames)


def take_plan(frames: int, **changes: object) -> ConformPlan:
    plan = ConformPlan(
        mapping=FrameMapping.FRAME,
        rewrap=True,
        codec="copy",
        available=FrameRange(0, frames, RATE),
        result_rate=GRID,
        grid_rate=GRID,
        timecode_start=90_000,
        reel="A001C002",
        colour=ColourTags(),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]  # fields by name


def first_pixel(path: Path, column: float = 0.5) -> tuple[int, int, int]:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24", src_colorspace="ITU709")
        plane = frame.planes[0]
        at = (frame.height // 2) * plane.line_size + 3 * int(frame.width * column)
        red, green, blue = bytes(plane)[at : at + 3]
        return red, green, blue


def near(found: tuple[int, int, int], wanted: tuple[int, int, int], by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("size", "matrix", "tags"),
    [
        ("720x576", "bt601", ("-colorspace", "bt470bg")),
        ("640x480", "bt601", ()),
        ("1280x720", "bt709", ()),
        ("1280x720", "bt709", ("-colorspace", "bt709")),
    ],
)
async def test_colours_arrive_as_bt709_from_tagged_and_untagged_sources(
    size: str,
    matrix: str,
    tags: tuple[str, ...],
    tool: FfmpegMediaTool,
    ffmpeg: str,
    tmp_path: Path,
) -> None:
    source = tmp_path / "orange.mov"
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", f"color=c=0xE08020:s={size}:r=25:d=0.2",
         "-vf", f"format=rgb24,scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p",
         *H264, *tags, str(source)])  # fmt: skip
    media = await tool.probe(source)
    await tool.export_plate(
        media, plate_of(5), rate=GRID, short_side=1080, to=tmp_path / "p.mp4", progress=no_progress
    )
    assert near(first_pixel(tmp_path / "p.mp4"), (0xE0, 0x80, 0x20))
    made = await tool.probe(tmp_path / "p.mp4")
    assert made.colour == ColourTags("bt709", "bt709", "bt709", "tv")


async def test_full_range_is_brought_to_video_range(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = tmp_path / "full.mov"
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "color=c=0xF0F0F0:s=1280x720:r=25:d=0.2",
         "-vf", "format=rgb24,scale=out_color_matrix=bt709:out_range=pc,format=yuv420p",
         *H264, "-color_range", "pc", str(source)])  # fmt: skip
    media = await tool.probe(source)
    assert media.colour.range == "pc"
    await tool.export_plate(
        media, plate_of(5), rate=GRID, short_side=540, to=tmp_path / "p.mp4", progress=no_progress
    )
    assert near(first_pixel(tmp_path / "p.mp4"), (0xF0, 0xF0, 0xF0))


async def test_hdr_is_mapped_to_sdr_and_refused_where_it_cannot_be(
    tool: FfmpegMediaTool, toolchain: Toolchain, ffmpeg: str, tmp_path: Path
) -> None:
    source = tmp_path / "hdr.mp4"
    tags = "color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv"
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "color=c=gray:s=640x360:r=25:d=0.2",
         "-vf", f"format=yuv420p10le,setparams={tags}", *HEVC[:6], "-pix_fmt", "yuv420p10le",
         "-x265-params", "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
         str(source)])  # fmt: skip
    media = await tool.probe(source)
    assert media.colour.is_hdr
    assert media.bit_depth == 10
    to = tmp_path / "p.mp4"
    await tool.export_plate(
        media, plate_of(5), rate=GRID, short_side=540, to=to, progress=no_progress
    )
    made = await tool.probe(to)
    assert made.colour.transfer == "bt709"
    # Code value 128 of PQ is about 94 nits: near SDR white before the roll-off, grey after it.
    assert 130 < first_pixel(to)[1] < 240
    poor = FfmpegMediaTool(replace(toolchain, lacks=("filter zscale",)))
    with pytest.raises(MediaToolError, match="HDR"):
        await poor.export_plate(
            media, plate_of(5), rate=GRID, short_side=540, to=to, progress=no_progress
        )


@pytest.mark.parametrize(
    ("filters", "options", "short_side", "expected"),
    [
        ("", (), 540, (480, 270)),
        ("", (), 180, (320, 180)),
        (",setsar=4/3", (), 540, (640, 270)),
        (",crop=401:201:0:0:exact=1", ("-pix_fmt", "yuv444p"), 540, (400, 200)),
    ],
)
async def test_a_plate_is_even_square_and_never_enlarged(
    filters: str,
    options: tuple[str, ...],
    short_side: int,
    expected: tuple[int, int],
    tool: FfmpegMediaTool,
    ffmpeg: str,
    tmp_path: Path,
) -> None:
    source = make_numbered(
        ffmpeg, tmp_path / "s.mov", rate=RATE, frames=5, filters=filters, options=options
    )
    media = await tool.probe(source)
    to = tmp_path / "p.mp4"
    await tool.export_plate(
        media, plate_of(5), rate=GRID, short_side=short_side, to=to, progress=no_progress
    )
    made = await tool.probe(to)
    assert (made.width, made.height) == expected
    assert made.pixel_aspect == 1


async def test_a_rotated_source_is_sent_upright(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    make_numbered(ffmpeg, tmp_path / "flat.mp4", rate=RATE, frames=30, filters=",transpose=clock")
    with av.open(str(tmp_path / "flat.mp4")) as flat, av.open(str(tmp_path / "r.mp4"), "w") as out:
        stream = out.add_stream_from_template(flat.streams.video[0])
        stream.set_display_rotation(90)
        for packet in flat.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    media = await tool.probe(tmp_path / "r.mp4")
    assert abs(media.rotation_degrees) == 90
    assert media.display_size == (480, 270)
    to = tmp_path / "p.mp4"
    await tool.export_plate(
        media, plate_of(30), rate=GRID, short_side=540, to=to, progress=no_progress
    )
    assert numbers_in(to) == list(range(30))


async def test_an_interlaced_source_keeps_one_frame_per_frame(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(
        ffmpeg,
        tmp_path / "i.mov",
        rate=RATE,
        frames=40,
        size=(640, 360),
        filters=",setfield=tff",
        options=("-flags", "+ilme+ildct", "-x264-params", "tff=1"),
    )
    media = await tool.probe(source)
    assert media.interlaced
    to = tmp_path / "p.mp4"
    await tool.export_plate(
        media, plate_of(24, index=10), rate=GRID, short_side=540, to=to, progress=no_progress
    )
    assert numbers_in(to) == list(range(10, 34))
    assert not (await tool.probe(to)).interlaced


async def test_a_plate_says_nothing_of_its_source_and_is_the_same_bytes_again(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(
        ffmpeg,
        tmp_path / "s.mov",
        rate=RATE,
        frames=24,
        options=("-timecode", "10:00:00:00", "-metadata", "title=Secret project"),
    )
    media = await tool.probe(source)
    written = [
        await tool.export_plate(
            media, plate_of(24), rate=GRID, short_side=540, to=tmp_path / n, progress=no_progress
        )
        for n in ("a.mp4", "b.mp4")
    ]
    assert written[0].sha256 == written[1].sha256
    assert b"Secret" not in (tmp_path / "a.mp4").read_bytes()
    made = await tool.probe(tmp_path / "a.mp4")
    assert (made.timecode, made.has_audio) == (None, False)


async def test_a_range_beyond_the_end_is_refused_with_numbers_and_leaves_nothing(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "s.mov", rate=RATE, frames=50)
    media = await tool.probe(source)
    folder = tmp_path / "work"
    with pytest.raises(MediaError) as caught:
        await tool.export_plate(
            media,
            plate_of(24, index=40, length=30),
            rate=GRID,
            short_side=540,
            to=folder / "p.mp4",
            progress=no_progress,
        )
    assert "10 of 24" in caught.value.why
    assert list(folder.iterdir()) == []


async def test_progress_counts_frames_up_to_the_whole(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "s.mov", rate=RATE, frames=120)
    seen: list[tuple[int, int | None]] = []
    await tool.export_plate(
        await tool.probe(source),
        plate_of(120),
        rate=GRID,
        short_side=540,
        to=tmp_path / "p.mp4",
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (120, 120)
    assert seen == sorted(seen)


async def test_cancelling_ends_ffmpeg_and_removes_the_part_file(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "s.mov", rate=RATE, frames=72, size=(1920, 1080))
    media = await tool.probe(source)
    folder = tmp_path / "work"
    with anyio.move_on_after(60) as scope:
        await tool.export_plate(
            media,
            plate_of(72),
            rate=GRID,
            short_side=1080,
            to=folder / "p.mp4",
            progress=lambda done, total: scope.cancel() if done else None,
        )
    assert scope.cancelled_caught
    assert list(folder.iterdir()) == []
    running = [
        entry.read_bytes() for entry in Path("/proc").glob("[0-9]*/cmdline") if entry.exists()
    ]
    assert not [line for line in running if str(folder).encode() in line]


async def test_a_failing_ffmpeg_is_an_error_with_its_last_words(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "s.mov", rate=RATE, frames=10)
    media = await tool.probe(source)
    source.write_bytes(b"no longer a film")
    with pytest.raises(MediaToolError) as caught:
        await tool.export_plate(
            media,
            plate_of(10),
            rate=GRID,
            short_side=540,
            to=tmp_path / "p.mp4",
            progress=no_progress,
        )
    assert "Invalid data" in caught.value.why
    assert isinstance(caught.value.__cause__, FfmpegFailedError)


async def test_a_rewrap_carries_timecode_reel_and_the_same_pictures(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    result = make_numbered(ffmpeg, tmp_path / "r.mp4", rate=GRID, frames=60, coding=HEVC)
    info = await tool.probe(result, count_frames=True)
    to = tmp_path / "take.mov"
    outcome = await tool.conform(info, take_plan(50), to=to, progress=no_progress)
    assert outcome.method == "rewrap"
    assert outcome.frames_proved == outcome.frames_in_file >= 50
    made = await tool.probe(to)
    assert (made.timecode, made.reel, made.rate) == ("01:00:00:00", "A001C002", RATE)
    assert b"hvc1" in to.read_bytes()
    assert numbers_in(to)[:50] == list(range(50))


async def test_the_source_s_kind_of_timecode_is_kept(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    rate = Fraction(30000, 1001)
    info = await tool.probe(
        make_numbered(ffmpeg, tmp_path / "r.mp4", rate=GRID, frames=20), count_frames=True
    )
    available = FrameRange(108_000, 20, rate)
    labels = {}
    for drop in (True, False):
        to = tmp_path / f"{drop}.mov"
        plan = take_plan(20, available=available, timecode_start=108_000, drop=drop)
        await tool.conform(info, plan, to=to, progress=no_progress)
        labels[drop] = (await tool.probe(to)).timecode
    assert labels == {True: "01:00:03;18", False: "01:00:00:00"}


async def test_a_take_is_never_overwritten(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    result = make_numbered(ffmpeg, tmp_path / "r.mp4", rate=GRID, frames=10)
    to = tmp_path / "take.mov"
    to.write_bytes(b"a take")
    with pytest.raises(StorageError):
        await tool.conform(
            await tool.probe(result, count_frames=True),
            take_plan(10),
            to=to,
            progress=no_progress,
        )
    assert to.read_bytes() == b"a take"


async def test_a_result_cut_off_in_its_download_is_no_take(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    whole = make_numbered(
        ffmpeg, tmp_path / "w.mp4", rate=GRID, frames=120, options=("-movflags", "+faststart")
    )
    info = await tool.probe(whole, count_frames=True)
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 2])
    assert (await tool.probe(whole, count_frames=True)).frames < 120
    for plan in (take_plan(120), take_plan(120, rewrap=False, codec="prores")):
        with pytest.raises((ResultError, MediaToolError)):
            await tool.conform(info, plan, to=tmp_path / "take.mov", progress=no_progress)
    assert [each.name for each in tmp_path.iterdir()] == ["w.mp4"]


async def test_a_result_that_cannot_be_rewrapped_is_coded_anew_and_says_so(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    # The edit list hides the beginning: copied packets would show what the result does not.
    make_numbered(ffmpeg, tmp_path / "w.mp4", rate=GRID, frames=120)
    result = tmp_path / "r.mp4"
    run(
        [
            ffmpeg,
            "-v",
            "error",
            "-ss",
            "1",
            "-i",
            str(tmp_path / "w.mp4"),
            "-c",
            "copy",
            str(result),
        ]
    )
    info = await tool.probe(result, count_frames=True)
    to = tmp_path / "take.mov"
    outcome = await tool.conform(info, take_plan(90), to=to, progress=no_progress)
    assert (outcome.method, outcome.frames_proved, outcome.frames_in_file) == ("prores", 0, 90)
    assert "coded anew" in outcome.notes[0]
    assert numbers_in(to) == list(range(24, 114))


@pytest.mark.parametrize("suffix", ["png", "jpg"])
async def test_side_by_side_shows_the_source_frame_left_and_the_take_frame_right(
    suffix: str, tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "s.mp4", rate=RATE, frames=150)
    take = make_numbered(ffmpeg, tmp_path / "t.mov", rate=RATE, frames=60, filters=",hue=s=0")
    to = tmp_path / f"pair %03d.{suffix}"
    await tool.side_by_side(await tool.probe(source), 131, take, 42, to=to)
    assert picture_number(to, left=0, width=480) == 131
    assert picture_number(to, left=488, width=480) == 42


async def test_side_by_side_of_a_frame_that_is_not_there_is_an_error(
    tool: FfmpegMediaTool, ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "s.mp4", rate=RATE, frames=20)
    with pytest.raises(MediaError):
        await tool.side_by_side(await tool.probe(source), 25, source, 0, to=tmp_path / "p.png")
    assert not (tmp_path / "p.png").exists()


def test_the_bundled_program_is_used_when_the_path_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_toolchain()
    assert (found.source, found.usable) == ("bundled", True)


def test_a_poor_ffmpeg_on_the_path_is_passed_over_and_a_named_one_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho 'ffmpeg version 4.4.2 Copyright'\n")
    poor.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert set(REQUIRED) <= set(examine(str(poor), "path").lacks)
    assert find_toolchain().source == "bundled"
    monkeypatch.setenv("NEWTAKE_FFMPEG", str(poor))
    with pytest.raises(MediaToolError, match="not good enough"):
        find_toolchain()
