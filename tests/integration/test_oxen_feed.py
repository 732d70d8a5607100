"""The stream of events of a scripted hub: what is heard of it, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from newtake.adapters.http import open_client
from newtake.adapters.oxen import OxenProvider
from newtake.domain.errors import (
    NotAuthorisedError,
    ProviderError,
    RateLimitedError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.testing import ManualClock
from oxen_hub import BASE, KEY

pytestmark = pytest.mark.anyio


class Feed(httpx.AsyncByteStream):
    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


def feed_hub(status: int, kind: str, *pieces: bytes | Exception) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        assert ("/api/events", f"Bearer {KEY}") == (
            request.url.path,
            request.headers["authorization"],
        )
        assert 45 <= request.extensions["timeout"]["read"] <= 60
        return httpx.Response(status, headers={"content-type": kind}, stream=Feed(*pieces))

    return httpx.MockTransport(answer)


async def heard(transport: httpx.MockTransport) -> list[str | None]:
    async with open_client(BASE, KEY, transport=transport) as client:
        service = OxenProvider(client, base_url=BASE, clock=ManualClock())
        async with service.events() as events:
            return [each async for each in events]


DONE = b'event: media_generation_completed\ndata: {"generation_id":"g1"}\n\n'


async def test_events_are_ids_and_everything_else_is_a_sign_of_life() -> None:
    pieces = (b": keep-alive\n\n", DONE, b"event: other\ndata: x\n\n", DONE[:20], DONE[20:])
    assert await heard(feed_hub(200, "text/event-stream; charset=utf-8", *pieces)) == [
        None,
        "g1",
        None,
        None,
        "g1",
    ]


async def test_a_stream_that_breaks_says_so_after_what_it_brought() -> None:
    transport = feed_hub(200, "text/event-stream", DONE, httpx.ReadTimeout("silent"))
    async with open_client(BASE, KEY, transport=transport) as client:
        service = OxenProvider(client, base_url=BASE, clock=ManualClock())
        async with service.events() as events:
            assert await anext(events) == "g1"
            with pytest.raises(UnavailableError):
                await anext(events)


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (401, "application/json", NotAuthorisedError),
        (429, "application/json", RateLimitedError),
        (502, "text/html", UnavailableError),
        (200, "text/html", UnknownProviderError),
    ],
)
async def test_what_is_no_stream_is_an_error(
    status: int, kind: str, expected: type[ProviderError]
) -> None:
    with pytest.raises(expected):
        await heard(feed_hub(status, kind, b"{}"))


async def test_the_readers_own_error_is_not_turned_into_a_providers() -> None:
    transport = feed_hub(200, "text/event-stream", DONE)
    async with open_client(BASE, KEY, transport=transport) as client:
        service = OxenProvider(client, base_url=BASE, clock=ManualClock())
        with pytest.raises(httpx.ReadError):
            async with service.events():
                raise httpx.ReadError("the reader's own")
