"""What the fake Resolve holds: projects, bins, media, timelines, tracks, items and takes.

Plain records without behaviour. Record positions are absolute timeline frames (the start timecode
is included), source positions count from the media's first frame, ranges are half-open.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from newtake.domain.timing import frame_of_timecode, timecode


def new_id() -> str:
    """An identity as Resolve gives them: a UUID in text."""
    return str(uuid.uuid4())


@dataclass(eq=False)
class Record:
    """Anything that a handle can point to."""

    name: str
    uid: str = field(default_factory=new_id)
    gone: bool = False
    """Deleted: every call on a handle to it gives None."""


@dataclass
class Marker:
    """One marker; `frame` is in the space of what carries it (see `markers`)."""

    frame: int
    color: str
    name: str
    note: str
    duration: float
    custom_data: str


@dataclass(eq=False)
class Marked(Record):
    """What can carry markers, flags and a colour."""

    markers: dict[int, Marker] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    color: str = ""
    marks: dict[str, dict[str, int]] = field(default_factory=dict)
    """In and out by "video" and "audio"; both as they were set, the out inclusive."""


@dataclass(eq=False)
class Media(Marked):
    """One entry of the media pool."""

    kind: str = "Video"
    """As the clip property 'Type' says it: Video, Still, Audio, Compound, Multicam, ..."""
    path: str = ""
    frames: int = 0
    rate: Fraction = Fraction(24)
    start: int = 0
    """The start timecode, in frames of the media."""
    first_number: int = 0
    """Of an image sequence: the number of its first file."""
    size: tuple[int, int] = (1920, 1080)
    has_audio: bool = False
    properties: dict[str, str] = field(default_factory=dict)
    """What was set by hand over what the file says."""
    metadata: dict[str, str] = field(default_factory=dict)
    third_party: dict[str, str] = field(default_factory=dict)
    timeline: Timeline | None = None
    """Of an entry that stands for a timeline."""

    @property
    def is_sequence(self) -> bool:
        return "%" in self.path


@dataclass(eq=False)
class Bin(Record):
    """One folder of the media pool."""

    parent: Bin | None = None
    bins: list[Bin] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)

    def every_bin(self) -> list[Bin]:
        """This bin and all below it."""
        return [self, *(deeper for one in self.bins for deeper in one.every_bin())]


@dataclass
class Take:
    """One take of an item: half-open, counted from the media's first frame."""

    media: Media | None
    start: int
    end: int


@dataclass(eq=False)
class Item(Marked):
    """One appearance on a track."""

    kind: str = "video"
    """See `kinds`: what an editor would call it, not what the API says."""
    start: int = 0
    duration: int = 1
    source_start: int = 0
    """The first media frame shown, in the media's own rate."""
    media: Media | None = None
    speed: Fraction = Fraction(1)
    takes: list[Take] = field(default_factory=list)
    selected_take: int = 0
    """Counted from 1; 0 on an item that is no take selector."""
    enabled: bool = True
    is_graded: bool = False
    is_hollow: bool = False
    """What AppendToTimeline hands out for an item that it did not place."""
    is_renamed: bool = False
    versions: list[str] = field(default_factory=lambda: ["Version 1"])
    """Local versions of the grade."""
    version: str = "Version 1"
    fusion_comps: int = 0
    """Compositions that were added."""
    properties: dict[str, Any] = field(default_factory=dict)
    linked: list[Item] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.start + self.duration


@dataclass
class Track:
    """One track with its items in the order of the record."""

    name: str
    items: list[Item] = field(default_factory=list)
    enabled: bool = True
    locked: bool = False


@dataclass(eq=False)
class Timeline(Marked):
    """One timeline; `playhead` and `start` are absolute record frames."""

    rate: Fraction = Fraction(24)
    drop: bool = False
    start: int = 0
    playhead: int = 0
    ahead: int = 0
    """By how much record frames are numbered higher than their labels say."""
    tracks: dict[str, list[Track]] = field(
        default_factory=lambda: {"video": [], "audio": [], "subtitle": []}
    )
    selection: list[str] = field(default_factory=list)
    """Item ids, in the order in which the editor selected them."""
    settings: dict[str, str] = field(default_factory=dict)
    media: Media | None = None

    @property
    def end(self) -> int:
        return max((item.end for _, _, item in self.placed()), default=self.start)

    def placed(self) -> list[tuple[str, int, Item]]:
        """Track type, track number and item of everything on the tracks."""
        return [
            (kind, number, item)
            for kind, tracks in self.tracks.items()
            for number, track in enumerate(tracks, 1)
            for item in track.items
        ]

    def place_of(self, item: Item) -> tuple[str, int] | None:
        """Track type and number, None when the item is on no track of this timeline."""
        return next(((k, n) for k, n, one in self.placed() if one is item), None)

    def label_of(self, frame: int) -> str:
        """The timecode of a record frame."""
        return timecode(frame - self.ahead, self.rate, drop=self.drop)

    def frame_of(self, label: str) -> int | None:
        """The record frame that a label names; `:` is read as the timeline counts."""
        text = label.strip()
        if self.drop and len(text) > 3 and text[-3] == ":":
            text = f"{text[:-3]};{text[-2:]}"
        try:
            return frame_of_timecode(text, self.rate) + self.ahead
        except ValueError:
            return None


@dataclass
class RenderJob:
    """One entry of the render queue; marks are absolute, the out mark inclusive."""

    uid: str
    timeline: Timeline
    settings: dict[str, Any]
    format: str
    codec: str
    mark_in: int
    mark_out: int
    output_name: str
    status: str = "Ready"
    starts_in: int = 0
    """Status questions until it begins; 0 where it was not started, or has begun."""
    percent: int = 0
    error: str = ""
    polls: int = 0


@dataclass
class RenderState:
    """The state of the Deliver page, on top of which settings are merged."""

    initialised: bool = False
    format: str = "mov"
    codec: str = "H264"
    mode: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    presets: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: list[RenderJob] = field(default_factory=list)


@dataclass(eq=False)
class Project(Marked):
    """One project with its pool and its timelines."""

    root: Bin = field(default_factory=lambda: Bin("Master"))
    current_bin: Bin | None = None
    selected_media: list[Media] = field(default_factory=list)
    timelines: list[Timeline] = field(default_factory=list)
    current_timeline: Timeline | None = None
    settings: dict[str, str] = field(default_factory=dict)
    render: RenderState = field(default_factory=RenderState)
    saves: int = 0

    @property
    def bin(self) -> Bin:
        return self.current_bin or self.root

    def every_media(self) -> list[Media]:
        return [media for one in self.root.every_bin() for media in one.media]

    def bin_of(self, media: Media) -> Bin | None:
        return next((one for one in self.root.every_bin() if media in one.media), None)

    def timeline_of(self, item: Item) -> Timeline | None:
        return next((one for one in self.timelines if one.place_of(item)), None)
