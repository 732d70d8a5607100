"""The sandbox at a real service's pace: so many jobs at a time, each so long, nothing drawn."""

from __future__ import annotations

import re
import time
from pathlib import Path

import anyio
import httpx
import pytest

from newtake.sandbox.service import SandboxOptions, run_sandbox

pytestmark = pytest.mark.anyio

AT_ONCE, JOB_SECONDS, JOBS = 2, 0.6, 6
MODEL = "luma-ray-v3-2-video-to-video"
RESULT = b"\0\0\0\x20ftypisom made beforehand"


async def test_two_at_once_end_in_pairs_with_the_result_that_was_made_beforehand(
    tmp_path: Path,
) -> None:
    result = tmp_path / "result.mp4"
    result.write_bytes(RESULT)
    options = SandboxOptions(
        tmp_path / "sandbox",
        "there-is-no-such-ffmpeg",
        min_render_seconds=0,
        concurrency=AT_ONCE,
        job_seconds=JOB_SECONDS,
        result=result,
    )
    async with (
        run_sandbox(options) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.base_url, headers={"Authorization": "Bearer a-key"}, timeout=30
        ) as client,
    ):
        await client.post("/api/repos/", json={"name": "playground", "visibility": "private"})
        repository = "/api/repos/sandbox/playground"
        kept = await client.post(
            f"{repository}/workbench/context", files={"file": ("plate.mp4", b"any plate")}
        )
        path = kept.json()["asset_path"]
        link = (await client.get(f"{repository}/file/presigned_url/main/{path}")).json()["url"]
        body = {"model": MODEL, "prompt": "oil", "input_video": link}
        began = time.time()
        for _ in range(JOBS):
            assert (await client.post("/api/ai/queue", json=body)).status_code == 200
        with anyio.fail_after(30):
            while len(sandbox.ends) < JOBS:
                await anyio.sleep(0.05)
        rows = (await client.get("/api/ai/generations")).json()["generations"]
        fetched = await client.get(rows[0]["result_url"], follow_redirects=True)
        (request,) = sandbox.cdn_requests
        ends = sorted(sandbox.ends.values())

    assert {row["status"] for row in rows} == {"succeeded"}
    for place, end in enumerate(ends):
        assert end - began >= (place // AT_ONCE + 1) * JOB_SECONDS
    # One at a time, the second would end a whole job later than the first.
    assert ends[1] - ends[0] < JOB_SECONDS
    assert fetched.content == RESULT
    assert re.search(rows[0]["generation_id"], request.path)
    assert request.at >= ends[-1] - 0.001
