"""Answers that are made to hurt: each ends in an error of ours, keeps no file and little memory."""

from __future__ import annotations

import gzip
import logging
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import httpx
import pytest

from keys import key_of
from newtake.adapters.http import OriginAuth, open_client, open_response
from newtake.adapters.http_bodies import read_capped
from newtake.adapters.oxen import OxenProvider
from newtake.adapters.oxen_results import ResultFetcher
from newtake.adapters.oxen_wire import ANSWER_MAX_BYTES, OxenWire
from newtake.adapters.uploaders.choice import choose_uploader
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.domain.edit import EditSettings
from newtake.domain.errors import (
    NewTakeError,
    ProviderError,
    RefusedSettingsError,
    ResultError,
    UnavailableError,
    UnknownProviderError,
    UploadError,
)
from newtake.ports import Submission, no_progress
from newtake.testing import ManualClock, MemoryJournal

pytestmark = pytest.mark.anyio

KEY = key_of("client")
MEMORY_MAX_BYTES = 3 * ANSWER_MAX_BYTES
Talk = Callable[[anyio.abc.ByteStream], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[str]:
    """A server of bytes on this machine that reads each request's head and then talks."""

    async def serve(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += await stream.receive()
                await talk(stream)
            except (anyio.BrokenResourceError, anyio.EndOfStream, anyio.ClosedResourceError):
                return

    async with AsyncExitStack() as stack:
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        await stack.enter_async_context(listener)
        group = await stack.enter_async_context(anyio.create_task_group())
        stack.callback(group.cancel_scope.cancel)
        group.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        yield f"http://127.0.0.1:{port}"


def saying(*pieces: bytes, endless: bytes = b"", pause: float = 0.0) -> Talk:
    async def talk(stream: anyio.abc.ByteStream) -> None:
        for piece in pieces:
            await stream.send(piece)
        while endless:
            await stream.send(endless)
            await anyio.sleep(pause)

    return talk


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
BLOCK = b"x" * (1 << 16)


async def silent(_: anyio.abc.ByteStream) -> None:
    await anyio.sleep_forever()


async def refused(
    talk: Talk, expected: type[ProviderError], match: str | None = None, *, seconds: float = 60.0
) -> None:
    """Read an answer of the API, with little patience where a test waits for its end."""
    async with server(talk) as base, open_client(base, KEY) as client:
        wire = OxenWire(client, base, ManualClock(), answer_seconds=seconds)
        with pytest.raises(expected, match=match):
            await wire.read("/api/ai/queue")


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (saying(HEAD + b"\r\n", endless=BLOCK), UnknownProviderError),
        (
            saying(HEAD + b"content-length: 10000000000\r\n\r\n", endless=BLOCK),
            UnknownProviderError,
        ),
        (saying(b"HTTP/1.1 200 OK\r\n", endless=b"x-more: " + BLOCK + b"\r\n"), UnavailableError),
        (saying(b"SSH-2.0-OpenSSH_9.6\r\n"), UnavailableError),
        (saying(HEAD + b"content-length: 100\r\n\r\n{"), UnavailableError),
        (saying(HEAD + b"content-encoding: br\r\ncontent-length: 3\r\n\r\nabc"), ProviderError),
        (saying(HEAD + b"content-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc"), ProviderError),
    ],
    ids=["endless", "10 GB", "headers", "no HTTP", "short", "unasked coding", "damaged gzip"],
)
async def test_a_hostile_answer_ends_in_an_error(talk: Talk, expected: type[ProviderError]) -> None:
    tracemalloc.start()
    try:
        await refused(talk, expected)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_MAX_BYTES
    finally:
        tracemalloc.stop()


async def test_an_answer_that_trickles_is_given_up() -> None:
    talk = saying(HEAD + b"\r\n", endless=b" ", pause=0.01)
    await refused(talk, UnavailableError, "did not end its answer", seconds=0.3)


async def test_headers_that_trickle_are_given_up() -> None:
    talk = saying(b"HTTP/1.1 200 OK\r\nx: ", endless=b"a", pause=0.01)
    async with server(talk) as base, open_client(base, None) as client:
        with pytest.raises(UnavailableError, match="did not begin") as caught:
            async with open_response(client, "GET", base, authorised=False, opening_seconds=0.3):
                pass
    assert caught.value.sent


class Sent:
    """A body of two pieces."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"a"
        await anyio.sleep(0.5)
        yield b"b"


async def test_sending_takes_its_time_and_the_answer_may_not() -> None:
    async with server(silent) as base, open_client(base, None) as client:
        with pytest.raises(UnavailableError, match="did not begin"):
            async with open_response(
                client,
                "PUT",
                base,
                authorised=False,
                content=Sent(),
                headers={"Content-Length": "2"},
                opening_seconds=0.3,
            ):
                pass


def bomb(coding: str) -> bytes:
    """A few kilobytes that hold ten times what an answer may hold."""
    deflate = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    zeros = bytes(1 << 20)
    pieces = [deflate.compress(zeros) for _ in range(10 * ANSWER_MAX_BYTES >> 20)]
    return b"".join([*pieces, deflate.flush()])


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_compressed_answer_counts_by_what_it_holds(coding: str) -> None:
    packed = bomb(coding)
    head = f"content-encoding: {coding}\r\ncontent-length: {len(packed)}\r\n\r\n".encode()
    tracemalloc.start()
    try:
        await refused(saying(HEAD + head, packed), UnknownProviderError, "larger")
        assert tracemalloc.get_traced_memory()[1] < MEMORY_MAX_BYTES
    finally:
        tracemalloc.stop()


async def test_a_small_compressed_answer_is_read_though_none_was_asked_for() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["accept-encoding"] == "identity"
        return httpx.Response(
            200, headers={"content-encoding": "gzip"}, stream=Pieces(gzip.compress(b"{}"))
        )

    transport = httpx.MockTransport(answer)
    async with (
        open_client("https://hub.example", None, transport=transport) as client,
        open_response(client, "GET", "https://hub.example/a", authorised=False) as response,
    ):
        assert await read_capped(response, 100) == b"{}"


class Pieces(httpx.AsyncByteStream):
    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (saying(HEAD + b"content-length: 10000000000\r\n\r\n"), ResultError),
        (saying(HEAD + b"\r\n\0\0\0\x18ftypisom", endless=BLOCK), ResultError),
        (saying(HEAD + b"content-length: 30\r\n\r\n<html>this is no video</html>"), ResultError),
        (saying(HEAD + b"content-length: 0\r\n\r\n"), ResultError),
        (saying(HEAD + b"content-length: 99\r\n\r\n\0\0\0\x18ftypisom"), UnavailableError),
    ],
    ids=["10 GB", "endless", "page", "empty", "short"],
)
async def test_a_hostile_result_leaves_no_file(
    tmp_path: Path, talk: Talk, expected: type[NewTakeError]
) -> None:
    async with server(talk) as base, open_client(base, KEY) as client:
        service = OxenProvider(client, base_url=base, clock=ManualClock(), result_max_bytes=1 << 20)
        submission = Submission("g1", "succeeded", result_url=f"{base}/a.mp4")
        with pytest.raises(expected):
            await service.download(submission, tmp_path / "r.mp4", no_progress)
    assert list(tmp_path.iterdir()) == []


class Trickle(httpx.AsyncByteStream):
    """A result that comes byte by byte, a second apart."""

    def __init__(self, clock: ManualClock, piece: bytes, seconds: float) -> None:
        self.clock, self.piece, self.seconds = clock, piece, seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"\0\0\0\x18ftypisom"
        while True:
            await self.clock.sleep(self.seconds)
            yield self.piece


async def test_a_result_that_trickles_is_given_up_and_a_slow_one_is_not(tmp_path: Path) -> None:
    for piece, expected in ((b"x", UnavailableError), (b"x" * 1000, ResultError)):
        clock = ManualClock()

        def answer(_: httpx.Request, piece: bytes = piece, clock: Any = clock) -> httpx.Response:
            return httpx.Response(200, stream=Trickle(clock, piece, 1.0))

        transport = httpx.MockTransport(answer)
        async with open_client("https://hub.example", KEY, transport=transport) as client:
            service = OxenProvider(
                client, base_url="https://hub.example", clock=clock, result_max_bytes=100_000
            )
            submission = Submission("g1", "succeeded", result_url="https://cdn.example/a.mp4")
            with pytest.raises(expected):
                await service.download(submission, tmp_path / "r.mp4", no_progress)
    assert list(tmp_path.iterdir()) == []


class Leisure(httpx.AsyncByteStream):
    """Fast enough at any moment, and without an end."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"\0\0\0\x18ftypisom"
        while True:
            await anyio.sleep(0.01)
            yield b"x" * 1000


async def test_a_result_that_comes_for_ever_has_a_deadline(tmp_path: Path) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Leisure()))
    async with open_client("https://hub.example", KEY, transport=transport) as client:
        wire = OxenWire(client, "https://hub.example", ManualClock())
        results = ResultFetcher(wire, max_bytes=1 << 32, longest_seconds=0.3)
        with pytest.raises(UnavailableError, match="did not come within"):
            await results.fetch("https://cdn.example/a.mp4", tmp_path / "r.mp4", ("mp4",))
    assert list(tmp_path.iterdir()) == []


VIDEO = "https://cdn.example/plate.mp4"
BASE = "https://hub.example"
WITH_KEY = f"https://cdn.example/a.mp4?token={KEY}"


@asynccontextmanager
async def provider(
    answer: Callable[[httpx.Request], httpx.Response], mode: Any = "events", key: str = KEY
) -> AsyncIterator[OxenProvider]:
    async with open_client(BASE, key, transport=httpx.MockTransport(answer)) as client:
        yield OxenProvider(client, base_url=BASE, clock=ManualClock(), mode=mode)


def echo(request: httpx.Request) -> httpx.Response:
    """A server that answers with what it was sent, in every place of an answer."""
    said = request.headers.get("authorization", KEY)
    row = {"generation_id": "g1", "status": "failed", "error_message": f"for {said}"}
    if request.url.path.endswith("/g1"):
        return httpx.Response(200, json=row)
    if request.url.path == "/api/events":
        return httpx.Response(200, headers={"content-type": said})
    if request.url.path == "/api/redirect":
        return httpx.Response(302, headers={"location": WITH_KEY})
    return httpx.Response(400, json={"error": {"title": said, "detail": {"deep": [said]}}})


async def test_no_text_of_the_service_carries_the_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    async with provider(echo) as service:
        with pytest.raises(RefusedSettingsError) as refused:
            await service.submit(EditSettings("x"), "5s", VIDEO, None)
        failed = await service.submission("g1")
        with pytest.raises(UnknownProviderError) as no_events:
            async with service.events():
                pass
        texts += [str(refused.value), failed.reason, failed.status, str(no_events.value)]
        for url in (WITH_KEY, WITH_KEY.replace("-", "%2D"), f"{BASE}/api/redirect"):
            submission = Submission("g1", "succeeded", result_url=url)
            with pytest.raises(UnknownProviderError) as unused:
                await service.download(submission, tmp_path / "r.mp4", no_progress)
            texts.append(str(unused.value))
    assert "[key]" in refused.value.why
    assert "[key]" in failed.reason
    assert KEY not in "".join(texts) + caplog.text


async def test_a_client_that_may_not_send_the_key_does_not_follow_an_address_with_it() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return echo(request)

    async with open_client(BASE, None, transport=httpx.MockTransport(answer)) as client:
        client.auth = OriginAuth(BASE, KEY).unsent(BASE)
        with pytest.raises(UnknownProviderError, match="holds the account's key"):
            async with open_response(client, "GET", f"{BASE}/api/redirect", authorised=True):
                pass
    assert ["authorization" in each.headers for each in seen] == [False]


async def test_no_address_with_the_key_in_it_is_journalled() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        video = {"url": WITH_KEY, "exr_url": f"{WITH_KEY}.zip"}
        return httpx.Response(200, json={"videos": [video]})

    async with provider(answer, "sync") as service:
        found = await service.submit(EditSettings("x"), "5s", VIDEO, None)
    assert len(found.result_urls) == 1
    assert KEY not in repr(found)


async def test_a_generation_that_is_called_by_the_key_is_none() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        row = {"generation_id": KEY, "status": "queued"}
        return httpx.Response(200, json={**row, "generations": [row]})

    async with provider(answer) as service:
        for ask in (
            lambda: service.submit(EditSettings("x"), "5s", VIDEO, None),
            lambda: service.submission("g1"),
        ):
            with pytest.raises(UnknownProviderError) as caught:
                await ask()
            assert KEY not in str(caught.value)


async def test_an_upload_is_not_noted_under_the_key(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/context"):
            return httpx.Response(200, json={"asset_path": f"newtake/{KEY}.mp4"})
        return httpx.Response(200, json={"user": {"username": "ann"}, "repository": {}})

    plate = tmp_path / "plate.mp4"
    plate.write_bytes(b"frames")
    journal = MemoryJournal()
    async with open_client(BASE, KEY, transport=httpx.MockTransport(answer)) as client:
        wire = OxenWire(client, BASE, ManualClock())
        memory = UploadMemory(journal.remembered, journal.remember)
        uploader = choose_uploader("workbench", wire=wire, memory=memory)
        with pytest.raises(UploadError) as caught:
            await uploader.store(plate, "0" * 64, no_progress)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("key", ["newtake", "mp4", "sandbox", "playground"])
async def test_a_key_that_is_a_common_word_changes_no_data(key: str, tmp_path: Path) -> None:
    url = f"{BASE}/api/repos/sandbox/playground/file/main/newtake/a.mp4"
    data = b"\0\0\0\x18ftypisom newtake mp4"
    row = {"generation_id": f"{key}-1", "status": "succeeded", "result_url": url, "prompt": key}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/ai/queue"):
            return httpx.Response(200, json=row)
        return httpx.Response(200, stream=Pieces(data))

    async with provider(answer, key=key) as service:
        submission = await service.submission("g1")
        assert dict(submission.fields) == row
        assert (submission.id, submission.result_url) == (f"{key}-1", url)
        await service.download(submission, tmp_path / "r.mp4", no_progress)
    assert (tmp_path / "r.mp4").read_bytes() == data
