"""The account's own private playground, with a presigned link: the uploader used by default.

Source: the vendor's own client, github.com/gschoeni/Oxen-Harness, harness-media/src/upload.rs. The
route is not in the vendor's documents; `repository` is the documented way.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

from newtake.adapters.http import with_retries
from newtake.adapters.oxen_rows import is_web_address, listing_of
from newtake.adapters.oxen_wire import Answer, OxenWire, segments
from newtake.adapters.uploaders.fetchable import LinkCheck
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.adapters.uploaders.repositories import (
    create,
    is_public,
    repository_path,
    upload_errors,
)
from newtake.adapters.uploaders.streams import FileBody, MultipartBody, stored_name
from newtake.domain.errors import (
    NotAuthorisedError,
    NotFoundError,
    PlateGoneError,
    ProviderError,
    UploadError,
)
from newtake.domain.files import Asset
from newtake.ports import Progress

PLAYGROUND = "playground"
_FOLDER = "newtake"


class WorkbenchUploader:
    """Implements `ports.Uploader`. Nothing becomes public; a link opens for about an hour."""

    name = "workbench"
    public = False
    holds_one = False
    audience = (
        "to the private playground of your Oxen account; whoever holds its link can read it, "
        "for about an hour"
    )
    consent_key = "workbench"

    def __init__(self, wire: OxenWire, memory: UploadMemory, links: LinkCheck) -> None:
        self._wire = wire
        self._memory = memory
        self._links = links
        self._namespace: str | None = None

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        """See the port.

        Raises:
            NotAuthorisedError: The key is wrong.
            UploadError: Anything else.
        """
        async with self._memory.alone(sha256):
            return await self._store(file, sha256, progress)

    async def _store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        with upload_errors("The plate could not be stored in the playground."):
            size = FileBody(file).size_bytes
            kept = self._memory.place_of(self.name, self._wire.base_url, sha256)
            if kept is not None and await self._is_there(kept):
                progress(size, size)
                return Asset(self.name, kept, sha256, size, public=False, reused=True)
            namespace = await self._playground_namespace()
            path = await self._send(namespace, file, sha256, progress)
        key = json.dumps({"namespace": namespace, "path": path})
        self._memory.keep(self.name, self._wire.base_url, sha256, key)
        return Asset(self.name, key, sha256, size, public=False)

    async def link(
        self,
        asset: Asset,
        job_id: str,  # noqa: ARG002 - the port's; a signed link can carry nothing of the job
    ) -> str:
        """See the port. The link is signed anew each time."""
        with upload_errors("The plate's link could not be made."):
            try:
                url = await self._presigned(asset.key)
            except NotFoundError as error:
                self._memory.keep(self.name, self._wire.base_url, asset.sha256, "")
                raise PlateGoneError(
                    "The uploaded plate is no longer in the playground.", why=error.why
                ) from error
        await self._links.check(url, asset.size_bytes)
        return url

    async def _is_there(self, key: str) -> bool:
        try:
            await self._presigned(key)
        except (NotFoundError, NotAuthorisedError, UploadError):
            return False
        return True

    async def _presigned(self, key: str) -> str:
        namespace, path = _place(key)
        place = f"{repository_path(namespace, PLAYGROUND)}/file/presigned_url/main/{path}"
        answer = await self._wire.read(place)
        url = answer.text("url")
        if url is None or not is_web_address(url):
            raise UploadError("The service's answer holds no presigned link.")
        return url

    async def _send(self, namespace: str, file: Path, sha256: str, progress: Progress) -> str:
        route = f"{repository_path(namespace, PLAYGROUND)}/workbench/context"
        body = MultipartBody(
            {"directory": _FOLDER}, "file", file, stored_name(file, sha256), progress
        )

        async def once() -> Answer:
            answer = await self._wire.exchange("POST", route, content=body, headers=body.headers)
            if not answer.ok:
                raise answer.error()
            return answer

        answer = await with_retries(self._wire.clock, once)
        path = answer.text("asset_path")
        if path is None or not _is_safe(path):
            raise UploadError("The service did not say where it put the plate.")
        return path

    async def _playground_namespace(self) -> str:
        """Whose playground to use: the user's, an organisation's, or a new one of the user's."""
        if self._namespace is None:
            user = await self._wire.user_name()
            self._namespace = await self._existing(user) or await create(
                self._wire, user, PLAYGROUND, public=False, workbench=True
            )
        return self._namespace

    async def _existing(self, user: str) -> str | None:
        if await self._is_usable(user):
            return user
        for namespace in await self._recent_namespaces():
            if namespace != user and await self._is_usable(namespace):
                return namespace
        return None

    async def _is_usable(self, namespace: str) -> bool:
        public = await is_public(self._wire, namespace, PLAYGROUND)
        if public:
            raise UploadError(
                f"The playground of {namespace} is public; the plate would be, too.",
                fix="Make it private in its settings, or choose another --uploader.",
            )
        return public is False

    async def _recent_namespaces(self) -> list[str]:
        """Where the account's latest results went: a playground may be an organisation's."""
        try:
            answer = await self._wire.read("/api/ai/generations", {"page": 1, "page_size": 10})
            rows = listing_of(answer.payload).rows
        except ProviderError:
            return []
        named = (row.target_namespace for row, _ in rows)
        return list(dict.fromkeys(each for each in named if each))


def _place(key: str) -> tuple[str, str]:
    try:
        place = json.loads(key)
        return str(place["namespace"]), segments(str(place["path"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UploadError(f"The note of an upload cannot be read: {key!r}.") from error


def _is_safe(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and not path.startswith("/") and len(path) < 1000
