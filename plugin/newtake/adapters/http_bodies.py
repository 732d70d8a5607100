"""Bodies of answers, read within a limit of bytes also where they come compressed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

import httpx

from newtake.adapters.http_errors import library_errors
from newtake.domain.errors import UnknownProviderError

_PLAIN = ("", "identity")
_ZLIB = ("gzip", "x-gzip", "deflate")
_DETECT_HEADER = 32 + zlib.MAX_WBITS


async def read_capped(response: httpx.Response, limit_bytes: int) -> bytes:
    """The whole body. Raises: UnknownProviderError when it is larger than the limit.

    No compression is asked for; where it comes all the same, the limit is on what it holds.
    """
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit_bytes:
        raise _too_large(response, limit_bytes)
    coding = _coding(response)
    if coding not in (*_PLAIN, *_ZLIB):
        raise UnknownProviderError(
            f"An answer of {response.request.url.host} came in a coding that was not asked for.",
            http_status=response.status_code,
        )
    whole = bytearray()
    with library_errors():
        pieces = response.aiter_bytes() if coding in _PLAIN else _inflated(response, limit_bytes)
        async for piece in pieces:
            whole += piece
            if len(whole) > limit_bytes:
                raise _too_large(response, limit_bytes)
    return bytes(whole)


def is_plain(response: httpx.Response) -> bool:
    """Whether the body comes as it is, without a coding."""
    return _coding(response) in _PLAIN


def _coding(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", "")).strip().lower()


async def _inflated(response: httpx.Response, limit_bytes: int) -> AsyncIterator[bytes]:
    """Pieces that are never larger than one byte beyond the limit."""
    inflate = zlib.decompressobj(_DETECT_HEADER)
    try:
        async for piece in response.aiter_raw():
            yield inflate.decompress(piece, limit_bytes + 1)
    except zlib.error as error:
        raise UnknownProviderError(
            f"A compressed answer of {response.request.url.host} is damaged.",
            http_status=response.status_code,
        ) from error


def _too_large(response: httpx.Response, limit_bytes: int) -> UnknownProviderError:
    return UnknownProviderError(
        f"An answer of {response.request.url.host} is larger than any it documents.",
        why=f"It has more than {limit_bytes} bytes.",
        http_status=response.status_code,
    )
