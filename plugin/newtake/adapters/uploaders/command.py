"""A command of the user's that uploads a file and prints where it can be fetched.

Rule: what it prints may be a signed link, and what it complains of may hold one. Neither is kept:
an address with a query is known to this process only, and the command runs again for the next.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import anyio
from anyio.abc import ByteReceiveStream, Process

from newtake.adapters.oxen_errors import plain
from newtake.adapters.oxen_rows import is_web_address
from newtake.adapters.parts import digest_of
from newtake.adapters.uploaders.fetchable import LinkCheck, with_query
from newtake.adapters.uploaders.memory import UploadMemory, short_digest
from newtake.adapters.uploaders.streams import FileBody, stored_name
from newtake.domain.errors import InputNotFetchableError, SettingsError, UploadError
from newtake.domain.files import Asset
from newtake.ports import Progress

TIMEOUT_SECONDS = 3600.0
_KEPT_BYTES = 1 << 16
_ADDRESS = re.compile(r"(https?://[^/\s?#@]*@?)[^\s]*")
_ASSIGNED = re.compile(
    r"([\w-]*(?:key|token|secret|passw|signature|credential)[\w-]*\s*[=:]\s*)\S+", re.I
)
_CODE = re.compile(r"(?=[\w+/=~-]*\d)(?=[\w+/=~-]*[A-Za-z])[\w+/=~-]{20,}")


class CommandUploader:
    """Implements `ports.Uploader`.

    Whoever knows the printed address can fetch the plate, and how long is the command's business:
    so it counts as public.
    """

    name = "command"
    public = True
    holds_one = False

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
        self._destination = short_digest("\0".join(words))
        program = Path(words[0]).name
        self.audience = (
            f"to where the command {program} puts it; whoever knows the address that it prints can "
            "read it, while that opens"
        )
        self.consent_key = f"command:{self._destination}"
        self._memory = memory
        self._links = links
        self._timeout_seconds = timeout_seconds
        self._printed: dict[str, str] = {}
        """What the command printed in this process, by the plate's SHA-256."""
        self._opened: set[str] = set()

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        """See the port. What the command sends cannot be seen, so progress comes at its end.

        Raises:
            UploadError: It failed, took too long or printed no address.
        """
        async with self._memory.alone(sha256):
            return await self._store(file, sha256, progress)

    async def _store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        size = FileBody(file).size_bytes
        remembered = self._memory.place_of(self.name, self._destination, sha256)
        url = self._printed.get(sha256) or remembered
        reused = url is not None and await self._opens(url, size)
        if url is None or not reused:
            progress(0, size)
            url = await self._upload(file, sha256)
        progress(size, size)
        place = _place_of(file, url)
        self._memory.keep(self.name, self._destination, sha256, place.get("url", ""))
        return Asset(self.name, json.dumps(place), sha256, size, self.public, reused)

    async def link(self, asset: Asset, job_id: str) -> str:
        """See the port. Runs the command again where the address is not known, or opens no more.

        Raises:
            UploadError: Also when the plate is gone by then.
        """
        place = _place(asset.key)
        async with self._memory.alone(asset.sha256):
            url = self._printed.get(asset.sha256) or place.get("url")
            if url is not None:
                try:
                    return await self._checked(url, asset, job_id)
                except (UploadError, InputNotFetchableError):
                    # One that never opened would not open after another run either.
                    if url not in self._opened and asset.sha256 in self._printed:
                        raise
            url = await self._upload(_same_file(place["file"], asset), asset.sha256)
            return await self._checked(url, asset, job_id)

    async def _checked(self, url: str, asset: Asset, job_id: str) -> str:
        own = with_query(url, job_id)
        await self._links.check(own, asset.size_bytes)
        self._opened.add(url)
        return own

    async def _opens(self, url: str, size: int) -> bool:
        try:
            await self._links.check(url, size)
        except (UploadError, InputNotFetchableError):
            return False
        return True

    async def _upload(self, file: Path, sha256: str) -> str:
        url = await self._run(command_line(self._words, file, stored_name(file, sha256)))
        self._printed[sha256] = url
        return url

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
        complaint = without_secrets(plain(said.decode("utf-8", "replace")[-4096:]))[-400:]
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


def without_secrets(text: str) -> str:
    """A command's words fit for a journal: of an address the host alone, no token, no code."""
    text = _ADDRESS.sub(lambda found: f"{_host_of(found[0])}/[...]", text)
    return _CODE.sub("[...]", _ASSIGNED.sub(r"\1[...]", text))


def _host_of(address: str) -> str:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname or ''}"
    except ValueError:
        return "http://"


def _is_signed(url: str) -> bool:
    """Whether an address carries more than a place: then it opens by what it carries."""
    parts = urlsplit(url)
    return bool(parts.query or parts.fragment or parts.username or parts.password)


def _place_of(file: Path, url: str) -> dict[str, str]:
    """What an asset keeps. With the plate a signed link can be had again in a later process."""
    place = {"file": str(file.absolute())}
    return place if _is_signed(url) else {**place, "url": url}


def _place(key: str) -> dict[str, str]:
    try:
        place = json.loads(key)
        return {"file": str(place["file"])} | ({"url": str(place["url"])} if "url" in place else {})
    except (ValueError, KeyError, TypeError) as error:
        raise UploadError(
            "The note of an upload by the command cannot be read.",
            fix="Run `newtake restyle` again; it uploads the plate anew.",
        ) from error


def _same_file(path: str, asset: Asset) -> Path:
    file = Path(path)
    try:
        same = digest_of(file) == (asset.sha256, asset.size_bytes)
    except OSError as error:
        raise UploadError(
            f"The link no longer opens, and the plate {file} cannot be read to make a new one.",
            why=str(error),
            fix="Run `newtake restyle` again; it cuts the plate anew.",
        ) from error
    if not same:
        raise UploadError(
            f"The plate {file} is another than the one that was uploaded.",
            fix="Run `newtake restyle` again; it cuts the plate anew.",
        )
    return file


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
