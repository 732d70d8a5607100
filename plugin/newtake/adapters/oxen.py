"""The Oxen inference service as a provider: its queue, its events and its synchronous route.

Source: docs.oxen.ai, "Inference API", with the corrections seen in the vendor's own client.
Rule 1: the request that costs money is sent once; what happened to it is told apart, not guessed.
Rule 2: an unknown status is not an end.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import httpx

from newtake.adapters.http import OPENING_SECONDS, TIMEOUT, open_response, timeout
from newtake.adapters.oxen_cancel import end_generation
from newtake.adapters.oxen_catalogue import ModelCatalogue
from newtake.adapters.oxen_delivery import Delivery
from newtake.adapters.oxen_errors import plain
from newtake.adapters.oxen_events import STREAM_TIMEOUT, ended_generations
from newtake.adapters.oxen_lookup import contradictions, wanted_of
from newtake.adapters.oxen_prices import price_of
from newtake.adapters.oxen_results import ResultFetcher
from newtake.adapters.oxen_rows import (
    Row,
    accepted_ids,
    exr_url,
    listing_of,
    names_generations,
    read_row,
    result_url,
    submission_of,
)
from newtake.adapters.oxen_search import ENDED, HISTORY, HISTORY_PAGE, QUEUE, QueueSearch
from newtake.adapters.oxen_wire import Answer, OxenWire, segment
from newtake.domain.choices import MODEL
from newtake.domain.edit import EditSettings, Limits, Price, wire_parameters
from newtake.domain.errors import (
    Money,
    NotFoundError,
    ProviderError,
    RefusedSettingsError,
    UnknownProviderError,
    money_of_submit,
)
from newtake.domain.job import Intent
from newtake.ports import Clock, ModelCard, Progress, Submission, SubmitAnswer

Mode = Literal["events", "poll", "sync"]

SYNC_TIMEOUT = timeout(read_seconds=45 * 60)
"""The route answers when the video is there; the vendor says 5 to 15 minutes."""


class OxenProvider:
    """Implements `ports.Provider`."""

    name = "oxen"

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        base_url: str,
        clock: Clock,
        mode: Mode = "events",
        cache_folder: Path | None = None,
        result_max_bytes: int = 4 << 30,
        model: str = MODEL,
        name: str = "oxen",
    ) -> None:
        """Speak to the service at `base_url` with a client of `adapters.http.open_client`.

        Args:
            client: Stays the caller's, who closes it.
            base_url: Without a path, e.g. "https://hub.oxen.ai".
            clock: For pauses between retries, and for dates.
            mode: Which way edits are placed; "events" and "poll" differ for the caller only.
            cache_folder: Where the model's card is kept for a day; None keeps nothing.
            result_max_bytes: Larger results are refused.
            model: The model's id.
            name: What journals call this provider.
        """
        self.name = name
        self.mode = mode
        self._model = model
        self._wire = OxenWire(client, base_url, clock)
        self._search = QueueSearch(self._wire)
        self._catalogue = ModelCatalogue(self._wire, cache_folder)
        results = ResultFetcher(self._wire, result_max_bytes)
        self._delivery = Delivery(self._wire, results, self.submission)

    async def model(self) -> ModelCard:
        return await self._catalogue.card(self._model)

    def limits(self) -> Limits:
        return Limits()

    def price(self, settings: EditSettings, duration: str, card: ModelCard | None) -> Price:
        return price_of(settings, duration, card)

    async def submit(
        self, settings: EditSettings, duration: str, video_url: str, image_url: str | None
    ) -> SubmitAnswer:
        """See the port. An answer that names generations is taken, whatever else it says."""
        try:
            return await self._place(settings, duration, video_url, image_url)
        except ProviderError as error:
            error.money = money_of_submit(error)
            raise

    async def _place(
        self, settings: EditSettings, duration: str, video_url: str, image_url: str | None
    ) -> SubmitAnswer:
        body = wire_parameters(settings, duration) | {"input_video": video_url}
        if image_url is not None:
            body["input_image"] = image_url
        if self.mode == "sync":
            return await self._submit_and_wait(body, settings)
        if settings.variations > 1:
            body["num_generations"] = settings.variations
        answer = await self._paid(QUEUE, body, TIMEOUT)
        if not answer.ok and not names_generations(answer.payload):
            raise answer.error(paid=True)
        ids = accepted_ids(answer.payload)
        if any(self._wire.without_key(each) != each for each in ids):
            raise UnknownProviderError("The service named a generation by the account's key.")
        return SubmitAnswer(ids)

    async def _submit_and_wait(
        self, body: Mapping[str, Any], settings: EditSettings
    ) -> SubmitAnswer:
        if settings.variations > 1:
            raise RefusedSettingsError(
                "The synchronous route makes one take per request.",
                why=f"{settings.variations} variations were asked for.",
                fix='Use the queue (wait = "events" in settings.toml), or --variations 1.',
                money=Money.NOT_SENT,
            )
        answer = await self._paid(
            "/api/ai/videos/generate", {**body, "response_format": "url"}, SYNC_TIMEOUT
        )
        url = result_url(answer.payload) if isinstance(answer.payload, Mapping) else None
        if not answer.ok and (url is None or answer.status >= 300):
            raise answer.error(paid=True)
        if url is None:
            raise UnknownProviderError(
                "The service's answer holds no address of a video.", http_status=answer.status
            )
        row = await self._sync_row(body["input_video"])
        if row is not None and row.status == "succeeded" and row.result_url:
            # Read again by its id when it is needed, so that no signed link is kept.
            return SubmitAnswer((row.id,))
        name = row.id if row else f"sync-{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        # These two are kept. An address with the key in it would not be used in any case.
        kept = self._wire.without_key(url)
        exr = exr_url(answer.payload)
        return SubmitAnswer((name,), (kept,), (exr and self._wire.without_key(exr),))

    async def _sync_row(self, video_url: str) -> Submission | None:
        """The generation by the history, since the route's answer names none.

        With its id the cost can be read and an expired link renewed. None where the history does
        not tell.
        """
        try:
            answer = await self._wire.read(HISTORY, {"page": 1, "page_size": HISTORY_PAGE})
            rows = listing_of(answer.payload).rows
            own = [self._told(row, raw) for row, raw in rows if row.input_video == video_url]
        except ProviderError:
            # The video is paid for and its address known: nothing may lose it here.
            return None
        return own[0] if len(own) == 1 else None

    async def _paid(self, path: str, body: Mapping[str, Any], deadlines: httpx.Timeout) -> Answer:
        patience = max(OPENING_SECONDS, deadlines.read or 0.0)
        return await self._wire.exchange(
            "POST", path, json=body, timeout=deadlines, opening_seconds=patience
        )

    async def find(self, intent: Intent, settings: EditSettings, duration: str) -> tuple[str, ...]:
        """See the port. Looks through the queue, ended rows included, and the recent history.

        Raises:
            ProviderError: A list could not be read, so that "none" would be a guess.
        """
        return await self._search.find(intent, wanted_of(settings, duration))

    async def submission(self, submission_id: str) -> Submission:
        """See the port. A row that left the queue is looked up in the history."""
        return self._told(*await self._row(submission_id))

    async def contradictions(
        self, submission_id: str, intent: Intent, settings: EditSettings, duration: str
    ) -> Sequence[str]:
        row, _ = await self._row(submission_id)
        return contradictions(row, intent, wanted_of(settings, duration))

    async def _row(self, submission_id: str) -> tuple[Row, Mapping[str, Any]]:
        try:
            answer = await self._wire.read(f"{QUEUE}/{segment(submission_id)}")
        except NotFoundError:
            answer = await self._wire.read(f"{HISTORY}/{segment(submission_id)}")
        return read_row(answer.payload)

    def _told(self, row: Row, fields: Mapping[str, Any]) -> Submission:
        """A row as the port's value; what is shown and journalled of it is without the key."""
        told = submission_of(row, fields)
        if self._wire.without_key(told.id) != told.id:
            raise UnknownProviderError("The service named a generation by the account's key.")
        return replace(
            told,
            status=self._wire.without_key(told.status),
            reason=self._wire.without_key(told.reason),
        )

    async def submissions(self, *, active_only: bool) -> Sequence[Submission]:
        """The account's generations, newest first."""
        statuses = (None,) if active_only else (None, *ENDED)
        listings = [await self._search.listed(status) for status in statuses]
        found = {
            row.generation_id: self._told(row, fields)
            for listing in listings
            for row, fields in listing.rows
        }
        return sorted(found.values(), key=lambda each: each.enqueued_at or 0.0, reverse=True)

    async def cancel(self, submission_id: str) -> Submission:
        """See the port. Whether a cancelled generation is charged is not documented."""
        return await end_generation(self._wire, submission_id, self.submission)

    def events(self) -> AbstractAsyncContextManager[AsyncIterator[str | None]]:
        return self._open_events()

    @asynccontextmanager
    async def _open_events(self) -> AsyncIterator[AsyncIterator[str | None]]:
        async with open_response(
            self._wire.client,
            "GET",
            self._wire.base_url + "/api/events",
            authorised=True,
            headers={"Accept": "text/event-stream", "Cache-Control": "no-store"},
            timeout=STREAM_TIMEOUT,
        ) as response:
            if response.status_code != 200:
                raise (await self._wire.answer(response)).error()
            kind = response.headers.get("content-type", "")
            if not kind.startswith("text/event-stream"):
                named = self._wire.without_key(plain(kind)) or "nothing"
                raise UnknownProviderError(f"The events came as {named}.")
            async with aclosing(ended_generations(response)) as ended:
                yield ended

    async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
        await self._delivery.video(submission, to, progress)

    async def download_exr(
        self, submission: Submission, to: Path, progress: Progress
    ) -> Path | None:
        return await self._delivery.exr(submission, to, progress)

    async def cost(self, submission_id: str) -> Decimal | None:
        try:
            answer = await self._wire.read(f"{HISTORY}/{segment(submission_id)}")
        except NotFoundError:
            return None
        row, _ = read_row(answer.payload)
        return row.cost
