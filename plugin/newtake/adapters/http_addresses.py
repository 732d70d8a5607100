"""Which addresses are connected to: the service's own host, and what the open internet reaches.

A service's answer, a redirect and a user's word name addresses. One that leads into this machine or
its network would let a stranger's answer speak with what only this machine can reach.

Rule 1: the host of the configured address is the user's own choice and is not checked; where it is
this machine, all of this machine is allowed, as the embedded sandbox needs it.
Rule 2: any other name is resolved just before connecting, refused if one of its addresses is not
public, and the connection goes to the very address that was checked.

What remains: where the environment names a proxy, the proxy resolves names. Then only literal
addresses and names that never leave a network are refused here.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from urllib.request import getproxies, proxy_bypass

import anyio
import httpx

from newtake.domain.errors import Money, UnknownProviderError

RESOLVE_SECONDS = 15.0
_ADDRESSES_TRIED_MAX = 4
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_INNER_NAMES = ("localhost", "local", "internal", "home.arpa")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_STAND_INS = ipaddress.ip_network("198.18.0.0/15")
"""Reserved for benchmarks, routed nowhere; proxies on people's machines answer with these for every
name and carry the connection on themselves."""

Resolve = Callable[[httpx.URL], Awaitable[Sequence[str] | None]]
"""The addresses of a URL's host; None where somebody else resolves it."""


def is_loopback(url: httpx.URL) -> bool:
    """True for this machine's own addresses."""
    address = literal(url.host)
    return url.host == "localhost" if address is None else address.is_loopback


def literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, in any notation the system's resolver takes; None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        # Also 127.1, 0x7f000001 and 2130706433.
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the open internet reaches an address, or the one that is wrapped in it."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
    if address in _STAND_INS:
        return True
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special


def is_inner(host: str) -> bool:
    """True for a literal address that is not public, and for names that never leave a network."""
    address = literal(host)
    if address is not None:
        return not is_public(address)
    name = host.rstrip(".").lower()
    return any(name == each or name.endswith(f".{each}") for each in _INNER_NAMES)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Keeps the rules above before it hands a request on."""

    def __init__(
        self, base_url: httpx.URL, inner: httpx.AsyncBaseTransport, resolve: Resolve | None
    ) -> None:
        """Guard `inner`; without `resolve` names are not looked up."""
        self._base = base_url
        self._inner = inner
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        here = is_loopback(self._base) and is_loopback(url)
        if here or url.host == self._base.host:
            return await self._inner.handle_async_request(request)
        if is_inner(url.host):
            raise _refused(url.host, url.host)
        found = await self._resolve(url) if self._resolve is not None else None
        if found is None:
            return await self._inner.handle_async_request(request)
        for each in found:
            address = literal(each)
            if address is None or not is_public(address):
                raise _refused(url.host, each)
        return await self._pinned(request, found[:_ADDRESSES_TRIED_MAX])

    async def _pinned(self, request: httpx.Request, addresses: Sequence[str]) -> httpx.Response:
        """Ask one address after the other until one connects; nothing is sent before."""
        trouble: httpx.TransportError = httpx.ConnectError("The name has no address.")
        host = request.url.raw_host.decode("ascii")
        for address in addresses:
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                trouble = error
        raise trouble

    async def aclose(self) -> None:
        await self._inner.aclose()


class Network(httpx.AsyncBaseTransport):
    """The library's transports, straight or through the environment's proxies."""

    def __init__(self, *, use_proxies: bool) -> None:
        self._proxies = getproxies() if use_proxies else {}
        self._made: dict[tuple[str | None, bool], httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # Kept connections are told apart by address alone; pinned ones may serve several names.
        keep = "sni_hostname" not in request.extensions
        transport = self._transport(self._proxy_of(request.url) if keep else None, keep)
        return await transport.handle_async_request(request)

    async def resolve(self, url: httpx.URL) -> Sequence[str] | None:
        """See `Resolve`. Raises httpx.ConnectError for a name without an address."""
        if self._proxy_of(url) is not None:
            return None
        host = url.raw_host.decode("ascii")
        try:
            with anyio.fail_after(RESOLVE_SECONDS):
                found = await anyio.getaddrinfo(host, url.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error) or "The name could not be looked up.") from error
        return list(dict.fromkeys(str(each[4][0]) for each in found))

    async def aclose(self) -> None:
        for each in self._made.values():
            await each.aclose()

    def _proxy_of(self, url: httpx.URL) -> str | None:
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass(url.host):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    def _transport(self, proxy: str | None, keep: bool) -> httpx.AsyncHTTPTransport:
        known = self._made.get((proxy, keep))
        if known is not None:
            return known
        try:
            trust = _trust(*(os.environ.get(name) for name in _CERTIFICATES))
            made = httpx.AsyncHTTPTransport(
                verify=trust,
                proxy=proxy,
                limits=httpx.Limits(max_keepalive_connections=20 if keep else 0),
            )
        except (OSError, ValueError, ImportError) as error:
            # Certificates or a proxy that this environment names and that cannot be used.
            raise httpx.ConnectError(str(error)) from error
        self._made[proxy, keep] = made
        return made


@lru_cache(maxsize=4)
def _trust(*certificates: str | None) -> ssl.SSLContext:
    """Whom this machine trusts: read once, since it takes longer than many a request.

    Args:
        certificates: What the environment says of it, which the library reads by itself.
    """
    del certificates
    return httpx.create_ssl_context()


def _refused(host: str, address: str) -> UnknownProviderError:
    leads = "It is" if address == host else f"It leads to {address},"
    return UnknownProviderError(
        f"The address {host} is not connected to.",
        why=f"{leads} inside a machine or a network and not on the open internet.",
        fix="If it is yours, use one that opens everywhere; if not, report it.",
        money=Money.NONE,
    )
