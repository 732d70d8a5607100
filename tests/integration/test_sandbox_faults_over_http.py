"""Each fault as a client meets it, and what a killed process leaves behind."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from newtake.sandbox.faults import Fault
from newtake.sandbox.service import Sandbox, SandboxOptions, run_sandbox
from numbered_media import run

pytestmark = pytest.mark.anyio

_KEY = {"Authorization": "Bearer a-key"}
_MODEL = "luma-ray-v3-2-video-to-video"
_SAMPLE = "/api/repos/sandbox/playground/file/main/context/clip.mp4"
_SERVE = """
import sys, anyio
from pathlib import Path
from newtake.sandbox.faults import Fault
from newtake.sandbox.service import SandboxOptions, run_sandbox

async def main():
    stuck = (Fault.parse("stuck"),)
    async with run_sandbox(SandboxOptions(Path(sys.argv[1]), sys.argv[2], faults=stuck)) as sandbox:
        print(sandbox.base_url, flush=True)
        await anyio.sleep_forever()

anyio.run(main)
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=24:d=1", str(path)])
    return path.read_bytes()


@pytest.fixture
def options(tmp_path: Path, require_program: Callable[[str], str]) -> SandboxOptions:
    folder = tmp_path / "sandbox"
    ffmpeg = require_program("ffmpeg")
    return SandboxOptions(folder, ffmpeg, look="copy", min_render_seconds=0.1)


class _Running:
    """A sandbox with faults and one public clip in it."""

    def __init__(self, options: SandboxOptions, clip: bytes, *faults: str) -> None:
        wanted = tuple(Fault.parse(text) for text in faults)
        self._context = run_sandbox(replace(options, faults=wanted))
        self._clip = clip
        self.sandbox: Sandbox
        self.client: httpx.AsyncClient

    async def __aenter__(self) -> _Running:
        self.sandbox = await self._context.__aenter__()
        self.client = httpx.AsyncClient(base_url=self.sandbox.base_url, headers=_KEY, timeout=30)
        await self.put_clip()
        return self

    async def __aexit__(self, *raised: Any) -> None:
        await self.client.aclose()
        await self._context.__aexit__(*raised)

    async def put_clip(self) -> httpx.Response:
        await self.client.post("/api/repos", json={"name": "playground", "is_public": True})
        url = "/api/repos/sandbox/playground/workbench/context"
        return await self.client.post(url, files={"file": ("clip.mp4", self._clip)})

    async def enqueue(self) -> httpx.Response:
        source = self.sandbox.base_url + _SAMPLE
        body = {"model": _MODEL, "prompt": "oil", "input_video": source}
        return await self.client.post("/api/ai/queue", json=body)

    async def ended(self, generation_id: str = "") -> dict[str, Any]:
        """Wait for the end of a generation; of a new one when none is named."""
        if not generation_id:
            generation_id = (await self.enqueue()).json()["generations"][0]["generation_id"]
        with anyio.fail_after(30):
            while True:
                row = (await self.client.get(f"/api/ai/queue/{generation_id}")).json()
                if row["status"] not in ("queued", "processing"):
                    return dict(row)
                await anyio.sleep(0.05)

    async def heard(self) -> bytes:
        """What an open stream says until one generation is over, and a little longer."""
        received = bytearray()
        async with (
            self.client.stream("GET", "/api/events") as stream,
            anyio.create_task_group() as tasks,
        ):

            async def listen() -> None:
                async for block in stream.aiter_raw():
                    received.extend(block)

            tasks.start_soon(listen)
            await self.ended()
            await anyio.sleep(0.3)
            tasks.cancel_scope.cancel()
        return bytes(received)


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("submit:503", 503, '{"error":"asked for by a fault flag"}'),
        ("submit:500", 500, "unknown_error"),
        ("submit:502", 502, "<html>"),
        ("submit:429", 429, "too_many_requests"),
        ("credits:none", 402, "insufficient_credits"),
    ],
)
async def test_a_failing_submit_takes_nothing_and_says_so_in_its_shape(
    options: SandboxOptions, clip: bytes, fault: str, status: int, words: str
) -> None:
    async with _Running(options, clip, f"{fault}x1") as running:
        refused = await running.enqueue()
        submissions = running.sandbox.submissions
        accepted = await running.enqueue()

    assert refused.status_code == status
    assert words in refused.text
    assert (submissions, accepted.status_code) == (0, 200)
    assert ("5" if status == 429 else None) == refused.headers.get("retry-after")


@pytest.mark.parametrize(("fault", "taken"), [("submit:drop", 0), ("submit:drop-after", 1)])
async def test_a_cut_submit_gives_no_answer_and_the_job_may_exist(
    options: SandboxOptions, clip: bytes, fault: str, taken: int
) -> None:
    async with _Running(options, clip, fault) as running:
        with pytest.raises(httpx.RemoteProtocolError):
            await running.enqueue()
        listed = (await running.client.get("/api/ai/generations")).json()
        submissions = running.sandbox.submissions

    assert (listed["total_entries"], submissions) == (taken, taken)


async def test_a_delay_delays_and_a_limited_poll_fault_passes(
    options: SandboxOptions, clip: bytes
) -> None:
    async with _Running(options, clip, "submit:delay=0.3", "poll:500x2") as running:
        start = time.monotonic()
        generation_id = (await running.enqueue()).json()["generations"][0]["generation_id"]
        took = time.monotonic() - start
        url = f"/api/ai/queue/{generation_id}"
        polled = [(await running.client.get(url)).status_code for _ in range(3)]

    assert took >= 0.3
    assert polled == [500, 500, 200]


async def test_uploads_and_presigning_fail_when_asked(options: SandboxOptions, clip: bytes) -> None:
    async with _Running(options, clip, "upload:500x2", "presign:403") as running:
        # The first failure met the clip of the set-up.
        failed = await running.put_clip()
        kept = await running.put_clip()
        url = "/api/repos/sandbox/playground/file/presigned_url/main/context/clip.mp4"
        presigned = await running.client.get(url)

    assert (failed.status_code, kept.status_code) == (500, 200)
    assert presigned.status_code == 403


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("render:fail=the model is asleep", "the model is asleep"),
        ("moderation", "content_moderated"),
    ],
)
async def test_a_render_fails_in_the_asked_words(
    options: SandboxOptions, clip: bytes, fault: str, words: str
) -> None:
    async with _Running(options, clip, fault) as running:
        row = await running.ended()

    assert row["status"] == "failed"
    assert words in row["error_message"]


async def test_a_result_can_be_cut_halfway_truncated_or_expired(
    options: SandboxOptions, clip: bytes
) -> None:
    flags = ("result:dropx1", "result:truncatex1", "result:expiredx1")
    async with (
        _Running(options, clip, *flags) as running,
        httpx.AsyncClient(follow_redirects=True) as anyone,
    ):
        url = (await running.ended())["result_url"]
        expired = await anyone.get(url)
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            await anyone.get(url)
        half = await anyone.get(url)
        whole = await anyone.get(url)

    assert expired.status_code == 403
    assert len(half.content) == len(whole.content) // 2


async def test_the_stream_can_be_silent(options: SandboxOptions, clip: bytes) -> None:
    quick = replace(options, heartbeat_seconds=0.05)
    async with _Running(quick, clip, "events:silent") as running:
        assert await running.heard() == b""


async def test_the_stream_can_end_in_place_of_an_event(
    options: SandboxOptions, clip: bytes
) -> None:
    async with _Running(options, clip, "events:dropx1") as running:
        heard = await running.heard()
        listeners = running.sandbox.events.listeners

    assert b"media_generation_completed" not in heard
    assert listeners == 0


async def test_the_stream_can_repeat_and_can_talk_nonsense(
    options: SandboxOptions, clip: bytes
) -> None:
    async with _Running(options, clip, "events:duplicatex1", "events:garbagex1") as running:
        twice, nonsense = await running.heard(), await running.heard()

    assert twice.count(b"event: media_generation_completed\n") == 2
    assert b"{not json" in nonsense
    assert b'"status":"succeeded"' not in nonsense


async def test_bytes_keep_coming_after_an_event_so_that_buffering_readers_see_it(
    options: SandboxOptions, clip: bytes
) -> None:
    async with _Running(options, clip) as running:
        heard = await running.heard()

    _, rest = heard.split(b"event: media_generation_completed\n")
    data, padding = rest.split(b"\n\n", 1)
    assert json.loads(data.removeprefix(b"data: "))["status"] == "succeeded"
    assert len(padding) > 4096
    assert all(line.startswith(b":") for line in padding.splitlines() if line)


async def test_the_generation_takes_the_least_time_even_when_it_fails_at_once(
    options: SandboxOptions, clip: bytes
) -> None:
    slow = replace(options, min_render_seconds=0.7)
    async with _Running(slow, clip, "render:fail=no") as running:
        start = time.time()
        await running.ended()
        took = time.time() - start

    assert took >= 0.7


async def test_a_killed_sandbox_loses_nothing(options: SandboxOptions, clip: bytes) -> None:
    command = [sys.executable, "-c", _SERVE, str(options.folder), options.ffmpeg]
    async with await anyio.open_process(command, env=dict(os.environ)) as process:
        assert process.stdout is not None
        url = (await process.stdout.receive()).decode().strip()
        async with httpx.AsyncClient(base_url=url, headers=_KEY) as client:
            await client.post("/api/repos", json={"name": "playground", "is_public": True})
            upload = "/api/repos/sandbox/playground/workbench/context"
            await client.post(upload, files={"file": ("clip.mp4", clip)})
            body = {"model": _MODEL, "prompt": "oil", "input_video": url + _SAMPLE}
            accepted = (await client.post("/api/ai/queue", json=body)).json()
        process.kill()
    generation_id = accepted["generations"][0]["generation_id"]

    async with _Running(options, clip) as running:
        row = await running.ended(generation_id)
        file = await running.client.get(_SAMPLE)

    assert row["status"] == "succeeded"
    assert file.content == clip


async def test_an_error_of_the_user_of_a_sandbox_comes_out_as_it_is(
    options: SandboxOptions,
) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with run_sandbox(options):
            raise KeyError("mine")


async def test_cancelling_around_a_sandbox_closes_its_ports(options: SandboxOptions) -> None:
    with anyio.move_on_after(0.3) as scope:
        async with run_sandbox(options) as sandbox:
            url = sandbox.base_url
            await anyio.sleep_forever()

    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)
    assert scope.cancelled_caught


def test_only_loopback_is_served(options: SandboxOptions) -> None:
    with pytest.raises(ValueError, match="loopback"):
        replace(options, host="0.0.0.0")


async def test_a_seed_brings_each_plate_the_same_luck_in_any_order(
    options: SandboxOptions, clip: bytes, tmp_path: Path
) -> None:
    plates = [f"/{number}.mp4" for number in range(12)]

    async def luck(run_folder: Path, order: list[str]) -> dict[str, list[int]]:
        statuses: dict[str, list[int]] = {}
        seeded = replace(options, folder=run_folder, seed=7)
        async with _Running(seeded, clip, "submit:503%40", "poll:502%40") as it:
            for plate in order:
                source = f"{it.sandbox.base_url}{plate}?signature={run_folder.name}"
                body = {"model": _MODEL, "prompt": "oil", "input_video": source}
                answers = [await it.client.post("/api/ai/queue", json=body)]
                while answers[-1].is_error:
                    answers.append(await it.client.post("/api/ai/queue", json=body))
                made = answers[-1].json()["generations"][0]["generation_id"]
                for _ in range(6):
                    answers.append(await it.client.get(f"/api/ai/queue/{made}"))
                statuses[plate] = [answer.status_code for answer in answers]
        return statuses

    first = await luck(tmp_path / "first", plates)

    assert await luck(tmp_path / "second", plates[::-1]) == first
    assert len({tuple(each) for each in first.values()}) > 6
