"""Compare proxies: small copies of frames for a screen; what one is called, and which may go.

A proxy shows frames of a media one to one, at the media's rate, and says nothing of its own: it is
made again from the media at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from newtake.domain.clip import MediaInfo, media_origin
from newtake.domain.errors import MediaError
from newtake.domain.sequence import ImageSequence
from newtake.domain.timing import FrameRange, frame_of_timecode

RECIPE = 1
"""Of the pictures in a proxy; counted up when they would come out differently."""
SHORT_SIDE_PX = 360
MOST_FRAMES = 36_000
"""Of one proxy: ten minutes at 60 frames per second."""
IN_USE_SECONDS = 600.0
"""A proxy that was asked for within them is not taken from under whoever shows it."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is there: H.264 in MP4, every frame coded by itself."""

    path: Path
    frames: int
    rate: Fraction
    reused: bool
    """Whether it was there before."""


@dataclass(frozen=True, slots=True)
class ShownMedia:
    """The media of a take, or of the original, and those of its frames that the clip shows."""

    path: Path | None
    sequence: ImageSequence | None
    """The images, where it is a sequence; `path` is None then."""
    shown: FrameRange
    """In the media's time base."""
    available: FrameRange | None
    """What the timeline says the media has."""
    begins_there: bool
    """Whether the media's first frame is the first available one, as of every take."""


@dataclass(frozen=True, slots=True)
class KeptProxy:
    """A file of the cache."""

    path: Path
    size_bytes: int
    used_at: float
    """Seconds since 1970."""


def proxy_name(
    files: Iterable[tuple[str, int, int]], first: int, frames: int, short_side: int
) -> str:
    """The file's name: another one for another media, state of it, range, size or recipe.

    Args:
        files: Of each file that is read: absolute path, size in bytes, time in nanoseconds.
        first: Index of the first frame.
        frames: How many.
        short_side: Pixels of the picture's shorter side.
    """
    digest = hashlib.sha256(f"{RECIPE} {first} {frames} {short_side}".encode())
    for path, size, moment in files:
        digest.update(f"\0{path}\0{size}\0{moment}".encode("utf-8", "surrogateescape"))
    return f"{digest.hexdigest()[:40]}.mp4"


def still_name(files: Iterable[tuple[str, int, int]], index: int, size: tuple[int, int]) -> str:
    """The same of a single frame's picture, without the ending; it is no proxy's."""
    return proxy_name(files, index, 1, size[0] << 16 | size[1])[:40]


def stack_name(sides: Sequence[tuple[Sequence[tuple[str, int, int]], int]], *facts: int) -> str:
    """The same of a movie of several sides, without the ending.

    Args:
        sides: Of each its files, as for `proxy_name`, and the index of its first frame.
        facts: Whatever else makes it another movie.
    """
    words = [proxy_name(files, first, 1, 0) for files, first in sides]
    text = f"{RECIPE} stack {words} {facts}"
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def single_image(path: Path, rate: Fraction) -> ImageSequence | None:
    """One picture as a sequence of one; None where its name ends in no number."""
    digits = path.stem[len(path.stem.rstrip("0123456789")) :]
    if not digits:
        return None
    prefix = path.stem[: len(path.stem) - len(digits)]
    return ImageSequence(path.parent, prefix, path.suffix, len(digits), int(digits), rate, frames=1)


def first_index(media: ShownMedia, info: MediaInfo) -> int:
    """The index in the file of the first frame that is shown.

    Raises:
        MediaError: The frames shown are not all in the file.
    """
    if media.begins_there and media.available is not None:
        return media.shown.start - media.available.start
    start = None
    if info.timecode is not None and info.timecode_rate == media.shown.rate:
        start = frame_of_timecode(info.timecode, media.shown.rate)
    try:
        return media.shown.start - media_origin(media.shown, media.available, info, start)
    except ValueError as error:
        raise MediaError(f"{info.path.name} does not hold the clip.", why=f"{error}.") from error


def check_range(media: MediaInfo, first: int, frames: int) -> None:
    """Raises: MediaError, where the media has not all of these frames or they are too many."""
    if first < 0 or frames < 1 or first + frames > media.frames:
        raise MediaError(
            f"{media.path.name} has {media.frames} frames, from 0 to {media.frames - 1}.",
            why=f"Frames {first} to {first + frames - 1} were asked for.",
            fix="Ask for frames that are there.",
        )
    if frames > MOST_FRAMES:
        raise MediaError(
            f"{frames} frames are too many for a proxy.",
            why=f"{MOST_FRAMES} are the most.",
            fix="Ask for a part of them with --frames.",
        )


def surplus(kept: Sequence[KeptProxy], limit_bytes: int, now: float) -> list[Path]:
    """Those that have to go so that the rest has at most `limit_bytes`: least recently used first.

    Those in use stay, also beyond the limit.
    """
    total = sum(each.size_bytes for each in kept)
    gone: list[Path] = []
    for each in sorted(kept, key=lambda one: one.used_at):
        if total <= limit_bytes or now - each.used_at < IN_USE_SECONDS:
            break
        gone.append(each.path)
        total -= each.size_bytes
    return gone
