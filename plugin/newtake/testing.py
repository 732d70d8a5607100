"""Fakes of every port, for tests of this product and of anything built on it.

They are honest: they pass the same contract tests as the real adapters, keep what they were asked
in plain attributes, and fail only where a test says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel

from newtake.domain.clip import Clip, MediaInfo, TakeSummary
from newtake.domain.conform import ConformPlan
from newtake.domain.edit import EditSettings, Limits, Price, upstream_list_price
from newtake.domain.errors import (
    HostError,
    LeaseLostError,
    MediaError,
    NotFoundError,
    PlateGoneError,
    SelectionError,
    StorageError,
)
from newtake.domain.events import Stamped, Step, Submitted
from newtake.domain.files import (
    Asset,
    ExrFrames,
    FileStamp,
    NewTake,
    PlacedTake,
    PlateFile,
    Provenance,
)
from newtake.domain.job import Intent, Job
from newtake.domain.plate import PlatePlan
from newtake.domain.replay import IllegalEventError, advance, replay
from newtake.ports import (
    ConformOutcome,
    ModelCard,
    Progress,
    Submission,
    SubmitAnswer,
    TakeSlot,
)


class ManualClock:
    """Time that passes only by sleeping, and then at once."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += seconds
        await anyio.lowlevel.checkpoint()


class MemoryJournal:
    """A journal that lives as long as the object. `stop_after` simulates a crash."""

    def __init__(self) -> None:
        self._events: dict[str, list[Stamped]] = {}
        self._memory: dict[str, str] = {}
        self._held: set[str] = set()
        self.stop_after: int | None = None
        """Raise `Crash` instead of writing one more event than this."""
        self.lose_after: int | None = None
        """Say that somebody else took the job over instead of writing one more than this."""

    def append(
        self,
        job_id: str,
        stamped: Stamped,
        guard: Callable[[Sequence[Job]], None] | None = None,
    ) -> None:
        if self.stop_after is not None:
            if self.stop_after <= 0:
                raise Crash
            self.stop_after -= 1
        if self.lose_after is not None:
            if self.lose_after <= 0:
                raise LeaseLostError(f"Job {job_id} is being worked on by another New Take.")
            self.lose_after -= 1
        events = self._events.get(job_id, [])
        advance(replay(events) if events else None, stamped)
        if isinstance(stamped.event, Submitted):
            taken = self.claimed_submissions() & set(stamped.event.submission_ids)
            if taken:
                raise IllegalEventError(f"{', '.join(sorted(taken))} belongs to another job")
        if guard is not None:
            guard(self.jobs())
        self._events[job_id] = [*events, stamped]

    @contextmanager
    def hold(self, job_id: str) -> Iterator[bool]:
        if job_id in self._held:
            yield False
            return
        self._held.add(job_id)
        try:
            yield True
        finally:
            self._held.discard(job_id)

    def is_held(self, job_id: str) -> bool:
        return job_id in self._held

    def renew(self, job_id: str) -> bool:
        return job_id in self._held

    def load(self, job_id: str) -> Job:
        found = [job_id] if job_id in self._events else []
        found = found or [each for each in self._events if job_id and each.startswith(job_id)]
        if len(found) != 1:
            raise SelectionError(f"{len(found)} jobs begin with {job_id!r}.")
        return replay(self._events[found[0]])

    def events(self, job_id: str) -> Sequence[Stamped]:
        return list(self._events.get(job_id, ()))

    def jobs(self) -> Sequence[Job]:
        return [replay(events) for events in self._events.values()]

    def claimed_submissions(self) -> frozenset[str]:
        return frozenset(
            submission
            for events in self._events.values()
            for stamped in events
            if isinstance(stamped.event, Submitted)
            for submission in stamped.event.submission_ids
        )

    def remembered(self, key: str) -> str | None:
        return self._memory.get(key)

    def remember(self, key: str, value: str) -> None:
        self._memory[key] = value


class Crash(BaseException):
    """The process ends here, as far as the code under test can tell."""


@dataclass
class FakeProvider:
    """A provider whose generations end when they are first read, unless `script` says otherwise."""

    name: str = "fake"
    script: dict[str, list[str]] = field(default_factory=dict)
    """Submission id -> the statuses that reading it gives, one after the other."""
    submit_errors: list[BaseException] = field(default_factory=list)
    """Raised one by one by the next submits."""
    accept_before_error: bool = False
    """With `submit_errors`: the submission exists all the same, as after a cut connection."""
    lists_slowly: bool = False
    """Each look for a submission shows one generation more than the last."""
    looks: int = 0
    cost_usd: Decimal | Exception | None = Decimal("0.72")
    """What the history says of every generation, or what asking it raises."""
    read_errors: list[Exception] = field(default_factory=list)
    """Raised one by one by the next reads."""
    submitted: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    silent_events: bool = True
    events_error: Exception | None = None
    """Raised by every attempt to listen."""
    card: ModelCard | None = None
    exr: bytes | Exception | None = None
    """The EXR of every generation, or what asking for it raises."""

    async def model(self) -> ModelCard:
        return self.card or ModelCard("fake", "Fake", {}, {})

    def limits(self) -> Limits:
        return Limits()

    def price(self, settings: EditSettings, duration: str, card: ModelCard | None) -> Price:
        return upstream_list_price(settings, duration)

    async def submit(
        self, settings: EditSettings, duration: str, video_url: str, image_url: str | None
    ) -> SubmitAnswer:
        error = self.submit_errors.pop(0) if self.submit_errors else None
        if error is not None and not self.accept_before_error:
            raise error
        ids = tuple(
            f"gen-{len(self.submitted) + number + 1}" for number in range(settings.variations)
        )
        for each in ids:
            self.submitted.append(
                {"id": each, "url": video_url, "prompt": settings.prompt, "image": image_url}
            )
        if error is not None:
            raise error
        return SubmitAnswer(ids)

    async def find(self, intent: Intent, settings: EditSettings, duration: str) -> tuple[str, ...]:
        self.looks += 1
        found = tuple(
            row["id"]
            for row in self.submitted
            if hashlib.sha256(row["url"].encode()).hexdigest() == intent.url_sha256
        )
        return found[: self.looks] if self.lists_slowly else found

    async def submission(self, submission_id: str) -> Submission:
        if self.read_errors:
            raise self.read_errors.pop(0)
        if submission_id not in {row["id"] for row in self.submitted}:
            raise NotFoundError(f"There is no submission {submission_id}.")
        statuses = self.script.get(submission_id, [])
        status = statuses.pop(0) if len(statuses) > 1 else (statuses or ["succeeded"])[0]
        if submission_id in self.cancelled:
            status = "cancelled"
        reason = "the fake was told to fail" if status == "failed" else ""
        return Submission(submission_id, status, reason, result_url=f"memory:{submission_id}")

    async def submissions(self, *, active_only: bool) -> Sequence[Submission]:
        every = [await self.submission(row["id"]) for row in self.submitted]
        return [each for each in every if not (active_only and each.is_terminal)]

    async def cancel(self, submission_id: str) -> Submission:
        self.cancelled.append(submission_id)
        return await self.submission(submission_id)

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[str | None]]:
        if self.events_error is not None:
            raise self.events_error
        yield self._events()

    async def _events(self) -> AsyncIterator[str | None]:
        while not self.silent_events and self.submitted:
            yield self.submitted[-1]["id"]
            await anyio.sleep(0.01)
        await anyio.sleep_forever()

    async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
        self.downloads.append(submission.id)
        data = f"result of {submission.id}".encode()
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
        progress(len(data), len(data))

    async def download_exr(
        self, submission: Submission, to: Path, progress: Progress
    ) -> Path | None:
        if self.exr is None:
            return None
        if isinstance(self.exr, Exception):
            raise self.exr
        to = to.with_suffix(".zip" if self.exr.startswith(b"PK") else ".exr")
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self.exr)
        progress(len(self.exr), len(self.exr))
        return to

    async def cost(self, submission_id: str) -> Decimal | None:
        if isinstance(self.cost_usd, Exception):
            raise self.cost_usd
        return self.cost_usd


@dataclass
class FakeUploader:
    """Keeps bytes in memory; a link is new each time, like a presigned one."""

    name: str = "fake"
    public: bool = False
    audience: str = "to this test's memory; nobody else can read it"
    consent_key: str = "fake"
    stored: dict[str, bytes] = field(default_factory=dict)
    links: int = 0
    error: Exception | None = None
    """Raised once by the next store."""
    link_error: Exception | None = None
    """Raised by every link."""

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        reused = sha256 in self.stored
        data = self.stored.setdefault(sha256, file.read_bytes())
        progress(len(data), len(data))
        return Asset(self.name, sha256, sha256, len(data), self.public, reused)

    async def link(self, asset: Asset, job_id: str) -> str:
        if self.link_error is not None:
            raise self.link_error
        if asset.key not in self.stored:
            raise PlateGoneError("The uploaded plate is no longer there.")
        self.links += 1
        return f"https://fake.example/{asset.key}?signature={self.links}"


@dataclass
class FakeMediaTool:
    """Media as facts without pictures: a plate, a result and a take are small text files."""

    media: dict[Path, MediaInfo] = field(default_factory=dict)
    result: MediaInfo | None = None
    """What any file that is not in `media` is said to be."""
    verify_errors: list[Exception] = field(default_factory=list)
    """Raised one by one by the next looks at whole files."""
    unpack_error: Exception | None = None

    async def probe(self, path: Path, *, count_frames: bool = False) -> MediaInfo:
        if path in self.media:
            return self.media[path]
        if self.result is None or not path.exists():
            raise MediaError(f"{path} is offline.")
        return replace(self.result, path=path)

    async def verify(self, path: Path) -> MediaInfo:
        if self.verify_errors:
            raise self.verify_errors.pop(0)
        return await self.probe(path, count_frames=True)

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
        data = f"plate {source.path} {plate}".encode()
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
        progress(plate.length, plate.length)
        digest = hashlib.sha256(data).hexdigest()
        there = source.path.stat() if source.path.exists() else None
        stamp = FileStamp(there.st_size, there.st_mtime) if there is not None else None
        return PlateFile(to, digest, len(data), plate.length, stamp)

    async def conform(
        self, result: MediaInfo, plan: ConformPlan, *, to: Path, progress: Progress
    ) -> ConformOutcome:
        if to.exists():
            raise StorageError(f"{to} exists already.", why="Takes are never overwritten.")
        to.write_bytes(result.path.read_bytes())
        return ConformOutcome(plan.available.duration, plan.available.duration, method=plan.codec)

    async def unpack_exr(
        self, package: Path, plate: PlatePlan, *, folder: Path, prefix: str
    ) -> ExrFrames | None:
        if self.unpack_error is not None:
            raise self.unpack_error
        frames = plate.media_range
        return ExrFrames(folder, prefix, 6, frames.start, frames.duration, frames.rate)

    async def side_by_side(
        self, source: MediaInfo, source_index: int, take: Path, take_index: int, *, to: Path
    ) -> None:
        to.write_text(f"{source.path}:{source_index} | {take}:{take_index}")


@dataclass
class FakeHost:
    """A timeline in memory. `error` is raised once by the next relink."""

    listed: list[Clip] = field(default_factory=list)
    labels: dict[str, PlacedTake] = field(default_factory=dict)
    error: Exception | None = None
    timeline: Path = Path("timeline")

    async def clips(self) -> Sequence[Clip]:
        return list(self.listed)

    async def check_output(self, clip_keys: Sequence[str]) -> None:
        known = {clip.key for clip in self.listed}
        for key in clip_keys:
            if key not in known:
                raise HostError(f"The clip {key!r} is gone from the timeline.")

    async def add_take(self, take: NewTake) -> PlacedTake:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        if take.label in self.labels:
            return replace(self.labels[take.label], added=False)
        for place, clip in enumerate(self.listed):
            if clip.key == take.clip_key:
                taken = {each.number for each in clip.takes}
                number = take.file.number
                while number in taken:
                    number += 1
                key = f"take_{number:03}"
                others = tuple(replace(each, selected=False) for each in clip.takes)
                summary = TakeSummary(number, key, take.name, str(take.file.path), selected=True)
                self.listed[place] = replace(clip, takes=(*others, summary))
                placed = PlacedTake(key, number, self.timeline, added=True)
                self.labels[take.label] = placed
                return placed
        raise HostError(f"The clip {take.clip_key!r} is gone from the timeline.")


@dataclass
class MemoryTakes:
    """Slots without files of its own; sidecars are kept as dictionaries."""

    slots: dict[str, TakeSlot] = field(default_factory=dict)
    sidecars: dict[Path, dict[str, Any]] = field(default_factory=dict)

    def reserve(self, folder: Path, clip_name: str, label: str) -> TakeSlot:
        if label not in self.slots:
            number = len(self.slots) + 1
            stem = folder / f"{clip_name}_take_{number:03}"
            self.slots[label] = TakeSlot(
                number,
                stem.with_suffix(".mov"),
                stem.with_suffix(".result.mp4"),
                stem.with_suffix(".result.exr"),
                stem,
                stem.with_suffix(".json"),
            )
        return self.slots[label]

    def write_sidecar(
        self, slot: TakeSlot, provenance: Provenance, facts: Mapping[str, Any]
    ) -> None:
        self.sidecars[slot.sidecar] = {"job_id": provenance.job_id, **facts}

    def finished(self, path: Path) -> tuple[str, int] | None:
        if not path.exists():
            return None
        data = path.read_bytes()
        return hashlib.sha256(data).hexdigest(), len(data)

    def set_aside(self, path: Path) -> Path | None:
        if not path.exists():
            return None
        return path.rename(path.with_name(f"{path.name}.damaged"))

    def withdraw(self, path: Path) -> None:
        path.unlink(missing_ok=True)


@dataclass
class RecordingWatcher:
    """Keeps what it is shown."""

    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def step_started(self, job: Job, step: Step) -> None:
        self.steps.append(step)

    def progress(self, job: Job, step: Step, done: int, total: int | None) -> None: ...

    def note(self, job: Job, text: str) -> None:
        self.notes.append(text)

    def step_done(self, job: Job, step: Step) -> None: ...
