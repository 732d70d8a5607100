"""The files and addresses that a job leaves behind, as values that fit into a journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Literal

from newtake.domain.clip import ColourTags
from newtake.domain.exr import ExrFacts
from newtake.domain.mastering import ContentLight, MasteringDisplay
from newtake.domain.style import StyleStamp
from newtake.domain.take_name import renumbered
from newtake.domain.timing import FrameRange


class Layout(Enum):
    """How a timeline file holds takes; see `otio_newtake`."""

    TAKES = "takes"
    TRACK = "track"
    REPLACE = "replace"


class Profile(Enum):
    """Which readers a timeline file is written for."""

    AUTO = "auto"
    RESOLVE = "resolve"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class HostDocument:
    """A timeline inside a running editor. Ids are the editor's own and outlive its restart."""

    project: str
    project_name: str
    timeline: str
    timeline_name: str


@dataclass(frozen=True, slots=True)
class HostTarget:
    """Which timeline a job belongs to, and how its takes are written there."""

    kind: str
    """"otio" for timeline files, "resolve" and "blender" for a running editor."""
    timeline: Path
    """Of DaVinci Resolve a name only: project and timeline as a path that no file has. Of Blender
    the .blend; of a file that was never saved such a name."""
    output: Path
    """Where the timeline with the new take is written; never `timeline` unless asked for. Takes lie
    beside it, in the folder of its name with `_takes`; of an editor it is that name and no file."""
    layout: Layout = Layout.TAKES
    profile: Profile = Profile.AUTO
    document: HostDocument | None = None
    """Of an editor only."""
    draft: Path | None = None
    """Of a timeline file: what is written instead of `output` until somebody saves; its relative
    addresses count from the folder of `output`. None writes `output` itself."""
    edl_rate: str = ""
    """Of an EDL, the frames per second that it was told to count at, as a person writes them. Empty
    where nobody said, and for all other timelines."""
    planned_on: str = ""
    """Of a timeline file that is written elsewhere: SHA-256 of the state of `timeline` that a job
    was planned on, which lets its takes into what was begun from that. Empty of what is yet to be
    planned: that goes on from the timeline as it is now, and from nothing else."""
    takes: Path | None = None
    """The folder of the takes' files where it is another than that beside `output`: they were made
    before they were to lie in that."""

    def told_beside(self, own: HostTarget) -> str:
        """Where its takes go, for a person who is at another target; empty where they go there.

        Files of one name are told with their folders.
        """
        document = self.document
        if self._place == own._place:
            return ""
        if document is None:
            page = "" if self.draft is None else "the page of "
            return page + _told_apart(self._file, own._file)
        if self.kind != "blender":
            return f"the timeline {document.timeline_name} of {document.project_name}"
        if not self.timeline.is_absolute():
            return document.project_name
        if self.timeline == own.timeline:
            return f"the scene {document.timeline_name}"
        return _told_apart(self.timeline, own.timeline)

    @property
    def _place(self) -> tuple[object, ...]:
        document = self.document
        if document is None:
            return (self.draft or self.output,)
        # A copy of a .blend has the ids of the first; names of Resolve's change, ids stay.
        file = self.timeline if self.kind == "blender" else None
        return file, document.project, document.timeline

    @property
    def _file(self) -> Path:
        return self.output if self.draft is None else self.timeline


def _told_apart(path: Path, other: Path) -> str:
    return f"{path.name} in {path.parent}" if path.name == other.name else path.name


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a file system says of a file: enough to see later that it is not the same any more."""

    size_bytes: int
    modified_at: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class PlateFile:
    path: Path
    sha256: str
    size_bytes: int
    frames: int
    source: FileStamp | None = None
    """The source as it was when the plate was cut; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as an uploader keeps it. `key` finds it again; links to it are made when needed."""

    uploader: str
    key: str
    sha256: str
    size_bytes: int
    public: bool
    reused: bool = False
    """True when these bytes were there already and nothing was sent."""


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A result as it came, kept untouched."""

    path: Path
    sha256: str
    size_bytes: int
    exr: Path | None = None
    """The EXR or ZIP as it came."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExrFrames:
    """EXR frames of a take, numbered like the media's frames: prefix, padded number, ".exr"."""

    folder: Path
    prefix: str
    padding: int
    start: int
    count: int
    rate: Fraction
    facts: ExrFacts | None = None
    """What their headers say; None where nobody looked."""
    no_timecode: str = ""
    """Why their headers got no timecode; empty where they have one or nobody looked."""

    @property
    def is_still(self) -> bool:
        """One picture is a picture, and no sequence."""
        return self.count == 1

    @property
    def files(self) -> list[Path]:
        """Their paths, in order."""
        return [self.folder / self.name_of(number) for number in range(self.count)]

    def name_of(self, index: int) -> str:
        """The name of the frame `index`, as OpenTimelineIO spells it: a minus is no digit."""
        number = self.start + index
        sign = "-" if number < 0 else ""
        return f"{self.prefix}{sign}{abs(number):0{self.padding}}.exr"


@dataclass(frozen=True, slots=True)
class TakePicture:
    """What a take's picture is, read back from its file."""

    codec: str
    width: int
    height: int
    """Coded pixels."""
    pixel_aspect: Fraction
    bit_depth: int
    colour: ColourTags
    mastering: MasteringDisplay | None = None
    light: ContentLight | None = None


@dataclass(frozen=True, slots=True)
class TakeFile:
    """A conformed take, ready to be relinked."""

    path: Path
    number: int
    """The number its files carry; the host may have to give the take another."""
    available: FrameRange
    """Its frames in the media's time base."""
    start_timecode: str
    frames_in_file: int
    method: str
    """How it was made: "rewrap" or the codec."""
    sidecar: Path
    exr: ExrFrames | None = None
    notes: tuple[str, ...] = ()
    sha256: str = ""
    size_bytes: int = 0
    picture: TakePicture | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is written into timelines and sidecars about how a take was made."""

    job_id: str
    submission_id: str
    provider: str
    model: str
    prompt: str
    settings: Mapping[str, str | bool | int]
    """As the service gets them. Older files have words for all, such as "True"."""
    created_at: str
    """UTC, ISO 8601."""
    source_url: str
    result_sha256: str
    cost_usd: str | None = None
    ai_generated: bool = True
    style: StyleStamp | None = None
    """Which style prompt and settings came from."""


@dataclass(frozen=True, slots=True)
class NewTake:
    """A take as it is handed to a host.

    `label` is unique per rendition: a host that already holds it adds nothing.
    """

    clip_key: str
    label: str
    name: str
    """What a person reads, for example "Take 2: oil painting"; the number is the file's until the
    host has given it one."""
    file: TakeFile
    provenance: Provenance
    piece: FrameRange | None = None
    """Record frames that are to be split out of the clip first, for the take to sit on exactly;
    None where it is the clip's."""
    where_it_was: bool = False
    """Where the clip is gone or cannot take it, a person wants it at the clip's old record range,
    on its own. A host that knows no such place does as without."""

    def numbered(self, number: int) -> NewTake:
        """The same with the number in its name that it has in its clip."""
        return replace(self, name=renumbered(self.name, self.file.number, number))


@dataclass(frozen=True, slots=True)
class PlacedTake:
    """Where the host put it."""

    key: str
    number: int
    timeline: Path
    added: bool
    """False when the label was there already."""
    place: Literal["take", "track", "bin"] = "take"
    """In the clip, on a track above it, or only among the project's media: the clip is gone."""
    notes: tuple[str, ...] = ()
    """What a person should know of how it was placed."""


@dataclass(frozen=True, slots=True)
class TakeChange:
    """What a person does with a take of a clip."""

    clip: str | int
    """The clip's key, or its number in the listing."""
    verb: Literal["use", "star", "unstar", "remove"]
    take: str
    """The take's key; to use, also "original"."""
