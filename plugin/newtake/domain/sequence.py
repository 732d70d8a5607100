"""A sequence of images as media: which file shows at which frame, and which frames have none.

Frames count as OpenTimelineIO's `ImageSequenceReference` does: the first image has the number
`start`, numbers run at `rate`, and with a step of 2 each image stands for two of them. A media
frame `index` counts from 0, the first.

Source: OpenTimelineIO 0.18, src/opentimelineio/imageSequenceReference.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path

from newtake.domain.timing import FrameRange

SUFFIXES = (".exr", ".dpx", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
"""Kinds of images that are read, in lower case."""
MOST_FRAMES = 10_000_000
_LISTED_RUNS = 6
_PATTERN = re.compile(
    r"^(?P<prefix>.*?)(?:%0?(?P<width>\d{0,2})d|(?P<marks>#+)|\[(?P<first>\d+)-(?P<last>\d+)\])"
    r"(?P<suffix>\.[A-Za-z]{3,4})$",
    re.DOTALL,
)


class Holes(Enum):
    """What a timeline wants to see where an image is missing."""

    ERROR = "error"
    HOLD = "hold"
    """The image before."""
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class ImageSequence:
    """Images of one folder whose names differ in a number."""

    folder: Path
    prefix: str
    suffix: str
    padding: int
    """Digits of a number, filled up with zeros; 0 writes it as it is."""
    start: int
    """Number of the first image."""
    rate: Fraction
    step: int = 1
    frames: int | None = None
    """How many frames the timeline says there are; None where the files decide."""
    holes: Holes = Holes.ERROR
    unstated: tuple[float, ...] | None = None
    """Chromaticities of images whose headers state none, where somebody else has said them: red,
    green, blue and white as CIE x, y."""

    def number_at(self, index: int) -> int:
        """The number of the image that shows at a frame."""
        return self.start + index // self.step * self.step

    def name(self, number: int) -> str:
        digits = str(abs(number)).zfill(self.padding)
        return f"{self.prefix}{'-' if number < 0 else ''}{digits}{self.suffix}"

    def file(self, number: int) -> Path:
        return self.folder / self.name(number)

    @property
    def pattern(self) -> Path:
        """As a person reads it: name.%04d.exr. No program is given it."""
        digits = f"%0{self.padding}d" if self.padding else "%d"
        return self.folder / f"{self.prefix}{digits}{self.suffix}"

    def numbers(self, first: int, frames: int) -> list[int]:
        """The numbers of the images that frames `first` to `first + frames - 1` show, in order."""
        return self.picked(range(first, first + frames))

    def picked(self, indices: Iterable[int]) -> list[int]:
        """The numbers of the images that these frames show, in their order."""
        return [self.number_at(index) for index in indices]


def number_in(name: str, sequence: ImageSequence) -> int | None:
    """The number of a file of this sequence; None for the name of any other file."""
    prefix, suffix = sequence.prefix, sequence.suffix
    if not (name.startswith(prefix) and name.endswith(suffix)):
        return None
    digits = name[len(prefix) : len(name) - len(suffix)] if suffix else name[len(prefix) :]
    if not re.fullmatch(r"-?[0-9]{1,9}", digits):
        return None
    number = int(digits)
    return number if sequence.name(number) == name else None


def frames_there(numbers: Collection[int], sequence: ImageSequence) -> int:
    """How many frames the sequence has: as stated, else up to the last image that is there."""
    if sequence.frames is not None:
        return sequence.frames
    last = max((each for each in numbers if each >= sequence.start), default=None)
    return 0 if last is None else last - sequence.start + sequence.step


def without_file(
    numbers: Collection[int], sequence: ImageSequence, first: int, frames: int
) -> list[int]:
    """Numbers of missing images among those that frames from `first` on show, once each."""
    wanted = dict.fromkeys(sequence.numbers(first, frames))
    return [each for each in wanted if each not in numbers]


def whole_around(
    missing: Collection[int], sequence: ImageSequence, shown: FrameRange
) -> FrameRange:
    """The widest range of frames around `shown` that reaches over no hole.

    Args:
        missing: Numbers of missing images.
        sequence: The images; its `frames` is known.
        shown: In frames from 0 on; without a hole itself.
    """
    frames = sequence.frames or 0
    holes = [each - sequence.start for each in missing]
    start = max((each + sequence.step for each in holes if each < shown.end), default=0)
    end = min((each for each in holes if each >= shown.end), default=frames)
    start = min(max(start, 0), shown.start)
    return FrameRange(start, max(end, shown.end) - start, shown.rate)


def spelled(numbers: Iterable[int]) -> str:
    """Numbers as a person lists them: "1003, 1007-1010 and 41 more"."""
    ordered = sorted(set(numbers))
    runs: list[tuple[int, int]] = []
    for each in ordered:
        if runs and each == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], each)
        else:
            runs.append((each, each))
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs[:_LISTED_RUNS])
    rest = sum(b - a + 1 for a, b in runs[_LISTED_RUNS:])
    return f"{shown} and {rest} more" if rest else shown


def sequence_of_name(path: Path, available: FrameRange | None) -> ImageSequence | None:
    """The sequence that a name with a place for the number means; None for any other name.

    Editors write `name.%04d.exr`, `name.####.exr` and `name.[1001-1120].exr`.

    Args:
        path: The folder and such a name.
        available: What the timeline says the media has, in the media's time base.
    """
    found = _PATTERN.match(path.name)
    if found is None or found["suffix"].lower() not in SUFFIXES or available is None:
        return None
    if found["first"] is not None:
        first, last = int(found["first"]), int(found["last"])
        if last < first:
            return None
        start, frames, padding = first, last - first + 1, len(found["first"])
    else:
        start, frames = available.start, available.duration
        padding = len(found["marks"]) if found["marks"] else int(found["width"] or 0)
    if frames > MOST_FRAMES:
        return None
    prefix = found["prefix"].replace("%%", "%") if found["width"] is not None else found["prefix"]
    return ImageSequence(
        path.parent, prefix, found["suffix"], padding, start, available.rate, frames=frames
    )
