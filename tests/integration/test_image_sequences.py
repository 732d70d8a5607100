"""Image sequences as sources: every frame in its slot, holes named, nothing else read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.images import probe_sequence_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import MediaError
from newtake.domain.plate import PlatePlan
from newtake.domain.sequence import Holes, ImageSequence
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import make_numbered, numbers_in, picture_number, run

pytestmark = pytest.mark.anyio

RATE = Fraction(24)
KINDS = {
    ".png": ("-c:v", "png", "-pix_fmt", "rgb24"),
    ".dpx": ("-c:v", "dpx", "-pix_fmt", "gbrp10be"),
    ".jpg": ("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj444p"),
    ".tif": ("-c:v", "tiff", "-pix_fmt", "rgb48le"),
    ".exr": ("-c:v", "exr", "-pix_fmt", "gbrpf32le"),
}


@pytest.fixture(params=["system", "bundled"])
def engine(request: pytest.FixtureRequest, require_program: Callable[[str], str]) -> str:
    if request.param == "system":
        return require_program("ffmpeg")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def images(
    folder: Path, suffix: str, *, frames: int = 40, start: int = 1001, prefix: str = "shot."
) -> ImageSequence:
    """Numbered images; number `start` carries 0."""
    plain = folder.parent / "plain"
    plain.mkdir()
    folder.mkdir()
    make_numbered(
        find_toolchain().executable,
        plain / f"%06d{suffix}",
        rate=RATE,
        frames=frames,
        size=(320, 180),
        coding=KINDS[suffix],
        options=("-start_number", str(start)),
    )
    sequence = ImageSequence(folder, prefix, suffix, 4, start, RATE)
    for number in range(start, start + frames):
        (plain / f"{number:06}{suffix}").rename(sequence.file(number))
    plain.rmdir()
    return sequence


async def plate_numbers(
    engine: str, sequence: ImageSequence, first: int, frames: int, to: Path
) -> list[int]:
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe_sequence(sequence)
    plate = PlatePlan("5s", frames + 2, FrameRange(first, frames, RATE), first, 0, frames)
    before = {each for each in to.parent.iterdir() if each != to}
    await tool.export_plate(media, plate, rate=RATE, short_side=540, to=to, progress=no_progress)
    assert {each for each in to.parent.iterdir() if each != to} == before
    return numbers_in(to)


@pytest.mark.parametrize("suffix", KINDS)
async def test_each_image_arrives_in_its_slot(suffix: str, engine: str, tmp_path: Path) -> None:
    sequence = images(tmp_path / "in", suffix)
    media = probe_sequence_now(sequence)
    assert (media.frames, media.missing, media.width) == (40, (), 320)
    assert media.container == "image2"
    found = await plate_numbers(engine, sequence, 7, 20, tmp_path / "plate.mp4")
    assert found == [*range(7, 27), 26, 26]


@pytest.mark.parametrize("prefix", ["100%d %04d.", "-y ", "http:", "a\nb'#?.", "%%s.", "ü "])
async def test_no_name_is_a_pattern_an_option_or_an_address(
    prefix: str, engine: str, tmp_path: Path
) -> None:
    sequence = images(tmp_path / "50%02d [x]", ".png", frames=6, prefix=prefix)
    found = await plate_numbers(engine, sequence, 1, 4, tmp_path / "plate.mp4")
    assert found == [1, 2, 3, 4, 4, 4]


async def test_images_on_twos_show_for_two_frames_each(engine: str, tmp_path: Path) -> None:
    sequence = replace(images(tmp_path / "in", ".png", frames=12), step=3, frames=12)
    for number in range(1001, 1013):
        if (number - 1001) % 3:
            sequence.file(number).unlink()
    assert probe_sequence_now(sequence).missing == ()
    found = await plate_numbers(engine, sequence, 2, 8, tmp_path / "plate.mp4")
    assert found == [0, 3, 3, 3, 6, 6, 6, 9, 9, 9]


async def test_holes_are_named_held_or_black_as_the_timeline_says(
    engine: str, tmp_path: Path
) -> None:
    sequence = images(tmp_path / "in", ".png", frames=12)
    for number in (1003, 1004, 1008):
        sequence.file(number).unlink()
    assert probe_sequence_now(sequence).missing == (1003, 1004, 1008)
    with pytest.raises(MediaError, match="no image 1003-1004, 1008") as caught:
        await plate_numbers(engine, sequence, 0, 10, tmp_path / "plate.mp4")
    assert caught.value.fix
    held = replace(sequence, holes=Holes.HOLD)
    found = await plate_numbers(engine, held, 2, 6, tmp_path / "plate.mp4")
    assert found == [1, 1, 4, 5, 6, 6, 6, 6]
    black = replace(sequence, holes=Holes.BLACK)
    found = await plate_numbers(engine, black, 1, 5, tmp_path / "plate.mp4")
    assert found == [1, -1, -1, 4, 5, 5, 5]


async def test_an_image_that_is_no_image_is_an_error_and_opens_nothing(
    engine: str, tmp_path: Path
) -> None:
    sequence = images(tmp_path / "in", ".png", frames=6)
    secret = make_numbered(
        find_toolchain().executable, tmp_path / "secret.mp4", rate=RATE, frames=3
    )
    playlist = f"#EXTM3U\n#EXTINF:9,\n{secret}\n#EXT-X-ENDLIST\n".encode()
    for data in (playlist, b"", sequence.file(1002).read_bytes()[:200], secret.read_bytes()):
        sequence.file(1003).write_bytes(data)
        with pytest.raises(MediaError, match="cannot be read"):
            await plate_numbers(engine, sequence, 0, 6, tmp_path / "plate.mp4")
        with pytest.raises(MediaError):
            probe_sequence_now(replace(sequence, start=1003))
    assert {each.name for each in tmp_path.iterdir()} == {"in", "secret.mp4"}


async def test_an_exr_without_a_picture_says_what_to_write(tmp_path: Path) -> None:
    sequence = ImageSequence(tmp_path, "shot.", ".exr", 4, 1, RATE, frames=1)
    numpy, OpenEXR = pytest.importorskip("numpy"), pytest.importorskip("OpenEXR")
    plane = numpy.zeros((8, 8), numpy.float16)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    names = [f"beauty.{each}" for each in "RGB"]
    OpenEXR.File(header, dict.fromkeys(names, plane)).write(str(sequence.file(1)))

    with pytest.raises(MediaError) as caught:
        await FfmpegMediaTool().probe_sequence(sequence)

    assert "beauty.R" in caught.value.why
    assert "called R, G and B" in caught.value.fix

    for each in tmp_path.iterdir():
        each.unlink()
    with pytest.raises(MediaError, match="offline") as caught:
        await FfmpegMediaTool().probe_sequence(sequence)
    assert caught.value.fix.startswith("Bring the media online")


async def test_a_damaged_exr_is_named(engine: str, tmp_path: Path) -> None:
    sequence = images(tmp_path / "in", ".exr", frames=4)
    good = sequence.file(1002).read_bytes()
    for data in (good[: len(good) // 2], b"", b"no EXR", good[:40]):
        sequence.file(1003).write_bytes(data)
        with pytest.raises(MediaError) as caught:
            await plate_numbers(engine, sequence, 0, 4, tmp_path / "plate.mp4")
        assert "shot.1003.exr" in caught.value.why
        assert caught.value.fix == "Copy or render the image again that is named above."
    assert [each.name for each in tmp_path.iterdir()] == ["in"]


def test_a_sequence_that_is_not_there_is_offline(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(MediaError, match="offline"):
            probe_sequence_now(ImageSequence(folder, "shot.", ".png", 4, 1001, RATE))


def test_the_files_say_how_many_frames_there_are_unless_the_timeline_does(tmp_path: Path) -> None:
    sequence = images(tmp_path / "in", ".png", frames=5)
    shutil.copy(sequence.file(1001), tmp_path / "in" / "shot.1.png")
    shutil.copy(sequence.file(1001), tmp_path / "in" / "shot.02000.png")
    assert probe_sequence_now(sequence).frames == 5
    stated = probe_sequence_now(replace(sequence, frames=7))
    assert (stated.frames, stated.missing) == (7, (1006, 1007))


async def test_light_of_a_linear_image_is_shown_as_a_display_shows_it(
    engine: str, tmp_path: Path
) -> None:
    OpenEXR = pytest.importorskip("OpenEXR")
    numpy = pytest.importorskip("numpy")
    folder = tmp_path / "in"
    folder.mkdir()
    sequence = ImageSequence(folder, "grey.", ".exr", 4, 1, RATE)
    ap0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
    for number, (kind, compression) in enumerate(
        ((numpy.float16, OpenEXR.DWAA_COMPRESSION), (numpy.float32, OpenEXR.DWAB_COMPRESSION)), 1
    ):
        light = numpy.full((90, 160, 4), 0.18, kind)
        light[:, 80:] = 40.0
        header = {
            "compression": compression,
            "type": OpenEXR.scanlineimage,
            "chromaticities": ap0,
        }
        OpenEXR.File(header, {"RGBA": light}).write(str(sequence.file(number)))
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe_sequence(sequence)
    assert media.has_alpha
    to = tmp_path / "plate.mp4"
    plate = PlatePlan("5s", 2, FrameRange(0, 2, RATE), 0, 0, 2)
    await tool.export_plate(media, plate, rate=RATE, short_side=540, to=to, progress=no_progress)
    with av.open(str(to)) as container:
        for frame in container.decode(video=0):
            rgb = frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()
            # 18 % grey is 118 of 255 in sRGB; light far above white is white.
            assert all(abs(int(each) - 118) <= 3 for each in rgb[45, 40])
            assert all(int(each) >= 252 for each in rgb[45, 120])


async def test_source_and_take_side_by_side(engine: str, tmp_path: Path) -> None:
    tool = FfmpegMediaTool(find_toolchain(engine))
    for suffix in (".png", ".exr"):
        sequence = images(tmp_path / suffix, suffix, frames=6)
        take = make_numbered(engine, tmp_path / "take.mp4", rate=RATE, frames=6, size=(320, 180))
        to = tmp_path / "both.png"
        await tool.side_by_side(await tool.probe_sequence(sequence), 3, take, 2, to=to)
        assert picture_number(to, left=0, width=320) == 3
    run([engine, "-v", "error", "-i", str(to), "-f", "null", "-"])


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("clear.mov", ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")),
        ("clear.avi", ("-c:v", "png", "-pix_fmt", "rgba")),
        ("clear.mkv", ("-c:v", "ffv1", "-pix_fmt", "yuva420p")),
    ],
)
async def test_what_is_clear_is_black_whatever_colour_lies_under_it(
    name: str, coding: tuple[str, ...], engine: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    run([engine, "-v", "error", "-f", "lavfi", "-i", "color=white:s=320x180:r=24:d=0.5",
         "-vf", "format=rgba,geq=r=255:g=255:b=255:a='if(lt(X,160),0,if(lt(X,240),128,255))'",
         *coding, str(path)])  # fmt: skip
    tool = FfmpegMediaTool(find_toolchain(engine))
    media = await tool.probe(path)
    assert media.has_alpha
    to = tmp_path / "plate.mp4"
    plate = PlatePlan("5s", 6, FrameRange(2, 6, RATE), 2, 0, 6)
    await tool.export_plate(media, plate, rate=RATE, short_side=540, to=to, progress=no_progress)
    with av.open(str(to)) as container:
        grey = next(container.decode(video=0)).reformat(format="gray").to_ndarray()
    clear, half, solid = (int(grey[90, column]) for column in (80, 200, 280))
    assert clear <= 3
    assert abs(half - 128) <= 6
    assert solid >= 252
