"""The check that a link opens for somebody without any key, as it must for the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from newtake.adapters.http import open_response, with_retries
from newtake.adapters.http_addresses import is_inner
from newtake.domain.errors import (
    InputNotFetchableError,
    Money,
    PlateGoneError,
    ProviderError,
    UnavailableError,
    UploadError,
)
from newtake.ports import Clock

OpenClient = Callable[[], httpx.AsyncClient]
"""Opens a client that holds no key; whoever calls it closes the client."""


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """Asks for a link's first byte with a client that has no key and no cookies."""

    open_client: OpenClient
    clock: Clock
    service_is_here: bool = False
    """True where the service runs on this machine and can read its addresses."""

    async def check(self, url: str, size_bytes: int | None) -> None:
        """Return when `url` opens and, as far as it tells, holds that many bytes.

        A GET of one byte, since presigned links often allow that method alone.

        Raises:
            InputNotFetchableError: It asks for credentials.
            UploadError: It does not open, opens here only, or holds something else.
        """
        if not self.service_is_here and is_local_only(url):
            raise UploadError(
                f"The plate's link on {urlsplit(url).hostname} opens in this network only.",
                why="The service is elsewhere and cannot follow it.",
                fix="Choose an --uploader whose links open everywhere.",
            )
        try:
            found = await with_retries(self.clock, lambda: self._size_behind(url))
        except InputNotFetchableError:
            raise
        except ProviderError as error:
            raise UploadError(
                f"The plate's link on {urlsplit(url).hostname} could not be checked.",
                why=error.what if not error.why else f"{error.what} {error.why}",
            ) from error
        if size_bytes is not None and found is not None and found != size_bytes:
            raise UploadError(
                f"The plate's link on {urlsplit(url).hostname} holds another file.",
                why=f"It has {found} bytes; the plate has {size_bytes}.",
                fix="Give each plate an address of its own, for example with {name} in it.",
            )

    async def _size_behind(self, url: str) -> int | None:
        headers = {"Range": "bytes=0-0", "Accept-Encoding": "identity"}
        async with (
            self.open_client() as client,
            open_response(client, "GET", url, authorised=False, headers=headers) as response,
        ):
            status = response.status_code
            if status in (200, 206):
                return _size_of(response)
            host = response.request.url.host
            if status in (401, 403):
                raise InputNotFetchableError(
                    f"The plate's link on {host} does not open without a key.",
                    why=f"It answers HTTP {status}; the model has no key of yours.",
                    fix="Make it public or presigned, or choose another --uploader.",
                    money=Money.NOT_SENT,
                    http_status=status,
                )
            if status == 429 or status >= 500:
                raise UnavailableError(f"{host} answers HTTP {status}.", http_status=status)
            kind = PlateGoneError if status in (404, 410) else UploadError
            raise kind(
                f"The plate's link on {host} does not open.",
                why=f"It answers HTTP {status}.",
                fix="Check the uploader's address, or choose another --uploader.",
            )


def is_local_only(url: str) -> bool:
    """True for this machine's name and for addresses that no other network routes."""
    return is_inner(urlsplit(url).hostname or "")


def _size_of(response: httpx.Response) -> int | None:
    """The whole file's size, where the answer says it."""
    if response.status_code == 206:
        total = response.headers.get("content-range", "").rpartition("/")[2]
        return int(total) if total.isdecimal() else None
    length = response.headers.get("content-length", "")
    encoded = response.headers.get("content-encoding", "identity") != "identity"
    return int(length) if length.isdecimal() and not encoded else None


def with_query(url: str, job_id: str) -> str:
    """The URL made the job's own by a query that servers ignore; signed URLs stay as they are."""
    parts = urlsplit(url)
    if parts.query:
        return url
    return parts._replace(query=f"newtake={job_id}").geturl()
