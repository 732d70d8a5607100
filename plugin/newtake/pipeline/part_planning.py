"""Planning a clip that one plate does not hold: where it is parted, and the plate of each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from newtake.domain.cadence import chosen_cadence, grid_step
from newtake.domain.choices import Cadence, Continuity
from newtake.domain.clip import Clip, MediaInfo, Refusal, RefusalReason
from newtake.domain.edit import EditSettings, Limits
from newtake.domain.parts import OVERLAP_FRAMES, Part, part_clip, real_cuts, refuse_length
from newtake.domain.plate import PlatePlan, capacity, plan_plate
from newtake.domain.timing import FrameRange, Handles
from newtake.ports import PartTool, no_progress


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One plate of a clip; `part` is None where it is the only one."""

    plate: PlatePlan
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class PartChoices:
    """What was asked of clips that are longer than a plate."""

    cadence: Cadence = "auto"
    continuity: Continuity = "carry"


async def plan_plates(
    clip: Clip,
    info: MediaInfo,
    available: FrameRange,
    origin: int,
    limits: Limits,
    settings: EditSettings,
    choices: PartChoices,
    tool: PartTool,
    notes: list[str],
) -> Sequence[PlannedPart] | Refusal:
    """The plates of a clip: one where it fits, else one for each part. Looks for cuts only then.

    Args:
        clip: The clip; its source range lies inside `available`.
        info: Its media.
        available: All frames of the file, in the media's time base.
        origin: Time-base number of the file's first frame.
        limits: The model's frame grid.
        settings: Of the edit.
        choices: How it is gone through.
        tool: Looks for cuts.
        notes: What is worth saying is added.
    """
    source, duration = clip.source, settings.duration
    cadence = chosen_cadence(choices.cadence, source.rate, clip.speed)
    step = grid_step(cadence, source.rate, limits.rate)
    # A picture of how the clip begins must not meet a handle before it.
    given = settings.first_frame is not None
    if given and clip.speed < 0:
        notes.append(
            "it plays backwards, and is sent forwards: the first-frame image meets the frame that "
            "shows last"
        )
    # Where a part is restyled, the clip's other frames are its handles.
    handles = settings.handles if clip.whole is None else 0
    most = capacity(limits, duration, step)
    if source.duration <= most:
        plate = plan_plate(
            clip,
            available,
            origin,
            limits,
            duration,
            cadence,
            head_handle=not given,
            least=Handles(handles, handles),
        )
        return plate if isinstance(plate, Refusal) else [PlannedPart(plate)]
    if (refusal := _refused(source, settings)) is not None:
        return refusal
    if clip.rendered is not None:
        # Its cuts cannot be looked for before it is rendered.
        return Refusal(
            RefusalReason.TOO_LONG,
            f"it is rendered first, and then one plate has to hold it: {most} of its "
            f"{source.duration} frames; cut it into shorter clips",
        )
    scores = await tool.scene_scores(info, source.start - origin, source.duration, no_progress)
    carry = choices.continuity == "carry" and settings.variations == 1
    overlap = ceil(OVERLAP_FRAMES * step)
    cuts = real_cuts(scores, source.start)
    if handles + 2 * overlap >= most:
        return Refusal(
            RefusalReason.TOO_LONG,
            f"it is sent in parts of at most {most} frames, which have no room for handles of "
            f"{handles}",
        )
    # The first part and the last one hold a handle each.
    parts = part_clip(source, most - handles, cuts, carry=carry, overlap=overlap)
    planned = []
    for part in parts:
        plate = plan_plate(
            replace(clip, source=part.span),
            available,
            origin,
            limits,
            duration,
            cadence,
            # A later part begins where a shot does, or with a picture that is handed on.
            head_handle=part.is_first and not given,
            least=Handles(handles if part.is_first else 0, handles if part is parts[-1] else 0),
        )
        if isinstance(plate, Refusal):
            return plate
        planned.append(PlannedPart(plate, part))
    notes += _told(parts, most, choices, carried=carry)
    if given:
        notes.append("the first-frame image is for the first part")
    return planned


def settings_of(part: Part | None, settings: EditSettings) -> EditSettings:
    """A first-frame image is of the clip's beginning: later parts go without it."""
    if part is None or part.is_first:
        return settings
    return replace(settings, first_frame=None)


def _refused(source: FrameRange, settings: EditSettings) -> Refusal | None:
    if (refusal := refuse_length(source)) is not None:
        return refusal
    if settings.exr_export:
        return Refusal(
            RefusalReason.TOO_LONG,
            "it is longer than one plate, and EXR frames of several parts are not joined; leave "
            "--exr away, or cut the clip",
        )
    return None


def _told(parts: Sequence[Part], most: int, choices: PartChoices, *, carried: bool) -> list[str]:
    cuts = sum(1 for part in parts if not part.is_first and not part.lead)
    dissolved = len(parts) - 1 - cuts
    how = []
    if cuts:
        how.append(f"{cuts} at real cuts")
    if dissolved:
        lead = max(part.lead for part in parts)
        how.append(f"{dissolved} inside a shot, dissolved over {lead} frames")
    notes = [
        f"one plate holds {most} of its frames, so it is sent in {len(parts)} parts and joined "
        f"into one take; boundaries: {', '.join(how)}",
        "a joined take is coded anew: ProRes, or as --codec says",
    ]
    if not dissolved:
        return notes
    if carried:
        notes.append(
            "each part inside a shot waits for the one before and begins with its last picture, "
            "which is uploaded like the plates (--continuity parallel sends all at once)"
        )
    elif choices.continuity == "carry":
        notes.append("with several variations no picture is handed on: parts are sent at once")
    return notes
