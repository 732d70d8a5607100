"""What a file holds, asked of PyAV: facts of a source, frames of a result, colours of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error

_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts",
}
_IMAGE_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif",
}
_IMAGE_MAX_SIDE = 8000
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020"}
"""Code points of ITU-T H.273, table 4, as ffmpeg's scale filter names them."""


class NotMedia(Exception):
    """The file is no video (or picture) that can be read."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A video as the provider sees it.

    Attributes:
        stream_index: Index of the picture stream in the file.
        rate: Average frames per second, exact.
        seconds: Length of the picture.
        display_aspect: Width by height as seen: pixel aspect and rotation applied.
        matrix: Name of the colour matrix; None when the file does not say.
        mean_rgb: Mean red, green and blue of the first frame, 0..255.
    """

    stream_index: int
    rate: Fraction
    seconds: Fraction
    display_aspect: Fraction
    matrix: str | None
    mean_rgb: tuple[float, float, float]


def probe_source(path: Path) -> SourceFacts:
    """Read a video's facts; decodes its first frame.

    Raises:
        NotMedia: No readable picture stream.
    """
    try:
        with av.open(f"file:{path}", options=_OPTIONS) as container:
            if not container.streams.video:
                raise NotMedia("the file has no picture stream")
            stream = container.streams.video[0]
            rate = stream.average_rate or stream.guessed_rate
            frame = next(container.decode(stream), None)
            if frame is None or not rate:
                raise NotMedia("the file has no frame")
            seconds = _seconds(stream, container.duration)
            pixel = stream.sample_aspect_ratio or Fraction(1)
            aspect = Fraction(frame.width, frame.height) * (pixel if pixel > 0 else 1)
            if abs(int(getattr(frame, "rotation", 0) or 0)) % 180 == 90:
                aspect = 1 / aspect
            if not Fraction(1, 4) <= aspect <= 4:
                raise NotMedia(f"the aspect ratio {float(aspect):.2f} is not supported")
            return SourceFacts(
                stream.index,
                Fraction(rate),
                seconds,
                aspect,
                _MATRICES.get(int(frame.colorspace)),
                _mean_rgb(frame),
            )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise NotMedia(f"it is no readable video ({type(error).__name__})") from error


def mean_colour_of_image(path: Path) -> tuple[float, float, float]:
    """Mean red, green and blue of a picture file, 0..255.

    Raises:
        NotMedia: No readable picture, or one with a side over 8000 pixels.
    """
    try:
        with av.open(f"file:{path}", options=_IMAGE_OPTIONS) as container:
            stream = container.streams.video[0]
            if max(stream.width, stream.height) > _IMAGE_MAX_SIDE:
                raise NotMedia(f"the image has a side over {_IMAGE_MAX_SIDE} pixels")
            frame = next(container.decode(stream), None)
            if frame is None:
                raise NotMedia("the image is empty")
            return _mean_rgb(frame)
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        raise NotMedia(f"it is no readable image ({type(error).__name__})") from error


def count_frames(path: Path) -> int:
    """Picture packets of a result; each holds one frame."""
    with av.open(f"file:{path}", options=_OPTIONS) as container:
        packets = container.demux(container.streams.video[0])
        return sum(1 for packet in packets if packet.size)


def _seconds(stream: av.VideoStream, container_duration: int | None) -> Fraction:
    if stream.duration is not None and stream.time_base is not None:
        return Fraction(stream.duration) * stream.time_base
    return Fraction(container_duration or 0, 1_000_000)


def _mean_rgb(frame: av.VideoFrame) -> tuple[float, float, float]:
    small = frame.reformat(width=16, height=16, format="rgb24")
    plane = small.planes[0]
    data = bytes(plane)
    pixels = [
        data[row * plane.line_size + 3 * column : row * plane.line_size + 3 * column + 3]
        for row in range(16)
        for column in range(16)
    ]
    red, green, blue = (sum(pixel[index] for pixel in pixels) / 256 for index in range(3))
    return red, green, blue
