"""EXR frames of a result: which of them belong to which slot, what they are, and whether they fit.

Rule 1: an EXR frame goes where the video's frame of the same number goes, so that a take shows the
same moment in both.
Rule 2: what the headers say is kept as found; what they do not say is said to be the vendor's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan, FrameMapping
from newtake.domain.counting import counted
from newtake.domain.errors import ResultError
from newtake.domain.plate import PlatePlan

DOCUMENTED_SPACE = "ACES2065-1"
"""What the model's vendor says of its EXR frames: AP0 primaries, scene-linear, half float (Luma,
Color Space Field Guide, 31 March 2026)."""
_SPACES = {
    "ACES2065-1": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "ACEScg": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
    "linear Rec.709": (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329),
    "linear Rec.2020": (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329),
}
"""Red, green, blue and white as CIE x, y. Sources: SMPTE ST 2065-1, AMPAS S-2014-004, ITU-R BT.709
and BT.2020."""
_NEAR = 0.0006
DOCUMENTED_CHROMATICITIES = _SPACES[DOCUMENTED_SPACE]
"""For whoever draws frames whose headers state none."""
_ASPECT_TOLERANCE = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class ExrFacts:
    """What the frames' headers say; all frames of a take say the same of size and channels."""

    width: int
    height: int
    """Of the picture (the display window)."""
    channels: tuple[str, ...]
    compression: str
    chromaticities: tuple[float, ...] | None = None
    """Red, green, blue and white as CIE x, y; None where the headers have none."""
    header: Mapping[str, str] = field(default_factory=dict)
    """The first frame's other attributes as they read."""


def colour_space(facts: ExrFacts | None) -> tuple[str, str]:
    """The name of the frames' colour space, and who says so: "header" or "vendor".

    Chromaticities that are none of the known ones give "unknown".
    """
    found = facts.chromaticities if facts is not None else None
    if found is None:
        return DOCUMENTED_SPACE, "vendor"
    for name, known in _SPACES.items():
        if all(abs(a - b) < _NEAR for a, b in zip(found, known, strict=True)):
            return name, "header"
    return "unknown", "header"


def chosen_frames(count: int, plate: PlatePlan, plan: ConformPlan, result: MediaInfo) -> list[int]:
    """For each frame of the take, in order, which of `count` EXR frames it is.

    Fewer than the movie of the take has where the EXR ends after the clip and before its handle;
    the first alone where there is but one.

    Args:
        count: EXR frames delivered.
        plate: The plate.
        plan: How the video of the same result becomes the take.
        result: That video.

    Raises:
        ResultError: If they end before the clip does, or cannot be told to belong anywhere.
    """
    if count == 1:
        return [0]
    wanted = plan.available.duration
    in_step = plan.mapping is FrameMapping.FRAME or result.rate == plan.grid_rate
    if count != result.frames and (not in_step or count > plate.length + 1):
        raise ResultError(
            f"The result has {count} EXR frames and {result.frames} of video.",
            why="Which of them belongs to which frame of the plate is not known.",
        )
    if plan.frame_map:
        places = list(plan.frame_map)
    elif in_step:
        places = list(range(wanted))
    else:
        places = _shown_in_time(wanted, result, plan.grid_rate)
    there = [place for place in places if place < count]
    needed = plate.clip_offset + plate.clip_frames
    if len(there) < needed:
        raise ResultError(
            f"The result has {count} EXR frames; the plate has {plate.length}.",
            why=f"The clip's last frame is number {needed} of the take; {len(there)} are there.",
        )
    return there


def refuse_facts(facts: Sequence[ExrFacts], names: Sequence[str], result: MediaInfo) -> str | None:
    """Why these frames are no take of this result, as the end of a sentence; None when they are.

    Args:
        facts: Each frame's, in order.
        names: Their names.
        result: The video of the same result.
    """
    first = facts[0]
    for each, name in zip(facts, names, strict=True):
        if (each.width, each.height) != (first.width, first.height):
            return (
                f"{name} has {each.width} x {each.height} pixels, the first frame "
                f"{first.width} x {first.height}"
            )
        if each.channels != first.channels:
            return f"{name} has other channels ({', '.join(each.channels)}) than the first frame"
        if each.chromaticities != first.chromaticities:
            return f"{name} states another colour space than the first frame"
    ratio = Fraction(first.width * result.height, first.height * result.width)
    if abs(ratio - 1) > _ASPECT_TOLERANCE:
        return (
            f"they have {first.width} x {first.height} pixels, the video "
            f"{result.width} x {result.height}: not the same picture"
        )
    return None


def notes_on(
    facts: ExrFacts, count: int, plan: ConformPlan, result: MediaInfo, unstamped: str
) -> list[str]:
    """What a person should know of EXR frames that are used.

    Args:
        facts: Theirs.
        count: How many of them there are.
        plan: The plan of the video.
        result: The video.
        unstamped: Why their headers got no timecode; empty where they did.
    """
    notes = []
    space, basis = colour_space(facts)
    if basis == "vendor":
        notes.append(
            f"the EXR headers state no chromaticities; {space} is what the model's vendor documents"
        )
    elif space != DOCUMENTED_SPACE:
        notes.append(
            f"the EXR headers state {space}; the vendor documents {DOCUMENTED_SPACE}, and what is "
            "in the file counts"
        )
    if (facts.width, facts.height) != (result.width, result.height):
        notes.append(
            f"the EXR frames have {facts.width} x {facts.height} pixels, the video "
            f"{result.width} x {result.height}"
        )
    movie = plan.available.duration
    if count == 1 < movie:
        notes.append(
            "the EXR is one picture, not a sequence; it is linked as the take's first frame"
        )
    elif count < movie:
        ends = counted(movie - count, "frame")
        notes.append(f"the EXR ends {ends} before the take's movie, in its handle")
    if unstamped:
        notes.append(f"the EXR headers got no timecode: {unstamped}")
    return notes


def _shown_in_time(wanted: int, result: MediaInfo, grid_rate: Fraction) -> list[int]:
    """The result frame at each frame of the grid, as ffmpeg's `fps=round=near` has it: the last
    one whose own moment, rounded to the grid, has come."""
    half = Fraction(1, 2)
    begins = [floor(n * grid_rate / result.rate + half) for n in range(result.frames)]
    shown, latest = [], 0
    for place in range(wanted):
        while latest + 1 < len(begins) and begins[latest + 1] <= place:
            latest += 1
        shown.append(latest)
    return shown
