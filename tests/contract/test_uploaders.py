"""Every uploader keeps this contract: the fake, and the four real ones over real HTTP."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newtake.adapters.clock import SystemClock
from newtake.adapters.http import open_client
from newtake.adapters.oxen_wire import OxenWire
from newtake.adapters.toolchain import find_toolchain
from newtake.adapters.uploaders.choice import choose_uploader
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.ports import Uploader
from newtake.sandbox.origins import Origin
from newtake.sandbox.service import SandboxOptions, run_sandbox
from newtake.testing import FakeUploader, MemoryJournal

pytestmark = pytest.mark.anyio

SEND = """
import sys, urllib.request
with open(sys.argv[1], "rb") as file:
    request = urllib.request.Request(sys.argv[2] + "?sig=good", data=file.read(), method="PUT")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
opener.open(request).close()
print(sys.argv[2])
"""


@dataclass
class Bench:
    """An uploader as a run opens it, again for a later run; and what its links hold."""

    open_uploader: Callable[[], Uploader]
    read: Callable[[str], Awaitable[bytes]]


@asynccontextmanager
async def storage() -> AsyncIterator[str]:
    """A bucket over HTTP: PUT with a signature, GET by anybody."""
    objects: dict[str, bytes] = {}

    async def put(request: Request) -> Response:
        if request.query_params.get("sig") != "good":
            return Response(status_code=403)
        objects[request.url.path] = await request.body()
        return Response()

    async def get(request: Request) -> Response:
        found = objects.get(request.url.path)
        return Response(status_code=404) if found is None else Response(found)

    bucket = Starlette(
        routes=[
            Route("/bucket/{name}", put, methods=["PUT"]),
            Route("/bucket/{name}", get, methods=["GET"]),
        ]
    )
    origin = Origin("127.0.0.1", 0)
    async with anyio.create_task_group() as group:
        group.start_soon(origin.serve, bucket)
        await origin.started()
        try:
            yield origin.base_url
        finally:
            origin.stop()


async def read_keyless(url: str) -> bytes:
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
        response = await client.get(url)
    response.raise_for_status()
    return response.content


KINDS = ["fake", "workbench", "repository", "put", "command"]


@pytest.fixture(params=KINDS)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    kind = request.param
    if kind == "fake":
        fake = FakeUploader()

        async def read_fake(url: str) -> bytes:
            return fake.stored[url.rpartition("/")[2].partition("?")[0]]

        yield Bench(lambda: fake, read_fake)
        return
    journal = MemoryJournal()
    async with AsyncExitStack() as stack:
        options = SandboxOptions(tmp_path / "sandbox", find_toolchain(None).executable)
        sandbox = await stack.enter_async_context(run_sandbox(options))
        client = await stack.enter_async_context(open_client(sandbox.base_url, "a key"))
        bucket = await stack.enter_async_context(storage())
        script = tmp_path / "send.py"
        script.write_text(SEND)
        word = {
            "workbench": "workbench",
            "repository": "repository:sandbox/plates",
            "put": f"put:{bucket}/bucket/{{name}}?sig=good",
            "command": f"command:'{sys.executable}' '{script}' {{file}} {bucket}/bucket/{{name}}",
        }[kind]

        def opened() -> Uploader:
            return choose_uploader(
                word,
                wire=OxenWire(client, sandbox.base_url, SystemClock()),
                memory=UploadMemory(journal.remembered, journal.remember),
            )

        yield Bench(opened, read_keyless)


def plate(folder: Path, size: int, seed: str) -> tuple[Path, str]:
    block = hashlib.sha256(seed.encode()).digest()
    data = (block * (size // len(block) + 1))[:size]
    file = folder / f"größe {seed}.mp4"
    file.write_bytes(data)
    return file, hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size", [1, 100_000, 3_000_001])
async def test_a_link_gives_anybody_the_very_bytes(bench: Bench, tmp_path: Path, size: int) -> None:
    uploader = bench.open_uploader()
    file, sha256 = plate(tmp_path, size, "a")
    seen: list[tuple[int, int | None]] = []
    asset = await uploader.store(file, sha256, lambda *pair: seen.append(pair))
    assert (asset.uploader, asset.sha256, asset.size_bytes) == (uploader.name, sha256, size)
    assert (asset.public, asset.reused) == (uploader.public, False)
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    url = await uploader.link(asset, "job-1")
    assert await bench.read(url) == file.read_bytes()


async def test_the_same_bytes_are_sent_once_also_in_a_later_run(
    bench: Bench, tmp_path: Path
) -> None:
    file, sha256 = plate(tmp_path, 5000, "a")
    first = await bench.open_uploader().store(file, sha256, lambda _done, _total: None)
    later = bench.open_uploader()
    again = await later.store(file, sha256, lambda _done, _total: None)
    assert (first.reused, again.reused) == (False, True)
    assert await bench.read(await later.link(again, "job-2")) == file.read_bytes()


async def test_it_says_who_can_read_a_plate_and_what_consent_is_for(bench: Bench) -> None:
    first, later = bench.open_uploader(), bench.open_uploader()
    assert first.audience == later.audience
    assert "read it" in first.audience
    assert first.consent_key == later.consent_key
    assert "sig=good" not in first.audience + first.consent_key


async def test_jobs_that_run_together_send_the_same_bytes_once(
    bench: Bench, tmp_path: Path
) -> None:
    uploader = bench.open_uploader()
    file, sha256 = plate(tmp_path, 5000, "a")
    reused = []

    async def store() -> None:
        asset = await uploader.store(file, sha256, lambda _done, _total: None)
        reused.append(asset.reused)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(store)
    assert sorted(reused) == [False, True, True]


async def test_a_stored_asset_is_linked_by_a_later_run(bench: Bench, tmp_path: Path) -> None:
    file, sha256 = plate(tmp_path, 5000, "a")
    asset = await bench.open_uploader().store(file, sha256, lambda _done, _total: None)
    url = await bench.open_uploader().link(asset, "job-1")
    assert await bench.read(url) == file.read_bytes()


async def test_plates_do_not_take_each_others_place(bench: Bench, tmp_path: Path) -> None:
    uploader = bench.open_uploader()
    first, second = plate(tmp_path, 5000, "a"), plate(tmp_path, 5000, "b")
    assets = [await uploader.store(*each, lambda _done, _total: None) for each in (first, second)]
    for asset, (file, _) in zip(assets, (first, second), strict=True):
        assert await bench.read(await uploader.link(asset, "job")) == file.read_bytes()
