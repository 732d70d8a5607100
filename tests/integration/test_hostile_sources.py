"""Media that is broken or means harm: a clear error, nothing else read, nothing left behind."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.mp4_promises import check_promises
from newtake.adapters.probe import probe_now
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import MediaError, MediaToolError
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import no_progress
from numbered_media import H264, make_numbered, numbers_in

RATE = Fraction(24)
GIGABYTE = 1 << 30


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_numbered(
        find_toolchain().executable,
        tmp_path_factory.mktemp("film") / "film.mp4",
        rate=RATE,
        frames=72,
        size=(320, 180),
        options=("-movflags", "+faststart"),
    )


def box(name: bytes, body: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I4s", length or 8 + len(body), name) + body


def headers() -> dict[str, bytes]:
    """The beginnings of files of a gigabyte that are nothing but a header."""
    kind = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
    rest = GIGABYTE - len(kind)
    return {
        "moov.mp4": kind + box(b"moov", b"", rest),
        "name.mp4": kind
        + box(b"moov", box(b"udta", box(b"\xa9nam", b"", rest - 16), rest - 8), rest),
        "free.mov": box(b"free", b"", GIGABYTE),
        "zeros.ts": b"",
        "mxf.mxf": bytes.fromhex("060e2b34020501010d01020101020400") + b"\x84" + bytes(4),
        "ebml.mkv": bytes.fromhex("1a45dfa3") + b"\x01\0\0\0\x3f\xff\xff\xff",
        "riff.avi": b"RIFF"
        + struct.pack("<I", GIGABYTE - 8)
        + b"AVI LIST"
        + struct.pack("<I", GIGABYTE - 20)
        + b"hdrlavih"
        + struct.pack("<I", GIGABYTE - 40),
    }


@pytest.mark.parametrize("name", headers())
def test_a_gigabyte_of_header_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(headers()[name])
        file.truncate(GIGABYTE)  # sparse: it takes no room
    with pytest.raises(MediaError) as caught:
        probe_now(path)
    assert name in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (b"stsz", (1, 100_000_000)),
        (b"stsz", (0, 100_000_000)),
        (b"trun", (100_000_000, 0)),
        (b"elst", (50_000_000, 0)),
    ],
)
def test_an_index_may_not_promise_more_than_its_file_holds(
    name: bytes, fields: tuple[int, int], film: Path, tmp_path: Path
) -> None:
    data = film.read_bytes()
    promise = box(name, bytes(4) + struct.pack(">II", *fields))
    at = data.index(b"mdat") - 4
    path = tmp_path / "promises.mp4"
    path.write_bytes(data[:at] + box(b"moov", promise) + data[at:])
    with pytest.raises(MediaError, match="promises more"):
        probe_now(path)


def test_an_honest_index_and_files_of_other_kinds_pass(film: Path, tmp_path: Path) -> None:
    check_promises(film)
    other = tmp_path / "text.mov"
    other.write_bytes(b"stsz" * 100)
    check_promises(other)


async def frames_of(tool: FfmpegMediaTool, path: Path) -> int:
    try:
        return (await tool.probe(path, count_frames=True)).frames
    except MediaError:
        return 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    "name", ["film.mp4", "film.mkv", "film.ts", "film.mov", "film.mxf", "f.avi"]
)
async def test_what_is_cut_off_gives_no_wrong_frame(name: str, film: Path, tmp_path: Path) -> None:
    tool = FfmpegMediaTool(find_toolchain())
    coding = ("-c:v", "mpeg2video", "-b:v", "8M") if name.endswith("mxf") else H264
    whole = make_numbered(
        find_toolchain().executable,
        tmp_path / name,
        rate=Fraction(25),
        frames=72,
        size=(320, 180),
        coding=coding,
    )
    data = whole.read_bytes()
    media = await tool.probe(whole)
    plate = PlatePlan("5s", 60, FrameRange(10, 60, media.rate), 10, 0, 60)
    folder = tmp_path / "work"
    folder.mkdir()
    for part in (0.9, 0.5, 0.1, 0.01, 0):
        whole.write_bytes(data[: int(len(data) * part)])
        with pytest.raises((MediaError, MediaToolError)) as caught:
            await tool.export_plate(
                media, plate, rate=RATE, short_side=540, to=folder / "p.mp4", progress=no_progress
            )
        assert caught.value.what
        assert list(folder.iterdir()) == []
        assert await frames_of(tool, whole) < 72


@pytest.mark.anyio
@pytest.mark.parametrize(
    "name", ["film.png", "film.mkv", "film.ts", "film.txt", "film", "film.exr"]
)
async def test_a_wrong_suffix_changes_nothing(name: str, film: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(film.read_bytes())
    tool = FfmpegMediaTool(find_toolchain())
    media = await tool.probe(path)
    plate = PlatePlan("5s", 12, FrameRange(30, 12, RATE), 30, 0, 12)
    to = tmp_path / "work" / "plate.mp4"
    await tool.export_plate(media, plate, rate=RATE, short_side=540, to=to, progress=no_progress)
    assert numbers_in(to) == list(range(30, 42))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{film}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{film}'\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">'
        "<BaseURL>{film}</BaseURL></MPD>",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    ],
)
async def test_a_list_that_takes_the_media_s_place_is_not_followed(
    text: str, film: Path, tmp_path: Path
) -> None:
    """Planned while it was a video, a list of other files when it is cut."""
    tool = FfmpegMediaTool(find_toolchain())
    path = tmp_path / "clip.mp4"
    path.write_text(text.format(film=film))
    media = replace(await tool.probe(film), path=path)
    plate = PlatePlan("5s", 12, FrameRange(30, 12, RATE), 30, 0, 12)
    folder = tmp_path / "work"
    with pytest.raises((MediaError, MediaToolError)):
        await tool.export_plate(
            media, plate, rate=RATE, short_side=540, to=folder / "p.mp4", progress=no_progress
        )
    assert list(folder.iterdir()) == []


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["-y.mp4", "http:a.mp4", "concat:a|b.mp4", "a%03d\n'#?.mp4", "%d"])
async def test_no_name_is_an_option_a_pattern_or_an_address(
    name: str, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(film.read_bytes())
    monkeypatch.chdir(tmp_path)
    tool = FfmpegMediaTool(find_toolchain())
    media = await tool.probe(Path(name))
    plate = PlatePlan("5s", 12, FrameRange(30, 12, RATE), 30, 0, 12)
    to = Path("work") / name
    await tool.export_plate(media, plate, rate=RATE, short_side=540, to=to, progress=no_progress)
    assert [each.name for each in to.parent.iterdir()] == [name]
    assert numbers_in(to.absolute().rename(tmp_path / "plain.mp4")) == list(range(30, 42))
