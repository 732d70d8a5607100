"""One exchange with the service: a request of JSON or a stream, an answer with its error, if any.

Shared by the provider and by the uploaders that keep plates at the service.
"""

from __future__ import annotations

import json as json_format
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from newtake.adapters.http import TIMEOUT, OriginAuth, open_response, read_capped, with_retries
from newtake.adapters.oxen_errors import error_of, says_error
from newtake.domain.errors import Money, NotAuthorisedError, ProviderError
from newtake.ports import Clock

ANSWER_MAX_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `payload` is the parsed JSON, or the text where it was none."""

    status: int
    headers: Mapping[str, str]
    payload: Any
    received_at: float

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300 and not says_error(self.payload)

    def field(self, *names: str) -> Any:
        """The value under nested names; None where one is missing."""
        value = self.payload
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def error(self, *, paid: bool = False) -> ProviderError:
        """What an answer that is not `ok` means."""
        return error_of(self.status, self.headers, self.payload, paid=paid, now=self.received_at)


class OxenWire:
    """The service at one address, spoken to with one client."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, clock: Clock) -> None:
        """The client stays the caller's, who closes it."""
        self.client = client
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

        try:
            return await with_retries(self.clock, once)
        except ProviderError as error:
            # Reading charges nothing and refuses nothing.
            error.money = Money.NONE
            raise

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
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
        ) as response:
            return await self.answer(response)

    async def answer(self, response: httpx.Response) -> Answer:
        """The rest of an open response."""
        body = await read_capped(response, ANSWER_MAX_BYTES)
        auth = self.client.auth
        if isinstance(auth, OriginAuth):
            body = auth.without_key(body)
        payload: Any
        try:
            payload = json_format.loads(body)
        except (ValueError, RecursionError):
            payload = body[:4096].decode("utf-8", "replace")
        return Answer(response.status_code, response.headers, payload, self.clock.now())

    async def user_name(self) -> str:
        """The account's name, which is also its namespace.

        Raises:
            NotAuthorisedError: The answer names nobody, or the key is wrong.
        """
        answer = await self.read("/api/users/me")
        name = answer.field("user", "username") or answer.field("username")
        if not isinstance(name, str) or not name:
            raise NotAuthorisedError("The service does not say whose key this is.")
        return name


def segment(text: str) -> str:
    """A name as one segment of a path."""
    return quote(text, safe="")


def segments(path: str) -> str:
    """A relative path with each of its segments quoted."""
    return "/".join(segment(each) for each in path.split("/") if each)
