"""What only joined takes need: where shots end, what is handed on, and how files are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.files import FileStamp
from newtake.domain.parts import Piece
from newtake.domain.timing import FrameRange
from newtake.ports.files import ConformOutcome
from newtake.ports.running import Progress


@dataclass(frozen=True, slots=True)
class PartResult:
    """A part's result, and which of its frames belong into which slots."""

    result: MediaInfo
    plan: ConformPlan


@dataclass(frozen=True, slots=True)
class SourceFrames:
    """The clip's own media, whose frames a take shows where only a part of it is restyled."""

    source: MediaInfo
    origin: int
    """Time-base number of the file's first frame."""
    stamp: FileStamp | None = None
    """The media as it was when the plate was cut; None where it is not known."""
    stamped_index: int = 0
    """Of a sequence: index of the frame whose image was stamped."""


class PartTool(Protocol):
    """Looks for cuts in a source, takes a picture out of a result, joins the parts of a take."""

    async def scene_scores(
        self, source: MediaInfo, first: int, frames: int, progress: Progress
    ) -> Sequence[float]:
        """How much each frame differs from the one before: 0 not at all, 1 wholly.

        Args:
            source: The file.
            first: Index in the file of the first frame.
            frames: How many.
            progress: Called with the frames looked at.
        Returns:
            One score per frame that could be decoded; that of the first says nothing.
        """
        ...

    async def require_sound(
        self, source: MediaInfo, first: int, frames: int, progress: Progress
    ) -> None:
        """See that frames which a take will copy decode whole; arguments as `scene_scores`.

        Raises:
            MediaError: One of them is damaged, or not there.
        """
        ...

    async def still(self, part: PartResult, slot: int, *, to: Path) -> None:
        """The picture that a part's result has for a slot of its take, as PNG; replaces `to`."""
        ...

    async def join(
        self,
        parts: Sequence[PartResult | SourceFrames],
        pieces: Sequence[Piece],
        whole: ConformPlan,
        *,
        to: Path,
        progress: Progress,
    ) -> ConformOutcome:
        """Make one take of all parts; `to` must not exist.

        With the clip's own media among them the take has its picture, as `cut_in.take_picture`
        says, and results are brought to it; else it has the first result's.

        Args:
            parts: All results, in order; after them the clip's own media, if any of it shows.
            pieces: What each gives, in order and without a gap.
            whole: Labels, colour and codec of the take; its `available` is the pieces' range.
            to: The take.
            progress: Called with the frames made.
        Raises:
            MediaError: The clip's own media is gone, changed or broken.
        """
        ...


def slots_of(piece: Piece, available: FrameRange) -> tuple[int, int]:
    """The piece's frames as slots of a part's take: first and one after the last."""
    return piece.frames.start - available.start, piece.frames.end - available.start
