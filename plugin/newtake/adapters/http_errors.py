"""The HTTP library's errors as those of this product, without a word that a server chose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from newtake.domain.errors import ProviderError, UnavailableError, UnknownProviderError

LIBRARY_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict)
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_QUOTING = (
    httpx.RemoteProtocolError,
    httpx.DecodingError,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
"""Their texts quote what a server or an address says, which may be a key or a signature."""


@contextmanager
def library_errors() -> Iterator[None]:
    """Turns every error of the HTTP library into one of ours."""
    try:
        yield
    except LIBRARY_ERRORS as error:
        cause = None if isinstance(error, _QUOTING) else error
        raise transport_error(error) from cause


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
    if isinstance(error, httpx.RemoteProtocolError):
        return "What came is not HTTP, or its headers have no end."
    if isinstance(error, _QUOTING):
        return type(error).__name__
    return str(error) or type(error).__name__
