"""The sandbox's pictures: every frame in its slot, looks that show, HDR and EXR that are real."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import httpx
import imageio_ffmpeg
import pytest

from newtake.sandbox.faults import Fault, Faults
from newtake.sandbox.looks import look_for
from newtake.sandbox.probe import NotMedia, probe_source
from newtake.sandbox.provider import GenerationFailed, Provider
from newtake.sandbox.render import RenderPlan, render
from newtake.sandbox.service import SandboxOptions, run_sandbox
from newtake.sandbox.stamp import stamp_png
from numbered_media import make_numbered, numbers_in, run

pytestmark = pytest.mark.anyio

_KEY = {"Authorization": "Bearer a-key"}
_EXR_MAGIC = b"\x76\x2f\x31\x01"


@pytest.fixture(params=["system", "bundled"])
def ffmpeg(request: pytest.FixtureRequest, require_program: Callable[[str], str]) -> str:
    """Each engine the product supports."""
    if request.param == "system":
        return require_program("ffmpeg")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


async def _copied(ffmpeg: str, folder: Path, source: Path, frames: int = 120) -> Path:
    stamp = folder / "stamp.png"
    stamp.write_bytes(stamp_png(540))
    facts = probe_source(source)
    plan = RenderPlan(source, facts, folder / "out.mp4", stamp, 540, frames)
    await render(plan, ffmpeg)
    return plan.target


async def test_a_copy_puts_every_24_fps_frame_in_its_own_slot(ffmpeg: str, tmp_path: Path) -> None:
    source = make_numbered(ffmpeg, tmp_path / "in.mp4", rate=Fraction(24), frames=120)

    result = await _copied(ffmpeg, tmp_path, source)

    assert list(range(120)) == numbers_in(result)


async def test_shorter_sources_hold_their_last_frame_and_longer_ones_are_cut(
    ffmpeg: str, tmp_path: Path
) -> None:
    short = make_numbered(ffmpeg, tmp_path / "short.mp4", rate=Fraction(24), frames=20)
    long = make_numbered(ffmpeg, tmp_path / "long.mp4", rate=Fraction(24), frames=60)

    held = numbers_in(await _copied(ffmpeg, tmp_path, short, frames=40))
    cut = numbers_in(await _copied(ffmpeg, tmp_path, long, frames=40))

    assert [*range(20), *[19] * 20] == held
    assert list(range(40)) == cut


async def test_other_rates_are_mapped_by_time(ffmpeg: str, tmp_path: Path) -> None:
    source = make_numbered(ffmpeg, tmp_path / "in.mp4", rate=Fraction(30), frames=60)

    numbers = numbers_in(await _copied(ffmpeg, tmp_path, source, frames=48))

    assert all(abs(number - index * 1.25) <= 1 for index, number in enumerate(numbers))


async def test_the_result_is_tagged_silent_and_sized_by_its_shorter_side(
    ffmpeg: str, tmp_path: Path
) -> None:
    source = tmp_path / "in.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc2=s=322x178:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1"]
    run([ffmpeg, "-v", "error", *inputs, "-pix_fmt", "yuv420p", "-shortest", str(source)])

    result = await _copied(ffmpeg, tmp_path, source, frames=24)

    with av.open(str(result)) as container:
        (stream,) = container.streams
        assert isinstance(stream, av.VideoStream)
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.width, context.height) == (976, 540)
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
        assert (stream.average_rate, stream.frames) == (Fraction(24), 24)
    assert result.read_bytes().index(b"moov") < result.read_bytes().index(b"mdat")


@pytest.mark.parametrize("prompt", ["watercolor", "noir", "neon night", "something else"])
async def test_a_look_shows_and_grows_with_the_strength(
    prompt: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    ffmpeg = require_program("ffmpeg")
    source = tmp_path / "in.mp4"
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "mandelbrot=s=320x180:r=24", "-t", "0.25",
         "-pix_fmt", "yuv420p", str(source)])  # fmt: skip
    plain = _pixels(await _copied(ffmpeg, tmp_path, source, frames=6))
    differences = []
    for strength in ("adhere_1", "flex_2", "reimagine_3"):
        look = look_for({"prompt": prompt, "edit_strength": strength})
        target = tmp_path / f"{strength}.mp4"
        facts = probe_source(source)
        plan = RenderPlan(source, facts, target, tmp_path / "stamp.png", 540, 6, look=look)
        await render(plan, ffmpeg)
        differences.append(_difference(plain, _pixels(target)))

    assert sorted(differences) == differences
    assert differences[0] > 1
    assert differences[2] > 2 * differences[0]


async def test_a_first_frame_image_grades_the_result_towards_its_colours(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    ffmpeg = require_program("ffmpeg")
    source, image = tmp_path / "in.mp4", tmp_path / "red.png"
    run(
        [ffmpeg, "-v", "error", "-f", "lavfi", "-i", "color=gray:s=320x180:r=24:d=0.2", str(source)]
    )
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "color=0xC02020:s=64x64", "-frames:v", "1",
         str(image)])  # fmt: skip
    async with _serving(tmp_path, ffmpeg, "render:frames=-116") as (client, upload):
        videos = []
        for more in ({}, {"input_image": await upload(image)}):
            body = {"prompt": "noir", "input_video": await upload(source), **more}
            videos.append(await _result(client, body, tmp_path))

    plain, graded = (_mean(_pixels(video)) for video in videos)
    assert abs(plain[0] - plain[2]) < 8
    assert graded[0] > graded[2] + 40


async def test_hdr_is_ten_bit_pq_and_exr_is_a_package_of_half_float_frames(
    ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "in.mp4", rate=Fraction(24), frames=8)
    body = {"prompt": "neon", "resolution": "720p", "hdr": True, "exr_export": True}
    async with _serving(tmp_path, ffmpeg, "render:frames=-115") as (client, upload):
        body["input_video"] = await upload(source)
        answer = await client.post("/api/ai/videos/generate", json={**_MODEL, **body})
        video = answer.json()["videos"][0]
        package = await _download(video["exr_url"])
        result = await _download(video["url"])
        history = (await client.get("/api/ai/generations")).json()["generations"][0]

    path = tmp_path / "hdr.mp4"
    path.write_bytes(result)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.codec_tag) == ("hevc", "yuv420p10le", "hvc1")
        assert (context.color_primaries, context.color_trc, context.colorspace) == (9, 16, 9)
        assert (context.width, context.height, stream.frames) == (1280, 720, 5)
    with zipfile.ZipFile(BytesIO(package)) as frames:
        names = frames.namelist()
        first = frames.read(names[0])
    assert [f"frame_{number:05d}.exr" for number in range(1, 6)] == names
    assert first[:4] == _EXR_MAGIC
    assert {1} == _exr_channel_types(first)
    assert len(package) == video["exr_file"]["file_size"]
    assert ("3.24", video["exr_file"]["file_size"]) == (
        history["cost"],
        history["exr_file"]["file_size"],
    )


async def test_wrong_lengths_and_rates_come_as_asked_for(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    ffmpeg = require_program("ffmpeg")
    source = make_numbered(ffmpeg, tmp_path / "in.mp4", rate=Fraction(24), frames=10)
    flags = ("render:frames=-3x1", "render:frames=+1x1", "render:fps=25x1")
    async with _serving(tmp_path, ffmpeg, *flags, copy=True) as (client, upload):
        body = {"prompt": "x", "input_video": await upload(source)}
        results = []
        for _ in range(3):
            with av.open(str(await _result(client, body, tmp_path))) as container:
                stream = container.streams.video[0]
                results.append((stream.frames, stream.average_rate))

    # The first render takes the first frames fault and, as it is due as well, the rate fault.
    assert results == [(117, 25), (121, 24), (120, 24)]


async def test_hostile_inputs_are_refused(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{secret}\n#EXT-X-ENDLIST\n"
    concat = f"ffconcat version 1.0\nfile {secret}\n"
    for index, text in enumerate((playlist, concat, "", "<html>")):
        path = tmp_path / f"{index}.mp4"
        path.write_text(text)
        with pytest.raises(NotMedia):
            probe_source(path)


async def test_an_image_of_the_wrong_kind_fails_the_generation(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    ffmpeg = require_program("ffmpeg")
    source = make_numbered(ffmpeg, tmp_path / "in.mp4", rate=Fraction(24), frames=5)
    async with _serving(tmp_path, ffmpeg) as (_, upload):
        url = await upload(source)
        (tmp_path / "work").mkdir()
        provider = Provider(ffmpeg, Faults(()), False, lambda same: same)
        with pytest.raises(GenerationFailed, match="input_image"):
            await provider.generate(
                {"prompt": "oil", "input_video": url, "input_image": url}, tmp_path / "work"
            )


_MODEL = {"model": "luma-ray-v3-2-video-to-video"}


@asynccontextmanager
async def _serving(
    folder: Path, ffmpeg: str, *faults: str, copy: bool = False
) -> AsyncIterator[tuple[httpx.AsyncClient, Callable[[Path], Awaitable[str]]]]:
    """A sandbox with faults: a client that follows redirects, and a way to upload a file."""
    options = SandboxOptions(
        folder / "sandbox",
        ffmpeg,
        look="copy" if copy else None,
        faults=tuple(Fault.parse(text) for text in faults),
    )
    async with (
        run_sandbox(options) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.base_url, headers=_KEY, timeout=60, follow_redirects=True
        ) as client,
    ):
        await client.post("/api/repos/", json={"name": "playground", "visibility": "public"})

        async def upload(path: Path) -> str:
            files = {"file": (path.name, path.read_bytes())}
            repository = "/api/repos/sandbox/playground"
            kept = await client.post(f"{repository}/workbench/context", files=files)
            return f"{sandbox.base_url}{repository}/file/main/{kept.json()['asset_path']}"

        yield client, upload


async def _result(client: httpx.AsyncClient, body: dict[str, str], folder: Path) -> Path:
    """Run an edit by the synchronous route and download its video."""
    answer = await client.post("/api/ai/videos/generate", json={**_MODEL, **body})
    assert answer.status_code == 200, answer.text
    url = answer.json()["videos"][0]["url"]
    video = await _download(url)
    path = folder / f"{url.split('?')[0].rpartition('/')[2]}"
    path.write_bytes(video)
    return path


async def _download(url: str) -> bytes:
    async with httpx.AsyncClient(follow_redirects=True) as anyone:
        answer = await anyone.get(url)
        assert answer.status_code == 200, answer.text
        return answer.content


def _pixels(path: Path) -> bytes:
    """The third frame, small, as RGB."""
    with av.open(str(path)) as container:
        frames = [frame for frame, _ in zip(container.decode(video=0), range(3), strict=False)]
    small = frames[-1].reformat(width=64, height=36, format="rgb24")
    plane = small.planes[0]
    data = bytes(plane)
    return b"".join(data[row * plane.line_size : row * plane.line_size + 192] for row in range(36))


def _difference(one: bytes, other: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def _mean(pixels: bytes) -> tuple[float, ...]:
    return tuple(sum(pixels[channel::3]) / (len(pixels) / 3) for channel in range(3))


def _exr_channel_types(data: bytes) -> set[int]:
    """Pixel types of an EXR's channels: 1 is half (OpenEXR file layout, channel list)."""
    name = b"channels\0chlist\0"
    start = data.index(name) + len(name)
    (size,) = struct.unpack_from("<i", data, start)
    position, end = start + 4, start + 4 + size - 1
    types = set()
    while position < end:
        position = data.index(b"\0", position) + 1
        types.add(struct.unpack_from("<i", data, position)[0])
        position += 16
    return types
