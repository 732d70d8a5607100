"""The part of a clip that a range of the timeline marks: record frames to media frames."""

from __future__ import annotations

from dataclasses import replace

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.timing import FrameRange, Handles


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
