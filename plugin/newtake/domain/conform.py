"""How a result becomes a take: which result frame goes into which slot, and by which means.

Rule 1: when the counts agree, result frame i is plate frame i; one extra trailing frame is dropped.
Rule 2: anything else maps by time, and the report says so with numbers.
Rule 3: a result that does not reach the clip's last frame is no take.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from newtake.domain.clip import ColourTags, MediaInfo
from newtake.domain.counting import counted
from newtake.domain.disclosure import Disclosure
from newtake.domain.errors import ResultError
from newtake.domain.plate import PlatePlan, told_cadence
from newtake.domain.timing import FrameRange, display_rate

_REWRAPPED_CODECS = ("h264", "hevc")
_RECODED = "prores"
_SAME_SHAPE = Fraction(1, 100)
"""Of the aspect ratio: even sizes of a small picture differ by less."""


class FrameMapping(Enum):
    """How result frames find their slots."""

    FRAME = "frame"
    """Result frame i is plate frame i."""
    TIME = "time"
    """The result frame that shows at plate frame i's time on the model's grid."""


@dataclass(frozen=True, slots=True)
class ConformPlan:
    """What to do with a result file; carried out by the media tool."""

    mapping: FrameMapping
    rewrap: bool
    """Keep the coded pictures and change only rate, timecode and tags."""
    codec: str
    """"copy" when rewrapped, else h264, prores or dnxhr."""
    available: FrameRange
    """Frames of the take, in the media's time base: its first frame is the plate's first."""
    result_rate: Fraction
    grid_rate: Fraction
    """The rate that the plate was labelled with."""
    timecode_start: int
    """Frame number of the take's start timecode at the media's rate."""
    reel: str | None
    colour: ColourTags
    notes: tuple[str, ...] = ()
    drop: bool | None = None
    """Whether the timecode is drop-frame, like the source's; None as the rate's habit is."""
    disclosure: Disclosure | None = None
    """What the take's file says of how it was made; None leaves it without a word."""
    frame_map: tuple[int, ...] = ()
    """The result frame that each frame of the take shows, of a plate in real time; never less than
    the one before. Empty: as `mapping` says."""


def plan_conform(
    plate: PlatePlan,
    result: MediaInfo,
    *,
    grid_rate: Fraction,
    timecode_start: int,
    reel: str | None = None,
    codec: str = "auto",
    drop: bool | None = None,
    disclosure: Disclosure | None = None,
    source: MediaInfo | None = None,
) -> ConformPlan:
    """Decide mapping and means.

    Args:
        plate: The plate that was sent.
        result: The result as probed, its frames counted.
        grid_rate: The rate the plate was labelled with.
        timecode_start: Timecode, as a frame number at the media's rate, of the plate's first frame.
        reel: Reel name of the source, carried on.
        codec: A `choices.Codec`; "auto" and "copy" rewrap where they can, else take ProRes.
        drop: Whether the source's timecode is drop-frame; None as the rate's habit is.
        disclosure: What the take's file says of how it was made.
        source: The clip's own media; the take should show in its shape.

    Raises:
        ResultError: If the result ends before the clip does.
    """
    notes: list[str] = []
    slots = plate.slots
    wanted = len(slots)
    if result.frames in (plate.length, plate.length + 1):
        mapping, usable = FrameMapping.FRAME, plate.length
        if result.frames > plate.length:
            notes.append(f"the result has one frame more than the plate's {plate.length}; dropped")
        if result.rate != grid_rate:
            notes.append(
                f"the result says {display_rate(result.rate)} frames a second where the plate said "
                f"{display_rate(grid_rate)}; its frames were taken one for one"
            )
    else:
        mapping = FrameMapping.TIME
        # Plate frame i shows result frame floor(i / grid * rate), which must be one that is there.
        usable = min(plate.length, ceil(result.frames / result.rate * grid_rate))
        notes.append(
            f"the result has {counted(result.frames, 'frame')} at {display_rate(result.rate)}, the "
            f"plate {plate.length} at {display_rate(grid_rate)}: mapped by time"
        )
    needed = plate.clip_places.stop
    if usable < needed:
        raise ResultError(
            f"The result ends {counted(needed - usable, 'frame')} before the clip does.",
            why=f"It has {counted(result.frames, 'frame')} at {display_rate(result.rate)}; the "
            f"clip's last frame is number {needed} of the plate.",
        )
    filled = bisect_left(slots, usable)
    if filled < wanted:
        notes.append(f"the tail handle is {counted(wanted - filled, 'frame')} shorter than planned")
    if plate.held:
        notes.append(
            f"{counted(plate.held, 'held frame')} at the end of the plate "
            f"{'is' if plate.held == 1 else 'are'} no part of the take"
        )
    frame_map = _frame_map(slots[:filled], result, grid_rate, mapping) if plate.sent else ()
    told = told_cadence(plate, grid_rate)
    if told is not None:
        notes.append(told)
    again = len(frame_map) - len(set(frame_map))
    if again:
        notes.append(
            f"{again} of the take's {filled} frames {'shows' if again == 1 else 'show'} the result "
            "frame before once more"
        )
    notes.extend(_picture_notes(result, source))
    one_to_one = mapping is FrameMapping.FRAME or result.rate == grid_rate
    if frame_map:
        one_to_one = frame_map == tuple(range(filled))
    untouched = codec in ("auto", "copy")
    rewrap = untouched and one_to_one and result.codec in _REWRAPPED_CODECS
    return ConformPlan(
        mapping=mapping,
        rewrap=rewrap,
        codec="copy" if rewrap else _RECODED if untouched else codec,
        available=FrameRange(plate.media_range.start, filled, plate.media_range.rate),
        result_rate=result.rate,
        grid_rate=grid_rate,
        timecode_start=timecode_start,
        reel=reel,
        colour=result.colour,
        notes=tuple(notes),
        drop=drop,
        disclosure=disclosure,
        frame_map=frame_map,
    )


def _picture_notes(result: MediaInfo, source: MediaInfo | None) -> list[str]:
    """What about the result's picture is not as a person expects it; nothing of it is changed."""
    notes = []
    said = {"matrix": result.colour.matrix, "transfer": result.colour.transfer}
    missing = [name for name, value in said.items() if value is None]
    if missing:
        notes.append(
            f"the result does not say its colour {' and '.join(missing)}, and nor does the take; "
            "most readers take it as BT.709"
        )
    if source is not None:
        (wide, high), (width, height) = source.display_size, result.display_size
        if abs(Fraction(wide * height, high * width) - 1) > _SAME_SHAPE:
            notes.append(
                f"the result shows as {width}x{height} where the source shows as {wide}x{high}: "
                "the take has another shape than the clip"
            )
    return notes


def _frame_map(
    slots: Sequence[int], result: MediaInfo, grid_rate: Fraction, mapping: FrameMapping
) -> tuple[int, ...]:
    """The result frame of each slot: the one that begins nearest to the plate frame's moment."""
    if mapping is FrameMapping.FRAME or result.rate == grid_rate:
        return tuple(slots)
    nearest = (floor(place / grid_rate * result.rate + Fraction(1, 2)) for place in slots)
    return tuple(min(frame, result.frames - 1) for frame in nearest)


def closed_prefix(presentation_order: list[int], frames: int) -> int:
    """How many packets, in decode order, hold exactly the first frames of a stream, and no gap.

    Args:
        presentation_order: For each packet in decode order, its rank in presentation order.
        frames: How many frames must be inside.

    Returns:
        The smallest count >= `frames` whose packets are ranks 0 .. count-1; cutting there loses
        nothing that a kept frame refers to.

    Raises:
        ValueError: If the stream has fewer frames.
    """
    highest = -1
    for count, rank in enumerate(presentation_order, start=1):
        highest = max(highest, rank)
        if count >= frames and highest == count - 1:
            return count
    raise ValueError(f"{len(presentation_order)} packets hold no {frames} frames")
