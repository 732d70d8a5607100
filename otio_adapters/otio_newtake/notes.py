"""What a person should know of a clip: its state, its retime, its dissolves."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from newtake.domain.counting import counted
from newtake.domain.timing import FrameRange, display_rate
from otio_newtake.appearances import Appearance
from otio_newtake.consumption import Consumption


def state_notes(appearance: Appearance) -> Iterator[str]:
    """Whether it is disabled or cut, and where it lies."""
    if not appearance.item.enabled:
        yield "it is disabled on the timeline"
    if appearance.track is not None and not appearance.track.enabled:
        yield "its track is disabled"
    if appearance.shown and appearance.cut:
        holder = "what holds it" if appearance.within else "its track's own range"
        yield f"{holder} cuts it; only what shows is meant"
    if appearance.within:
        yield (
            f"it is {appearance.item.name or 'a clip without a name'!r}, the one clip that the "
            f"nested timeline {appearance.within[0].name or 'around it'!r} shows; a take is put "
            "into that"
        )


def consumption_notes(
    record: FrameRange, consumed: Consumption, speed: Fraction | None, edges: tuple[Any, Any]
) -> Iterator[str]:
    """What the clip consumes of its media where that is not one frame per frame.

    Args:
        record: Its frames on the timeline.
        consumed: What it consumes.
        speed: Its speed, of everything around it too.
        edges: The transitions at its start and end.
    """
    source, dissolves = consumed.source, consumed.dissolves
    own = source.duration - dissolves.head - dissolves.tail
    if speed is not None and speed != 1:
        yield f"{_retime(record, source, own, speed)}; its takes are put under the same retime"
    if dissolves.head or dissolves.tail:
        names = dict.fromkeys(e.name or e.transition_type or "a transition" for e in edges if e)
        yield (
            f"{dissolves.head} + {dissolves.tail} media frames more of it show in "
            f"{' and '.join(names) or 'transitions'}; they are sent too"
        )


def _retime(record: FrameRange, source: FrameRange, own: int, speed: Fraction) -> str:
    if not speed:
        return f"it is a freeze of media frame {source.start}"
    words = f"it plays at {float(abs(speed) * 100):g} % speed{', backwards' if speed < 0 else ''}"
    many = f"{counted(own, 'frame')} of its media"
    if source.rate != record.rate:
        many += f" at {display_rate(source.rate)}"
    sent = ", which are sent forwards" if speed < 0 else ""
    consume = "consumes" if record.duration == 1 else "consume"
    return f"{words}: {counted(record.duration, 'frame')} of the timeline {consume} {many}{sent}"
