"""A command of the user's that uploads a file and prints where it can be fetched."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process

from newtake.adapters.oxen_errors import plain
from newtake.adapters.oxen_rows import is_web_address
from newtake.adapters.uploaders.fetchable import LinkCheck, with_query
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.adapters.uploaders.streams import FileBody, stored_name
from newtake.domain.errors import InputNotFetchableError, SettingsError, UploadError
from newtake.domain.files import Asset
from newtake.ports import Progress

TIMEOUT_SECONDS = 3600.0
_KEPT_BYTES = 1 << 16


class CommandUploader:
    """Implements `ports.Uploader`.

    Whoever knows the printed address can fetch the plate, and how long is the command's business:
    so it counts as public. The address is kept with the job.
    """

    name = "command"
    public = True

    def __init__(
        self,
        command: str | Sequence[str],
        memory: UploadMemory,
        links: LinkCheck,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Run `command` for each plate, without a shell.

        Args:
            command: Words, or text that is split as a POSIX shell splits it. `{file}` becomes the
                plate's path, appended where it does not occur; `{name}` a file name for it.
            memory: What was stored before.
            links: The check of links.
            timeout_seconds: After which the command is ended.

        Raises:
            SettingsError: There is no command, or its quotes do not match.
        """
        try:
            words = _split(command) if isinstance(command, str) else list(command)
        except ValueError as error:
            raise SettingsError("The uploader's command cannot be read.", why=str(error)) from error
        if not words:
            raise SettingsError("The uploader's command is empty.")
        self._words = words
        self._memory = memory
        self._links = links
        self._timeout_seconds = timeout_seconds

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        """See the port. What the command sends cannot be seen, so progress comes at its end.

        Raises:
            UploadError: It failed, took too long or printed no address.
        """
        async with self._memory.alone(sha256):
            return await self._store(file, sha256, progress)

    async def _store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        size = FileBody(file).size_bytes
        destination = hashlib.sha256("\0".join(self._words).encode()).hexdigest()[:16]
        kept = self._memory.place_of(self.name, destination, sha256)
        if kept is not None and await self._opens(kept, size):
            progress(size, size)
            return Asset(self.name, kept, sha256, size, self.public, reused=True)
        progress(0, size)
        url = await self._run(command_line(self._words, file, stored_name(file, sha256)))
        progress(size, size)
        self._memory.keep(self.name, destination, sha256, url)
        return Asset(self.name, url, sha256, size, self.public)

    async def link(self, asset: Asset, job_id: str) -> str:
        url = with_query(asset.key, job_id)
        await self._links.check(url, asset.size_bytes)
        return url

    async def _opens(self, url: str, size: int) -> bool:
        try:
            await self._links.check(url, size)
        except (UploadError, InputNotFetchableError):
            return False
        return True

    async def _run(self, words: Sequence[str]) -> str:
        """Run it; the address it printed."""
        printed, said = bytearray(), bytearray()
        code: int | None = None
        try:
            process = await anyio.open_process(
                list(words), stdin=subprocess.DEVNULL, stdout=-1, stderr=-1
            )
        except (OSError, ValueError) as error:
            raise UploadError(
                f"The uploader's command {words[0]!r} cannot be started.",
                why=str(error),
                fix="Check the command, or choose another --uploader.",
            ) from error
        with anyio.move_on_after(self._timeout_seconds):
            code = await _finish(process, printed, said)
        complaint = plain(said.decode("utf-8", "replace"))[-400:]
        if code is None:
            raise UploadError(
                f"The uploader's command took more than {self._timeout_seconds:.0f} s.",
                why=complaint,
            )
        if code != 0:
            raise UploadError(
                f"The uploader's command failed with code {code}.",
                why=complaint or "It said nothing on stderr.",
                fix="Run the command by hand with a small file.",
            )
        lines = printed.decode("utf-8", "replace").split()
        if not lines or not is_web_address(lines[-1]):
            raise UploadError(
                "The uploader's command printed no web address as its last word.",
                why=complaint or "Its stderr is empty, too.",
                fix="Its last line must be the address and nothing else.",
            )
        return lines[-1]


def command_line(words: Sequence[str], file: Path, name: str) -> list[str]:
    """The words to start, with the placeholders filled in."""
    filled = [each.replace("{file}", str(file)).replace("{name}", name) for each in words]
    if any("{file}" in each for each in words):
        return filled
    return [*filled, str(file)]


def _split(command: str) -> list[str]:
    if sys.platform == "win32":
        # Backslashes are folders there, not quotes.
        return [each.strip('"') for each in shlex.split(command, posix=False)]
    return shlex.split(command)


async def _finish(process: Process, printed: bytearray, said: bytearray) -> int:
    """Read what it says until it ends; cancelled, it is killed and waited for."""
    try:
        async with anyio.create_task_group() as group:
            if process.stdout is not None:
                group.start_soon(_keep_last, process.stdout, printed)
            if process.stderr is not None:
                group.start_soon(_keep_last, process.stderr, said)
        return await process.wait()
    except BaseException:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                process.kill()
            await process.wait()
        raise
    finally:
        with anyio.CancelScope(shield=True):
            await process.aclose()


async def _keep_last(stream: ByteReceiveStream, into: bytearray) -> None:
    async for piece in stream:
        into += piece
        del into[:-_KEPT_BYTES]
