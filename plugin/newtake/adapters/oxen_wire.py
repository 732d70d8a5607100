"""One exchange with the service: a request of JSON or a stream, an answer with its error, if any.

Shared by the provider and by the uploaders that keep plates at the service.
"""

from __future__ import annotations

import json as json_format
from collections.abc import AsyncIterable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import anyio
import httpx

from newtake.adapters.http import OPENING_SECONDS, TIMEOUT, OriginAuth, open_response, with_retries
from newtake.adapters.http_bodies import read_capped
from newtake.adapters.oxen_errors import error_of, says_error
from newtake.domain.errors import NotAuthorisedError, ProviderError, UnavailableError
from newtake.ports import Clock

ANSWER_MAX_BYTES = 32 << 20
ANSWER_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `payload` is the parsed JSON, or the text where it was none."""

    status: int
    headers: Mapping[str, str]
    payload: Any
    received_at: float
    auth: httpx.Auth | None = field(default=None, repr=False)
    """Knows the key, which is in no text that is made here, should the service echo it."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300 and not says_error(self.payload)

    def field(self, *names: str) -> Any:
        """The value under nested names; None where one is missing."""
        value = self.payload
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def text(self, *names: str) -> str | None:
        """A text that is kept or becomes part of an address; None where none is fit for that."""
        value = self.field(*names)
        if not isinstance(value, str) or not value:
            return None
        return None if isinstance(self.auth, OriginAuth) and self.auth.holds_key(value) else value

    def error(self, *, paid: bool = False) -> ProviderError:
        """What an answer that is not `ok` means."""
        payload = self.payload
        if isinstance(self.auth, OriginAuth):
            payload = _blotted(payload, self.auth.without_key)
        return error_of(self.status, self.headers, payload, paid=paid, now=self.received_at)


class OxenWire:
    """The service at one address, spoken to with one client."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        base_url: str,
        clock: Clock,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Speak with a client that stays the caller's, who closes it.

        Args:
            client: Of `adapters.http.open_client`.
            base_url: The service's.
            clock: For pauses and dates.
            answer_seconds: After which an answer that has begun must have ended.
        """
        self.client = client
        self.answer_seconds = answer_seconds
        self.base_url = base_url.rstrip("/")
        self.clock = clock

    async def read(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """GET, repeated a few times while the service is away.

        Raises:
            ProviderError: Also for an answer that reports an error.
        """

        async def once() -> Answer:
            answer = await self.exchange("GET", path, params=params)
            if not answer.ok:
                raise answer.error()
            return answer

        return await with_retries(self.clock, once)

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        opening_seconds: float = OPENING_SECONDS,
    ) -> Answer:
        """One request, once, whatever its answer.

        Raises:
            UnavailableError: There is no answer.
            UnknownProviderError: The answer cannot be read.
        """
        async with open_response(
            self.client,
            method,
            self.base_url + path,
            authorised=True,
            params=params,
            json=json,
            content=content,
            headers=headers,
            timeout=timeout,
            opening_seconds=opening_seconds,
        ) as response:
            return await self.answer(response)

    async def answer(self, response: httpx.Response) -> Answer:
        """The rest of an open response.

        Raises:
            UnavailableError: It broke, or did not end in time.
            UnknownProviderError: It is too large or damaged.
        """
        with anyio.move_on_after(self.answer_seconds) as scope:
            body = await read_capped(response, ANSWER_MAX_BYTES)
        if scope.cancelled_caught:
            raise UnavailableError(
                f"{response.request.url.host} did not end its answer in time.",
                why=f"It was given {self.answer_seconds:.0f} s.",
                sent=True,
            )
        payload: Any
        try:
            payload = json_format.loads(body)
        except (ValueError, RecursionError):
            payload = body[:4096].decode("utf-8", "replace")
        now = self.clock.now()
        return Answer(response.status_code, response.headers, payload, now, self.client.auth)

    def without_key(self, text: str) -> str:
        """A text of the service's for a person or the journal."""
        auth = self.client.auth
        return auth.without_key(text) if isinstance(auth, OriginAuth) else text

    async def user_name(self) -> str:
        """The account's name, which is also its namespace.

        Raises:
            NotAuthorisedError: The answer names nobody, or the key is wrong.
        """
        answer = await self.read("/api/users/me")
        name = answer.text("user", "username") or answer.text("username")
        if name is None:
            raise NotAuthorisedError("The service does not say whose key this is.")
        return name


def _blotted(value: Any, blot: Callable[[str], str]) -> Any:
    """A parsed body with every text in it blotted. For errors only: data stays as it came."""
    if isinstance(value, str):
        return blot(value)
    if isinstance(value, Mapping):
        return {name: _blotted(each, blot) for name, each in value.items()}
    return [_blotted(each, blot) for each in value] if isinstance(value, list) else value


def segment(text: str) -> str:
    """A name as one segment of a path."""
    return quote(text, safe="")


def segments(path: str) -> str:
    """A relative path with each of its segments quoted."""
    return "/".join(segment(each) for each in path.split("/") if each)
