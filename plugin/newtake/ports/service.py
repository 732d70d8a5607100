"""Doors to the remote service: the provider, and the way that footage gets to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol

from newtake.domain.edit import EditSettings, Limits, Price
from newtake.domain.files import Asset
from newtake.domain.job import Intent
from newtake.ports.running import Progress


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
            ProviderError: Its `money` says whether there can be a submission; without a word on it
                its class decides, as `money_of_submit` reads it.
        """
        ...

    async def find(self, intent: Intent, settings: EditSettings, duration: str) -> tuple[str, ...]:
        """Submissions whose input is the intent's URL; empty when there are none.

        Where a service does not keep the URL's signature its path decides, and then all that the
        row says of the settings must agree as well.
        """
        ...

    async def contradictions(
        self, submission_id: str, intent: Intent, settings: EditSettings, duration: str
    ) -> Sequence[str]:
        """What the service has of a generation that the intent cannot have sent, by name.

        Empty where nothing speaks against it; what the service does not say speaks for nothing.

        Raises:
            NotFoundError: There is no such generation.
            ProviderError: It cannot be read.
        """
        ...

    async def submission(self, submission_id: str) -> Submission:
        """Read one generation again. Raises: NotFoundError and the rest of ProviderError."""
        ...

    async def submissions(self, *, active_only: bool) -> Sequence[Submission]: ...

    async def cancel(self, submission_id: str) -> Submission:
        """Ask for the end, again where the answer was lost, then read what became of it.

        Raises:
            UnavailableError: It goes on, or nobody can tell; asking once more is harmless.
            NotFoundError, NotAuthorisedError: As for reading it.
        """
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
    holds_one: bool
    """True where its address holds one file at a time: a second one would replace the first."""
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
