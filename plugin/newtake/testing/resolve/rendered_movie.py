"""Makes the file of a render job: the topmost enabled picture of every frame, graded or not.

A grade is shown as a negative, so that a test can see whether it is in the file. Frames are 8 bit,
whatever the codec; numbers drawn into pictures survive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import numpy.typing as npt

from newtake.testing.resolve.media_files import file_of
from newtake.testing.resolve.state import Item, Media, RenderJob, Timeline

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Codec:
    """One codec of the Deliver page and how it is made here."""

    label: str
    formats: tuple[str, ...]
    encoder: str
    pixels: str
    options: tuple[tuple[str, str], ...] = ()


CODECS = {
    "H264": Codec("H.264", ("mp4", "mov"), "libx264", "yuv420p", (("crf", "16"),)),
    "ProRes422HQ": Codec("Apple ProRes 422 HQ", ("mov",), "prores_ks", "yuv422p10le"),
    "DNxHRHQX_10": Codec(
        "DNxHR HQX 10-bit", ("mov",), "dnxhd", "yuv422p10le", (("profile", "dnxhr_hqx"),)
    ),
}


def render_movie(job: RenderJob) -> str:
    """Write the job's file; what went wrong, or "" when it is there."""
    path = Path(job.settings["TargetDir"]) / job.output_name
    try:
        _write(job, path)
    except (OSError, av.error.FFmpegError, ValueError) as error:
        return f"The render job failed: {error}"
    return ""


def _write(job: RenderJob, path: Path) -> None:
    codec = CODECS[job.codec]
    size = _size(job)
    rate = job.timeline.rate
    with av.open(str(path), "w", format=job.format) as container:
        container.metadata["timecode"] = job.timeline.label_of(job.mark_in)
        if job.settings.get("no_video"):
            _write_silence(container, job)
            return
        stream = container.add_stream(codec.encoder, rate=rate, options=dict(codec.options))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, codec.pixels
        stream.time_base = 1 / rate
        for number, picture in enumerate(_pictures(job, size)):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            if codec.pixels != "yuv420p":
                frame = frame.reformat(format=codec.pixels)
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _write_silence(container: av.container.OutputContainer, job: RenderJob) -> None:
    stream = container.add_stream("aac", rate=48000)
    assert isinstance(stream, av.AudioStream)
    seconds = Fraction(job.mark_out - job.mark_in + 1) / job.timeline.rate
    for start in range(0, int(seconds * 48000), 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _size(job: RenderJob) -> tuple[int, int]:
    shown = [item.media.size for _, _, item in job.timeline.placed() if item.media]
    width, height = next((size for size in shown if size[0]), (1920, 1080))
    return (
        round(job.settings.get("FormatWidth", width)),
        round(job.settings.get("FormatHeight", height)),
    )


def _pictures(job: RenderJob, size: tuple[int, int]) -> Iterator[Picture]:
    width, height = size
    black: Picture = np.full((height * 3 // 2, width), 128, np.uint8)
    black[:height] = 16
    readers: dict[int, _Reader] = {}
    for record_frame in range(job.mark_in, job.mark_out + 1):
        item = _shown_at(job.timeline, record_frame)
        if item is None or item.media is None or not item.media.path:
            yield black
            continue
        reader = readers.setdefault(id(item.media), _Reader(item.media, size))
        picture = reader.frame(_source_frame(job.timeline, item, record_frame))
        yield _graded(picture, height) if item.is_graded else picture


def _shown_at(timeline: Timeline, frame: int) -> Item | None:
    for track in reversed(timeline.tracks["video"]):
        for item in track.items if track.enabled else []:
            if item.start <= frame < item.end and item.enabled and item.media is not None:
                return item
    return None


def _source_frame(timeline: Timeline, item: Item, record_frame: int) -> int:
    assert item.media is not None
    if item.media.kind == "Still":
        return 0
    passed = (record_frame - item.start) * item.speed * item.media.rate / timeline.rate
    return item.source_start + int(passed)


def _graded(picture: Picture, height: int) -> Picture:
    negative: Picture = picture.copy()
    negative[:height] = 251 - picture[:height].clip(16, 235)
    negative[height:] = 256 - picture[height:].clip(16, 240).astype(np.int16)
    return negative


class _Reader:
    """Frames of one media by number; forward reading is cheap, going back starts anew."""

    def __init__(self, media: Media, size: tuple[int, int]) -> None:
        self._media = media
        self._size = size
        self._frames: Iterator[Any] = iter(())
        self._next = 0
        self._last: Picture | None = None
        self._rewind()

    def frame(self, number: int) -> Picture:
        """Raises ValueError past the end of the media."""
        if number < self._next - 1:
            self._rewind()
        while self._next <= number or self._last is None:
            found = next(self._frames, None)
            if found is None:
                raise ValueError(f"{self._media.path} has no frame {number}")
            self._next += 1
            if self._next > number:
                self._last = found.to_ndarray(
                    width=self._size[0], height=self._size[1], format="yuv420p"
                )
        return self._last

    def _rewind(self) -> None:
        self._frames = _decoded(self._media)
        self._next, self._last = 0, None


def _decoded(media: Media) -> Iterator[av.VideoFrame]:
    files = range(media.frames) if media.is_sequence else range(1)
    for number in files:
        with av.open(str(file_of(media, number))) as container:
            yield from container.decode(container.streams.video[0])
