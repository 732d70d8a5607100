"""The plate: which media frames are sent, so that every result frame has a slot to return to.

A plate is always exactly a length that the model sells. The clip's frames come first, then handles
from the media on both sides as far as they reach, then the last frame held.
"""

from __future__ import annotations

from dataclasses import dataclass

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.edit import Limits
from newtake.domain.timing import FrameRange, display_rate

MAX_FRAME_CADENCE_RATE = 30
"""Above this rate a frame-for-frame plate would play in slow motion to the model."""


@dataclass(frozen=True, slots=True)
class PlatePlan:
    """Which frames leave this machine. Plate frame `i` is media frame `media_range.start + i`."""

    duration: str
    """The paid tier: "5s" or "10s"."""
    length: int
    """Frames of the plate, held ones included."""
    media_range: FrameRange
    """Head handle, clip and tail handle, in the media's time base at the media's own rate."""
    file_index: int
    """Index in the file of `media_range.start`."""
    clip_offset: int
    """Plate index of the clip's first frame: the head handle's length."""
    clip_frames: int

    @property
    def tail(self) -> int:
        """Frames of the tail handle."""
        return self.media_range.duration - self.clip_offset - self.clip_frames

    @property
    def held(self) -> int:
        """Copies of the last media frame that fill the plate."""
        return self.length - self.media_range.duration


def plan_plate(
    clip: Clip, available: FrameRange, origin: int, limits: Limits, duration: str
) -> PlatePlan | Refusal:
    """Choose the tier, the handles and the held frames for one clip.

    Args:
        clip: The clip; its source range lies inside `available`.
        available: All frames of the file, in the media's time base.
        origin: Time-base number of the file's first frame.
        limits: The model's frame grid.
        duration: "auto", "5s" or "10s".
    """
    source = clip.source
    refusal = refuse_span(source, limits, duration)
    if refusal is not None:
        return refusal
    word, length = next(tier for tier in _tiers(limits, duration) if tier[1] >= source.duration)
    spare = length - source.duration
    before, after = source.start - available.start, available.end - source.end
    head = min(before, max(spare // 2, spare - after))
    tail = min(after, spare - head)
    return PlatePlan(
        duration=word,
        length=length,
        media_range=FrameRange(source.start - head, head + source.duration + tail, source.rate),
        file_index=source.start - head - origin,
        clip_offset=head,
        clip_frames=source.duration,
    )


def refuse_span(source: FrameRange, limits: Limits, duration: str = "auto") -> Refusal | None:
    """Why no plate holds these frames, as far as their rate and number say; None when one does.

    Args:
        source: The frames, at the media's rate.
        limits: The model's frame grid.
        duration: "auto", "5s" or "10s".
    """
    if source.rate > MAX_FRAME_CADENCE_RATE:
        return Refusal(
            RefusalReason.RATE_TOO_HIGH,
            f"its media runs at {display_rate(source.rate)} frames per second; "
            f"rates up to {MAX_FRAME_CADENCE_RATE} are sent frame for frame",
        )
    word, most = _tiers(limits, duration)[-1]
    if source.duration > most:
        return Refusal(
            RefusalReason.TOO_LONG,
            f"it shows {source.duration} frames; {word} of the model hold {most}",
        )
    return None


def _tiers(limits: Limits, duration: str) -> list[tuple[str, int]]:
    """Words and frames of the lengths that may be bought, the shortest first."""
    tiers = sorted(limits.tiers.items(), key=lambda tier: tier[1])
    return [tier for tier in tiers if duration in ("auto", tier[0])]
