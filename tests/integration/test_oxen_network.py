"""The real network transports: names that are looked up here, and proxies that do it themselves."""

from __future__ import annotations

import anyio
import anyio.abc
import httpx
import pytest

from newtake.adapters.http import open_client, open_response
from newtake.adapters.http_addresses import Network
from newtake.domain.errors import ProviderError, UnavailableError

pytestmark = pytest.mark.anyio

BASE = "https://hub.example"


async def ask(url: str, base: str = BASE) -> int:
    async with (
        open_client(base, None) as client,
        open_response(client, "GET", url, authorised=False) as response,
    ):
        return response.status_code


async def test_a_proxy_of_the_environment_is_used_and_asked_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heads: list[bytes] = []

    async def serve(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            heads.append(await stream.receive())
            await stream.send(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{port}")
        async with anyio.create_task_group() as group:
            group.start_soon(listener.serve, serve)
            statuses = [
                await ask("http://cdn.example/a"),
                await ask("http://198.51.100.7.example/b"),
            ]
            refused = []
            for inner in ("http://10.0.0.1/c", "http://nas.local/d", "http://127.1/e"):
                try:
                    await ask(inner)
                except ProviderError as error:
                    refused.append(error.what)
            group.cancel_scope.cancel()
    assert statuses == [204, 204]
    assert len(refused) == 3
    assert heads[0].startswith(b"GET http://cdn.example/a HTTP/1.1\r\n")
    assert len(heads) == 2


async def test_names_that_the_environment_exempts_from_the_proxy_are_looked_up_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "localhost")
    network = Network(use_proxies=True)
    assert await network.resolve(httpx.URL("https://cdn.example/a")) is None
    assert set(await network.resolve(httpx.URL("https://localhost/a")) or ()) <= {
        "127.0.0.1",
        "::1",
    }


async def test_a_service_on_this_machine_is_reached_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with pytest.raises(UnavailableError) as caught:
        await ask("http://127.0.0.1:1/a", base="http://127.0.0.1:1")
    assert not caught.value.sent


async def test_a_proxy_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:9")
    with pytest.raises(UnavailableError) as caught:
        await ask(f"{BASE}/a")
    assert not caught.value.sent


async def test_a_name_without_an_address_is_said() -> None:
    with pytest.raises(UnavailableError) as caught:
        await ask(f"https://{'a' * 64}.example/a")
    assert not caught.value.sent
