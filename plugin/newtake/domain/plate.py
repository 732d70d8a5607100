"""The plate: which media frames are sent, so that every result frame has a slot to return to.

A plate is always exactly a length that the model sells. The clip's frames come first, then handles
from the media on both sides as far as they reach, then the last frame held. With the cadence `time`
the plate steps through the media on the model's grid, and the take goes back by the same steps.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from newtake.domain.cadence import (
    chosen_cadence,
    first_place,
    grid_step,
    media_offset,
    told_numbers,
)
from newtake.domain.choices import Cadence, PlateCadence
from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.counting import counted
from newtake.domain.edit import Limits
from newtake.domain.timing import FrameRange, Handles, display_rate

NO_HANDLES = Handles(0, 0)


@dataclass(frozen=True, slots=True)
class PlatePlan:
    """Which frames leave this machine, and which slot of the take each of them comes back to.

    The take has one slot for each frame of `media_range`; slot i is media frame
    `media_range.start + i`.
    """

    duration: str
    """The paid tier: "5s" or "10s"."""
    length: int
    """Frames of the plate, held ones included."""
    media_range: FrameRange
    """Head handle, clip and tail handle, in the media's time base at the media's own rate."""
    file_index: int
    """Index in the file of `media_range.start`."""
    clip_offset: int
    """The clip's first slot: the head handle's length, in media frames."""
    clip_frames: int
    """The clip's media frames."""
    cadence: PlateCadence = "frame"
    sent: tuple[int, ...] = ()
    """The slot whose media frame each plate frame shows, in order, held ones left out. Empty: every
    slot's frame once, as the cadence `frame` has it."""

    @property
    def tail(self) -> int:
        """Media frames of the tail handle."""
        return self.media_range.duration - self.clip_offset - self.clip_frames

    @property
    def shown(self) -> Sequence[int]:
        """As `sent`, written out for either cadence."""
        return self.sent or range(self.media_range.duration)

    @property
    def held(self) -> int:
        """Copies of the last frame that fill the plate."""
        return self.length - len(self.shown)

    @property
    def slots(self) -> Sequence[int]:
        """The plate frame that each slot shows: its own, or, left out, the one before it."""
        if not self.sent:
            return range(self.media_range.duration)
        latest = (
            self.sent[bisect_right(self.sent, i) - 1] for i in range(self.media_range.duration)
        )
        return tuple(bisect_left(self.sent, slot) for slot in latest)

    @property
    def clip_places(self) -> range:
        """The plate frames from the clip's first one to its last, half-open."""
        slots = self.slots
        return range(slots[self.clip_offset], slots[self.clip_offset + self.clip_frames - 1] + 1)

    @property
    def dropped(self) -> tuple[int, ...]:
        """Media frames, in the media's time base, that no plate frame shows."""
        if not self.sent:
            return ()
        sent = set(self.sent)
        return tuple(frame for i, frame in enumerate(self._frames) if i not in sent)

    @property
    def doubled(self) -> tuple[int, ...]:
        """Media frames, in the media's time base, that more than one plate frame shows."""
        if not self.sent:
            return ()
        times = Counter(self.sent)
        return tuple(frame for i, frame in enumerate(self._frames) if times[i] > 1)

    @property
    def _frames(self) -> range:
        return range(self.media_range.start, self.media_range.end)


def plan_plate(
    clip: Clip,
    available: FrameRange,
    origin: int,
    limits: Limits,
    duration: str,
    cadence: Cadence = "auto",
    *,
    head_handle: bool = True,
    least: Handles = NO_HANDLES,
) -> PlatePlan | Refusal:
    """Choose the tier, the handles and the held frames for one clip.

    Args:
        clip: The clip; its source range lies inside `available`.
        available: All frames of the file, in the media's time base.
        origin: Time-base number of the file's first frame.
        limits: The model's frame grid.
        duration: "auto", "5s" or "10s".
        cadence: How the plate goes through the media.
        head_handle: Whether it may begin before the clip does.
        least: Media frames that the handles have to have.
    """
    source = clip.source
    chosen = chosen_cadence(cadence, source.rate, clip.speed)
    step = grid_step(chosen, source.rate, limits.rate)
    refusal = _refuse_span(source, limits, duration, step)
    if refusal is not None:
        return refusal
    refusal = _refuse_handles(source, available, least)
    if refusal is not None:
        return refusal
    needed = first_place(source.duration, step)
    asked_head, asked_tail = _handle_places(source, least, step)
    asked = asked_head + needed + asked_tail
    tier = next((tier for tier in _tiers(limits, duration) if tier[1] >= asked), None)
    if tier is None:
        word, length = _tiers(limits, duration)[-1]
        return Refusal(
            RefusalReason.TOO_LONG,
            f"with {told_handles(least)} a plate needs {asked} frames; {word} of the model hold "
            f"{length}",
        )
    word, length = tier
    spare = length - needed
    before = -first_place(available.start - source.start, step)
    after = first_place(available.end - source.start, step) - needed
    head = min(before, max(spare // 2, spare - after)) if head_handle else 0
    if asked_head > before:
        return Refusal(
            RefusalReason.OUTSIDE_MEDIA,
            f"on the grid of {display_rate(limits.rate)} the media has no "
            f"{counted(least.head, 'frame')} before it; one less fits",
        )
    head = min(max(head, asked_head), spare - asked_tail)
    tail = min(after, spare - head)
    places = range(-head, needed + tail)
    first = media_offset(places.start, step)
    last = media_offset(places.stop - 1, step)
    # Up to where the next plate frame would begin; the media may end before.
    end = min(available.end - source.start, max(last + 1, media_offset(places.stop, step)))
    return PlatePlan(
        duration=word,
        length=length,
        media_range=FrameRange(source.start + first, end - first, source.rate),
        file_index=source.start + first - origin,
        clip_offset=-first,
        clip_frames=source.duration,
        cadence=chosen,
        sent=tuple(media_offset(place, step) - first for place in places)
        if chosen == "time"
        else (),
    )


def told_handles(handles: Handles) -> str:
    """In words: "handles of 12 and 12 frames"."""
    return f"handles of {handles.head} and {handles.tail} frames"


def _handle_places(source: FrameRange, least: Handles, step: Fraction) -> tuple[int, int]:
    """How many plate frames before and after the clip show that many media frames."""
    head = 1 - first_place(1 - least.head, step) if least.head else 0
    end = first_place(source.duration + least.tail, step)
    return head, end - first_place(source.duration, step)


def _refuse_handles(source: FrameRange, available: FrameRange, least: Handles) -> Refusal | None:
    """Why the media has no such handles; None when it has."""
    if least == NO_HANDLES:
        return None
    before, after = source.start - available.start, available.end - source.end
    if before >= least.head and after >= least.tail:
        return None
    return Refusal(
        RefusalReason.OUTSIDE_MEDIA,
        f"its media has {counted(max(before, 0), 'frame')} before it and {max(after, 0)} after it; "
        f"{told_handles(least)} were asked for",
    )


def _refuse_span(
    source: FrameRange, limits: Limits, duration: str, step: Fraction
) -> Refusal | None:
    """Why no plate holds these frames, as far as their number says; None when one does."""
    needed = first_place(source.duration, step)
    word, most = _tiers(limits, duration)[-1]
    if needed <= most:
        return None
    grid = "" if step == 1 else f", {needed} of them at {display_rate(limits.rate)}"
    return Refusal(
        RefusalReason.TOO_LONG,
        f"it shows {source.duration} frames{grid}; {word} of the model hold {most}",
    )


def capacity(limits: Limits, duration: str, step: Fraction) -> int:
    """How many media frames the longest plate holds.

    Args:
        limits: The model's frame grid.
        duration: "auto", "5s" or "10s".
        step: Media frames from one plate frame to the next.
    """
    _, most = _tiers(limits, duration)[-1]
    return ceil(most * step + Fraction(1, 2)) - 1


def told_cadence(plate: PlatePlan, grid: Fraction) -> str | None:
    """Which media frames a plate in real time leaves out or shows twice; None when all are sent.

    Args:
        plate: The plate.
        grid: The model's rate.
    """
    dropped, doubled = plate.dropped, plate.doubled
    if not dropped and not doubled:
        return None
    frames = plate.media_range
    return (
        f"real time is kept: of media frames {frames.start} - {frames.end - 1} at "
        f"{display_rate(frames.rate)}, {frames.duration - len(dropped)} are sent on the grid of "
        f"{display_rate(grid)}; dropped: {told_numbers(dropped)}; doubled: {told_numbers(doubled)}"
    )


def _tiers(limits: Limits, duration: str) -> list[tuple[str, int]]:
    """Words and frames of the lengths that may be bought, the shortest first."""
    tiers = sorted(limits.tiers.items(), key=lambda tier: tier[1])
    return [tier for tier in tiers if duration in ("auto", tier[0])]
