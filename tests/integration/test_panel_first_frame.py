"""First-frame images of a page are kept by what is in them, and only if they are pictures."""

from __future__ import annotations

import hashlib
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from newtake.adapters.first_frames import FirstFrameFolder
from newtake.bootstrap.panel_media import FIRST_FRAME_BYTES_MAX
from newtake.domain.errors import SettingsError
from panel_media import Kind, a_timeline, stage

pytestmark = pytest.mark.anyio


def picture(size: tuple[int, int] = (64, 48), codec: str = "png", pixels: str = "rgb24") -> bytes:
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height = size
    context.pix_fmt = pixels
    context.time_base = Fraction(1, 25)
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[:, : size[0] // 2] = 200
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixels)
    frame.pts = 0
    return b"".join(bytes(each) for each in [*context.encode(frame), *context.encode(None)])


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is large, in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


async def test_a_picture_is_kept_found_and_shown_again(tmp_path: Path) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25)), tail=False)
    data = picture()
    async with stage(timeline, tmp_path / "home") as stand:
        for _ in range(2):
            answer = await stand.post(
                "api/first_frame?name=my%20%0Aframe.png", "image/png", content=data
            )
            kept = answer.json()
            assert kept == {
                "id": hashlib.sha256(data).hexdigest(),
                "width": 64,
                "height": 48,
                "name": "my frame.png",
            }
        path = stand.pictures.first_frame(kept["id"])
        assert path.read_bytes() == data
        shown = await stand.get(f"media/first_frame/{kept['id']}")
        assert (shown.content, shown.headers["content-type"]) == (data, "image/png")
        assert [each.name for each in path.parent.iterdir()] == [f"{kept['id']}.png"]
        refused = await stand.post("api/first_frame", "image/png", content=data[:90])
        assert (refused.status_code, "first frame" in refused.json()["what"]) == (409, True)
        with pytest.raises(SettingsError):
            stand.pictures.first_frame("../first_frames/" + kept["id"])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"no picture", "no PNG, JPEG or WebP"),
        (b"GIF89a" + b"\0" * 100, "no PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or WebP"),
        (picture()[:100], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, "damaged"),
        (b"\xff\xd8\xff" + b"\0" * 500, "damaged"),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 50, "damaged"),
        (bomb(60_000, 60_000), "too large"),
        (bomb(8_001, 8_000), "too large"),
        (picture((8002, 4)), "8000"),
    ],
    ids=["empty", "text", "gif", "svg", "cut_off", "png_noise", "jpeg_noise", "webp_noise",
         "bomb", "small_bomb", "wide"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_leaves_nothing(
    data: bytes, why: str, tmp_path: Path
) -> None:
    store = FirstFrameFolder(tmp_path / "f", max_bytes=FIRST_FRAME_BYTES_MAX)
    with pytest.raises(SettingsError) as caught:
        store.keep(data)
    assert why in caught.value.why
    assert not list((tmp_path / "f").glob("*")) if (tmp_path / "f").exists() else True


def test_the_content_decides_and_a_limit_holds(tmp_path: Path) -> None:
    store = FirstFrameFolder(tmp_path, max_bytes=20_000)
    assert store.keep(picture(codec="mjpeg", pixels="yuvj420p")).path.suffix == ".jpg"
    with pytest.raises(SettingsError, match="first frame"):
        store.keep(picture() + b"\0" * 20_000)
