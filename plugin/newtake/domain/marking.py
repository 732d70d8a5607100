"""The part of a clip that a range of the timeline marks: record frames to media frames."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.timing import FrameRange, Handles


@dataclass(frozen=True, slots=True)
class Meant:
    """A clip, or the part of it that lies in a range of the timeline."""

    clip: Clip
    """As listed."""
    span: FrameRange | None = None
    """Record frames of the clip; None where all of it is meant."""

    @property
    def record(self) -> FrameRange:
        """The record frames that are meant."""
        return self.clip.record if self.span is None else self.span

    @property
    def cut_in(self) -> Clip:
        """The clip, with its part marked to be cut into a take of its whole length."""
        return self.clip if self.span is None else marked(self.clip, self.span)


def meant_in(clip: Clip, span: FrameRange) -> Meant | None:
    """What of a clip lies in a range; None where nothing does."""
    shared = clip.record.intersection(span)
    if shared is None:
        return None
    return Meant(clip, None if shared == clip.record else shared)


def marked(clip: Clip, span: FrameRange) -> Clip:
    """The clip with only what lies in a range to be restyled; as it is where all of it does.

    Where the range reaches an end of the clip, the frames that only a dissolve shows there belong
    to the part. A retimed clip comes back refused.

    Args:
        clip: As listed.
        span: Record frames, at the clip's record rate; some of the clip lies in it.
    Raises:
        ValueError: If nothing of the clip lies in it.
    """
    record, source, dissolves = clip.record, clip.source, clip.dissolves
    shared = record.intersection(span)
    if shared is None:
        raise ValueError("the range lies outside the clip")
    if shared == record or clip.refusal is not None:
        return clip
    if clip.speed != 1:
        text = "only a part of it is marked and it is retimed; mark the whole clip"
        return replace(clip, refusal=Refusal(RefusalReason.RETIMED, text))
    starts, ends = shared.start == record.start, shared.end == record.end
    media = shared.moved(-record.start).covered_at(source.rate)
    media = media.moved(source.start + dissolves.head)
    first = source.start if starts else media.start
    end = source.end if ends else min(media.end, source.end)
    return replace(
        clip,
        source=FrameRange(first, end - first, source.rate),
        whole=source,
        dissolves=Handles(dissolves.head if starts else 0, dissolves.tail if ends else 0),
    )
