"""A comparison of a clip's original and its takes: what is shown where, frame beside frame.

Rule 1: frame k of every side is the same slot of the clip; a side never has a clock of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path

from newtake.domain.clip import MediaInfo
from newtake.domain.timing import FrameRange

MOST_SIDES = 9
SHEET_COLUMNS = 6
_MOST_COLUMNS = 3
_SWEEP_SECONDS = 4
_SAME_SHAPE = Fraction(2, 100)


class CompareMode(Enum):
    """How the pictures are put together."""

    SIDE = "side"
    """Beside each other; from four pictures on in a grid."""
    WIPE = "wipe"
    """One picture with a seam that moves: the original left of it, the take right."""
    STACK = "stack"
    """Above each other."""


@dataclass(frozen=True, slots=True)
class Side:
    """Frames of one media: the original's, or a take's."""

    name: str
    """What a person reads below the picture."""
    media: MediaInfo
    first: int
    """Index in the file of the clip's first frame."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared. The first side gives the size and the shape."""

    mode: CompareMode
    sides: tuple[Side, ...]
    frames: int
    rate: Fraction
    """The media's: of a retimed clip not the timeline's."""
    counted: FrameRange
    """What is written below each frame, `frames` long: the record range at the timeline's rate; of
    a clip whose media frames are not one for one on the timeline the source range."""
    counts_record: bool
    short_side: int
    """Pixels of one picture's shorter side, at most."""
    sound: Side | None = None
    """A file whose first sound goes with the frames: it begins with the side's first one."""
    bare: bool = False
    """Pictures only, edge to edge and without labels, for a player that draws parts of them."""

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows of the movie."""
        return grid_of(self.mode, len(self.sides))


@dataclass(frozen=True, slots=True)
class Compared:
    """What was made, and what a person should know of it."""

    movie: Path | None
    sheet: Path | None
    sheet_frames: tuple[int, ...] = ()
    """The frames in the sheet's columns, counted from the clip's first."""
    notes: tuple[str, ...] = ()


def grid_of(mode: CompareMode, count: int) -> tuple[int, int]:
    """Columns and rows for so many pictures."""
    if mode is CompareMode.WIPE:
        return 1, 1
    if mode is CompareMode.STACK:
        return 1, count
    if count <= _MOST_COLUMNS:
        return count, 1
    columns = 2 if count == _MOST_COLUMNS + 1 else _MOST_COLUMNS
    return columns, math.ceil(count / columns)


def evenly_spaced(frames: int, columns: int) -> tuple[int, ...]:
    """Frame numbers from the first to the last, both among them; fewer where there are fewer."""
    count = min(frames, max(1, columns))
    if count == 1:
        return (0,)
    return tuple(round(Fraction(place * (frames - 1), count - 1)) for place in range(count))


def sweep_frames(frames: int, rate: Fraction) -> int:
    """How many frames the seam of a wipe needs to move there and back."""
    return max(2, min(frames, round(_SWEEP_SECONDS * rate)))


def fitted_into(size: tuple[int, int], cell: tuple[int, int]) -> tuple[int, int]:
    """The even size at which a picture is shown in a cell; the cell's, where the shapes agree."""
    width, height = size
    across, down = cell
    scale = min(Fraction(across, width), Fraction(down, height))
    fitted = width * scale, height * scale
    if fitted[0] >= across * (1 - _SAME_SHAPE) and fitted[1] >= down * (1 - _SAME_SHAPE):
        return cell
    return max(2, 2 * round(fitted[0] / 2)), max(2, 2 * round(fitted[1] / 2))


def shared_frames(counts: Sequence[int]) -> tuple[int, str]:
    """How many frames all sides have, and what to say where they differ."""
    least, most = min(counts), max(counts)
    if least == most:
        return least, ""
    return least, f"the sides have {least} to {most} frames; the first {least} are compared"
