"""A first-frame image is opened before anything is uploaded, whatever its name says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.video.frame
import pytest

from newtake.adapters.first_frame import check_first_frame
from newtake.domain.errors import SettingsError
from newtake.domain.first_frame import IMAGE_MAX_BYTES, kind_of_image, problem_of_image


def picture(path: Path, codec: str, size: tuple[int, int] = (64, 36)) -> Path:
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height = size
    context.pix_fmt = "yuvj420p" if codec == "mjpeg" else "rgb24"
    context.time_base = Fraction(1, 25)
    frame = av.video.frame.VideoFrame(*size, context.pix_fmt)
    for plane in frame.planes:
        plane.update(
            bytes(range(256)) * (plane.buffer_size // 256) + b"x" * (plane.buffer_size % 256)
        )
    frame.pts = 0
    path.write_bytes(
        b"".join(bytes(each) for each in (*context.encode(frame), *context.encode(None)))
    )
    return path


@pytest.mark.parametrize("codec", ["png", "mjpeg"])
def test_a_picture_is_taken_under_any_name(codec: str, tmp_path: Path) -> None:
    check_first_frame(picture(tmp_path / "a.png", codec))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"not a picture", "no PNG, JPEG or WebP"),
        (b"GIF89a" + bytes(40), "no PNG, JPEG or WebP"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged"),
        (b"RIFF\0\0\0\0WEBP", "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes, why: str, tmp_path: Path) -> None:
    image = tmp_path / "fake.png"
    image.write_bytes(content)
    with pytest.raises(SettingsError, match=r"fake\.png cannot be the first frame") as caught:
        check_first_frame(image)
    assert why in caught.value.why


def test_a_picture_that_breaks_off_is_refused(tmp_path: Path) -> None:
    image = picture(tmp_path / "a.png", "png", (640, 360))
    image.write_bytes(image.read_bytes()[: image.stat().st_size // 2])
    with pytest.raises(SettingsError, match="first frame"):
        check_first_frame(image)


def test_a_picture_too_large_for_the_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="first frame") as caught:
        check_first_frame(picture(tmp_path / "a.png", "png", (8001, 8)))
    assert "8001 x 8 pixels" in caught.value.why
    assert "bytes" in (problem_of_image(IMAGE_MAX_BYTES + 1, "PNG", (0, 0)) or "")
    assert kind_of_image(b"RIFF1234WEBPVP8 ") == "WebP"
