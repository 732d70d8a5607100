"""Which media frame of a clip shows at a record frame, counted from the first one it consumes."""

from __future__ import annotations

import math

from newtake.domain.clip import Clip


def media_offset(clip: Clip, record_frame: int) -> int | None:
    """The place in `clip.source` of the frame that shows at a frame of the timeline.

    Where the timeline's rate is not the media's, or a speed divides frames, it is the frame that
    shows when the record frame begins, as far as whole frames tell.

    Args:
        clip: As listed.
        record_frame: Beside the clip's own frames also those at which only a dissolve shows it.

    Returns:
        From 0 on, dissolves included and in the media's order; None where it does not show.
    """
    source, inside = clip.source, clip.dissolves
    place = record_frame - clip.record.start
    step = clip.speed * source.rate / clip.record.rate
    if step < 0:
        # Backwards from the end of what the clip itself consumes: that moment is the first one
        # that does not show.
        own = source.duration - inside.head - inside.tail
        offset = inside.head + math.ceil(own + place * step) - 1
    else:
        offset = inside.head + math.floor(place * step)
    if clip.record.covers_frame(record_frame):
        # Ends that touch a frame by a fraction show the last whole one.
        return min(max(offset, 0), source.duration - 1) if source.duration else None
    return offset if step and 0 <= offset < source.duration else None
