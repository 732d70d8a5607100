"""The provider against a scripted hub: what it sends, how often, with which key, and what it makes
of every answer. The transport is the only thing that is not real."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from keys import key_of
from newtake.adapters.http import USER_AGENT, open_client
from newtake.adapters.oxen import Mode, OxenProvider
from newtake.domain.edit import EditSettings
from newtake.domain.errors import (
    Money,
    NotAuthorisedError,
    NotFoundError,
    OutOfCreditsError,
    ProviderError,
    RateLimitedError,
    RefusedSettingsError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.domain.job import Intent
from newtake.testing import ManualClock

pytestmark = pytest.mark.anyio

BASE = "https://hub.example"
KEY = key_of("client")
VIDEO = "https://cdn.example/plate.mp4?signature=1"
SETTINGS = EditSettings("oil painting", resolution="720p", edit_strength="flex_2")
Answer = httpx.Response | Exception
Script = Callable[[httpx.Request], Answer]


class Hub:
    """Answers by "METHOD path"; a list of answers is used up one by one, its last one kept."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        host = "" if request.url.host == "hub.example" else request.url.host
        name = f"{request.method} {host}{request.url.path}"
        if name not in self.answers:
            return httpx.Response(404, json={"error": {"type": "resource_not_found"}})
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # The same scripted answer may be given again; a response's stream is read once.
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return httpx.Response(200, json=answer)

    def count(self, name: str) -> int:
        return sum(f"{each.method} {each.url.path}" == name for each in self.requests)


@asynccontextmanager
async def provider(
    hub: Hub, *, mode: Mode = "events", cache: Path | None = None, max_bytes: int = 1 << 20
) -> AsyncIterator[OxenProvider]:
    async with open_client(BASE, KEY, transport=httpx.MockTransport(hub)) as client:
        yield OxenProvider(
            client,
            base_url=BASE,
            clock=ManualClock(),
            mode=mode,
            cache_folder=cache,
            result_max_bytes=max_bytes,
        )


QUEUED = {"generations": [{"generation_id": "g1", "status": "queued"}]}


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


async def test_the_service_sees_a_user_agent_without_its_own_name() -> None:
    hub = Hub(**{"POST /api/ai/queue": QUEUED})
    async with provider(hub) as service:
        await service.submit(SETTINGS, "5s", VIDEO, None)
    assert hub.requests[0].headers["user-agent"] == USER_AGENT
    assert "oxen" not in USER_AGENT.lower()
    assert f"Bearer {KEY}" == hub.requests[0].headers["authorization"]


REQUEST = httpx.Request("POST", BASE)


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


def row(name: str, status: str = "queued", **more: Any) -> dict[str, Any]:
    return {"generation_id": name, "status": status, "prompt": "p", "enqueued_at": 1e9, **more}


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


async def test_an_id_cannot_reach_another_route() -> None:
    hub = Hub()
    async with provider(hub) as service:
        with pytest.raises(NotFoundError):
            await service.submission("../../repos?x#y")
    assert hub.requests[0].url.raw_path == b"/api/ai/queue/..%2F..%2Frepos%3Fx%23y"


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
