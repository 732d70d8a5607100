"""Where connections may lead: the configured host, and addresses of the open internet."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import httpx
import pytest

from keys import key_of
from newtake.adapters.http import open_client, open_response
from newtake.adapters.http_addresses import is_inner, is_loopback, is_public
from newtake.domain.errors import ProviderError, SettingsError, UnavailableError

pytestmark = pytest.mark.anyio

BASE = "https://hub.example"
INNER = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.5",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
]
OUTER = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("host", [*INNER, "localhost", "LOCALHOST.", "a.localhost", "nas.local"])
def test_what_leads_inside_is_known(host: str) -> None:
    assert is_inner(host)


@pytest.mark.parametrize("host", [*OUTER, "cdn.example", "local.example", "198.18.0.1"])
def test_what_leads_outside_is_let_through(host: str) -> None:
    assert not is_inner(host)


@pytest.mark.parametrize("address", OUTER)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


class Seen:
    """A network that answers everything and remembers what was connected to."""

    def __init__(self, redirect: str | None = None) -> None:
        self.redirect = redirect
        self.requests: list[httpx.Request] = []
        self.dead: tuple[str, ...] = ()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host in self.dead:
            raise httpx.ConnectError("refused", request=request)
        if self.redirect is not None and len(self.requests) == 1:
            return httpx.Response(302, headers={"location": self.redirect})
        return httpx.Response(200, content=b"ok")


class Names:
    """A resolver that is told what to say."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def __call__(self, url: httpx.URL) -> Sequence[str]:
        self.asked.append(url.host)
        return self.addresses


async def ask(seen: Seen, url: str, names: Names, base: str = BASE) -> httpx.Response:
    transport = httpx.MockTransport(seen)
    async with (
        open_client(base, None, transport=transport, resolve=names) as client,
        open_response(client, "GET", url, authorised=False) as response,
    ):
        return response


@pytest.mark.parametrize("address", INNER)
async def test_a_name_that_resolves_inside_is_not_connected_to(address: str) -> None:
    seen = Seen()
    with pytest.raises(ProviderError, match="not connected to"):
        await ask(seen, "https://cdn.example/a", Names("8.8.8.8", address))
    assert seen.requests == []


@pytest.mark.parametrize("host", INNER)
async def test_an_inner_address_is_not_connected_to(host: str) -> None:
    seen, literal = Seen(), f"[{host}]" if ":" in host else host
    with pytest.raises(ProviderError):
        await ask(seen, f"https://{literal}/a", Names("8.8.8.8"))
    with pytest.raises(ProviderError):
        await ask(Seen(redirect=f"https://{literal}/a"), f"{BASE}/a", Names("8.8.8.8"))
    assert seen.requests == []


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    seen, names = Seen(), Names("1.1.1.1", "8.8.8.8")
    seen.dead = ("1.1.1.1",)
    await ask(seen, "https://cdn.example/a?b=1", names)
    first, second = seen.requests
    assert (first.url.host, second.url.host) == ("1.1.1.1", "8.8.8.8")
    assert second.headers["host"] == "cdn.example"
    assert second.extensions["sni_hostname"] == "cdn.example"
    assert second.url.raw_path == b"/a?b=1"
    assert names.asked == ["cdn.example"]


async def test_an_ipv6_address_is_connected_to() -> None:
    seen = Seen()
    await ask(seen, "https://cdn.example:8443/a", Names("2606:4700::1111"))
    assert str(seen.requests[0].url) == "https://[2606:4700::1111]:8443/a"


async def test_a_name_that_nobody_answers_for_is_certainly_not_sent_to() -> None:
    seen = Seen()
    seen.dead = ("1.1.1.1",)
    for names in (Names(), Names("1.1.1.1")):
        with pytest.raises(UnavailableError) as caught:
            await ask(seen, "https://cdn.example/a", names)
        assert not caught.value.sent
        assert "cdn.example" in caught.value.what or not names.addresses


async def test_the_configured_host_is_the_users_own_choice() -> None:
    seen, names = Seen(), Names()
    await ask(seen, "https://10.0.0.5/a", names, base="https://10.0.0.5")
    await ask(seen, f"{BASE}/a", names)
    assert names.asked == []
    with pytest.raises(ProviderError):
        await ask(seen, "https://10.0.0.6/a", names, base="https://10.0.0.5")


async def test_a_service_on_this_machine_may_name_its_other_ports() -> None:
    seen = Seen(redirect="http://127.0.0.1:9001/b")
    await ask(seen, "http://localhost:9000/a", Names(), base="http://localhost:9000")
    assert str(seen.requests[1].url) == "http://127.0.0.1:9001/b"


@pytest.mark.parametrize("first", [f"{BASE}/a", "https://cdn.example/a"])
async def test_a_redirect_from_outside_to_this_machine_is_not_followed(first: str) -> None:
    seen = Seen(redirect="http://127.0.0.1:9001/b")
    with pytest.raises(ProviderError, match="not safe"):
        await ask(seen, first, Names("8.8.8.8"), base=BASE)
    assert len(seen.requests) == 1


@pytest.mark.parametrize("base", ["http://hub.example", "http://10.0.0.5:3000"])
def test_the_key_is_not_sent_unencrypted(base: str) -> None:
    with pytest.raises(SettingsError, match="plain http") as caught:
        open_client(base, key_of("addresses"))
    assert "https://" in caught.value.fix
    assert "key-that" not in str(caught.value)


@pytest.mark.parametrize("base", ["https://", "https://hub.example:port"])
def test_an_address_that_is_none_is_said(base: str) -> None:
    with pytest.raises(SettingsError, match="no web address"):
        open_client(base, key_of("addresses"))


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
async def test_this_machine_may_be_spoken_to_unencrypted(base: str) -> None:
    assert is_loopback(httpx.URL(base))
    async with open_client(base, key_of("addresses")):
        pass
