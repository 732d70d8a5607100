"""File bodies that are read as they are sent, so that their size never matters to memory.

Both bodies can be iterated again, for a repeated request, and know their exact length.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import anyio.to_thread

from newtake.domain.errors import UploadError
from newtake.ports import Progress, no_progress

PIECE_BYTES = 1 << 18


class FileBody:
    """A file's bytes as a request body."""

    def __init__(self, file: Path, progress: Progress = no_progress) -> None:
        """Raises: UploadError when the file is not there."""
        self._file = file
        self._progress = progress
        try:
            self.size_bytes = file.stat().st_size
        except OSError as error:
            raise UploadError(f"{file} cannot be read.", why=str(error)) from error

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Length": str(self.size_bytes), "Content-Type": media_type(self._file)}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            handle = await anyio.to_thread.run_sync(self._file.open, "rb")
        except OSError as error:
            raise UploadError(f"{self._file} cannot be read.", why=str(error)) from error
        done = 0
        self._progress(0, self.size_bytes)
        with handle:
            while done < self.size_bytes:
                wanted = min(PIECE_BYTES, self.size_bytes - done)
                try:
                    piece = await anyio.to_thread.run_sync(handle.read, wanted)
                except OSError as error:
                    raise UploadError(f"{self._file} cannot be read.", why=str(error)) from error
                if not piece:
                    raise UploadError(f"{self._file} became shorter while it was sent.")
                yield piece
                done += len(piece)
                self._progress(done, self.size_bytes)


class MultipartBody:
    """A form with one file, as RFC 7578 has it."""

    def __init__(
        self,
        fields: Mapping[str, str],
        part: str,
        file: Path,
        file_name: str,
        progress: Progress = no_progress,
    ) -> None:
        """`part` names the file's field; `file_name` must need no quoting."""
        boundary = os.urandom(16).hex()
        texts = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        self._before = (
            f'{texts}--{boundary}\r\nContent-Disposition: form-data; name="{part}"; '
            f'filename="{file_name}"\r\nContent-Type: {media_type(file)}\r\n\r\n'
        ).encode()
        self._after = f"\r\n--{boundary}--\r\n".encode()
        self._body = FileBody(file, progress)
        self._boundary = boundary

    @property
    def headers(self) -> dict[str, str]:
        length = len(self._before) + self._body.size_bytes + len(self._after)
        return {
            "Content-Length": str(length),
            "Content-Type": f"multipart/form-data; boundary={self._boundary}",
        }

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._before
        async for piece in self._body:
            yield piece
        yield self._after


def media_type(file: Path) -> str:
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def stored_name(file: Path, sha256: str) -> str:
    """A name that says nothing of the clip and is the same for the same bytes."""
    suffix = file.suffix.lower()
    return sha256[:16] + (suffix if suffix.isascii() and suffix[1:].isalnum() else "")
