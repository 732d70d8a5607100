"""HTTP as this product speaks it: where the key may go, which redirects are followed, what breaks.

Rule 1: the key goes to the API's own origin, on a first request only, never after a redirect.
Rule 2: a library's error leaves here as one of `newtake.domain.errors`.
Rule 3: only reading is retried (`with_retries`); nothing here repeats a request by itself.
"""

from __future__ import annotations

import logging
import random
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Mapping,
)
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import unquote

import anyio
import httpx

from newtake import __version__
from newtake.adapters.http_addresses import GuardedTransport, Network, Resolve, is_loopback
from newtake.adapters.http_errors import library_errors
from newtake.domain.errors import (
    Money,
    RateLimitedError,
    SettingsError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.ports import Clock

USER_AGENT = f"newtake/{__version__}"
"""Must not contain the service's own name: the hub takes that for its own command line client and
answers 426 when the version is not current."""

CONNECT_SECONDS = 15.0
IDLE_SECONDS = 60.0
OPENING_SECONDS = 120.0
MAX_REDIRECTS = 5
LONGEST_RETRY_AFTER_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.5
_REDIRECTS = (301, 302, 303, 307, 308)
_KEY_MIN_CHARACTERS = 12
"""Shorter keys are no secrets, and common words would be found everywhere."""

# Its debug log holds the headers of requests and answers.
logging.getLogger("httpcore").setLevel(logging.INFO)
_LOG = logging.getLogger("newtake")

_T = TypeVar("_T")


def timeout(read_seconds: float = IDLE_SECONDS) -> httpx.Timeout:
    """Deadlines between two bytes, never for a whole transfer."""
    return httpx.Timeout(IDLE_SECONDS, connect=CONNECT_SECONDS, read=read_seconds)


TIMEOUT = timeout()


class OriginAuth(httpx.Auth):
    """Adds the key to requests for one origin and to no other."""

    def __init__(self, base_url: str, key: str, *, send: bool = True) -> None:
        """Without `send` the key is only known, so that no address with it in it is used.

        Raises:
            SettingsError: Everybody on the way could read the key.
        """
        url = httpx.URL(base_url)
        if url.scheme != "https" and not is_loopback(url):
            raise SettingsError(
                f"The key is not sent to {url.host} over plain {url.scheme}.",
                why="Everybody on the way could read it.",
                fix="Write OXEN_BASE_URL with https://; plain http is for this machine alone.",
            )
        self._origin = origin(url)
        self._key = key
        self._send = send

    def unsent(self, base_url: str) -> OriginAuth:
        """The same key, known and never sent."""
        return OriginAuth(base_url, self._key, send=False)

    def __repr__(self) -> str:
        return f"OriginAuth({self._origin!r})"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._send and origin(request.url) == self._origin:
            request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def without_key(self, text: str) -> str:
        """Words for a person or a journal with the key blotted out, should a server echo it."""
        return text.replace(self._key, "[key]") if self.holds_key(text) else text

    def holds_key(self, text: str) -> bool:
        """Whether the key is in a text or, quoted, in an address."""
        if len(self._key) < _KEY_MIN_CHARACTERS:
            return False
        return self._key in text or self._key in unquote(text)


def open_client(
    base_url: str,
    key: str | None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    resolve: Resolve | None = None,
) -> httpx.AsyncClient:
    """A client whose key, if any, goes to the origin of `base_url` only. The caller closes it.

    It connects where `http_addresses` allows. Proxies of the environment are used, except where the
    service runs on this machine.

    Args:
        base_url: The service's.
        key: The account's.
        transport: In place of the network.
        resolve: In place of the system's resolver; a given `transport` has none.

    Raises:
        SettingsError: The address is none, or the key would be sent over plain http to another
            machine.
    """
    try:
        base = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise _no_address(base_url) from error
    if not base.host:
        raise _no_address(base_url)
    if transport is None:
        network = Network(use_proxies=not is_loopback(base))
        transport, resolve = network, resolve or network.resolve
    return httpx.AsyncClient(
        auth=OriginAuth(base_url, key) if key else None,
        # Sizes are checked as they are announced, so nothing is to come compressed.
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        timeout=TIMEOUT,
        follow_redirects=False,
        transport=GuardedTransport(base, transport, resolve),
    )


def _no_address(base_url: str) -> SettingsError:
    return SettingsError(
        f"The service's address {base_url!r} is no web address.",
        fix="Correct OXEN_BASE_URL, or `base_url` in settings.toml.",
    )


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a key belongs to."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


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
    content: AsyncIterable[bytes] | None = None,
    timeout: httpx.Timeout = TIMEOUT,
    opening_seconds: float = OPENING_SECONDS,
) -> AsyncIterator[httpx.Response]:
    """The response with its body unread; redirects of GET and HEAD are followed by hand.

    The answer's own `url` tells which hop gave it. Read it inside `library_errors`.

    Args:
        client: Of `open_client`.
        method: GET, PUT and so on.
        url: Where.
        authorised: Whether the key goes with the first request.
        headers: Of each request.
        params: Added to the first address.
        json: A body.
        content: A body that is streamed.
        timeout: Between two bytes.
        opening_seconds: From when all is sent until the answer's headers are there, for each hop.

    Raises:
        UnavailableError: The service was not reached, or the connection broke.
        UnknownProviderError: Too many redirects, or an address that is not safe to follow.
    """
    sent = _Sent(content) if content is not None else None
    with library_errors():
        target = _checked(client, httpx.URL(url))
        request = client.build_request(
            method,
            target,
            headers=headers,
            params=params or None,
            json=json,
            content=sent,
            timeout=timeout,
        )
        response = await _send(client, request, authorised, opening_seconds, sent)
    first = target
    hops = 0
    while method in ("GET", "HEAD") and response.status_code in _REDIRECTS:
        location = response.headers.get("location", "")
        await response.aclose()
        hops += 1
        with library_errors():
            target = _checked(client, _next_hop(first, response.request.url, location, hops))
            request = client.build_request(method, target, headers=headers, timeout=timeout)
            response = await _send(client, request, False, opening_seconds, None)
    try:
        yield response
    finally:
        await response.aclose()


class _Sent:
    """A body that tells when all of it has left."""

    def __init__(self, content: AsyncIterable[bytes]) -> None:
        self._content = content
        self.then: Callable[[], None] = lambda: None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._content:
            yield piece
        self.then()


async def _send(
    client: httpx.AsyncClient,
    request: httpx.Request,
    authorised: bool,
    opening_seconds: float,
    sent: _Sent | None,
) -> httpx.Response:
    with anyio.CancelScope() as scope:

        def wait_no_longer() -> None:
            scope.deadline = anyio.current_time() + opening_seconds

        if sent is None:
            wait_no_longer()
        else:
            sent.then = wait_no_longer
        try:
            if authorised:
                response = await client.send(request, stream=True)
            else:
                response = await client.send(request, stream=True, auth=None)
        except httpx.HTTPError as error:
            _LOG.info("%s: %s", _named(request, authorised), type(error).__name__)
            raise
        _LOG.info("%s: %s", _named(request, authorised), response.status_code)
        return response
    _LOG.info("%s: no answer in time", _named(request, authorised))
    raise UnavailableError(
        f"{request.url.host} did not begin to answer in time.",
        why=f"It was given {opening_seconds:.0f} s.",
        sent=True,
    )


def _named(request: httpx.Request, authorised: bool) -> str:
    """A request for the log: no query, and at other hosts no path, which may open what is there."""
    url = request.url
    place = url.path if authorised else "/..."
    return f"{request.method} {url.scheme}://{url.netloc.decode('ascii', 'replace')}{place}"


def _checked(client: httpx.AsyncClient, target: httpx.URL) -> httpx.URL:
    """An address may be logged and goes to its host: one that holds the key is not used."""
    if isinstance(client.auth, OriginAuth) and client.auth.holds_key(str(target)):
        raise UnknownProviderError(
            "An address holds the account's key and is not used.",
            why="It would show the key to others.",
            money=Money.NONE,
        )
    return target


def _next_hop(first: httpx.URL, current: httpx.URL, location: str, hops: int) -> httpx.URL:
    if hops > MAX_REDIRECTS or not location:
        raise UnknownProviderError(
            f"{current.host} redirects {'without an address' if not location else 'in a circle'}.",
            money=Money.NONE,
        )
    target = current.join(location)
    # Only what began on this machine may go on without encryption, and only on it.
    stays_here = is_loopback(target) and is_loopback(first)
    downgrade = current.scheme == "https" and target.scheme == "http" and not stays_here
    if downgrade or target.scheme not in ("http", "https") or not target.host:
        raise UnknownProviderError(
            f"{current.host} redirects to an address that is not safe to follow.",
            why="It is no web address, or one without encryption.",
            money=Money.NONE,
        )
    return target


async def with_retries(clock: Clock, attempt: Callable[[], Awaitable[_T]], *, tries: int = 4) -> _T:
    """Repeat what is safe to repeat while the service is away or asks to wait a little.

    Pauses double from half a second, with jitter, and last at least what `Retry-After` says. A wait
    longer than half a minute is the caller's to decide.
    """
    for number in range(1, tries + 1):
        try:
            return await attempt()
        except (UnavailableError, RateLimitedError) as error:
            asked = error.retry_after_seconds
            if number == tries or (asked or 0) > LONGEST_RETRY_AFTER_SECONDS:
                raise
            backoff = _FIRST_PAUSE_SECONDS * 2 ** (number - 1) * random.uniform(0.7, 1.3)
            await clock.sleep(max(asked or 0.0, backoff))
    raise AssertionError("a loop of at least one try ends by returning or raising")
