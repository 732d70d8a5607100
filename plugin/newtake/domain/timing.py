"""Frames at an exact rate: ranges, rates and timecode.

Rule 1: time is a whole number of frames at a `Fraction` rate; ranges are half-open.
Rule 2: seconds appear only at the provider's limits and in ffmpeg's arguments.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

_NTSC = {
    24: Fraction(24000, 1001),
    30: Fraction(30000, 1001),
    60: Fraction(60000, 1001),
    48: Fraction(48000, 1001),
    120: Fraction(120000, 1001),
}
_SNAP = Fraction(2, 100)
_TIMECODE = re.compile(r"^(\d{1,2}):(\d{2}):(\d{2})([:;.])(\d{2,3})$")


def exact_rate(value: float | int | str | Fraction) -> Fraction:
    """The rate that was meant: 23.976, "24000/1001" and float noise all give 24000/1001.

    Raises:
        ValueError: If the value is not a finite, positive rate up to 1000 frames per second.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a frame rate")
    try:
        rate = Fraction(value)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"{value!r} is not a frame rate") from error
    if not 0 < rate <= 1000:
        raise ValueError(f"{value} is not a frame rate")
    nearest = round(rate)
    if nearest and abs(rate - nearest) < Fraction(1, 1000):
        return Fraction(nearest)
    for ntsc in _NTSC.values():
        if abs(rate - ntsc) < _SNAP:
            return ntsc
    exact = rate.limit_denominator(100_000)
    if exact <= 0:
        raise ValueError(f"{value} is not a frame rate")
    return exact


def nominal(rate: Fraction) -> int:
    """The whole number a timecode counts to: 24 for 24000/1001, 30 for 30000/1001."""
    return math.ceil(rate)


def drops_frames(rate: Fraction) -> bool:
    """Whether the field writes this rate's timecode as drop-frame by habit (29.97, 59.94)."""
    return rate in (_NTSC[30], _NTSC[60])


@dataclass(frozen=True, slots=True)
class Handles:
    """Extra frames before and after a range."""

    head: int
    tail: int


@dataclass(frozen=True, slots=True)
class FrameRange:
    """`duration` frames from `start`, half-open; both count at `rate`."""

    start: int
    duration: int
    rate: Fraction
    drop: bool | None = field(default=None, compare=False)
    """Whether its labels leave numbers out, as its timeline says; None where nothing says so."""

    def __post_init__(self) -> None:
        if self.duration < 0:
            raise ValueError(f"A range cannot have {self.duration} frames")
        if self.rate.numerator <= 0:
            raise ValueError(f"{self.rate} is not a frame rate")

    @property
    def end(self) -> int:
        """The first frame after the range."""
        return self.start + self.duration

    @property
    def seconds(self) -> Fraction:
        """The length in seconds, exactly."""
        return self.duration / self.rate

    def contains(self, other: FrameRange) -> bool:
        self._same_rate(other)
        return self.start <= other.start and other.end <= self.end

    def covers_frame(self, frame: int) -> bool:
        return self.start <= frame < self.end

    def intersection(self, other: FrameRange) -> FrameRange | None:
        """The frames in both; None where they do not overlap."""
        self._same_rate(other)
        start, end = max(self.start, other.start), min(self.end, other.end)
        return FrameRange(start, end - start, self.rate, self.drop) if end > start else None

    def with_handles(self, handles: Handles, within: FrameRange) -> FrameRange:
        """Widen by the handles, as far as `within` (the media's available range) reaches.

        Raises:
            ValueError: If the two ranges differ in rate, or self lies outside `within`.
        """
        if not within.contains(self):
            raise ValueError("The range lies outside the media")
        start = max(within.start, self.start - handles.head)
        end = min(within.end, self.end + handles.tail)
        return FrameRange(start, end - start, self.rate)

    def through(self, last: FrameRange) -> FrameRange:
        """From the start of this one to the end of `last`, which is of the same rate."""
        return replace(self, duration=last.end - self.start)

    def covered_at(self, rate: Fraction) -> FrameRange:
        """The whole frames at another rate that show at any moment of this range."""
        start = math.floor(self.start / self.rate * rate)
        end = math.ceil(self.end / self.rate * rate)
        return FrameRange(start, end - start, rate)

    def moved(self, frames: int) -> FrameRange:
        return FrameRange(self.start + frames, self.duration, self.rate, self.drop)

    def label(self, frame: int) -> str:
        """The timecode of a frame in this range's counting."""
        return timecode(frame, self.rate, drop=self.drop)

    def frame_of(self, text: str) -> int:
        """The frame that a label names in this range's counting. Raises: as `frame_of_timecode`."""
        return frame_of_timecode(text, self.rate, drop=self.drop)

    def _same_rate(self, other: FrameRange) -> None:
        if self.rate is not other.rate and self.rate != other.rate:
            raise ValueError(f"Ranges at {self.rate} and {other.rate} cannot be compared")

    def __str__(self) -> str:
        return f"{self.label(self.start)} - {self.label(self.end)}"


def timecode(frame: int, rate: Fraction, *, drop: bool | None = None) -> str:
    """The label of a frame, HH:MM:SS:FF; `;` before the frames where frames are dropped.

    Labels wrap at 24 hours. A negative frame gets a leading minus.

    Args:
        frame: Frames since 00:00:00:00.
        rate: Frames per second.
        drop: Drop-frame counting; None chooses it for 29.97 and 59.94.
    """
    if frame < 0:
        return "-" + timecode(-frame, rate, drop=drop)
    base = nominal(rate)
    drop = drops_frames(rate) if drop is None else drop and drops_frames(rate)
    if drop:
        skipped = base // 15
        per_minute = base * 60 - skipped
        per_ten = per_minute * 10 + skipped
        tens, rest = divmod(frame % (per_ten * 144), per_ten)
        frame = frame % (per_ten * 144) + skipped * 9 * tens
        if rest >= base * 60:
            frame += skipped * ((rest - base * 60) // per_minute + 1)
    frame %= base * 86400
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    width = max(2, len(str(base - 1)))
    mark = ";" if drop else ":"
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:0{width}}"


def is_drop(text: str) -> bool:
    """Whether a label is written as drop-frame: `;` or `.` before the frames."""
    match = _TIMECODE.match(text.strip())
    return match is not None and match[4] != ":"


def frame_of_timecode(text: str, rate: Fraction, *, drop: bool | None = None) -> int:
    """The frame a label names; `;` or `.` before the frames means drop-frame.

    Args:
        text: HH:MM:SS:FF.
        rate: Frames per second.
        drop: How frames are known to be counted: then `:` is read so as well, and another mark
            names no frame. None leaves it to the mark.

    Raises:
        ValueError: If the text is no timecode, or names a label that does not exist at `rate`.
    """
    match = _TIMECODE.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a timecode (HH:MM:SS:FF)")
    hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
    base, marked = nominal(rate), match[4] != ":"
    if marked and drop is False and drops_frames(rate):
        raise ValueError(f"{text!r} is a drop-frame label, and the timeline drops none")
    drop = drops_frames(rate) if drop and not marked else marked
    if minutes > 59 or seconds > 59 or frames >= base:
        raise ValueError(f"{text!r} does not exist at {display_rate(rate)} frames per second")
    total = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if drop:
        if not drops_frames(rate):
            raise ValueError(f"{display_rate(rate)} has no drop-frame timecode ({text!r})")
        skipped = base // 15
        if minutes % 10 and seconds == 0 and frames < skipped:
            raise ValueError(f"{text!r} is one of the labels that drop-frame leaves out")
        passed = hours * 60 + minutes
        total -= skipped * (passed - passed // 10)
    return total


def display_rate(rate: Fraction) -> str:
    """The rate as the field writes it: 23.976, 25, 29.97."""
    if rate.denominator == 1:
        return str(rate.numerator)
    return f"{float(rate):.3f}".rstrip("0")
