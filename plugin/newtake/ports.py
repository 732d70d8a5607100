"""The doors between the work and the outside, as protocols.

Rule 1: no port has a verb that overwrites media, replaces a clip or finalises a choice of takes.
Rule 2: what crosses a port is a value of the domain; a library's error never does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol

from newtake.domain.clip import Clip, MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.edit import EditSettings, Limits, Price
from newtake.domain.events import Stamped, Step
from newtake.domain.files import (
    Asset,
    ExrFrames,
    HostTarget,
    NewTake,
    PlacedTake,
    PlateFile,
    Provenance,
)
from newtake.domain.job import Intent, Job
from newtake.domain.plate import PlatePlan

Progress = Callable[[int, int | None], None]
"""Called with what is done and, where it is really known, how much there is."""


def no_progress(done: int, total: int | None) -> None:
    """For callers that show nothing."""


class Host(Protocol):
    """The application or file that holds the timeline."""

    async def clips(self) -> Sequence[Clip]:
        """Every clip, in reading order, those that cannot be restyled with their refusal.

        Raises:
            TimelineError: The timeline cannot be read or is not safe to read.
        """
        ...

    async def check_output(self, clip_keys: Sequence[str]) -> None:
        """See that takes of these clips could be added and kept; changes nothing.

        Asked before anything is paid for.

        Raises:
            TimelineError: The output is no timeline, is not ours to write over, or holds takes in a
                way that does not go with the layout that is asked for.
            StorageError: The output or its folder of takes could not be written.
        """
        ...

    async def add_take(self, take: NewTake) -> PlacedTake:
        """Add a take to its clip and select it; a label that is there already adds nothing.

        Raises:
            HostError: The clip is gone, or the timeline cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True)
class Submission:
    """What the provider says of one generation."""

    id: str
    status: Literal["queued", "processing", "succeeded", "failed", "cancelled"] | str
    reason: str = ""
    """Why it failed, in the provider's words."""
    result_url: str | None = None
    """Presigned and short-lived; journalled only where no row brings it again."""
    exr_url: str | None = None
    enqueued_at: float | None = None
    cost_usd: Decimal | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The row as it came."""

    @property
    def is_terminal(self) -> bool:
        return self.status in ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class SubmitAnswer:
    """What a submit brought: ids to wait for or, on the synchronous route, results at once."""

    submission_ids: tuple[str, ...]
    result_urls: tuple[str, ...] = ()
    """Empty where the submissions can be read again by their ids."""
    exr_urls: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The live model: its schema and its prices, as the service has them today."""

    id: str
    name: str
    schema: Mapping[str, Any]
    pricing: Mapping[str, Any]
    stale: bool = False
    """True when the service could not be asked and this is an earlier answer."""


class Provider(Protocol):
    """The remote video-to-video service."""

    name: str

    async def model(self) -> ModelCard:
        """Schema and prices. Raises: ProviderError."""
        ...

    def limits(self) -> Limits: ...

    def price(self, settings: EditSettings, duration: str, card: ModelCard | None) -> Price:
        """The price of one submission, variations included."""
        ...

    async def submit(
        self, settings: EditSettings, duration: str, video_url: str, image_url: str | None
    ) -> SubmitAnswer:
        """Place the edit: the one call that costs money. Never retried in here.

        Raises:
            RateLimitedError, NotAuthorisedError, OutOfCreditsError, RefusedSettingsError:
                certainly no submission.
            UnavailableError: `sent` False: certainly none; True: not known.
            ProviderError: any other answer; not known.
        """
        ...

    async def find(self, intent: Intent, settings: EditSettings, duration: str) -> tuple[str, ...]:
        """Submissions whose input is the intent's URL; empty when there are none.

        Where a service does not keep the URL's signature its path decides, and then all that the
        row says of the settings must agree as well.
        """
        ...

    async def submission(self, submission_id: str) -> Submission:
        """Read one generation again. Raises: NotFoundError and the rest of ProviderError."""
        ...

    async def submissions(self, *, active_only: bool) -> Sequence[Submission]: ...

    async def cancel(self, submission_id: str) -> Submission:
        """Ask for the end, then read what became of it."""
        ...

    def events(self) -> AbstractAsyncContextManager[AsyncIterator[str | None]]:
        """One connection to the event stream, open once the context is entered.

        Yields ids of generations that ended, and None for each sign of life without news. The
        iterator ends or raises ProviderError when the connection does; reconnecting is the
        caller's business.
        """
        ...

    async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
        """Fetch the MP4 into `to`, in place of what is there.

        Written beside the target and renamed when complete. Links that expired are renewed.

        Raises:
            NotFoundError: There is no result that opens.
            ResultError: What came is no MP4 or too large.
            StorageError: The disk would not take it.
            ProviderError: The service stayed away.
        """
        ...

    async def download_exr(
        self, submission: Submission, to: Path, progress: Progress
    ) -> Path | None:
        """Fetch the EXR, as `download` does the MP4; None where the service has none.

        Returns:
            Its path: `to` with the suffix, .exr or .zip, that fits its bytes.
        """
        ...

    async def cost(self, submission_id: str) -> Decimal | None:
        """What the service's history says it cost; None while it says nothing."""
        ...


class Uploader(Protocol):
    """Brings a file to where the model can fetch it."""

    name: str
    public: bool
    """True when anybody who knows the address can fetch it, for as long as it exists."""
    audience: str
    """Where a plate goes and who can read it there, for a person: "to ...; ... can read it"."""
    consent_key: str
    """Names the kind and the target, without secrets; consent for one is no consent for another."""

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        """Keep the bytes; the same bytes are sent only once.

        Raises:
            NotAuthorisedError: The service does not accept the key.
            UploadError: Anything else.
        """
        ...

    async def link(self, asset: Asset, job_id: str) -> str:
        """A fresh URL for the asset, fetchable without credentials, checked to be so.

        Raises:
            InputNotFetchableError: The URL asks for credentials.
            UploadError: It cannot be made, or does not open.
        """
        ...


@dataclass(frozen=True, slots=True)
class ConformOutcome:
    frames_in_file: int
    frames_proved: int
    """Frames decoded from both files and found identical; 0 when re-encoded."""
    notes: tuple[str, ...] = ()
    method: str = ""
    """How it was made in the end, "rewrap" or the codec: a rewrap that cannot be proved is not kept
    and the result coded anew."""


class MediaTool(Protocol):
    """ffmpeg and the prober."""

    async def probe(self, path: Path, *, count_frames: bool = False) -> MediaInfo:
        """A file's facts. Raises: MediaError."""
        ...

    async def verify(self, path: Path) -> MediaInfo:
        """A file's facts, with its frames counted by decoding every one of them.

        Raises:
            MediaError: It cannot be opened, holds no picture, or breaks off or is damaged.
        """
        ...

    async def export_plate(
        self,
        source: MediaInfo,
        plate: PlatePlan,
        *,
        rate: Fraction,
        short_side: int,
        to: Path,
        progress: Progress,
    ) -> PlateFile:
        """Cut the plate, labelled `rate`, never larger than `short_side` pixels on that side."""
        ...

    async def conform(
        self, result: MediaInfo, plan: ConformPlan, *, to: Path, progress: Progress
    ) -> ConformOutcome:
        """Make the take; `to` must not exist."""
        ...

    async def unpack_exr(
        self, package: Path, plate: PlatePlan, *, folder: Path, prefix: str
    ) -> ExrFrames | None:
        """Put the EXR frames of a result into `folder`, numbered like the media's frames."""
        ...

    async def side_by_side(
        self, source: MediaInfo, source_index: int, take: Path, take_index: int, *, to: Path
    ) -> None:
        """One picture: a frame of the source left, the take's right. `to` ends in .png or .jpg."""
        ...


@dataclass(frozen=True, slots=True)
class TakeSlot:
    """Names that belong to one rendition, reserved once and found again after a crash."""

    number: int
    video: Path
    result: Path
    exr_package: Path
    exr_folder: Path
    sidecar: Path


class TakeStore(Protocol):
    """The folder of takes: numbers, files and sidecars. Nothing in it is ever overwritten."""

    def reserve(self, folder: Path, clip_name: str, label: str) -> TakeSlot:
        """The slot of `label`; a new number when it has none. Raises: StorageError."""
        ...

    def write_sidecar(
        self, slot: TakeSlot, provenance: Provenance, facts: Mapping[str, Any]
    ) -> None: ...

    def finished(self, path: Path) -> tuple[str, int] | None:
        """SHA-256 and size of a file that is there; None when it is not."""
        ...

    def set_aside(self, path: Path) -> Path | None:
        """Rename a file that is not what it should be, so that nothing that came is lost.

        Returns:
            Where it is now; None when there was none.
        Raises:
            StorageError: It cannot be renamed.
        """
        ...

    def withdraw(self, path: Path) -> None:
        """Remove a conformed file that a crash left behind before its event was written."""
        ...


class Journal(Protocol):
    """The append-only record of events. Raises JournalError."""

    def append(
        self,
        job_id: str,
        stamped: Stamped,
        guard: Callable[[Sequence[Job]], None] | None = None,
    ) -> None:
        """Add one event; it is kept for good once this returns.

        Args:
            job_id: Whose event.
            stamped: The event and its time.
            guard: Shown all jobs while nobody else can write; what it raises keeps the event out.
        Raises:
            IllegalEventError: It cannot follow, or names a submission that another job has.
            LeaseLostError: Somebody else holds the job.
        """
        ...

    def hold(self, job_id: str) -> AbstractContextManager[bool]:
        """The sole right to move a job, until the context ends, or for want of `renew` expires.

        Gives False, at once, when somebody else has it.
        """
        ...

    def renew(self, job_id: str) -> bool:
        """Keep the hold; False when it expired and somebody else took the job."""
        ...

    def is_held(self, job_id: str) -> bool:
        """Whether any process holds the job; one that died a moment ago may still count."""
        ...

    def load(self, job_id: str) -> Job:
        """By id or an unambiguous beginning of it. Raises: SelectionError."""
        ...

    def events(self, job_id: str) -> Sequence[Stamped]: ...

    def jobs(self) -> Sequence[Job]:
        """All jobs that can be read, oldest first; those that cannot are logged."""
        ...

    def claimed_submissions(self) -> frozenset[str]:
        """Every submission id that belongs to a job here."""
        ...

    def remembered(self, key: str) -> str | None:
        """A small fact kept across runs (consents, uploaded assets)."""
        ...

    def remember(self, key: str, value: str) -> None: ...


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970, UTC: for what a person reads. May jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump: for deadlines."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Watcher(Protocol):
    """Whoever shows a person what is happening. Must be quick and must not raise."""

    def step_started(self, job: Job, step: Step) -> None: ...

    def progress(self, job: Job, step: Step, done: int, total: int | None) -> None:
        """Frames for export and conform, bytes for upload and download; total only when real."""
        ...

    def note(self, job: Job, text: str) -> None: ...

    def step_done(self, job: Job, step: Step) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a job needs, wired once by bootstrap."""

    provider: Provider
    uploader: Uploader
    media: MediaTool
    journal: Journal
    takes: TakeStore
    clock: Clock
    open_host: HostOpener


HostOpener = Callable[[HostTarget], Host]
"""Opens the host of a job again, also in a later process."""
