"""Fetching of inputs as the provider does it: plain HTTP, no credentials, in constant memory."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import anyio
import httpx

VIDEO_MAX_BYTES = 200_000_000
IMAGE_MAX_BYTES = 50_000_000
_AGENT = "newtake-sandbox-provider"
_TIMEOUT = httpx.Timeout(30.0)
_WALL_LIMIT_SECONDS = 600


class InputNotFetchable(Exception):
    """The URL did not give the file; the message is fit for `error_message`."""


async def fetch(url: str, target: Path, max_bytes: int) -> None:
    """Download a URL to a file, following redirects within http and https.

    Raises:
        InputNotFetchable: No http(s) URL, no answer, an error status, or more than `max_bytes`.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputNotFetchable(f"invalid_request: only http and https URLs are read: {url[:200]}")
    try:
        with anyio.fail_after(_WALL_LIMIT_SECONDS):
            async with (
                httpx.AsyncClient(
                    follow_redirects=True,
                    max_redirects=5,
                    timeout=_TIMEOUT,
                    trust_env=False,
                    headers={"User-Agent": _AGENT},
                ) as client,
                client.stream("GET", url) as answer,
            ):
                _check_status(answer, url)
                await _write(answer, target, max_bytes)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        reason = type(error).__name__
        raise InputNotFetchable(f"Could not download {url[:500]}: {reason}") from error


def _check_status(answer: httpx.Response, url: str) -> None:
    if answer.is_error:
        kind = "Client" if answer.is_client_error else "Server"
        reason = f"{answer.status_code} {kind} Error: {answer.reason_phrase} for url: {url[:500]}"
        raise InputNotFetchable(f"Error downloading input: {reason}")


async def _write(answer: httpx.Response, target: Path, max_bytes: int) -> None:
    size = 0
    async with await anyio.open_file(target, "wb") as file:
        async for block in answer.aiter_bytes(1 << 18):
            size += len(block)
            if size > max_bytes:
                raise InputNotFetchable(f"invalid_request: the input is over {max_bytes} bytes")
            await file.write(block)
