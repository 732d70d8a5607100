"""Tables for what the model sees, and HDR results whose metadata stays: with the real ffmpegs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

from colour_patches import inside, patches, read, write
from newtake.adapters.cubes import read_lut
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.part_tool import FfmpegPartTool
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import ColourTags
from newtake.domain.conform import plan_conform
from newtake.domain.errors import MediaError, SettingsError
from newtake.domain.mastering import ContentLight, MasteringDisplay
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from newtake.ports.parts import PartResult
from numbered_media import make_numbered, numbers_in

pytestmark = pytest.mark.anyio

RATE, NTSC = Fraction(24), Fraction(30000, 1001)
FRAMES = 3
PLATE = PlatePlan("5s", FRAMES, FrameRange(0, FRAMES, RATE), 0, 0, FRAMES)
LOG = (
    "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,"
    "format=yuv422p10le,setparams=colorspace=bt709:range=tv",
    ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"),
)
SWAPPED = "LUT_3D_SIZE 2\n" + "".join(
    f"{b} {g} {r}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1)
)
"""Red and blue change places."""
HALVED = "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n"

X265_HDR10 = (
    "log-level=error:hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:"
    "colormatrix=bt2020nc:master-display=G(13250,34500)B(7500,3000)R(34000,16000)"
    "WP(15635,16450)L(10000000,1):max-cll=1000,400"
)
HDR10 = (
    *("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
    *("-x265-params", X265_HDR10, "-color_primaries", "bt2020", "-color_trc", "smpte2084"),
    *("-colorspace", "bt2020nc", "-color_range", "tv"),
)
MASTERING = MasteringDisplay(
    red=(Fraction(34000, 50000), Fraction(16000, 50000)),
    green=(Fraction(13250, 50000), Fraction(34500, 50000)),
    blue=(Fraction(7500, 50000), Fraction(3000, 50000)),
    white=(Fraction(15635, 50000), Fraction(16450, 50000)),
    least_nits=Fraction(1, 10000),
    most_nits=Fraction(1000),
)


@pytest.fixture(params=["system", "bundled"])
def engine(request: pytest.FixtureRequest, require_program: Callable[[str], str]) -> str:
    if request.param == "system":
        return require_program("ffmpeg")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.mark.parametrize("text", [SWAPPED, HALVED], ids=["3D", "1D"])
async def test_the_model_sees_the_source_through_the_table(
    text: str, engine: str, tmp_path: Path
) -> None:
    folder = tmp_path / "it's; a [folder], 50%: \\ of\nwork"
    folder.mkdir()
    filters, coding = LOG
    source = write(engine, patches(), folder / "a.mov", filters=filters, coding=coding, frames=3)
    (folder / "my look.cube").write_text(f'TITLE "x"\n{text}')
    lut = read_lut(folder / "my look.cube")
    tool = FfmpegMediaTool(find_toolchain(engine))

    to = folder / "plate.mp4"
    await tool.export_plate(
        await tool.probe(source),
        PLATE,
        rate=RATE,
        short_side=540,
        to=to,
        progress=no_progress,
        lut=lut,
    )

    before, after = read(source, 1), read(to, 1)
    wanted = before[..., ::-1] if lut.kind == "3d" else before / 2
    apart = np.abs(after - wanted)[inside()]
    assert apart.mean() < 1
    assert np.percentile(apart, 99) < 6
    assert sorted(each.name for each in folder.iterdir()) == ["a.mov", "my look.cube", "plate.mp4"]


async def test_a_table_that_changed_or_went_is_noticed_before_the_plate(tmp_path: Path) -> None:
    tool = FfmpegMediaTool()
    filters, coding = LOG
    source = write(
        find_toolchain().executable,
        patches(),
        tmp_path / "a.mov",
        filters=filters,
        coding=coding,
        frames=3,
    )
    table, to = tmp_path / "a.cube", tmp_path / "plate.mp4"
    table.write_text(SWAPPED)
    lut, media = read_lut(table), await tool.probe(source)
    for text, reason in ((SWAPPED + "# later\n", "has changed"), (None, "is gone")):
        if text is None:
            table.unlink()
        else:
            table.write_text(text)
        with pytest.raises(MediaError, match=reason):
            await tool.export_plate(
                media, PLATE, rate=RATE, short_side=540, to=to, progress=no_progress, lut=lut
            )
        assert not to.exists()


def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path) -> None:
    broken, large = tmp_path / "broken.cube", tmp_path / "large.cube"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe" * 100)
    with large.open("wb") as file:
        file.truncate(33 << 20)
    for path in (broken, large, tmp_path, tmp_path / "gone.cube"):
        with pytest.raises(SettingsError, match="cannot be used") as caught:
            read_lut(path)
        assert caught.value.why
        assert ".cube" in caught.value.fix
        # What is not there cannot be exported again.
        assert ("Export" in caught.value.fix) is path.is_file()


@pytest.mark.parametrize("codec", ["copy", "prores", "dnxhr", "h264"])
async def test_hdr_metadata_and_depth_stay_whatever_the_codec(
    codec: str, engine: str, require_program: Callable[[str], str], tmp_path: Path
) -> None:
    tool = FfmpegMediaTool(find_toolchain(engine))
    returned = make_numbered(
        engine, tmp_path / "result.mp4", rate=RATE, frames=8, size=(480, 270), coding=HDR10
    )
    result = await tool.probe(returned, count_frames=True)
    assert (result.mastering, result.light) == (MASTERING, ContentLight(1000, 400))
    start = 107_892
    plate = PlatePlan("5s", 8, FrameRange(start, 8, NTSC), 0, 0, 8)
    plan = plan_conform(
        plate, result, grid_rate=RATE, timecode_start=start, codec=codec, reel="A001C002"
    )
    take = tmp_path / "take.mov"

    outcome = await tool.conform(result, plan, to=take, progress=no_progress)

    assert outcome.method == ("rewrap" if codec == "copy" else codec)
    assert outcome.picture is not None
    assert outcome.picture.colour == ColourTags("bt2020", "smpte2084", "bt2020nc", "tv")
    assert (outcome.picture.bit_depth, outcome.picture.mastering) == (10, MASTERING)
    assert numbers_in(take)[:8] == list(range(8))
    video, label = probed(require_program("ffprobe"), take)
    kinds = {each["side_data_type"]: each for each in video.get("side_data_list", ())}
    assert kinds["Mastering display metadata"]["red_x"] == "34000/50000"
    assert kinds["Mastering display metadata"]["max_luminance"] == "10000000/10000"
    assert kinds["Content light level metadata"]["max_content"] == 1000
    assert (video["color_transfer"], video["color_primaries"]) == ("smpte2084", "bt2020")
    assert "10" in video["pix_fmt"]
    # As the frames say, which decoders believe more than the movie.
    assert matrices_of(require_program("ffprobe"), take) == {"bt2020nc"}
    assert label["tags"]["timecode"] == video["tags"]["timecode"] == "01:00:00;00"
    assert label["tags"]["reel_name"] == "A001C002"
    assert label["avg_frame_rate"] == video["avg_frame_rate"] == "30000/1001"


async def test_mediainfo_sees_the_same_labels(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    """A second witness, which shares no code with FFmpeg."""
    tool = FfmpegMediaTool()
    returned = make_numbered(
        find_toolchain().executable, tmp_path / "result.mp4", rate=RATE, frames=8, coding=HDR10
    )
    result = await tool.probe(returned, count_frames=True)
    plate = PlatePlan("5s", 8, FrameRange(107_892, 8, NTSC), 0, 0, 8)
    plan = plan_conform(plate, result, grid_rate=RATE, timecode_start=107_892)
    take = tmp_path / "take.mov"
    await tool.conform(result, plan, to=take, progress=no_progress)

    command = [require_program("mediainfo"), "--Output=JSON", str(take)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    tracks = {each["@type"]: each for each in json.loads(done.stdout)["media"]["track"]}
    assert tracks["Other"]["Type"] == "Time code"
    assert tracks["Other"]["TimeCode_FirstFrame"] == "01:00:00;00"
    video = tracks["Video"]
    assert (video["FrameRate_Num"], video["FrameRate_Den"]) == ("30000", "1001")
    assert (video["transfer_characteristics"], video["BitDepth"]) == ("PQ", "10")
    assert (video["MaxCLL"], video["DisplayAspectRatio"]) == ("1000 cd/m2", "1.778")
    assert video["MasteringDisplay_Luminance"] == "min: 0.0001 cd/m2, max: 1000 cd/m2"


async def test_a_timecode_does_not_drop_where_the_source_s_does_not(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    tool = FfmpegMediaTool()
    returned = make_numbered(
        find_toolchain().executable, tmp_path / "result.mp4", rate=RATE, frames=4
    )
    result = await tool.probe(returned, count_frames=True)
    plate = PlatePlan("5s", 4, FrameRange(1798, 4, NTSC), 0, 0, 4)
    for drop, shown in ((False, "00:00:59:28"), (True, "00:00:59;28")):
        plan = plan_conform(plate, result, grid_rate=RATE, timecode_start=1798, drop=drop)
        take = tmp_path / f"{drop}.mov"
        await tool.conform(result, plan, to=take, progress=no_progress)
        video, label = probed(require_program("ffprobe"), take)
        assert video["tags"]["timecode"] == label["tags"]["timecode"] == shown


@pytest.mark.parametrize("codec", ["copy", "prores"])
@pytest.mark.parametrize(
    ("size", "options", "shows"),
    [
        ((360, 288), ("-vf", "setsar=64/45"), (512, 288)),
        ((480, 270), ("-metadata:s:v:0", "rotate=90"), None),
        ((270, 480), (), (270, 480)),
    ],
    ids=["anamorphic", "rotated", "portrait"],
)
async def test_a_take_shows_in_the_shape_of_its_source(
    size: tuple[int, int],
    options: tuple[str, ...],
    shows: tuple[int, int] | None,
    codec: str,
    require_program: Callable[[str], str],
    tmp_path: Path,
) -> None:
    """The plate is upright with square pixels; its take shows as the source does."""
    ffmpeg = require_program("ffmpeg")
    source = make_numbered(ffmpeg, tmp_path / "a.mp4", rate=RATE, frames=4, size=size)
    if options[:1] == ("-vf",):
        source = make_numbered(
            ffmpeg, tmp_path / "b.mp4", rate=RATE, frames=4, size=size, filters=",setsar=64/45"
        )
    elif options:
        turned = tmp_path / "turned.mp4"
        command = [ffmpeg, "-v", "error", "-i", str(source), "-c", "copy", *options, str(turned)]
        subprocess.run(command, check=True, timeout=60)
        source = turned
    tool = FfmpegMediaTool(find_toolchain(ffmpeg))
    media = await tool.probe(source)
    assert shows is None or media.display_size == shows
    if shows is None:
        assert media.rotation_degrees % 180 == 90
    plate = PlatePlan("5s", 4, FrameRange(0, 4, RATE), 0, 0, 4)
    sent = tmp_path / "plate.mp4"
    await tool.export_plate(media, plate, rate=RATE, short_side=540, to=sent, progress=no_progress)
    result = await tool.probe(sent, count_frames=True)
    plan = plan_conform(plate, result, grid_rate=RATE, timecode_start=0, codec=codec, source=media)
    assert not any("shape" in note for note in plan.notes)
    await tool.conform(result, plan, to=tmp_path / "take.mov", progress=no_progress)
    made = await tool.probe(tmp_path / "take.mov")
    assert made.pixel_aspect == 1
    assert made.rotation_degrees == 0
    wide, high = media.display_size
    assert abs(made.width * high - made.height * wide) <= 2 * max(wide, high)


@pytest.mark.parametrize("codec", ["copy", "prores"])
async def test_a_result_of_another_shape_keeps_it_and_is_reported(
    codec: str, tmp_path: Path
) -> None:
    tool = FfmpegMediaTool()
    returned = make_numbered(
        find_toolchain().executable,
        tmp_path / "result.mp4",
        rate=RATE,
        frames=4,
        size=(360, 288),
        filters=",setsar=16/15",
    )
    result = await tool.probe(returned, count_frames=True)
    plate = PlatePlan("5s", 4, FrameRange(0, 4, RATE), 0, 0, 4)
    wide = replace(result, width=512, pixel_aspect=Fraction(1))
    plan = plan_conform(plate, result, grid_rate=RATE, timecode_start=0, codec=codec, source=wide)
    assert any("384x288 where the source shows as 512x288" in note for note in plan.notes)
    assert any("does not say its colour matrix and transfer" in note for note in plan.notes)
    await tool.conform(result, plan, to=tmp_path / "take.mov", progress=no_progress)
    assert (await tool.probe(tmp_path / "take.mov")).display_size == (384, 288)


def matrices_of(ffprobe: str, media: Path) -> set[str]:
    """Those of all frames, as ffprobe sees them."""
    command = [ffprobe, "-v", "error", "-select_streams", "v:0", "-show_entries",
               "frame=color_space", "-of", "csv=p=0", str(media)]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return {line.strip(",") for line in done.stdout.split()}


def probed(ffprobe: str, media: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The picture's and the timecode's stream, as ffprobe sees them."""
    command = [ffprobe, "-v", "error", "-show_streams", "-of", "json", str(media)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    video, label = json.loads(done.stdout)["streams"]
    return video, label


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
async def test_the_picture_handed_on_of_an_hdr_result_is_as_bright_as_its_plate(
    transfer: str, engine: str, tmp_path: Path
) -> None:
    # What a copying model returns: the plate's white at 203 nits, as ITU-R BT.2408 has it.
    result = write(
        engine,
        patches(),
        tmp_path / "result.mp4",
        filters="zscale=min=gbr:rin=pc:tin=bt709:pin=bt709:m=gbr:t=linear:p=bt709:npl=203,"
        f"format=gbrpf32le,zscale=p=bt2020:t={transfer}:m=bt2020nc:r=tv:npl=203,"
        "format=yuv444p10le",
        coding=(
            *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"),
            *("-color_primaries", "bt2020", "-color_trc", transfer),
            *("-colorspace", "bt2020nc", "-color_range", "tv"),
        ),
        frames=FRAMES,
    )
    info = await FfmpegMediaTool().probe(result, count_frames=True)
    assert (info.colour.transfer, info.bit_depth) == (transfer, 10)
    part = PartResult(info, plan_conform(PLATE, info, grid_rate=RATE, timecode_start=0))
    picture = tmp_path / "first_frame.png"

    await FfmpegPartTool(find_toolchain(engine)).still(part, 1, to=picture)

    apart = np.abs(read(picture) - patches())[inside()]
    # Steps near black, where 8 bits of BT.709 are far apart in light, are the others.
    assert np.percentile(apart, 95) <= 6
    assert np.abs(read(picture).mean() - patches().mean()) < 2
