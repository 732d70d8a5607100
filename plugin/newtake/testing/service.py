"""The service and the way to it, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel

from newtake.domain.edit import EditSettings, Limits, Price, upstream_list_price
from newtake.domain.errors import NotFoundError, PlateGoneError
from newtake.domain.files import Asset
from newtake.domain.job import Intent
from newtake.ports import ModelCard, Progress, Submission, SubmitAnswer


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
    hidden: set[str] = field(default_factory=set)
    """Generations that exist and that no look for a submission shows."""
    find_errors: list[Exception] = field(default_factory=list)
    """Raised one by one by the next looks."""
    lists_paths_only: bool = False
    """Rows keep no signature, so that links to the same frames look alike."""
    looks: int = 0
    while_looking: Callable[[], object] | None = None
    """What others do while the lists are read for a look."""
    cost_usd: Decimal | Exception | None = Decimal("0.72")
    """What the history says of every generation, or what asking it raises."""
    read_errors: list[Exception] = field(default_factory=list)
    """Raised one by one by the next reads."""
    submitted: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    cancel_errors: dict[str, Exception] = field(default_factory=dict)
    """By submission, what asking for its end raises."""
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
        if self.find_errors:
            raise self.find_errors.pop(0)
        self.looks += 1
        if self.while_looking is not None:
            self.while_looking()
        found = tuple(
            row["id"]
            for row in self.submitted
            if row["id"] not in self.hidden and self._names(row["url"], intent)
        )
        return found[: self.looks] if self.lists_slowly else found

    def _names(self, url: str, intent: Intent) -> bool:
        if self.lists_paths_only:
            return urlsplit(url).path == intent.url_path
        return hashlib.sha256(url.encode()).hexdigest() == intent.url_sha256

    async def contradictions(
        self, submission_id: str, intent: Intent, settings: EditSettings, duration: str
    ) -> Sequence[str]:
        await self.submission(submission_id)
        (row,) = [row for row in self.submitted if row["id"] == submission_id]
        said = []
        if hashlib.sha256(row["url"].encode()).hexdigest() != intent.url_sha256:
            said.append("input")
        return said if row["prompt"] == settings.prompt else [*said, "prompt"]

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
        if submission_id in self.cancel_errors:
            raise self.cancel_errors[submission_id]
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
    holds_one: bool = False
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
