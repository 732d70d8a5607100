"""What can happen to a job, as values: the events that a journal keeps.

`kind` is the discriminator in the journal; the time is kept beside an event (`Stamped`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from newtake.domain.clip import Clip, MediaInfo
from newtake.domain.cube import Lut
from newtake.domain.edit import EditSettings, Price
from newtake.domain.files import Asset, HostTarget, PlacedTake, PlateFile, ResultFile, TakeFile
from newtake.domain.parts import Part
from newtake.domain.plate import PlatePlan
from newtake.domain.style import StyleStamp
from newtake.domain.timing import FrameRange


class Step(Enum):
    """The eight steps, in order."""

    SELECT = "select"
    EXPORT = "export"
    UPLOAD = "upload"
    SUBMIT = "submit"
    WAIT = "wait"
    DOWNLOAD = "download"
    CONFORM = "conform"
    RELINK = "relink"


@dataclass(frozen=True, slots=True)
class Use:
    """Another clip whose frames the same plate holds, and which gets the same take."""

    clip_key: str
    index: int
    name: str
    piece: FrameRange | None = None
    """As `files.NewTake` has it."""
    known_by: tuple[str, ...] = ()
    """As `clip.Clip` has it."""
    style: StyleStamp | None = None
    """By which name this clip asked for the look."""
    asked_by: str = ""
    """As `Order` has it."""
    frames: FrameRange | None = None
    """The media frames it shows, in the media's time base; None where the order's clip shows just
    these."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that a job needs to know from its first moment on; changes only by `HostMoved`."""

    clip: Clip
    source: MediaInfo
    origin: int
    """Time-base number of the source file's first frame."""
    timecode_start: int
    """Frame number, at the media's rate, of the source file's start timecode; 0 without one."""
    plate: PlatePlan
    settings: EditSettings
    host: HostTarget
    provider: str
    uploader: str
    price: Price
    codec: str = "auto"
    part: Part | None = None
    """Which part of the clip, where one plate does not hold it; the first one makes the take."""
    lut: Lut | None = None
    """What the source's colours go through on the way to the model."""
    take_range: FrameRange | None = None
    """The frames of the take, in the media's time base, where only a part of the clip is restyled:
    the others are the original's. None: the take has the plates' frames."""
    also: tuple[Use, ...] = ()
    """Other clips that get the take."""
    asked_by: str = ""
    """The range, marker or line of a table that asked for it; "" where the command named the clip
    or said all of them."""

    @property
    def covering(self) -> PlatePlan:
        """The plate as planned for all clips that get the take: its clip frames go from the first
        frame that one of them shows to the last."""
        plate, others = self.plate, [use.frames for use in self.also if use.frames is not None]
        start = plate.media_range.start
        first = min([plate.clip_offset, *(each.start - start for each in others)])
        end = max([plate.clip_offset + plate.clip_frames, *(each.end - start for each in others)])
        return replace(plate, clip_offset=first, clip_frames=end - first)

    @property
    def label(self) -> str:
        """The clip's name, with the part where it has parts: "a 2/4"."""
        if self.part is None:
            return self.clip.name
        return f"{self.clip.name} {self.part.number}/{self.part.count}"

    @property
    def told(self) -> str:
        """The label, for where no place stands beside it: of a clip that is to be split with the
        piece's, as several pieces of one clip have one name."""
        if self.clip.piece_of is None:
            return self.label
        return f"{self.label} at {self.clip.record.label(self.clip.record.start)}"


@dataclass(frozen=True, slots=True)
class Failure:
    step: Step
    code: str
    what: str
    why: str
    fix: str
    money: str


@dataclass(frozen=True, slots=True)
class JobCreated:
    job_id: str
    order: Order
    kind: Literal["job_created"] = "job_created"


@dataclass(frozen=True, slots=True)
class StepStarted:
    step: Step
    kind: Literal["step_started"] = "step_started"


@dataclass(frozen=True, slots=True)
class Exported:
    plate: PlateFile
    kind: Literal["exported"] = "exported"


@dataclass(frozen=True, slots=True)
class Uploaded:
    asset: Asset
    kind: Literal["uploaded"] = "uploaded"


@dataclass(frozen=True, slots=True)
class SubmitIntended:
    url_sha256: str
    url_path: str
    kind: Literal["submit_intended"] = "submit_intended"


@dataclass(frozen=True, slots=True)
class SubmitRefused:
    """The service certainly holds no submission of this intent."""

    why: str
    kind: Literal["submit_refused"] = "submit_refused"


@dataclass(frozen=True, slots=True)
class Submitted:
    submission_ids: tuple[str, ...]
    adopted: bool = False
    """True when the submission was found again instead of answered."""
    result_urls: tuple[str, ...] = ()
    exr_urls: tuple[str | None, ...] = ()
    kind: Literal["submitted"] = "submitted"


@dataclass(frozen=True, slots=True)
class SubmissionUnknown:
    why: str
    kind: Literal["submission_unknown"] = "submission_unknown"


@dataclass(frozen=True, slots=True)
class RenditionEnded:
    submission_id: str
    outcome: Literal["ready", "failed", "cancelled"]
    reason: str = ""
    kind: Literal["rendition_ended"] = "rendition_ended"


@dataclass(frozen=True, slots=True)
class Downloaded:
    submission_id: str
    result: ResultFile
    kind: Literal["downloaded"] = "downloaded"


@dataclass(frozen=True, slots=True)
class ResultRefused:
    """A result that cannot become a take of this clip; its file is kept."""

    submission_id: str
    why: str
    kind: Literal["result_refused"] = "result_refused"


@dataclass(frozen=True, slots=True)
class FileLost:
    """A file of the job is gone or no longer what was recorded: its step is done again, unpaid."""

    submission_id: str
    what: Literal["result", "take"]
    why: str
    kind: Literal["file_lost"] = "file_lost"


@dataclass(frozen=True, slots=True)
class Conformed:
    submission_id: str
    take: TakeFile
    kind: Literal["conformed"] = "conformed"


@dataclass(frozen=True, slots=True)
class Relinked:
    submission_id: str
    placed: PlacedTake
    kind: Literal["relinked"] = "relinked"


@dataclass(frozen=True, slots=True)
class MovedFiles:
    """Where a rendition's files are now; None for what it has not, or has where it was."""

    submission_id: str
    result: ResultFile | None = None
    take: TakeFile | None = None


@dataclass(frozen=True, slots=True)
class HostMoved:
    """The timeline's file lies elsewhere by now, and with it what the job reads and makes."""

    host: HostTarget
    clip_key: str
    also_keys: tuple[str, ...]
    """Of the order's other uses, in their order."""
    source: MediaInfo
    files: tuple[MovedFiles, ...] = ()
    kind: Literal["host_moved"] = "host_moved"


@dataclass(frozen=True, slots=True)
class LaidAnew:
    """A person wants the takes that are made laid once more: into another file, or since a movie of
    theirs is gone and is made again. Each is waited for at its relink, and nothing is paid."""

    host: HostTarget
    clip_key: str
    also_keys: tuple[str, ...]
    """Of the order's other uses, in their order."""
    kind: Literal["laid_anew"] = "laid_anew"


@dataclass(frozen=True, slots=True)
class CostRead:
    submission_id: str
    usd: str
    kind: Literal["cost_read"] = "cost_read"


@dataclass(frozen=True, slots=True)
class Failed:
    failure: Failure
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Resumed:
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True)
class Cancelled:
    why: str
    kind: Literal["cancelled"] = "cancelled"


Event = (
    JobCreated
    | StepStarted
    | Exported
    | Uploaded
    | SubmitIntended
    | SubmitRefused
    | Submitted
    | SubmissionUnknown
    | RenditionEnded
    | Downloaded
    | ResultRefused
    | FileLost
    | Conformed
    | Relinked
    | HostMoved
    | LaidAnew
    | CostRead
    | Failed
    | Resumed
    | Cancelled
)


@dataclass(frozen=True, slots=True)
class Stamped:
    """An event and when it happened, in seconds since 1970, UTC."""

    at: float
    event: Event
