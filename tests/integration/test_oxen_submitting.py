"""A submit to a scripted hub: what is sent, once, and what an answer makes known of it."""

from __future__ import annotations

import json

import httpx
import pytest

from newtake.adapters.oxen import Mode
from newtake.domain.edit import EditSettings
from newtake.domain.errors import (
    Money,
    NotAuthorisedError,
    OutOfCreditsError,
    ProviderError,
    RateLimitedError,
    RefusedSettingsError,
    UnavailableError,
    UnknownProviderError,
)
from oxen_hub import QUEUED, REQUEST, SETTINGS, VIDEO, Answer, Hub, provider, row

pytestmark = pytest.mark.anyio


async def test_a_submit_sends_exactly_the_documented_fields() -> None:
    hub = Hub(**{"POST /api/ai/queue": QUEUED})
    async with provider(hub) as service:
        answer = await service.submit(SETTINGS, "5s", VIDEO, "https://x/first.png")
    assert answer.submission_ids == ("g1",)
    assert json.loads(hub.requests[0].content) == {
        "model": "luma-ray-v3-2-video-to-video",
        "prompt": "oil painting",
        "resolution": "720p",
        "duration": "5s",
        "edit_strength": "flex_2",
        "input_video": VIDEO,
        "input_image": "https://x/first.png",
    }


async def test_variations_are_asked_for_in_one_submission() -> None:
    listed = [{"generation_id": name} for name in "abc"]
    hub = Hub(**{"POST /api/ai/queue": {"generations": listed}})
    async with provider(hub) as service:
        answer = await service.submit(EditSettings("x", variations=3), "5s", VIDEO, None)
    assert answer.submission_ids == ("a", "b", "c")
    assert json.loads(hub.requests[0].content)["num_generations"] == 3


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, {"type": "rate_limit_exceeded"}),
        (200, "Invalid API key"),
        (202, "invalid_params"),
        (500, "Insufficient credits"),
    ],
)
async def test_generations_that_an_answer_names_are_taken_whatever_it_says_beside_them(
    status: int, error: object
) -> None:
    both = {"generations": [{"generation_id": "a"}, {"generation_id": "b"}], "error": error}
    hub = Hub(**{"POST /api/ai/queue": httpx.Response(status, json=both)})
    async with provider(hub) as service:
        answer = await service.submit(EditSettings("x", variations=2), "5s", VIDEO, None)
    assert answer.submission_ids == ("a", "b")


async def test_a_video_that_the_synchronous_route_names_is_taken_beside_an_error() -> None:
    both = {"videos": [{"url": "https://cdn.example/r.mp4"}], "error": "rate limit exceeded"}
    hub = Hub(**{"POST /api/ai/videos/generate": both})
    async with provider(hub, mode="sync") as service:
        answer = await service.submit(SETTINGS, "5s", VIDEO, None)
    assert answer.result_urls == ("https://cdn.example/r.mp4",)


@pytest.mark.parametrize(
    ("status", "error", "money"),
    [
        (200, {"type": "rate_limit_exceeded"}, Money.UNKNOWN),
        (500, "Insufficient credits", Money.UNKNOWN),
        (500, "Getting model response error: 422", Money.UNKNOWN),
        (402, "Insufficient credits", Money.REFUSED),
        (426, "Upgrade Required", Money.NOT_SENT),
    ],
)
async def test_the_status_of_a_submit_decides_what_is_known_of_money(
    status: int, error: object, money: Money
) -> None:
    hub = Hub(**{"POST /api/ai/queue": httpx.Response(status, json={"error": error})})
    async with provider(hub) as service:
        with pytest.raises(ProviderError) as caught:
            await service.submit(SETTINGS, "5s", VIDEO, None)
    assert caught.value.money is money


@pytest.mark.parametrize(
    ("answer", "expected", "sent"),
    [
        (httpx.ConnectError("refused", request=REQUEST), UnavailableError, False),
        (httpx.ConnectTimeout("slow", request=REQUEST), UnavailableError, False),
        (httpx.ReadTimeout("slow", request=REQUEST), UnavailableError, True),
        (httpx.WriteError("reset", request=REQUEST), UnavailableError, True),
        (httpx.RemoteProtocolError("cut", request=REQUEST), UnavailableError, True),
        (httpx.Response(500, text="oops"), UnavailableError, True),
        (httpx.Response(503, headers={"retry-after": "7"}), UnavailableError, True),
        (httpx.Response(426), UnavailableError, False),
        (httpx.Response(401, json={"error": "Invalid API key"}), NotAuthorisedError, None),
        (httpx.Response(402), OutOfCreditsError, None),
        (httpx.Response(400, json={"error": "no"}), RefusedSettingsError, None),
        (httpx.Response(422, json={"error": "no"}), RefusedSettingsError, None),
        (httpx.Response(429, headers={"retry-after": "7"}), RateLimitedError, None),
        (httpx.Response(200, json={"generations": []}), UnknownProviderError, None),
        (httpx.Response(200, json={"error": "Insufficient credits"}), OutOfCreditsError, None),
        (httpx.Response(200, text="<html>"), UnknownProviderError, None),
        (httpx.Response(307, headers={"location": "https://evil.example"}), ProviderError, None),
    ],
)
@pytest.mark.parametrize("mode", ["events", "poll", "sync"])
async def test_a_submit_is_sent_once_whatever_comes_back(
    answer: Answer, expected: type[ProviderError], sent: bool | None, mode: Mode
) -> None:
    paths = ("POST /api/ai/queue", "POST /api/ai/videos/generate")
    hub = Hub(**dict.fromkeys(paths, answer))
    async with provider(hub, mode=mode) as service:
        with pytest.raises(expected) as caught:
            await service.submit(SETTINGS, "5s", VIDEO, None)
    assert len(hub.requests) == 1
    assert sent == getattr(caught.value, "sent", None)


async def test_the_synchronous_route_brings_the_result_at_once() -> None:
    url = "https://hub.example/api/repos/x/y/file/main/v.mp4?sig=1"
    row = {"generation_id": "g9", "status": "succeeded", "input_video": VIDEO}
    hub = Hub(
        **{
            "POST /api/ai/videos/generate": {"created": 1, "videos": [{"url": url}]},
            "GET /api/ai/generations": {"generations": [row]},
        }
    )
    async with provider(hub, mode="sync") as service:
        answer = await service.submit(SETTINGS, "5s", VIDEO, None)
    assert (("g9",), (url,)) == (answer.submission_ids, answer.result_urls)
    assert json.loads(hub.requests[0].content)["response_format"] == "url"
    assert hub.requests[0].extensions["timeout"]["read"] >= 30 * 60


async def test_the_synchronous_result_is_not_lost_when_the_history_does_not_answer() -> None:
    url = "https://cdn.example/v.mp4"
    hub = Hub(**{"POST /api/ai/videos/generate": {"videos": [{"url": url}]}})
    async with provider(hub, mode="sync") as service:
        answer = await service.submit(SETTINGS, "5s", VIDEO, None)
    assert (url,) == answer.result_urls
    assert len(answer.submission_ids) == 1


async def test_an_unreadable_row_of_the_history_does_not_lose_the_synchronous_result() -> None:
    url = "https://cdn.example/v.mp4"
    mine = {"generation_id": "g9", "status": "succeeded", "input_video": VIDEO, "result_url": url}
    for rows, expected in (([{"status": 1}, mine], ()), ([{"status": 1}], (url,))):
        hub = Hub(
            **{
                "POST /api/ai/videos/generate": {"videos": [{"url": url}]},
                "GET /api/ai/generations": {"generations": rows},
            }
        )
        async with provider(hub, mode="sync") as service:
            answer = await service.submit(SETTINGS, "5s", VIDEO, None)
        assert len(answer.submission_ids) == 1
        assert answer.result_urls == expected


@pytest.mark.parametrize("name", ["../../etc/x", ".hidden", "a/b", "a\\b", "a b", "", "x" * 201])
async def test_an_id_that_could_not_be_a_file_name_is_no_id(name: str) -> None:
    hub = Hub(
        **{
            "POST /api/ai/queue": {"generations": [{"generation_id": name}]},
            "GET /api/ai/queue/g1": row(name),
        }
    )
    async with provider(hub) as service:
        with pytest.raises(UnknownProviderError) as caught:
            await service.submit(SETTINGS, "5s", VIDEO, None)
        assert caught.value.money is Money.UNKNOWN
        with pytest.raises(UnknownProviderError):
            await service.submission("g1")


async def test_the_synchronous_route_refuses_variations_before_anything_is_sent() -> None:
    hub = Hub()
    async with provider(hub, mode="sync") as service:
        with pytest.raises(RefusedSettingsError):
            await service.submit(EditSettings("x", variations=2), "5s", VIDEO, None)
    assert hub.requests == []
