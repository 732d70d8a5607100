"""Answers with a file, whole or the part of it that was asked for, as players ask.

Sources: RFC 9110, sections 13.1.5 (If-Range), 13.2.2 (precedence), 14 (Range). A server may answer
any Range with the whole: so it is where a range is malformed, of another unit, or one of several.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

_CHUNK_BYTES = 256 << 10
_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})-(\d{0,18})", re.IGNORECASE)


class UnsatisfiableError(Exception):
    """The range begins behind the end, or is empty."""


def byte_range(said: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None where the whole is answered.

    Args:
        said: The header's value.
        size: Of the file.

    Raises:
        UnsatisfiableError: The file has none of these bytes.
    """
    match = _RANGE.fullmatch(said.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:
        # The last so many bytes.
        if not int(match[2]) or not size:
            raise UnsatisfiableError
        return max(0, size - int(match[2])), size
    first = int(match[1])
    if match[2] and int(match[2]) < first:
        return None
    if first >= size:
        raise UnsatisfiableError
    return first, min(int(match[2]) + 1, size) if match[2] else size


async def file_answer(request: Request, path: Path, kind: str, *, cache: str, tag: str) -> Response:
    """The file, or its part, to GET; to HEAD what GET would say of the whole.

    The file is opened once: what is sent is one state of it, also where it is removed meanwhile.

    Args:
        request: GET or HEAD.
        path: The file.
        kind: Its media type.
        cache: For `Cache-Control`.
        tag: Another one for other content; without quotes.

    Raises:
        FileNotFoundError: It is gone.
    """
    file, facts = await anyio.to_thread.run_sync(_opened, path)
    size, etag = facts.st_size, f'"{tag}"'
    modified = formatdate(facts.st_mtime, usegmt=True)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": cache,
        "ETag": etag,
        "Last-Modified": modified,
    }
    if etag in _tags(request.headers.get("if-none-match", "")):
        file.close()
        return Response(status_code=304, headers=headers)
    first, end, status = 0, size, 200
    said = request.headers.get("range")
    condition = request.headers.get("if-range")
    if said is not None and request.method == "GET" and condition in (None, etag, modified):
        try:
            part = byte_range(said, size)
        except UnsatisfiableError:
            file.close()
            return Response(
                status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"}
            )
        if part is not None:
            (first, end), status = part, 206
            headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - first)
    if request.method == "HEAD":
        file.close()
        return Response(status_code=status, headers=headers, media_type=kind)
    return StreamingResponse(_read(file, first, end), status, headers, media_type=kind)


def _opened(path: Path) -> tuple[BinaryIO, os.stat_result]:
    file = path.open("rb")
    try:
        return file, os.fstat(file.fileno())
    except OSError:
        file.close()
        raise


async def _read(file: BinaryIO, first: int, end: int) -> AsyncIterator[bytes]:
    try:
        file.seek(first)
        while first < end:
            data = await anyio.to_thread.run_sync(file.read, min(_CHUNK_BYTES, end - first))
            if not data:
                return
            first += len(data)
            yield data
    finally:
        file.close()


def _tags(said: str) -> list[str]:
    return [each.strip().removeprefix("W/") for each in said.split(",")]
