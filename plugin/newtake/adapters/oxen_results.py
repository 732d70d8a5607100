"""Fetching results: streamed, checked, renewed when a link expired, renamed when complete.

Rule 1: a link is tried without the key first; the key is added only for a 401 or 403 that the API's
own origin gave itself, never for one that stands behind a redirect.
Rule 2: a file appears under its name only when it is complete and is what it should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
import httpx

from newtake.adapters.http import open_response, origin, with_retries
from newtake.adapters.http_errors import library_errors
from newtake.adapters.oxen_wire import OxenWire
from newtake.adapters.room import require_room, storage_error
from newtake.domain.errors import (
    NotAuthorisedError,
    NotFoundError,
    ResultError,
    UnavailableError,
)
from newtake.durable import put_in_place
from newtake.ports import Progress, no_progress

_MAGIC_BYTES = 12
_EXR_MAGIC = b"\x76\x2f\x31\x01"
_ZIP_MAGIC = b"PK\x03\x04"
_EXPIRED = (401, 403, 404, 410)
_BUFFER_BYTES = 1 << 18
PACE_SECONDS = 60.0
PACE_BYTES = 1 << 14
"""A transfer that brings less than this in such a stretch is given up: it would never end."""
LONGEST_SECONDS = 4 * 3600.0
"""For one file, further tries among it: the largest that is taken, at some 300 KB/s."""

_LOOKS = {b"<": "a web page", b"{": "JSON", b"": "nothing: it is empty"}
"""Said in place of the bytes themselves, which could hold anything."""


def kind_of(beginning: bytes) -> str:
    """What a file's first twelve bytes say it is: "mp4", "exr", "zip" or "unknown".

    Sources: ISO/IEC 14496-12 section 4.3 (`ftyp`), OpenEXR file layout, PKWARE APPNOTE 4.3.7.
    """
    if beginning[4:8] == b"ftyp":
        return "mp4"
    if beginning.startswith(_EXR_MAGIC):
        return "exr"
    if beginning.startswith(_ZIP_MAGIC):
        return "zip"
    return "unknown"


class LinkExpiredError(NotFoundError):
    """The address no longer opens; a fresh one may. Never leaves the adapter."""


@dataclass(frozen=True, slots=True)
class ResultFetcher:
    """Brings files of the service to this machine."""

    wire: OxenWire
    max_bytes: int
    longest_seconds: float = LONGEST_SECONDS

    async def fetch(
        self, url: str, to: Path, kinds: Sequence[str], progress: Progress = no_progress
    ) -> str:
        """The file at `url` in place of `to`, and its kind. Network trouble is retried.

        Raises:
            LinkExpiredError: The address does not open, also with the key where it may go.
            ResultError: It is too large, or not one of the kinds.
            StorageError: The disk would not take it.
            UnavailableError: It had not come whole after `longest_seconds`.
            ProviderError: The service stayed away.
        """

        async def once() -> str:
            try:
                return await self._fetch_once(url, to, kinds, progress, authorised=False)
            except NotAuthorisedError:
                return await self._fetch_once(url, to, kinds, progress, authorised=True)

        with anyio.move_on_after(self.longest_seconds):
            return await with_retries(self.wire.clock, once)
        raise UnavailableError(
            f"The result did not come within {self.longest_seconds / 3600:.1f} hours.",
            why="The connection is too slow for a file of its size.",
        )

    async def _fetch_once(
        self, url: str, to: Path, kinds: Sequence[str], progress: Progress, *, authorised: bool
    ) -> str:
        # A compressed transfer would make Content-Length say nothing about the file.
        headers = {"Accept-Encoding": "identity"}
        async with open_response(
            self.wire.client, "GET", url, authorised=authorised, headers=headers
        ) as response:
            if response.status_code in _EXPIRED:
                own = str(response.request.url) == str(httpx.URL(url)) and self.is_own(url)
                if own and not authorised and response.status_code in (401, 403):
                    raise NotAuthorisedError("The link asks for the key.")
                raise LinkExpiredError(
                    f"The link to the result does not open (HTTP {response.status_code}).",
                    http_status=response.status_code,
                )
            if response.status_code != 200:
                answer = await self.wire.answer(response)
                raise answer.error()
            part = to.with_name(to.name + ".part")
            try:
                kind = await self._save(response, part, kinds, progress)
                await anyio.to_thread.run_sync(put_in_place, part, to)
                return kind
            except OSError as error:
                raise storage_error(error, to) from error
            finally:
                # Gone after a rename, and where its folder could not be made.
                with suppress(OSError):
                    part.unlink()

    def is_own(self, url: str) -> bool:
        """True for an address at the API's own origin."""
        return origin(httpx.URL(url)) == origin(httpx.URL(self.wire.base_url))

    async def _save(
        self, response: httpx.Response, part: Path, kinds: Sequence[str], progress: Progress
    ) -> str:
        announced = response.headers.get("content-length", "")
        total = int(announced) if announced.isdecimal() else None
        self._check_size(total or 0)
        require_room(total or 0, part, "The result")
        part.parent.mkdir(parents=True, exist_ok=True)
        done, stretch_began, done_then = 0, self.wire.clock.monotonic(), 0
        kind: str | None = None
        beginning = b""
        # Buffered, so that small pieces cost no visit to a thread each.
        buffer = bytearray()
        with part.open("wb") as file, library_errors():
            async for piece in response.aiter_raw():
                if kind is None:
                    beginning += piece[: _MAGIC_BYTES - len(beginning)]
                    if len(beginning) == _MAGIC_BYTES:
                        kind = _checked_kind(beginning, kinds)
                done += len(piece)
                self._check_size(done)
                now = self.wire.clock.monotonic()
                if now - stretch_began >= PACE_SECONDS:
                    _check_pace(done - done_then)
                    stretch_began, done_then = now, done
                buffer += piece
                if len(buffer) >= _BUFFER_BYTES:
                    await anyio.to_thread.run_sync(file.write, bytes(buffer))
                    buffer.clear()
                progress(done, total)
            await anyio.to_thread.run_sync(file.write, bytes(buffer))
        if total is not None and done != total:
            raise UnavailableError(
                "The result came incomplete.", why=f"{done} of {total} bytes arrived."
            )
        return kind or _checked_kind(beginning, kinds)

    def _check_size(self, size: int) -> None:
        if size > self.max_bytes:
            raise ResultError(
                f"The result has more than {self.max_bytes / 1e6:.0f} MB and was not fetched.",
                fix="Raise `result_max_bytes` in settings.toml, then `newtake jobs resume`.",
            )


def _check_pace(size: int) -> None:
    if size < PACE_BYTES:
        raise UnavailableError(
            "The result came too slowly to ever be whole.",
            why=f"{size} bytes in {PACE_SECONDS:.0f} s.",
        )


def _checked_kind(beginning: bytes, kinds: Sequence[str]) -> str:
    kind = kind_of(beginning)
    if kind not in kinds:
        raise ResultError(
            f"The service's file is no {' or '.join(kinds).upper()}.",
            why=f"It begins like {_LOOKS.get(beginning[:1], 'nothing that is known here')}."
            if kind == "unknown"
            else f"It is {kind.upper()}.",
            fix="`newtake jobs resume` fetches it again.",
        )
    return kind
