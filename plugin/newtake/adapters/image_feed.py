"""Hands the images of a cut to ffmpeg, one for each frame: links of our own naming, or a stream.

Rule 1: ffmpeg is given names that were made here, so that nothing in a user's names is a pattern,
an option or an address to it, and it can open no image but those of the cut.
Rule 2: a frame without an image of its own gets the one before it; `blackened` says which are
black.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from newtake.adapters.exr_source import ExrStream, exr_stream, shrunken
from newtake.adapters.images import DECODERS, EXR_SUFFIX
from newtake.adapters.packets import ffmpeg_address
from newtake.adapters.room import storage_error
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError
from newtake.domain.sequence import Holes, ImageSequence, spelled


@dataclass(frozen=True, slots=True)
class Feed:
    """How ffmpeg is to read the images of a cut; picture n is frame n of it."""

    address: str
    options: dict[str, Any]
    blackened: tuple[tuple[int, int], ...] = ()
    """First and last of each run of frames that are black."""
    stream: ExrStream | None = None
    """Where the pictures come from, when they come by stdin."""


@contextmanager
def image_feed(source: MediaInfo, first: int, frames: int, beside: Path) -> Iterator[Feed | None]:
    """The images of frames `first` to `first + frames - 1`; None for a source that is no sequence.

    Args:
        source: As probed.
        first: From 0 on.
        frames: How many.
        beside: A file beside which links may be made; they are gone at the context's end.

    Raises:
        MediaError: An image is missing and the timeline does not say what to show instead.
        StorageError: The links cannot be made.
    """
    if source.sequence is None:
        yield None
        return
    with picked_feed(source, source.sequence, range(first, first + frames), beside) as feed:
        yield feed


@contextmanager
def picked_feed(
    source: MediaInfo,
    sequence: ImageSequence,
    indices: Sequence[int],
    beside: Path,
    *,
    shrink: int = 1,
) -> Iterator[Feed]:
    """The images of some frames of a sequence, and no others; frame n of the feed is `indices[n]`.

    Args:
        source: As probed.
        sequence: Its images.
        indices: From 0 on, in order.
        beside: As for `image_feed`, whose errors it has.
        shrink: Of EXR images: as for `exr_stream`. Others come in their own size.
    """
    files, blackened = _files(sequence, sequence.picked(indices))
    suffix = sequence.suffix.lower()
    if suffix == EXR_SUFFIX:
        size = source.width, source.height
        with exr_stream(files, size, sequence.unstated, shrink) as stream:
            yield Feed("pipe:0", _raw(source, shrink), blackened, stream)
        return
    try:
        folder = Path(tempfile.mkdtemp(prefix=".images-", dir=_made(beside.parent)))
    except OSError as error:
        raise storage_error(error, beside.parent) from error
    try:
        try:
            for number, file in enumerate(files):
                _link(file, folder / f"{number:07}{suffix}")
        except OSError as error:
            raise storage_error(error, folder) from error
        pattern = ffmpeg_address(folder).replace("%", "%%") + f"/%07d{suffix}"
        yield Feed(pattern, _listed(source, suffix), blackened)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _files(
    sequence: ImageSequence, numbers: Sequence[int]
) -> tuple[list[Path], tuple[tuple[int, int], ...]]:
    """A file for each number, and the runs of places that are black."""
    there = {each for each in set(numbers) if sequence.file(each).is_file()}
    gone = [place for place, number in enumerate(numbers) if number not in there]
    if gone and sequence.holes is Holes.ERROR:
        raise _missing(sequence, [numbers[each] for each in gone])
    files: list[Path] = []
    before: int | None = None
    last: int | None = None
    for number in numbers:
        if number in there:
            last = number
        elif before is None or number - before > sequence.step:
            # Frames were left out: the image before the hole is none of those that are wanted.
            held = _before(sequence, number)
            last = min(there, default=None) if held is None else held
        if last is None:
            raise _missing(sequence, [numbers[each] for each in gone])
        files.append(sequence.file(last))
        before = number
    return files, _runs(gone) if sequence.holes is Holes.BLACK else ()


def _missing(sequence: ImageSequence, numbers: Sequence[int]) -> MediaError:
    return MediaError(
        f"{sequence.pattern.name} has no image {spelled(numbers)}.",
        why=f"It was looked for in {sequence.folder}.",
        fix="Bring the images back, or give the sequence another policy for missing frames.",
    )


def _before(sequence: ImageSequence, number: int) -> int | None:
    """The number of the last image before a hole at which a cut begins."""
    for each in range(number - sequence.step, sequence.start - 1, -sequence.step):
        if sequence.file(each).is_file():
            return each
    return None


def _runs(places: Sequence[int]) -> tuple[tuple[int, int], ...]:
    if not places:
        return ()
    breaks = [0, *(i for i, (a, b) in enumerate(pairwise(places), 1) if b != a + 1), len(places)]
    return tuple((places[a], places[b - 1]) for a, b in pairwise(breaks))


def _raw(source: MediaInfo, shrink: int) -> dict[str, Any]:
    width, height = shrunken((source.width, source.height), shrink)
    return {
        "f": "rawvideo",
        "pixel_format": "rgb48le",
        # Not by its long name: ffmpeg-python takes the text of a `video_size` for a pair.
        "s": f"{width}x{height}",
        "framerate": str(source.rate),
        "protocol_whitelist": "pipe",
    }


def _listed(source: MediaInfo, suffix: str) -> dict[str, Any]:
    return {
        "f": "image2",
        "pattern_type": "sequence",
        "start_number": 0,
        "framerate": str(source.rate),
        "protocol_whitelist": "file",
        "format_whitelist": "image2",
        "codec_whitelist": DECODERS[suffix][1],
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _link(file: Path, name: Path) -> None:
    """A symbolic link where the system lets a user make one, else a hard link, else a copy."""
    file = file.absolute()
    for make in (os.symlink, os.link, shutil.copyfile):
        try:
            make(file, name)
            return
        except (OSError, NotImplementedError):
            # The second is Python's word where the system knows no such link at all.
            if make is shutil.copyfile:
                raise
