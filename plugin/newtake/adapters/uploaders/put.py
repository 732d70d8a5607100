"""A presigned PUT at any storage: the user gives the address, the plate is sent there.

The service's key is not known here.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from newtake.adapters.http import open_response, with_retries
from newtake.adapters.oxen_rows import is_web_address
from newtake.adapters.uploaders.fetchable import LinkCheck, OpenClient, with_query
from newtake.adapters.uploaders.memory import UploadMemory, short_digest
from newtake.adapters.uploaders.repositories import upload_errors
from newtake.adapters.uploaders.streams import FileBody, stored_name
from newtake.domain.errors import (
    InputNotFetchableError,
    SettingsError,
    UnavailableError,
    UploadError,
)
from newtake.domain.files import Asset
from newtake.ports import Clock, Progress


class PresignedPutUploader:
    """Implements `ports.Uploader`."""

    name = "put"

    def __init__(
        self,
        put_url: str,
        memory: UploadMemory,
        links: LinkCheck,
        *,
        open_client: OpenClient,
        clock: Clock,
        fetch_url: str | None = None,
    ) -> None:
        """Send plates to `put_url`; `{name}` in an address becomes each plate's own file name.

        Args:
            put_url: Where a PUT is allowed, with its signature.
            memory: What was stored before.
            links: The check of links.
            open_client: For the upload; a client without any key.
            clock: For pauses between retries.
            fetch_url: Where the file is read again; default: `put_url` without its query.

        Raises:
            SettingsError: An address is none, or only one of the two holds `{name}`.
        """
        fetch = fetch_url or put_url.partition("?")[0]
        if not is_web_address(put_url) or not is_web_address(fetch):
            raise SettingsError(
                "The uploader's address is no web address.",
                fix="Write --uploader put:https://..., and --fetch-url https://... if it differs.",
            )
        if ("{name}" in put_url) != ("{name}" in fetch):
            raise SettingsError(
                "One of the uploader's two addresses holds {name} and the other does not.",
                fix="Write {name} in both, or in neither.",
            )
        self._put_url = put_url
        self._fetch_url = fetch
        # A signed address stops opening by itself; a bare one is there for everybody.
        self.public = not urlsplit(fetch).query
        self.holds_one = "{name}" not in put_url
        self._memory = memory
        self._links = links
        self._open_client = open_client
        self._clock = clock
        self._held: str | None = None
        whose = "anybody who knows its address" if self.public else "whoever holds its signed link"
        self.audience = f"to {urlsplit(put_url).hostname}; {whose} can read it, while it opens"
        # Hosts hold the buckets of many; hashed, since a folder's name may be a secret.
        folders = "".join(each.partition("?")[0].rpartition("/")[0] for each in (put_url, fetch))
        self.consent_key = f"put:{urlsplit(put_url).hostname}/{short_digest(folders)}"

    def __repr__(self) -> str:
        return f"PresignedPutUploader(to {urlsplit(self._put_url).hostname})"

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        """See the port. An address without `{name}` holds one plate, so a second is refused.

        Raises:
            UploadError: The storage refused it or was not reached.
        """
        async with self._memory.alone(sha256):
            return await self._store(file, sha256, progress)

    async def _store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        name = stored_name(file, sha256)
        body = FileBody(file, progress)
        if self.holds_one and self._held not in (None, sha256):
            raise UploadError(
                "The uploader's address holds another plate of this run.",
                why="A second one would take its place before the model has read it.",
                fix="Write {name} where the file name belongs, or restyle one clip at a time.",
            )
        self._held = sha256
        if await self._is_there(name, sha256, body.size_bytes):
            progress(body.size_bytes, body.size_bytes)
            return Asset(self.name, name, sha256, body.size_bytes, self.public, reused=True)
        with upload_errors("The plate could not be sent to the uploader's address."):
            await with_retries(self._clock, lambda: self._put(name, body))
        self._memory.keep(self.name, self._destination(), sha256, name)
        if self.holds_one:
            self._memory.keep(self.name, self._destination(), "holds", sha256)
        return Asset(self.name, name, sha256, body.size_bytes, self.public)

    async def link(self, asset: Asset, job_id: str) -> str:
        """See the port. A signed address cannot be made the job's own and stays as it is."""
        url = with_query(self._fetch_url.replace("{name}", asset.key), job_id)
        await self._links.check(url, asset.size_bytes)
        return url

    async def _is_there(self, name: str, sha256: str, size: int) -> bool:
        if self._memory.place_of(self.name, self._destination(), sha256) != name:
            return False
        holds = self._memory.place_of(self.name, self._destination(), "holds")
        if self.holds_one and holds != sha256:
            return False
        try:
            await self._links.check(self._fetch_url.replace("{name}", name), size)
        except (UploadError, InputNotFetchableError):
            return False
        return True

    def _destination(self) -> str:
        # Hashed: an address may hold a secret in its path.
        return short_digest(self._fetch_url.partition("?")[0])

    async def _put(self, name: str, body: FileBody) -> None:
        url = self._put_url.replace("{name}", name)
        async with (
            self._open_client() as client,
            open_response(
                client, "PUT", url, authorised=False, content=body, headers=body.headers
            ) as response,
        ):
            status, host = response.status_code, response.request.url.host
            if 200 <= status < 300:
                return
            if status == 429 or status >= 500:
                raise UnavailableError(f"{host} answers HTTP {status}.", http_status=status)
            raise UploadError(
                f"{host} refused the plate.",
                why=f"It answers HTTP {status}.",
                fix="Make a new presigned address; most open for a short time only.",
            )
