"""HTTP as this product speaks it: where the key may go, which redirects are followed, what breaks.

Rule 1: the key goes to the API's own origin, on a first request only, never after a redirect.
Rule 2: a library's error leaves here as one of `newtake.domain.errors`.
Rule 3: only reading is retried (`with_retries`); nothing here repeats a request by itself.
"""

from __future__ import annotations

import ipaddress
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import httpx

from newtake import __version__
from newtake.domain.errors import (
    Money,
    ProviderError,
    RateLimitedError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.ports import Clock

USER_AGENT = f"newtake/{__version__}"
"""Must not contain the service's own name: the hub takes that for its own command line client and
answers 426 when the version is not current."""

CONNECT_SECONDS = 15.0
IDLE_SECONDS = 60.0
MAX_REDIRECTS = 5
LONGEST_RETRY_AFTER_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.5
_REDIRECTS = (301, 302, 303, 307, 308)
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
LIBRARY_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict)

_T = TypeVar("_T")


def timeout(read_seconds: float = IDLE_SECONDS) -> httpx.Timeout:
    """Deadlines between two bytes, never for a whole transfer."""
    return httpx.Timeout(IDLE_SECONDS, connect=CONNECT_SECONDS, read=read_seconds)


TIMEOUT = timeout()


class OriginAuth(httpx.Auth):
    """Adds the key to requests for one origin and to no other."""

    def __init__(self, base_url: str, key: str) -> None:
        self._origin = origin(httpx.URL(base_url))
        self._key = key

    def __repr__(self) -> str:
        return f"OriginAuth({self._origin!r})"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if origin(request.url) == self._origin:
            request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def without_key(self, data: bytes) -> bytes:
        """The data with the key blotted out, should a server have echoed it."""
        return data.replace(self._key.encode(), b"[key]")


def open_client(
    base_url: str, key: str | None, *, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client whose key, if any, goes to the origin of `base_url` only. The caller closes it.

    Proxies of the environment are used, except where the service runs on this machine.
    """
    return httpx.AsyncClient(
        auth=OriginAuth(base_url, key) if key else None,
        headers={"User-Agent": USER_AGENT},
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=not is_loopback(httpx.URL(base_url)),
        transport=transport,
    )


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a key belongs to."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def is_loopback(url: httpx.URL) -> bool:
    """True for this machine's own addresses."""
    if url.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def open_response(
    client: httpx.AsyncClient,
    method: str,
    url: str | httpx.URL,
    *,
    authorised: bool,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
    content: Any = None,
    timeout: httpx.Timeout = TIMEOUT,
) -> AsyncIterator[httpx.Response]:
    """The response with its body unread; redirects of GET and HEAD are followed by hand.

    The answer's own `url` tells which hop gave it. Read it inside `library_errors`.

    Raises:
        UnavailableError: The service was not reached, or the connection broke.
        UnknownProviderError: Too many redirects, or one to a less safe scheme.
    """
    with library_errors():
        target = httpx.URL(url)
        request = client.build_request(
            method,
            target,
            headers=headers,
            params=params or None,
            json=json,
            content=content,
            timeout=timeout,
        )
        response = await _send(client, request, authorised)
    hops = 0
    while method in ("GET", "HEAD") and response.status_code in _REDIRECTS:
        location = response.headers.get("location", "")
        await response.aclose()
        hops += 1
        with library_errors():
            target = _next_hop(response.request.url, location, hops)
            request = client.build_request(method, target, headers=headers, timeout=timeout)
            response = await _send(client, request, False)
    try:
        yield response
    finally:
        await response.aclose()


async def _send(
    client: httpx.AsyncClient, request: httpx.Request, authorised: bool
) -> httpx.Response:
    if authorised:
        return await client.send(request, stream=True)
    return await client.send(request, stream=True, auth=None)


def _next_hop(current: httpx.URL, location: str, hops: int) -> httpx.URL:
    if hops > MAX_REDIRECTS or not location:
        raise UnknownProviderError(
            f"{current.host} redirects {'without an address' if not location else 'in a circle'}.",
            money=Money.NONE,
        )
    target = current.join(location)
    downgrade = current.scheme == "https" and target.scheme == "http" and not is_loopback(target)
    if downgrade or target.scheme not in ("http", "https") or not target.host:
        raise UnknownProviderError(
            f"{current.host} redirects to an address that is not safe to follow.",
            why=f"It is {target.scheme or 'no'}://{target.host}.",
            money=Money.NONE,
        )
    return target


async def read_capped(response: httpx.Response, limit_bytes: int) -> bytes:
    """The whole body. Raises: UnknownProviderError when it is larger than the limit."""
    pieces: list[bytes] = []
    size = 0
    with library_errors():
        async for piece in response.aiter_bytes():
            size += len(piece)
            if size > limit_bytes:
                raise UnknownProviderError(
                    f"An answer of {response.request.url.host} is larger than any it documents.",
                    why=f"It has more than {limit_bytes} bytes.",
                    http_status=response.status_code,
                )
            pieces.append(piece)
    return b"".join(pieces)


@contextmanager
def library_errors() -> Iterator[None]:
    """Turns every error of the HTTP library into one of ours."""
    try:
        yield
    except LIBRARY_ERRORS as error:
        raise transport_error(error) from error


def transport_error(error: Exception) -> ProviderError:
    """What an error of the HTTP library means; `sent` False only where nothing can have left."""
    host = _host_of(error)
    if isinstance(error, httpx.StreamError | httpx.CookieConflict | httpx.HTTPStatusError):
        return UnknownProviderError(f"The answer of {host} could not be read.", why=_words(error))
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return UnavailableError("An address cannot be used.", why=_words(error), sent=False)
    if isinstance(error, _NEVER_SENT):
        return UnavailableError(f"There is no connection to {host}.", why=_words(error), sent=False)
    if isinstance(error, httpx.TimeoutException):
        return UnavailableError(
            f"No answer came from {host} in time.", why=_words(error), sent=True
        )
    return UnavailableError(f"The connection to {host} broke.", why=_words(error), sent=True)


def _host_of(error: Exception) -> str:
    try:
        request = getattr(error, "request", None)
    except RuntimeError:
        # The library raises this where an error was made without its request.
        request = None
    return request.url.host if isinstance(request, httpx.Request) else "the service"


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


async def with_retries(clock: Clock, attempt: Callable[[], Awaitable[_T]], *, tries: int = 4) -> _T:
    """Repeat what is safe to repeat while the service is away or asks to wait a little.

    Pauses double from half a second, with jitter, or last what `Retry-After` says. A longer wait
    than half a minute is the caller's to decide.
    """
    for number in range(1, tries + 1):
        try:
            return await attempt()
        except (UnavailableError, RateLimitedError) as error:
            asked = error.retry_after_seconds
            if number == tries or (asked or 0) > LONGEST_RETRY_AFTER_SECONDS:
                raise
            backoff = _FIRST_PAUSE_SECONDS * 2 ** (number - 1) * random.uniform(0.7, 1.3)
            await clock.sleep(asked if asked is not None else backoff)
    raise AssertionError("a loop of at least one try ends by returning or raising")
