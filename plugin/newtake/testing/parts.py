"""The fake of what clips in parts need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.errors import MediaError, StorageError
from newtake.domain.parts import Piece
from newtake.ports import ConformOutcome, Progress
from newtake.ports.parts import PartResult, SourceFrames, slots_of


@dataclass
class FakePartTool:
    """Scores as a test sets them; pictures and joins are small texts that say what went in."""

    scores: dict[Path, Sequence[float]] = field(default_factory=dict)
    """Per file, from its first frame on; a file that is not named has no cut."""
    damaged: dict[Path, frozenset[int]] = field(default_factory=dict)
    """Per file, the frames that do not decode whole."""

    async def scene_scores(
        self, source: MediaInfo, first: int, frames: int, progress: Progress
    ) -> Sequence[float]:
        if first >= source.frames:
            raise MediaError(f"Frame {first} of {source.path.name} is not there.")
        progress(frames, frames)
        known = self.scores.get(source.path, [0.0] * source.frames)
        return tuple(known[first : first + frames])

    async def require_sound(
        self, source: MediaInfo, first: int, frames: int, progress: Progress
    ) -> None:
        damaged = self.damaged.get(source.path, frozenset()) & set(range(first, first + frames))
        if damaged or first + frames > source.frames:
            number = min(damaged, default=source.frames)
            raise MediaError(f"Frame {number} of {source.path.name} is damaged or not there.")
        progress(frames, frames)

    async def still(self, part: PartResult, slot: int, *, to: Path) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(f"picture of {part.result.path} for {slot}")

    async def join(
        self,
        parts: Sequence[PartResult | SourceFrames],
        pieces: Sequence[Piece],
        whole: ConformPlan,
        *,
        to: Path,
        progress: Progress,
    ) -> ConformOutcome:
        if to.exists():
            raise StorageError(f"{to} exists already.", why="Takes are never overwritten.")
        frames = whole.available.duration
        to.write_text("\n".join(_line(parts[each.part], each) for each in pieces))
        progress(frames, frames)
        return ConformOutcome(frames, 0, (), "prores" if whole.codec == "copy" else whole.codec)


def _line(part: PartResult | SourceFrames, piece: Piece) -> str:
    if isinstance(part, SourceFrames):
        first = piece.frames.start - part.origin
        return f"{part.source.path} {(first, first + piece.frames.duration)}"
    return f"{part.result.path} {slots_of(piece, part.plan.available)}"
