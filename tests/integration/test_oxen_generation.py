"""One generation of a scripted hub: how it is read, and what a cancel of it comes to."""

from __future__ import annotations

import httpx
import pytest

from newtake.domain.errors import (
    Money,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from oxen_hub import REQUEST, Answer, Hub, provider, row

pytestmark = pytest.mark.anyio


async def test_reading_is_repeated_while_the_service_is_away() -> None:
    away = [httpx.Response(503), httpx.ReadError("cut"), row("g1")]
    hub = Hub(**{"GET /api/ai/queue/g1": away})
    async with provider(hub) as service:
        assert (await service.submission("g1")).status == "queued"
    assert len(hub.requests) == 3


async def test_a_long_wait_is_left_to_the_caller() -> None:
    busy = httpx.Response(429, headers={"retry-after": "120"})
    hub = Hub(**{"GET /api/ai/queue/g1": busy})
    async with provider(hub) as service:
        with pytest.raises(RateLimitedError) as caught:
            await service.submission("g1")
    assert caught.value.retry_after_seconds == 120.0
    assert len(hub.requests) == 1


async def test_a_row_that_left_the_queue_is_read_from_the_history() -> None:
    hub = Hub(**{"GET /api/ai/generations/g1": {"generation": row("g1", "succeeded")}})
    async with provider(hub) as service:
        assert (await service.submission("g1")).status == "succeeded"
        with pytest.raises(NotFoundError):
            await service.submission("g2")


async def test_cancelling_reads_what_became_of_it() -> None:
    hub = Hub(
        **{
            "DELETE /api/ai/queue/g1": {"status": "success", "generation_id": "g1"},
            "GET /api/ai/queue/g1": row("g1", "cancelled"),
        }
    )
    async with provider(hub) as service:
        assert (await service.cancel("g1")).status == "cancelled"
        with pytest.raises(NotFoundError):
            await service.cancel("g2")


@pytest.mark.parametrize(
    "lost",
    [
        httpx.Response(502, text="bad gateway"),
        httpx.RemoteProtocolError("cut", request=REQUEST),
        httpx.Response(429, headers={"retry-after": "7"}),
    ],
    ids=["502", "cut", "429"],
)
async def test_a_cancel_whose_answer_was_lost_is_asked_again_until_the_row_shows_it(
    lost: Answer,
) -> None:
    taken = {"status": "success", "generation_id": "g1"}
    rows = [row("g1", "processing"), row("g1", "cancelled")]
    hub = Hub(**{"DELETE /api/ai/queue/g1": [lost, taken], "GET /api/ai/queue/g1": rows})
    async with provider(hub) as service:
        assert (await service.cancel("g1")).status == "cancelled"
    assert hub.count("DELETE /api/ai/queue/g1") == 2


async def test_a_cancel_that_was_acted_on_before_its_answer_was_lost_is_not_repeated() -> None:
    cut = httpx.RemoteProtocolError("cut", request=REQUEST)
    hub = Hub(**{"DELETE /api/ai/queue/g1": cut, "GET /api/ai/queue/g1": row("g1", "cancelled")})
    async with provider(hub) as service:
        assert (await service.cancel("g1")).status == "cancelled"
    assert hub.count("DELETE /api/ai/queue/g1") == 1


async def test_a_cancel_that_is_never_taken_says_how_the_generation_stands() -> None:
    away = httpx.Response(503)
    hub = Hub(**{"DELETE /api/ai/queue/g1": away, "GET /api/ai/queue/g1": row("g1", "processing")})
    async with provider(hub) as service:
        with pytest.raises(UnavailableError, match="processing") as caught:
            await service.cancel("g1")
    assert "jobs cancel" in caught.value.fix
    assert caught.value.money is Money.NONE


async def test_a_cancel_whose_row_cannot_be_read_claims_nothing() -> None:
    hub = Hub(
        **{
            "DELETE /api/ai/queue/g1": httpx.Response(502),
            "GET /api/ai/queue/g1": httpx.Response(503),
        }
    )
    async with provider(hub) as service:
        with pytest.raises(UnavailableError, match="may have been taken"):
            await service.cancel("g1")
