"""What Resolve says of a timeline, its items and their media, as values; nothing is concluded yet.

Record positions count timeline frames, the start timecode included; source positions count from the
media's first frame, at the media's own rate. Ranges are half-open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from newtake.domain.clip import NO_DISSOLVES
from newtake.domain.files import HostDocument
from newtake.domain.timing import FrameRange, Handles, exact_rate
from newtake.hosts.resolve.labelling import Label, label_of

LETTERS = {"video": "V", "audio": "A", "subtitle": "S"}


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """An entry of the media pool: its clip properties and what programs noted on it."""

    uid: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    """As `GetClipProperty()` has them: the names of the clip's attributes."""
    third_party: Mapping[str, Any] = field(default_factory=dict)
    """Empty before 19.1."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Read before 19.1 only."""

    def text(self, name: str) -> str:
        value = self.properties.get(name)
        return "" if value is None else str(value).strip()

    def number(self, name: str) -> int | None:
        """A property that is a whole number; None where it is not there or none."""
        return whole_number(self.properties.get(name))

    @property
    def path(self) -> str:
        return self.text("File Path")

    @property
    def label(self) -> Label | None:
        """Whose take it is, where it is one of ours."""
        comments = self.metadata.get("Comments") or self.properties.get("Comments")
        return label_of(self.third_party, comments)

    @property
    def take_name(self) -> str:
        """What a person calls it, where it is a take of ours; else its name in the pool."""
        if self.label is not None:
            name = self.third_party.get("newtake_name") or self.metadata.get("Description")
            return str(name or self.text("Description") or self.text("Clip Name"))
        return self.text("Clip Name")

    @property
    def rate(self) -> Fraction | None:
        return rate_of(self.properties.get("FPS"))

    @property
    def frames(self) -> int | None:
        return self.number("Frames")


@dataclass(frozen=True, slots=True)
class TakeFacts:
    """A take as `GetTakeByIndex` gives it: frames of its own media, half-open (measured)."""

    index: int
    """From 1, as Resolve counts."""
    start: int
    end: int
    media: str
    """Unique id of its pool item; empty without one."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item on a track."""

    uid: str
    name: str
    track_type: str
    """video, audio or subtitle."""
    track: int
    """From 1, the lowest."""
    start: int
    duration: int
    left: int | None
    """What `GetLeftOffset` says."""
    source_start: int | None = None
    source_end: int | None = None
    """As read; None before 19.1. The start can be one too small, the end with it (measured)."""
    type_word: str = ""
    """What `GetType` says; empty before 21.1."""
    speed: Any = None
    """What `GetSpeed` says; None before 21.1."""
    media: str = ""
    """Unique id of the pool item that shows; empty without one."""
    fusion_comps: int = 0
    enabled: bool = True
    colour: str = ""
    markers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    takes: tuple[TakeFacts, ...] = ()
    """Empty where it is no take selector."""
    selected_take: int = 0
    """0 where it is no take selector."""
    first_number: int = 0
    """Of the media that shows, where it is an image sequence: the number of its first file."""
    original_number: int = 0
    """The same of the original's media, where another take shows."""
    original_frames: int | None = None
    """How many it has."""

    exported_retime: str | None = None
    """Its retime in words as an export of the timeline has it, empty without one; None where no
    export was asked or none has the item."""
    exported_dissolves: Handles = NO_DISSOLVES
    """Record frames beyond its ends that transitions show, as an export has them."""

    @property
    def end(self) -> int:
        return self.start + self.duration

    @property
    def track_label(self) -> str:
        return f"{LETTERS.get(self.track_type, 'X')}{self.track}"


@dataclass(frozen=True, slots=True)
class TrackFacts:
    track_type: str
    number: int
    locked: bool = False
    enabled: bool = True


@dataclass(frozen=True)
class TimelineFacts:
    """The open timeline, as it is now."""

    document: HostDocument
    version: tuple[int, int, int]
    rate: Fraction
    drop: bool
    """Whether its timecode leaves labels out."""
    start: int
    """Its first record frame."""
    end: int
    size: tuple[int, int]
    """Of its pictures, in pixels."""
    playhead: int | None
    """Record frame; None where Resolve does not say."""
    tracks: tuple[TrackFacts, ...]
    items: tuple[ItemFacts, ...]
    media: Mapping[str, MediaFacts]
    """Pool items by unique id, those of takes as well."""

    shift: int = 0
    """What is added to a record frame of Resolve's to get the one that its label names: under
    drop-frame Resolve may number the first frame as if none were dropped."""

    def beside(self, item: ItemFacts) -> Sequence[ItemFacts]:
        """All items of an item's track, itself among them."""
        return self._by_track.get((item.track_type, item.track), ())

    def bare_beside(self, item: ItemFacts) -> Sequence[ItemFacts]:
        """Those of its track that have no media, as transitions have none."""
        return self._bare_by_track.get((item.track_type, item.track), ())

    def at(self, start: int) -> Sequence[ItemFacts]:
        """All items that begin at a record frame."""
        return self._by_start.get(start, ())

    @cached_property
    def _by_start(self) -> Mapping[int, list[ItemFacts]]:
        found: dict[int, list[ItemFacts]] = {}
        for item in self.items:
            found.setdefault(item.start, []).append(item)
        return found

    @cached_property
    def _bare_by_track(self) -> Mapping[tuple[str, int], list[ItemFacts]]:
        return {
            place: [each for each in items if not each.media]
            for place, items in self._by_track.items()
        }

    @cached_property
    def _by_track(self) -> Mapping[tuple[str, int], list[ItemFacts]]:
        tracks: dict[tuple[str, int], list[ItemFacts]] = {}
        for item in self.items:
            tracks.setdefault((item.track_type, item.track), []).append(item)
        return tracks

    def range(self, start: int, end: int) -> FrameRange:
        """Record frames of Resolve's as a range whose numbers are those of its labels."""
        return FrameRange(start + self.shift, end - start, self.rate, self.drop)

    def track_of(self, item: ItemFacts) -> TrackFacts:
        for track in self.tracks:
            if (track.track_type, track.number) == (item.track_type, item.track):
                return track
        return TrackFacts(item.track_type, item.track)


def rate_of(value: Any) -> Fraction | None:
    """A rate as Resolve writes it: 24, "23.976", "29.97 DF", "25.0"; None for anything else."""
    words = str(value).split()
    if not words or isinstance(value, bool):
        return None
    try:
        return exact_rate(words[0])
    except ValueError:
        return None


def says_drop(rate: Any, flag: Any) -> bool:
    """Whether a timeline drops labels: by "DF" in its rate or by its own flag; never by habit.

    Args:
        rate: The setting 'timelineFrameRate'.
        flag: The setting 'timelineDropFrameTimecode'.
    """
    return str(rate).upper().split()[1:] == ["DF"] or str(flag).strip().lower() in ("1", "true")


def whole_number(value: Any) -> int | None:
    """A number, also as text or with a fraction of zero; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return round(float(str(value)))
    except (ValueError, OverflowError):
        return None
