"""Queue and history of a scripted hub: what is found there, and when nothing was found."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import httpx
import pytest

from newtake.domain.edit import EditSettings
from newtake.domain.errors import (
    NotFoundError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.domain.job import Intent
from oxen_hub import VIDEO, Hub, provider, row

pytestmark = pytest.mark.anyio


async def test_rows_that_cannot_be_read_hide_no_others_and_are_not_taken_for_absence() -> None:
    odd: list[Any] = [None, {"status": "queued"}, row("../x"), row("ok", status="")]
    listed = {"generations": [*odd, row("mine", input_video=VIDEO)]}
    hub = Hub(**{"GET /api/ai/queue": listed, "GET /api/ai/generations": {"generations": []}})
    async with provider(hub) as service:
        assert [each.id for each in await service.submissions(active_only=True)] == ["mine"]
        assert await service.find(INTENT, EditSettings("p"), "5s") == ("mine",)
        listed["generations"] = odd
        with pytest.raises(UnknownProviderError):
            await service.find(INTENT, EditSettings("p"), "5s")


async def test_a_history_too_long_to_read_is_not_taken_for_absence() -> None:
    newer = [row(f"n{n}", enqueued_at=2e9) for n in range(100)]
    hub = Hub(
        **{
            "GET /api/ai/queue": {"generations": []},
            "GET /api/ai/generations": {"generations": newer},
        }
    )
    async with provider(hub) as service:
        with pytest.raises(UnknownProviderError, match="longer"):
            await service.find(INTENT, EditSettings("p"), "5s")


async def test_a_generation_that_another_edit_made_is_told_apart() -> None:
    mine, other = row("mine", input_video=VIDEO), row("other", input_video="https://x/y.mp4")
    hub = Hub(**{"GET /api/ai/queue/mine": mine, "GET /api/ai/queue/other": other})
    async with provider(hub) as service:
        assert await service.contradictions("mine", INTENT, EditSettings("p"), "5s") == ()
        said = await service.contradictions("other", INTENT, EditSettings("p"), "5s")
        with pytest.raises(NotFoundError):
            await service.contradictions("none", INTENT, EditSettings("p"), "5s")
    assert "input" in said


async def test_every_list_is_shown_newest_first() -> None:
    def listed(request: httpx.Request) -> httpx.Response:
        rows = {
            None: [row("active", enqueued_at=3)],
            "succeeded": [row("done", "succeeded", enqueued_at=4)],
            "failed": [row("broken", "failed", enqueued_at=1)],
            "cancelled": [],
        }[request.url.params.get("status")]
        return httpx.Response(200, json={"count": len(rows), "generations": rows})

    hub = Hub(**{"GET /api/ai/queue": listed})
    async with provider(hub) as service:
        active = await service.submissions(active_only=True)
        every = await service.submissions(active_only=False)
    assert [each.id for each in active] == ["active"]
    assert [each.id for each in every] == ["done", "active", "broken"]


INTENT = Intent(1e9, hashlib.sha256(VIDEO.encode()).hexdigest(), "/plate.mp4")


@pytest.mark.parametrize("where", [None, "succeeded", "failed", "cancelled", "history"])
async def test_a_lost_submission_is_found_wherever_it_is(where: str | None) -> None:
    mine = row("mine", input_video=VIDEO)

    def queue(request: httpx.Request) -> httpx.Response:
        here = request.url.params.get("status") == where
        return httpx.Response(200, json={"generations": [mine] if here else []})

    history = {"generations": [mine] if where == "history" else []}
    hub = Hub(**{"GET /api/ai/queue": queue, "GET /api/ai/generations": history})
    async with provider(hub) as service:
        assert await service.find(INTENT, EditSettings("p"), "5s") == ("mine",)


async def test_the_history_is_read_back_to_the_intent_and_no_further() -> None:
    def history(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        rows = [row(f"{page}-{n}", enqueued_at=1e9 + 1000 - page * 600) for n in range(100)]
        return httpx.Response(200, json={"generations": rows, "total_pages": 50})

    hub = Hub(**{"GET /api/ai/queue": {"generations": []}, "GET /api/ai/generations": history})
    async with provider(hub) as service:
        assert await service.find(INTENT, EditSettings("p"), "5s") == ()
    assert hub.count("GET /api/ai/generations") == 2


async def test_not_being_able_to_look_is_not_finding_nothing() -> None:
    hub = Hub(
        **{
            "GET /api/ai/queue": {"generations": []},
            "GET /api/ai/generations": httpx.Response(500),
        }
    )
    async with provider(hub) as service:
        with pytest.raises(UnavailableError):
            await service.find(INTENT, EditSettings("p"), "5s")


async def test_the_cost_comes_from_the_history() -> None:
    answers = [{"generation": row("g1", cost=None)}, {"generation": row("g1", cost="1.25")}]
    hub = Hub(**{"GET /api/ai/generations/g1": answers})
    async with provider(hub) as service:
        assert None is await service.cost("g1")
        assert Decimal("1.25") == await service.cost("g1")
        assert None is await service.cost("unknown")
