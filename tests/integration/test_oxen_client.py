"""What holds for every request to a scripted hub: its sender's name and key, its route, its size.

The model's card is here as well: it is kept for a day.
"""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest

from newtake.adapters.http import USER_AGENT, open_client
from newtake.adapters.oxen import OxenProvider
from newtake.domain.errors import (
    NotFoundError,
    RefusedSettingsError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.testing import ManualClock
from oxen_hub import BASE, KEY, QUEUED, SETTINGS, VIDEO, Hub, provider

pytestmark = pytest.mark.anyio


async def test_the_service_sees_a_user_agent_without_its_own_name() -> None:
    hub = Hub(**{"POST /api/ai/queue": QUEUED})
    async with provider(hub) as service:
        await service.submit(SETTINGS, "5s", VIDEO, None)
    assert hub.requests[0].headers["user-agent"] == USER_AGENT
    assert "oxen" not in USER_AGENT.lower()
    assert f"Bearer {KEY}" == hub.requests[0].headers["authorization"]


async def test_a_key_echoed_by_the_server_is_blotted_out() -> None:
    hub = Hub(**{"POST /api/ai/queue": httpx.Response(400, json={"error": f"bad {KEY}"})})
    async with provider(hub) as service:
        with pytest.raises(RefusedSettingsError) as caught:
            await service.submit(SETTINGS, "5s", VIDEO, None)
        assert KEY not in repr(service) + repr(vars(service))
    assert KEY not in str(caught.value)
    assert "[key]" in caught.value.why


async def test_no_log_of_any_library_holds_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hub = Hub(**{"POST /api/ai/queue": QUEUED})
    async with provider(hub) as service:
        await service.submit(SETTINGS, "5s", VIDEO, None)
    assert caplog.records
    assert KEY not in caplog.text


async def test_an_answer_without_end_is_not_read() -> None:
    huge = httpx.Response(200, content=b"x" * (33 << 20))
    hub = Hub(**{"GET /api/ai/queue": huge})
    async with provider(hub) as service:
        with pytest.raises(UnknownProviderError, match="larger"):
            await service.submissions(active_only=True)


async def test_an_id_cannot_reach_another_route() -> None:
    hub = Hub()
    async with provider(hub) as service:
        with pytest.raises(NotFoundError):
            await service.submission("../../repos?x#y")
    assert hub.requests[0].url.raw_path == b"/api/ai/queue/..%2F..%2Frepos%3Fx%23y"


MODEL = "GET /api/ai/models/luma-ray-v3-2-video-to-video"
CARD = {"data": {"id": "m", "display_name": "M", "json_request_schema": {"properties": {}}}}


async def test_the_models_card_is_kept_for_a_day_and_used_when_the_service_is_away(
    tmp_path: Path,
) -> None:
    hub = Hub(**{MODEL: [CARD, httpx.Response(503)]})
    clock = ManualClock()
    async with open_client(BASE, KEY, transport=httpx.MockTransport(hub)) as client:

        def service() -> OxenProvider:
            return OxenProvider(client, base_url=BASE, clock=clock, cache_folder=tmp_path / "c")

        assert not (await service().model()).stale
        await clock.sleep(23 * 3600)
        assert not (await service().model()).stale
        assert len(hub.requests) == 1
        await clock.sleep(2 * 3600)
        card = await service().model()
    assert (card.id, card.stale) == ("m", True)


async def test_a_damaged_cache_is_read_over(tmp_path: Path) -> None:
    hub = Hub(**{MODEL: CARD})
    async with provider(hub, cache=tmp_path) as service:
        await service.model()
        (kept,) = tmp_path.iterdir()
        for damage in ("{", "[]", '{"fetched_at": "x", "payload": {}}', '{"fetched_at": 1}'):
            kept.write_text(damage)
            assert (await service.model()).id == "m"


async def test_without_an_earlier_card_the_trouble_is_told(tmp_path: Path) -> None:
    async with provider(Hub(**{MODEL: httpx.Response(503)}), cache=tmp_path) as service:
        with pytest.raises(UnavailableError):
            await service.model()
