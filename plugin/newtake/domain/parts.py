"""A clip longer than the model's longest plate: where it is parted, and how the parts are joined.

Rule 1: a real cut inside the clip is a boundary as it stands; nothing is blended across it.
Rule 2: where a stretch between two cuts is too long, it is parted equally, and neighbours share
frames that are cross-dissolved.
Rule 3: every frame of the clip belongs to one part, or is dissolved between two neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from newtake.domain.clip import Refusal, RefusalReason
from newtake.domain.timing import FrameRange

OVERLAP_FRAMES = 12
"""Half a second of the model's grid: long enough to hide a difference in brightness."""
MAX_CLIP_SECONDS = 600
SHORTEST_FRAMES = 2 * OVERLAP_FRAMES
"""A cut nearer to a boundary than this parts nothing: each part is paid for by the tier."""
_CUT_SCORE = 0.3
"""ffmpeg's scene score from which a frame begins a new shot (its documents suggest 0.3 to 0.5)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts of a clip. They are jobs of one family; see `first_id`."""

    number: int
    """From 1."""
    count: int
    span: FrameRange
    """The media frames that it answers for, those shared with its neighbours included."""
    lead: int = 0
    """How many of its first frames are dissolved with the part before; 0 at a real cut."""
    carries: bool = False
    """Whether it begins with the restyled picture that the part before has of its first frame."""

    @property
    def is_first(self) -> bool:
        return self.number == 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames of the joined take that come from one part, or are dissolved from it to the next."""

    part: int
    """Index among the parts."""
    frames: FrameRange
    """In the media's time base."""
    dissolves: bool = False


def refuse_length(source: FrameRange) -> Refusal | None:
    """Why frames are too many even for parts, as far as their number says; None when they are not.

    Args:
        source: The frames, at the media's rate.
    """
    seconds = source.duration / source.rate
    if seconds <= MAX_CLIP_SECONDS:
        return None
    return Refusal(
        RefusalReason.TOO_LONG,
        f"it consumes {source.duration} frames of its media, {round(float(seconds), 2):.7g} "
        f"seconds; up to {MAX_CLIP_SECONDS // 60} minutes are restyled, in parts",
    )


def part_id(job_id: str, number: int) -> str:
    """The job of a part, from the id of any job of the family."""
    family = job_id.partition(".")[0]
    return family if number == 1 else f"{family}.{number}"


def meant_ids(begun: str, ids: Sequence[str]) -> list[str]:
    """The jobs that a beginning of an id can mean: parts of one clip are meant by their first.

    Args:
        begun: What was typed; the whole id means that job alone.
        ids: Of the journal.
    """
    if not begun or begun in ids:
        return [begun] if begun else []
    found = [each for each in ids if each.startswith(begun)]
    return sorted({part_id(each, 1) for each in found}) if len(found) > 1 else found


def real_cuts(scores: Sequence[float], first: int) -> tuple[int, ...]:
    """The frames that begin a new shot.

    Args:
        scores: ffmpeg's scene score of each frame, against the frame before it.
        first: Number of the frame that the first score is of; it begins no shot of interest.
    """

    def is_high(index: int) -> bool:
        return 0 < index < len(scores) and scores[index] >= _CUT_SCORE

    # Two in a row are a flash, not a cut: the picture comes back.
    alone = (
        index
        for index in range(1, len(scores))
        if is_high(index) and not is_high(index - 1) and not is_high(index + 1)
    )
    return tuple(first + index for index in alone)


def part_clip(
    source: FrameRange,
    most: int,
    cuts: Sequence[int],
    *,
    carry: bool,
    overlap: int = OVERLAP_FRAMES,
) -> tuple[Part, ...]:
    """The parts of a clip, in order; one where it fits a plate as it is.

    Args:
        source: The media frames that the clip consumes.
        most: How many of them a plate holds.
        cuts: Frames, in the same time base, that begin a new shot.
        carry: Whether a part inside a shot begins with the restyled picture of the one before.
        overlap: Frames that parts of one shot share; fewer than half of `most`.
    """
    spans: list[tuple[int, int, int]] = []
    for start, end in _stretches(source, most, cuts):
        spans += _equal(start, end, most, overlap)
    return tuple(
        Part(
            number,
            len(spans),
            FrameRange(start, end - start, source.rate),
            lead,
            carries=carry and lead > 0,
        )
        for number, (start, end, lead) in enumerate(spans, start=1)
    )


def _stretches(source: FrameRange, most: int, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """From one boundary to the next: the furthest cut that a plate reaches, else the next one."""
    found, start = [], source.start
    while source.end - start > most:
        last = source.end - SHORTEST_FRAMES
        usable = [cut for cut in cuts if start + SHORTEST_FRAMES <= cut <= last]
        if not usable:
            break
        reached = [cut for cut in usable if cut - start <= most]
        end = max(reached) if reached else min(usable)
        found.append((start, end))
        start = end
    found.append((start, source.end))
    return found


def _equal(start: int, end: int, most: int, overlap: int) -> list[tuple[int, int, int]]:
    """Start, end and lead of equal parts, whose lengths differ by one frame at most."""
    length = end - start
    count = 1 if length <= most else -(-(length - overlap) // (most - overlap))
    bounds = [start + (length - overlap) * number // count for number in range(count)]
    ends = [*(bound + overlap for bound in bounds[1:]), end]
    return [
        (bound, last, overlap if number else 0)
        for number, (bound, last) in enumerate(zip(bounds, ends, strict=True))
    ]


def join_parts(parts: Sequence[Part], available: Sequence[FrameRange]) -> tuple[Piece, ...]:
    """What each part gives to the joined take, in order and without a gap.

    Args:
        parts: All parts of the clip.
        available: For each, the media frames that its result covers, handles included.
    """
    pieces: list[Piece] = []
    for index, part in enumerate(parts):
        start = part.span.start + part.lead if index else available[0].start
        following = parts[index + 1] if index + 1 < len(parts) else None
        end = following.span.start if following is not None else available[-1].end
        pieces.append(Piece(index, _between(start, end, part)))
        if following is not None and following.lead:
            shared = _between(end, end + following.lead, part)
            pieces.append(Piece(index, shared, dissolves=True))
    return tuple(each for each in pieces if each.frames.duration)


def _between(start: int, end: int, part: Part) -> FrameRange:
    return replace(part.span, start=start, duration=end - start)
