"""Planning a clip that one plate does not hold: where it is parted, and the plate of each part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil

from newtake.domain.cadence import chosen_cadence, grid_step
from newtake.domain.choices import Cadence, Continuity
from newtake.domain.clip import Clip, MediaInfo, Refusal, RefusalReason
from newtake.domain.counting import counted
from newtake.domain.edit import EditSettings, Limits, Price, total_price
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
    price: Callable[[str], Price],
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
        price: Of one submission, by the length that is bought.
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
    cuts = real_cuts(scores, source.start)
    overlap = ceil(OVERLAP_FRAMES * step)

    def planned(duration: str) -> Sequence[PlannedPart] | Refusal:
        most = capacity(limits, duration, step)
        if handles + 2 * overlap >= most:
            return Refusal(
                RefusalReason.TOO_LONG,
                f"it is sent in parts of at most {most} frames, which have no room for handles of "
                f"{handles}",
            )
        # The first part and the last one hold a handle each.
        parts = part_clip(source, most - handles, cuts, carry=carry, overlap=overlap)
        made = []
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
            made.append(PlannedPart(plate, part))
        return made

    plates = planned(duration)
    if isinstance(plates, Refusal):
        return plates
    notes += _told([each.part for each in plates if each.part], most, choices, carried=carry)
    others = {word: planned(word) for word in limits.tiers if word != duration}
    if (cheaper := _told_cheaper(plates, others, price)) is not None:
        notes.append(cheaper)
    if given:
        notes.append("the first-frame image is for the first part")
    return plates


def _told_cheaper(
    plates: Sequence[PlannedPart],
    others: Mapping[str, Sequence[PlannedPart] | Refusal],
    price: Callable[[str], Price],
) -> str | None:
    """Which length would make the clip cost less than `plates` do; None where none would."""

    def cost(parts: Sequence[PlannedPart]) -> Decimal | None:
        return total_price([price(each.plate.duration) for each in parts]).usd

    own, found = cost(plates), []
    for word, parts in others.items():
        if isinstance(parts, Refusal):
            continue
        other = cost(parts)
        if own is not None and other is not None and other < own:
            found.append((other, len(parts), word))
    if not found:
        return None
    least, count, word = min(found)
    seams = "; fewer parts have fewer seams" if count > len(plates) else ""
    return (
        f"with `--duration {word}` it would go in {counted(count, 'part')} and cost ${least:.2f}, "
        f"not ${own:.2f}{seams}"
    )


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
