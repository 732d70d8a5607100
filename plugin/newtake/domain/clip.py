"""What a timeline and a media file say about one clip, as values.

Three time frames meet here. Record ranges count frames of the timeline, its start timecode
included. Source and available ranges count frames of the media in the *media's time base*, which
may start at the file's timecode or at zero. A frame *index* counts from the file's first frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path

from newtake.domain.mastering import ContentLight, MasteringDisplay
from newtake.domain.sequence import ImageSequence
from newtake.domain.timing import FrameRange, Handles


class RefusalReason(Enum):
    """Why a clip cannot be restyled; the value is a stable word for programs."""

    AUDIO = "audio"
    NO_MEDIA = "no_media"
    OFFLINE = "offline"
    GENERATOR = "generator"
    NESTED = "nested"
    RETIMED = "retimed"
    STILL = "still"
    EMPTY = "empty"
    OUTSIDE_MEDIA = "outside_media"
    UNKNOWN_RATE = "unknown_rate"
    NOT_A_FILE = "not_a_file"
    IMAGE_SEQUENCE = "image_sequence"
    TOO_LONG = "too_long"
    TRANSITION = "transition"
    TITLE = "title"
    ADJUSTMENT = "adjustment"
    COMPOUND = "compound"
    FUSION = "fusion"
    MULTICAM = "multicam"
    MIXED_RATE = "mixed_rate"
    LOCKED = "locked"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: RefusalReason
    text: str
    """One sentence for a person, without the clip's name."""


@dataclass(frozen=True, slots=True)
class ColourTags:
    """The four tags of a video stream in ffmpeg's names; None where the file says nothing."""

    primaries: str | None = None
    transfer: str | None = None
    matrix: str | None = None
    range: str | None = None

    @property
    def is_hdr(self) -> bool:
        return self.transfer in ("smpte2084", "arib-std-b67")


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A file's facts, probed. Sizes are coded pixels, before rotation and pixel aspect."""

    path: Path
    container: str
    codec: str
    width: int
    height: int
    rate: Fraction
    frames: int
    """Frames the container promises; `frames_counted` says whether they were counted."""
    frames_counted: bool
    video_start_seconds: Fraction
    """The first frame's presentation time."""
    container_start_seconds: Fraction
    """The earliest time of any stream: what ffmpeg's input seek counts from."""
    pixel_format: str
    bit_depth: int
    pixel_aspect: Fraction
    rotation_degrees: int
    interlaced: bool
    constant_rate: bool
    has_alpha: bool
    has_audio: bool
    colour: ColourTags
    timecode: str | None = None
    timecode_rate: Fraction | None = None
    reel: str | None = None
    mastering: MasteringDisplay | None = None
    light: ContentLight | None = None
    """What an HDR picture says of its making, as its first frame has it."""
    frame_times: tuple[Fraction, ...] = ()
    """Of media with a variable rate: when each picture shows, in seconds after the first."""
    sequence: ImageSequence | None = None
    """The images, where it is a sequence of them; `path` is then their pattern and no file."""
    missing: tuple[int, ...] = ()
    """Numbers of images of the sequence that are not there."""

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height of the upright picture with square pixels."""
        width = round(self.width * self.pixel_aspect)
        if self.rotation_degrees % 180:
            return self.height, width
        return width, self.height


@dataclass(frozen=True, slots=True)
class MediaLink:
    """Where the timeline says a clip's media is."""

    url: str
    """As written in the timeline, untouched."""
    path: Path | None
    """The local file it names; None for addresses that are no file."""
    available: FrameRange | None
    """All frames the timeline believes the media has, in the media's time base."""
    sequence: ImageSequence | None = None
    """The images it names, where it is a sequence; `path` is then their pattern and no file."""


NO_DISSOLVES = Handles(0, 0)
NO_LACK = Handles(0, 0)


@dataclass(frozen=True, slots=True)
class TakeSummary:
    """One take that a clip already has. Number 0 is the original, as the editor cut it."""

    number: int
    key: str
    name: str
    url: str
    selected: bool
    starred: bool = False
    lacks: Handles = NO_LACK
    """Media frames at both ends of `Clip.source` that the take does not have, where the host can
    tell."""


@dataclass(frozen=True, slots=True)
class TakeAbove:
    """A take that was laid over its clip, on a track above it."""

    key: str
    name: str
    track: str
    """V2, V3 ..."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One appearance of media on a timeline, as it was selected."""

    key: str
    """Finds the clip again in its host, also after the timeline was written and reloaded."""
    index: int
    """Position in the host's listing, from 1: what `--clip 3` means."""
    name: str
    track: str
    """V1, V2, A1 ... from the bottom."""
    record: FrameRange
    source: FrameRange
    """Media frames that the clip shows at any moment, dissolves included, in the media's time base
    and in the media's order; without `dissolves` one per record frame when `speed` is 1."""
    media: MediaLink | None
    speed: Fraction = Fraction(1)
    """Media seconds per record second: 0 a freeze, below it backwards."""
    takes: tuple[TakeSummary, ...] = ()
    refusal: Refusal | None = None
    dissolves: Handles = NO_DISSOLVES
    """Frames at both ends of `source` that only a transition shows."""
    notes: tuple[str, ...] = ()
    whole: FrameRange | None = None
    """The media frames of the whole clip, in the media's time base, where only a part of it,
    `source`, is to be restyled; the take spans it all."""
    piece_of: FrameRange | None = None
    """Record range of the clip that this one is to be split out of before a take is added; `key`
    is that clip's. None: it is a clip already."""
    rendered: MediaInfo | None = None
    """What the host will render of the clip before anything is cut, as far as it is known before:
    `path` is where the file will lie. None: the plate is cut from the media itself."""
    known_by: tuple[str, ...] = ()
    """Words of the host's, each of which tells the clip when the others have changed: two clips of
    one timeline that share one are the same clip. Empty: `key` alone tells it."""
    takes_above: tuple[TakeAbove, ...] = ()
    """Takes of it that are not in it, since its host took none."""
    source_is_told: bool = True
    """Whether the host tells what it shows; else `source` only stands for its length. Such a clip
    is refused, or its host renders it."""

    def is_same(self, other: Clip) -> bool:
        """Whether both are one clip of their timeline, which may have been moved in between."""
        return self.key == other.key or not set(self.known_by).isdisjoint(other.known_by)


def media_origin(
    source: FrameRange, available: FrameRange | None, media: MediaInfo, timecode_start: int | None
) -> int:
    """The time-base number of the file's first frame, checked against the frames wanted.

    Timelines count media frames from the file's timecode (Resolve, Hiero) or from zero, and state
    an available range of the whole file or of a part of it. The file itself decides which.

    Args:
        source: The frames wanted, in the media's time base.
        available: What the timeline says the media has.
        media: The probed file.
        timecode_start: The file's start timecode as a frame number at the media's rate.

    Returns:
        The number. Where the frames wanted fit more than one reading, `other_origin` tells.

    Raises:
        ValueError: If the frames wanted are not all in the file; says the numbers.
    """
    whole = FrameRange(timecode_start or 0, media.frames, source.rate)
    if available is None:
        origin = whole.start if whole.contains(source) else 0
    elif available.start == 0:
        origin = 0
    elif available.duration == media.frames:
        origin = available.start
    elif whole.contains(available):
        origin = whole.start
    elif available.end <= media.frames:
        origin = 0
    else:
        origin = available.start
    index = source.start - origin
    if index < 0 or index + source.duration > media.frames:
        raise ValueError(
            f"the clip wants media frames {source.start} to {source.end - 1}; "
            f"the file has {media.frames} frames, from {origin} to {origin + media.frames - 1}"
        )
    return origin


def other_origin(
    source: FrameRange, available: FrameRange | None, media: MediaInfo, timecode_start: int | None
) -> int | None:
    """Zero, where `media_origin` chose the timecode and counting from zero would have fitted too.

    So it is with a timecode smaller than the file is long, in a timeline that does not say which
    frames the media has, or only a part of them. Arguments as for `media_origin`.
    """
    whole = FrameRange(timecode_start or 0, media.frames, source.rate)
    if whole.start == 0:
        return None
    stated = source if available is None else available
    if available is not None and (available.start == 0 or available.duration == media.frames):
        return None
    zero_based = FrameRange(0, media.frames, source.rate)
    return 0 if whole.contains(stated) and zero_based.contains(stated) else None


def part_origin(
    source: FrameRange, available: FrameRange | None, media: MediaInfo, timecode_start: int | None
) -> int | None:
    """The first available frame, where `media_origin` chose zero and a reader may begin with that.

    So it is where a timeline states a part of a file whose timecode says nothing of it: then zero
    is what OpenTimelineIO means, and nothing in the file proves it. Arguments as for
    `media_origin`.
    """
    if available is None or available.start == 0 or available.duration >= media.frames:
        return None
    if available.rate != source.rate or not available.contains(source):
        return None
    whole = FrameRange(timecode_start or 0, media.frames, source.rate)
    if whole.start and whole.contains(available):
        return None
    return available.start if available.start > 0 and available.end <= media.frames else None
