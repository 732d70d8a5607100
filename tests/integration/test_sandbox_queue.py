"""The sandbox's queue over HTTP: acceptance, rows, failures, history, events, restart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from httpx_sse import ServerSentEvent, aconnect_sse

from newtake.sandbox.faults import Fault
from newtake.sandbox.service import Sandbox, SandboxOptions, run_sandbox
from numbered_media import run

pytestmark = pytest.mark.anyio

_KEY = {"Authorization": "Bearer a-key"}
_MODEL = "luma-ray-v3-2-video-to-video"
_COMPLETED = "media_generation_completed"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A short, small source: what it shows does not matter here."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    source = "testsrc2=s=160x90:r=24:d=1"
    run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", str(path)])
    return path.read_bytes()


@pytest.fixture
def options(tmp_path: Path, require_program: Callable[[str], str]) -> SandboxOptions:
    folder = tmp_path / "sandbox"
    ffmpeg = require_program("ffmpeg")
    return SandboxOptions(folder, ffmpeg, look="copy", min_render_seconds=0.2)


@pytest.fixture
async def sandbox(options: SandboxOptions) -> AsyncIterator[Sandbox]:
    async with run_sandbox(options) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(sandbox) as owner:
        yield owner


def _client(sandbox: Sandbox) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=sandbox.base_url, headers=_KEY, timeout=30)


def _with(options: SandboxOptions, *faults: str) -> SandboxOptions:
    return replace(options, faults=tuple(Fault.parse(text) for text in faults))


async def _upload(client: httpx.AsyncClient, clip: bytes) -> str:
    """A presigned URL of the clip in a private repository."""
    await client.post("/api/repos/", json={"name": "playground", "visibility": "private"})
    repository = "/api/repos/sandbox/playground"
    files = {"file": ("clip.mp4", clip)}
    kept = (await client.post(f"{repository}/workbench/context", files=files)).json()
    link = await client.get(f"{repository}/file/presigned_url/main/{kept['asset_path']}")
    return str(link.json()["url"])


async def _enqueue(client: httpx.AsyncClient, **body: object) -> httpx.Response:
    return await client.post("/api/ai/queue", json={"model": _MODEL, "prompt": "oil", **body})


def _first_id(answer: httpx.Response) -> str:
    return str(answer.json()["generations"][0]["generation_id"])


async def _row(client: httpx.AsyncClient, generation_id: str) -> dict[str, Any]:
    return dict((await client.get(f"/api/ai/queue/{generation_id}")).json())


async def _ended(client: httpx.AsyncClient, generation_id: str) -> dict[str, Any]:
    with anyio.fail_after(40):
        while True:
            row = await _row(client, generation_id)
            if row["status"] in ("succeeded", "failed", "cancelled"):
                return row
            await anyio.sleep(0.05)


async def _started(client: httpx.AsyncClient, generation_id: str) -> None:
    with anyio.fail_after(10):
        while (await _row(client, generation_id))["status"] == "queued":
            await anyio.sleep(0.02)


async def test_an_edit_goes_from_upload_to_a_result_on_the_other_origin(
    sandbox: Sandbox, client: httpx.AsyncClient, clip: bytes
) -> None:
    source = await _upload(client, clip)
    answer = await _enqueue(client, input_video=source, seed_of_mine=7)
    queued = answer.json()["generations"]
    row = await _ended(client, _first_id(answer))

    async with httpx.AsyncClient() as anyone:
        hop = await anyone.get(row["result_url"])
        result = await anyone.get(hop.headers["location"])
        with_key = await anyone.get(hop.headers["location"], headers=_KEY)

    assert [each["status"] for each in queued] == ["queued"]
    assert (row["status"], row["model_name"], row["media_type"]) == ("succeeded", _MODEL, "video")
    assert ("oil", source, 7) == (row["prompt"], row["input_video"], row["seed_of_mine"])
    times = [row[name] for name in ("enqueued_at", "started_at", "completed_at")]
    assert all(isinstance(time, int) for time in times)
    assert sorted(times) == times
    assert (hop.status_code, hop.headers["location"].startswith(sandbox.cdn_url)) == (302, True)
    assert (result.status_code, result.content[4:8]) == (200, b"ftyp")
    assert (with_key.status_code, sandbox.cdn_refusals) == (400, 1)
    assert sandbox.submissions == 1


async def test_acceptance_checks_the_key_the_model_and_the_count_only(
    client: httpx.AsyncClient,
) -> None:
    async with httpx.AsyncClient(base_url=client.base_url) as stranger:
        keyless = await _enqueue(stranger)
    unknown = await _enqueue(client, model="bad-model-name")
    counts = [await _enqueue(client, num_generations=count) for count in (0, 5, "2", True)]
    no_json = await client.post("/api/ai/queue", content=b"{")
    wrong = await _enqueue(client, resolution="4k", input_video="http://127.0.0.1:1/a.mp4")
    row = await _ended(client, _first_id(wrong))

    assert (keyless.status_code, unknown.status_code) == (401, 404)
    assert unknown.json()["error"]["message"] == "Model not found: bad-model-name"
    assert [each.status_code for each in counts] == [400] * 4
    title = "num_generations must be an integer between 1 and 4"
    assert title == counts[0].json()["error"]["title"]
    assert (no_json.status_code, no_json.json()["status_message"]) == (400, "invalid_params")
    assert row["status"] == "failed"
    assert row["error_message"].startswith("Getting model response error: 422 - Value error, ")


async def test_several_generations_are_listed_while_active_and_filtered(
    client: httpx.AsyncClient, clip: bytes
) -> None:
    source = await _upload(client, clip)
    answer = await _enqueue(client, input_video=source, num_generations=2)
    ids = [each["generation_id"] for each in answer.json()["generations"]]

    active = (await client.get("/api/ai/queue")).json()
    for generation_id in ids:
        await _ended(client, generation_id)
    idle = (await client.get("/api/ai/queue")).json()
    done = (await client.get("/api/ai/queue?status=succeeded")).json()

    assert (2, ids) == (active["count"], [row["generation_id"] for row in active["generations"]])
    assert (idle["count"], done["count"]) == (0, 2)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("/api/repos/sandbox/none/file/main/a.mp4", "404 Client Error: Not Found for url: http"),
        ("/api/ai/models", "unsupported_format: input_video"),
        ("/api/users/me", "401 Client Error"),
        ("http://127.0.0.1:1/closed.mp4", "Could not download"),
    ],
)
async def test_an_input_that_cannot_be_used_fails_the_job_with_the_reason(
    client: httpx.AsyncClient, path: str, words: str
) -> None:
    url = str(client.base_url.join(path)) if path.startswith("/") else path
    row = await _ended(client, _first_id(await _enqueue(client, input_video=url)))

    assert (row["status"], row["result_url"]) == ("failed", None)
    assert words in row["error_message"]


async def test_an_expired_input_link_is_forbidden_to_the_provider(
    options: SandboxOptions, clip: bytes
) -> None:
    short = replace(options, link_lifetime_seconds=0.05)
    async with run_sandbox(short) as sandbox, _client(sandbox) as client:
        source = await _upload(client, clip)
        await anyio.sleep(0.1)
        row = await _ended(client, _first_id(await _enqueue(client, input_video=source)))

    assert "403 Client Error: Forbidden for url: http" in row["error_message"]


async def test_a_source_over_eighteen_seconds_is_refused(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = tmp_path / "long.mp4"
    run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=64x64:r=24:d=19", str(path)])
    source = await _upload(client, path.read_bytes())

    row = await _ended(client, _first_id(await _enqueue(client, input_video=source)))

    assert "the maximum is 18 seconds" in row["error_message"]


async def test_cancelling_keeps_the_row_ends_the_work_and_sends_no_event(
    options: SandboxOptions, clip: bytes
) -> None:
    async with run_sandbox(_with(options, "stuckx1")) as sandbox, _client(sandbox) as client:
        source = await _upload(client, clip)
        async with _events(client) as events:
            stuck = _first_id(await _enqueue(client, input_video=source))
            await _started(client, stuck)
            cancelled = await client.delete(f"/api/ai/queue/{stuck}")
            again = await client.delete(f"/api/ai/queue/{stuck}")
            other = _first_id(await _enqueue(client, input_video=source))
            first = await _next_completed(events)
        row = await _row(client, stuck)

    assert {"status": "success", "generation_id": stuck} == cancelled.json() == again.json()
    assert ("cancelled", other) == (row["status"], first["generation_id"])


async def test_an_unknown_generation_is_404_everywhere(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/api/ai/queue/none"),
        await client.delete("/api/ai/queue/none"),
        await client.get("/api/ai/generations/none"),
    ]

    assert [(each.status_code, each.json()["error"]["type"]) for each in answers] == [
        (404, "resource_not_found")
    ] * 3


async def test_history_has_costs_and_pages(client: httpx.AsyncClient, clip: bytes) -> None:
    source = await _upload(client, clip)
    good = await _enqueue(client, input_video=source, num_generations=2)
    ids = [each["generation_id"] for each in good.json()["generations"]]
    ids.append(_first_id(await _enqueue(client, input_video="file:///x")))
    for generation_id in ids:
        await _ended(client, generation_id)

    page = (await client.get("/api/ai/generations?page=1&page_size=2")).json()
    last = (await client.get("/api/ai/generations?page=2&page_size=2")).json()
    one = (await client.get(f"/api/ai/generations/{ids[0]}")).json()

    assert tuple(
        page[name] for name in ("count", "total_pages", "total_entries", "total_cost")
    ) == (2, 2, 3, "1.44")
    assert [row["cost"] for row in page["generations"]] == [None, "0.72"]
    assert [ids[0]] == [row["generation_id"] for row in last["generations"]]
    assert (one["status"], one["generation"]["cost"]) == ("success", "0.72")


async def test_completion_is_told_to_those_who_listen_and_not_repeated(
    client: httpx.AsyncClient, clip: bytes
) -> None:
    source = await _upload(client, clip)
    async with _events(client) as events:
        good = _first_id(await _enqueue(client, input_video=source))
        told = await _next_completed(events)
        bad = _first_id(await _enqueue(client, input_video="file:///x"))
        failed = await _next_completed(events)
    async with _events(client) as late:
        with anyio.move_on_after(0.3) as silence:
            await _next_completed(late)
    async with httpx.AsyncClient(follow_redirects=True) as anyone:
        result = await anyone.get(told["url"])

    assert (good, "succeeded", "video", _MODEL) == tuple(
        told[name] for name in ("generation_id", "status", "media_type", "model")
    )
    assert result.status_code == 200
    assert (bad, "failed") == (failed["generation_id"], failed["status"])
    assert {"generation_id", "status", "media_type", "error"} == set(failed)
    assert silence.cancelled_caught


async def test_the_stream_beats_at_the_asked_pace_and_needs_a_key(options: SandboxOptions) -> None:
    async with run_sandbox(replace(options, heartbeat_seconds=0.1)) as sandbox:
        async with httpx.AsyncClient(base_url=sandbox.base_url) as stranger:
            refused = await stranger.get("/api/events")
        received = b""
        async with _client(sandbox) as client, client.stream("GET", "/api/events") as stream:
            kind = stream.headers["content-type"]
            with anyio.move_on_after(0.55):
                async for block in stream.aiter_raw():
                    received += block

    assert (refused.status_code, kind.startswith("text/event-stream")) == (401, True)
    assert 4 <= received.count(b": keep-alive\n\n") <= 7


async def test_sync_answers_with_a_link_or_the_bytes(
    client: httpx.AsyncClient, clip: bytes
) -> None:
    body = {"model": _MODEL, "prompt": "oil", "input_video": await _upload(client, clip)}

    linked = (await client.post("/api/ai/videos/generate", json=body)).json()
    inline = await client.post(
        "/api/ai/videos/generate", json={**body, "response_format": "b64_json"}
    )
    async with httpx.AsyncClient(follow_redirects=True) as anyone:
        result = await anyone.get(linked["videos"][0]["url"])

    assert (_MODEL, int) == (linked["model"], type(linked["created"]))
    assert (result.status_code, result.content[4:8]) == (200, b"ftyp")
    assert inline.json()["videos"][0]["b64_json"].startswith("AAAA")


async def test_sync_validates_at_once(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    body = {"model": _MODEL, "prompt": "oil", "input_video": "http://h/a", "duration": "7s"}

    refused = await client.post("/api/ai/videos/generate", json=body)

    assert refused.status_code == 422
    words = refused.json()["error"]["message"]
    assert words.startswith("Getting model response error: 422 - Value error, duration")
    assert sandbox.submissions == 0


async def test_models_are_listed_found_and_shown_without_a_key(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(base_url=sandbox.base_url) as anyone:
        listed = (await anyone.get("/api/ai/models?developer_name=luma")).json()
        found = (await anyone.get("/api/ai/models/search?search=ray")).json()
        none = (await anyone.get("/api/ai/models/search?search=zebra")).json()
        card = (await anyone.get(f"/api/ai/models/{_MODEL}")).json()
        unknown = await anyone.get("/api/ai/models/none")

    assert (
        [_MODEL]
        == [model["id"] for model in listed["data"]]
        == [model["id"] for model in found["data"]]
    )
    assert (none["data"], card["pricing"]["cost_per_second_by_resolution"]["540p"]) == ([], 0.144)
    assert card["request_schema"]["properties"]["resolution"]["enum"] == ["540p", "720p", "1080p"]
    assert (
        unknown.status_code,
        unknown.json()["error"]["message"],
    ) == (404, "Model not found: none")


async def test_results_go_where_the_request_says(client: httpx.AsyncClient, clip: bytes) -> None:
    source = await _upload(client, clip)
    target = {"target_repo": "results", "target_directory": "day/one"}
    generation_id = _first_id(await _enqueue(client, input_video=source, **target))
    row = await _ended(client, generation_id)

    listed = (await client.get("/api/repos/sandbox/results/dir/main/day/one")).json()

    assert [f"{generation_id}.mp4"] == [entry["filename"] for entry in listed["entries"]]
    assert "/api/repos/sandbox/results/file/main/day/one/" in row["result_url"]


async def test_result_links_expire_and_reading_the_row_renews_them(
    options: SandboxOptions, clip: bytes
) -> None:
    short = replace(options, link_lifetime_seconds=1.5)
    async with (
        run_sandbox(short) as sandbox,
        _client(sandbox) as client,
        httpx.AsyncClient(follow_redirects=True) as anyone,
    ):
        source = await _upload(client, clip)
        generation_id = _first_id(await _enqueue(client, input_video=source))
        url = (await _ended(client, generation_id))["result_url"]
        await anyio.sleep(1.6)
        expired = await anyone.get(url)
        renewed = await anyone.get((await _row(client, generation_id))["result_url"])

    assert (expired.status_code, renewed.status_code) == (403, 200)


async def test_what_was_unfinished_is_rendered_after_a_restart_and_the_cancelled_is_not(
    options: SandboxOptions, clip: bytes
) -> None:
    async with run_sandbox(_with(options, "stuck")) as sandbox, _client(sandbox) as client:
        source = await _upload(client, clip)
        answer = await _enqueue(client, input_video=source, num_generations=4)
        ids = [each["generation_id"] for each in answer.json()["generations"]]
        await _started(client, ids[1])
        await client.delete(f"/api/ai/queue/{ids[3]}")

    async with run_sandbox(options) as sandbox, _client(sandbox) as client:
        rows = [await _ended(client, generation_id) for generation_id in ids]
        async with httpx.AsyncClient(follow_redirects=True) as anyone:
            result = await anyone.get(rows[0]["result_url"])
        submissions = sandbox.submissions

    assert [row["status"] for row in rows] == ["succeeded"] * 3 + ["cancelled"]
    assert (result.status_code, submissions) == (200, 0)


def _events(client: httpx.AsyncClient) -> Any:
    return _Events(client)


class _Events:
    """The open event stream; entering waits until it is really open."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._context = aconnect_sse(client, "GET", "/api/events")

    async def __aenter__(self) -> AsyncIterator[ServerSentEvent]:
        source = await self._context.__aenter__()
        events = source.aiter_sse().__aiter__()
        greeting = await events.__anext__()
        assert greeting.event != _COMPLETED
        return events

    async def __aexit__(self, *raised: Any) -> None:
        await self._context.__aexit__(*raised)


async def _next_completed(events: AsyncIterator[ServerSentEvent]) -> dict[str, Any]:
    with anyio.fail_after(40):
        async for event in events:
            if event.event == _COMPLETED:
                return dict(json.loads(event.data))
    raise AssertionError("the stream ended without a completion")
