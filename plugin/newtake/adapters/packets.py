"""Opens media safely with PyAV and reads what its packets tell.

Rule 1: a file is opened by its absolute path, as one of the containers named here, and may not make
the demuxer open anything else: no playlist, no network, whatever its name says.
Rule 2: every read has a deadline, and no picture beyond a number of pixels is decoded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.container
import av.error
import av.stream
import av.video.frame
import av.video.stream

from newtake.domain.errors import MediaError

CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mxf,avi,asf,flv,gxf,nut"
"""What is opened, as ffmpeg's `format_whitelist` wants it. Playlists (HLS, DASH, ffconcat, SDP)
name other files and addresses, and are not in it."""

SAFE_INPUT = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
"""Input options that keep a file from opening anything but itself."""

MAX_PIXELS = 8192 * 8192
DEADLINE_SECONDS = 60.0
_SAMPLE_PACKETS = 300
_TAIL_SECONDS = 2
_KEYFRAME_SECONDS = (10, 60, 600)
_QUARTER = Fraction(1, 4)
_METADATA: dict[str, Any] = (
    {"metadata_errors": "replace"} if int(av.__version__.partition(".")[0]) < 19 else {}
)
"""Text that is no UTF-8 must not stop a probe; PyAV 19 replaces it unasked (measured)."""


def ffmpeg_address(path: Path) -> str:
    """The path as ffmpeg takes it whatever it is called: `-y.mp4`, `http:a.mp4`, `concat:b`."""
    return f"file:{path.absolute()}"


@dataclass(slots=True)
class Sample:
    """Presentation times of packets, in ticks and in order, and the first decoded frame."""

    times: list[int]
    first_frame: av.video.frame.VideoFrame
    complete: bool


@contextmanager
def opened(path: Path, most_pixels: int = MAX_PIXELS) -> Iterator[av.container.InputContainer]:
    """The container; PyAV's and FFmpeg's errors inside become MediaError.

    Its decoders, those included that look into it while it is opened, refuse larger pictures.
    """
    limit = {"max_pixels": str(most_pixels)}
    try:
        with av.open(
            ffmpeg_address(path),
            mode="r",
            options=SAFE_INPUT | limit,
            timeout=DEADLINE_SECONDS,
            **_METADATA,
        ) as container:
            for stream in container.streams.video:
                if stream.codec_context is not None:
                    stream.codec_context.options = limit
            yield container
    except (av.error.FFmpegError, OSError, ValueError, EOFError) as error:
        raise MediaError(
            f"{path} cannot be read as video.",
            why=fault_text(error),
            fix="Play the file; when it does not play, export it again from its camera or editor.",
        ) from error


def fault_text(error: Exception) -> str:
    """What FFmpeg or the system says of a file, without the libraries' numbers and names."""
    if isinstance(error, av.error.InvalidDataError):
        return "Its content is damaged, or of no kind that is read here."
    if isinstance(error, EOFError):
        return "It ends before anything could be read."
    said = getattr(error, "strerror", None) or str(error)
    return f"{said.rstrip('.')}."


def picture_stream(
    container: av.container.InputContainer, path: Path
) -> av.video.stream.VideoStream:
    """The first video stream that is no cover picture: what `0:V:0` means to ffmpeg."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            if stream.codec_context is None:
                raise MediaError(f"{path} holds video of a kind that cannot be decoded here.")
            return stream
    raise MediaError(f"{path} has no video.", fix="Choose a clip with a picture.")


def read_sample(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    path: Path,
    deadline: float,
    *,
    everything: bool,
) -> Sample:
    times: list[int] = []
    first: av.video.frame.VideoFrame | None = None
    complete = True
    stream.thread_type = "SLICE"  # frame threads hold the first frame back by as many packets
    for packet in container.demux(stream):
        if time.monotonic() > deadline:
            raise MediaError(f"{path} could not be read in {DEADLINE_SECONDS:.0f} seconds.")
        if first is None:
            decoded = [frame for frame in packet.decode() if frame.pts is not None or not times]
            first = decoded[0] if decoded else None
        if not packet.size or packet.is_discard or packet.is_corrupt:
            continue
        moment = packet.pts if packet.pts is not None else packet.dts
        times.append(moment if moment is not None else len(times))
        if not everything and first is not None and len(times) >= _SAMPLE_PACKETS:
            complete = False
            break
    if first is None or not times:
        raise MediaError(f"{path} has no picture that can be decoded.")
    times.sort()
    if first.pts is not None:
        # Pictures before the first decodable one (leading pictures of an open group) never show.
        times = [each for each in times if each >= first.pts]
    if not complete:
        # The last packets read may still wait for pictures that are shown before them.
        times = times[: -_SAMPLE_PACKETS // 10]
    return Sample(times, first, complete)


def follows_rate(times: list[Fraction], rate: Fraction) -> bool:
    """Whether frame i shows within a quarter of a frame of i / rate."""
    return all(abs((t - times[0]) * rate - i) <= _QUARTER for i, t in enumerate(times))


def index_follows_rate(stream: av.video.stream.VideoStream, rate: Fraction) -> bool:
    """The same for the whole file, from the container's index where it has one (MOV, MP4).

    An index holds decoding times; those of a constant rate are even as well.
    """
    entries = stream.index_entries
    if len(entries) < 2 or stream.frames != len(entries):
        return True
    ticks_per_frame = 1 / (rate * tick_of(stream))
    first, quarter = entries[0].timestamp, ticks_per_frame / 4
    size = float(ticks_per_frame)
    return all(
        abs(entry.timestamp - first - number * size) <= float(quarter)
        for number, entry in enumerate(entries)
    )


def frames_promised(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    start: Fraction,
    rate: Fraction,
    constant: bool,
    deadline: float,
) -> int:
    """Frames of a long file without reading all of it: from the time of its last packet.

    The container's own number is used for variable rates only: it counts frames that an edit list
    hides, and MPEG-TS, Matroska and fragmented MP4 have none.
    """
    if not constant and stream.frames:
        return int(stream.frames)
    tick = tick_of(stream)
    length = Fraction(container.duration or 0, av.time_base)
    last = start
    for back in (_TAIL_SECONDS, 30, None):
        if back is None or length <= back:
            target = int(start / tick)
        else:
            origin = Fraction(container.start_time or 0, av.time_base)
            target = int((origin + length - back) / tick)
        container.seek(target, stream=stream, backward=True)
        for packet in container.demux(stream):
            if time.monotonic() > deadline:
                raise MediaError(f"{stream.container.name} could not be read to its end in time.")
            if packet.size and not packet.is_discard and packet.pts is not None:
                last = max(last, packet.pts * tick)
        if last > start:
            break
    return round((last - start) * rate) + 1


def frame_times(path: Path) -> tuple[Fraction, ...]:
    """When each picture shows, in seconds after the first: every packet is read, none decoded.

    The one reading of a variable rate: it decides what is planned, and where a cut looks.

    Raises:
        MediaError: If the file cannot be read.
    """
    deadline = time.monotonic() + DEADLINE_SECONDS
    with opened(path) as container:
        stream = picture_stream(container, path)
        sample = read_sample(container, stream, path, deadline, everything=True)
        tick = tick_of(stream)
    return tuple((each - sample.times[0]) * tick for each in sample.times)


def keyframe_before(path: Path, seconds: Fraction) -> Fraction | None:
    """The presentation time of the last frame at or before `seconds` that refers to no other.

    Raises:
        MediaError: If the file cannot be read.
    """
    deadline = time.monotonic() + DEADLINE_SECONDS
    with opened(path) as container:
        stream = picture_stream(container, path)
        tick = tick_of(stream)
        start = Fraction(container.start_time or 0, av.time_base)
        for back in _KEYFRAME_SECONDS:
            seek = max(start, seconds - back)
            container.seek(int(seek / tick), stream=stream, backward=True)
            found: Fraction | None = None
            for packet in container.demux(stream):
                if packet.pts is None or time.monotonic() > deadline:
                    continue
                moment = packet.pts * tick
                if packet.is_keyframe and moment <= seconds:
                    found = moment
                if moment > seconds + 1:
                    break
            if found is not None or seek == start:
                return found
    return None


def decode_order(path: Path) -> list[int]:
    """For each packet of the picture in decoding order, its rank in presentation order.

    Raises:
        MediaError: If packets have no times, share one, or are hidden by an edit list.
    """
    deadline = time.monotonic() + DEADLINE_SECONDS
    moments: list[int] = []
    with opened(path) as container:
        for packet in container.demux(picture_stream(container, path)):
            if not packet.size:
                continue
            if packet.pts is None or packet.is_discard or time.monotonic() > deadline:
                raise MediaError(f"{path} has packets that show no frame of their own.")
            moments.append(packet.pts)
    ranks = {moment: rank for rank, moment in enumerate(sorted(moments))}
    if len(ranks) != len(moments):
        raise MediaError(f"{path} has frames that show at the same time.")
    return [ranks[moment] for moment in moments]


def tick_of(stream: av.video.stream.VideoStream) -> Fraction:
    """Seconds per tick of the stream's times."""
    if stream.time_base is None:
        raise MediaError("The video has no time base.")
    return Fraction(stream.time_base)
