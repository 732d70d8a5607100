"""Reads the files that are imported: frames, rate, start timecode and size, as Resolve would show.

Documented: an image sequence is "name.%04d.ext" with its first and last number. Assumed: its start
timecode is its first frame's header timecode, else the number of that frame.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import av.error
import OpenEXR

from newtake.domain.timing import exact_rate, frame_of_timecode
from newtake.testing.resolve.state import Media

STILLS = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".dpx", ".webp", ".bmp"})


def read_media(path: str, first: int | None, last: int | None, rate: Fraction) -> Media | None:
    """The pool entry of a file, or of a sequence of files; None when it cannot be opened.

    Args:
        path: A file, or a pattern with `%d` or `%0Nd` in its name.
        first: The sequence's first file number.
        last: Its last, inclusive.
        rate: The project's rate, which a sequence gets.
    """
    try:
        if "%" in Path(path).name:
            return _sequence(path, first, last, rate)
        return _still(Path(path)) if Path(path).suffix.lower() in STILLS else _movie(Path(path))
    except (OSError, av.error.FFmpegError, ValueError, TypeError, StopIteration):
        return None


def file_of(media: Media, frame: int) -> Path:
    """The file that holds a frame, counted from the media's first."""
    return (
        Path(media.path % (media.first_number + frame)) if media.is_sequence else Path(media.path)
    )


def _sequence(path: str, first: int | None, last: int | None, rate: Fraction) -> Media | None:
    if first is None or last is None or last < first:
        return None
    files = [Path(path % number) for number in range(first, last + 1)]
    if not all(file.is_file() for file in files):
        return None
    size, timecode = _picture(files[0])
    return Media(
        f"{Path(path).name.split('%')[0]}[{first}-{last}]{Path(path).suffix}",
        kind="Video",
        path=path,
        frames=len(files),
        rate=rate,
        start=_frame_of(timecode, rate) if timecode else first,
        first_number=first,
        size=size,
    )


def _still(path: Path) -> Media:
    size, _ = _picture(path)
    return Media(path.name, kind="Still", path=str(path), frames=1, size=size)


def _picture(path: Path) -> tuple[tuple[int, int], str]:
    if path.suffix.lower() != ".exr":
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            return (stream.width, stream.height), ""
    try:
        header = OpenEXR.File(str(path), header_only=True).header()
    except Exception as error:  # the library raises bare RuntimeErrors and TypeErrors
        raise ValueError(f"{path} is no OpenEXR file") from error
    (left, top), (right, bottom) = header["dataWindow"]
    size = int(right) - int(left) + 1, int(bottom) - int(top) + 1
    code = header.get("timeCode")
    if code is None:
        return size, ""
    mark = ";" if code.dropFrame else ":"
    return size, f"{code.hours:02}:{code.minutes:02}:{code.seconds:02}{mark}{code.frame:02}"


def _movie(path: Path) -> Media | None:
    with av.open(str(path)) as container:
        if not container.streams.video:
            return _sound(path, container) if container.streams.audio else None
        stream = container.streams.video[0]
        rate = exact_rate(stream.average_rate or stream.base_rate or Fraction(24))
        frames = stream.frames
        timecode = next(
            (
                str(holder.metadata["timecode"])
                for holder in (stream, container, *container.streams)
                if "timecode" in holder.metadata
            ),
            "",
        )
        size, has_audio = (stream.width, stream.height), bool(container.streams.audio)
        if not frames:
            frames = sum(1 for packet in container.demux(stream) if packet.size)
    return Media(
        path.name,
        kind="Video + Audio" if has_audio else "Video",
        path=str(path),
        frames=frames,
        rate=rate,
        start=_frame_of(timecode, rate),
        size=size,
        has_audio=has_audio,
    )


def _sound(path: Path, container: av.container.InputContainer) -> Media:
    seconds = Fraction(container.duration or 0, av.time_base)
    return Media(
        path.name,
        kind="Audio",
        path=str(path),
        frames=int(seconds * 24),
        size=(0, 0),
        has_audio=True,
    )


def _frame_of(timecode: str, rate: Fraction) -> int:
    try:
        return frame_of_timecode(timecode, rate) if timecode else 0
    except ValueError:
        return 0
