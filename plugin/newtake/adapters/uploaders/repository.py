"""A public repository of the user's at the service, through the documented routes.

The model has no key, so a private repository would not serve it.

Small files go by one PUT, larger ones through a workspace: the open-source server reads the form of
a PUT into memory and takes at most 2 MiB (actix-multipart's default, crates/oxen-server).
Source: docs.oxen.ai, "HTTP API"; the Oxen-AI/Oxen server's source.
"""

from __future__ import annotations

import re
import tempfile
import uuid
from pathlib import Path

import httpx

from newtake.adapters.http import open_response, with_retries
from newtake.adapters.http_addresses import is_loopback
from newtake.adapters.oxen_errors import words_of
from newtake.adapters.oxen_wire import Answer, OxenWire, segment, segments
from newtake.adapters.uploaders.fetchable import LinkCheck, with_query
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.adapters.uploaders.repositories import (
    AUTHOR,
    create,
    is_public,
    repository_path,
    upload_errors,
)
from newtake.adapters.uploaders.streams import FileBody, MultipartBody, stored_name
from newtake.domain.errors import SettingsError, UnavailableError, UploadError
from newtake.domain.files import Asset
from newtake.ports import Progress, no_progress

PUT_MAX_BYTES = 3 << 19
"""1.5 MiB: the whole form must stay below 2 MiB."""
_BRANCH = "main"
_FOLDER = "newtake"
_MESSAGE = "Add a plate"
_MERGE_TRIES = 3
_NO_CHANGES = re.compile(r"no[_ ]?changes", re.I)


class RepositoryUploader:
    """Implements `ports.Uploader`."""

    public = True
    holds_one = False

    def __init__(
        self, wire: OxenWire, repository: str, memory: UploadMemory, links: LinkCheck
    ) -> None:
        """Keep plates in `repository`, "namespace/name"; it is made when it is not there.

        Raises:
            SettingsError: The name has another form.
        """
        namespace, slash, name = repository.strip().partition("/")
        if not (namespace and slash and name) or "/" in name:
            raise SettingsError(
                f"{repository!r} names no repository.", fix="Write it as NAMESPACE/NAME."
            )
        self.name = f"repository:{namespace}/{name}"
        base_url = httpx.URL(wire.base_url)
        # The sandbox has a new port each time, and is the same place.
        host = "localhost" if is_loopback(base_url) else base_url.netloc.decode("ascii")
        self.consent_key = f"repository:{host}/{namespace}/{name}"
        self.audience = (
            f"to the public repository {namespace}/{name} at {host}; anybody can read it, for as "
            "long as it is there"
        )
        self._wire = wire
        self._place = (namespace, name)
        self._path = repository_path(namespace, name)
        self._destination = f"{wire.base_url}/{namespace}/{name}"
        self._memory = memory
        self._links = links
        self._checked = False

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        """See the port.

        Raises:
            NotAuthorisedError: The key is wrong.
            UploadError: Anything else.
        """
        async with self._memory.alone(sha256):
            return await self._store(file, sha256, progress)

    async def _store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        size = FileBody(file).size_bytes
        path = f"{_FOLDER}/{stored_name(file, sha256)}"
        with upload_errors(f"The plate could not be stored in {'/'.join(self._place)}."):
            await self._prepare()
            kept = self._memory.place_of(self.name, self._destination, sha256)
            # The name holds the hash of the bytes, so a file there of that size is this one.
            for revision in (kept.partition("/")[0] if kept else None, _BRANCH):
                if revision and await self._size_at(revision, path) == size:
                    progress(size, size)
                    return self._asset(revision, path, sha256, size, reused=True)
            revision = await self._send(file, path, size, progress)
        return self._asset(revision, path, sha256, size, reused=False)

    async def link(self, asset: Asset, job_id: str) -> str:
        """See the port. The link names a commit where it is known, and the job in a query."""
        revision, _, path = asset.key.partition("/")
        url = self._wire.base_url + self._file(revision, path)
        url = with_query(url, job_id)
        await self._links.check(url, asset.size_bytes)
        return url

    def _asset(self, revision: str, path: str, sha256: str, size: int, *, reused: bool) -> Asset:
        key = f"{revision}/{path}"
        self._memory.keep(self.name, self._destination, sha256, key)
        return Asset(self.name, key, sha256, size, self.public, reused)

    def _file(self, revision: str, path: str) -> str:
        return f"{self._path}/file/{segment(revision)}/{segments(path)}"

    async def _prepare(self) -> None:
        """Have the repository; a private one is found out by the check of its links."""
        if not self._checked and await is_public(self._wire, *self._place) is None:
            await create(self._wire, *self._place, public=True)
        self._checked = True

    async def _size_at(self, revision: str, path: str) -> int | None:
        """The stored file's size; None when it is not there or its size not told."""
        url = self._wire.base_url + self._file(revision, path)
        async with open_response(self._wire.client, "HEAD", url, authorised=True) as response:
            length = response.headers.get("content-length", "")
            return int(length) if response.status_code == 200 and length.isdecimal() else None

    async def _send(self, file: Path, path: str, size: int, progress: Progress) -> str:
        """Store the file; the revision that holds it."""
        if size <= PUT_MAX_BYTES:
            answer = await self._put(file, path, progress)
            if answer.ok or _says_no_changes(answer):
                return _revision(answer)
            if answer.status not in (400, 413):
                raise answer.error()
        for _ in range(_MERGE_TRIES):
            answer = await self._through_workspace(file, path, progress)
            if answer.ok or _says_no_changes(answer):
                return _revision(answer)
            if answer.status != 409:
                break
        raise answer.error()

    async def _put(self, file: Path, path: str, progress: Progress) -> Answer:
        name = path.rpartition("/")[2]
        body = MultipartBody({"message": _MESSAGE, **AUTHOR}, "file", file, name, progress)
        return await self._exchange("PUT", self._file(_BRANCH, path), body)

    async def _through_workspace(self, file: Path, path: str, progress: Progress) -> Answer:
        """Stage the file in a workspace of its own and merge it; the merge's answer."""
        folder, _, name = path.rpartition("/")
        workspace = await self._workspace()
        body = MultipartBody({}, "file", file, name, progress)
        staged = await self._exchange("POST", f"{workspace}/files/{segments(folder)}", body)
        if not staged.ok:
            raise staged.error()
        author = {"author": AUTHOR["name"], "email": AUTHOR["email"]}
        return await self._wire.exchange(
            "POST", f"{workspace}/merge/{_BRANCH}", json={"message": _MESSAGE, **author}
        )

    async def _workspace(self) -> str:
        """The path of a new workspace; an empty repository gets its branch first if need be."""
        answer = await self._open_workspace()
        if answer.status in (400, 404) and await self._size_at(_BRANCH, f"{_FOLDER}/about") is None:
            await self._first_commit()
            answer = await self._open_workspace()
        if not answer.ok:
            raise answer.error()
        named = answer.text("workspace", "id")
        if named is None:
            raise UploadError("The service opened a workspace without a name.")
        return f"{self._path}/workspaces/{segment(named)}"

    async def _open_workspace(self) -> Answer:
        body = {"workspace_id": str(uuid.uuid4()), "branch_name": _BRANCH, "name": None}
        answer = await self._wire.exchange("PUT", f"{self._path}/workspaces", json=body)
        if answer.status in (404, 405):
            named = f"{self._path}/workspaces/get_or_create"
            later = await self._wire.exchange("PUT", named, json=body)
            answer = later if later.ok else answer
        return answer

    async def _first_commit(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            about = Path(folder) / "about"
            about.write_text("Plates sent by New Take.\n", encoding="utf-8")
            answer = await self._put(about, f"{_FOLDER}/about", no_progress)
        if not answer.ok and not _says_no_changes(answer):
            raise answer.error()

    async def _exchange(self, method: str, path: str, body: MultipartBody) -> Answer:
        """A file's way to the service; repeated when the service was away."""

        async def once() -> Answer:
            answer = await self._wire.exchange(method, path, content=body, headers=body.headers)
            if answer.status in (429, 503):
                raise answer.error()
            return answer

        try:
            return await with_retries(self._wire.clock, once)
        except UnavailableError as error:
            # A server that refuses a size may hang up before it has read it all.
            if method == "PUT" and isinstance(error.__cause__, httpx.WriteError):
                return Answer(413, {}, "", self._wire.clock.now())
            raise


def _says_no_changes(answer: Answer) -> bool:
    return answer.status == 422 and bool(_NO_CHANGES.search(words_of(answer.payload).both))


def _revision(answer: Answer) -> str:
    """The commit, which never changes its bytes; the branch where the answer names none."""
    commit = answer.text("commit", "id") or ""
    return commit if commit.isascii() and commit.isalnum() else _BRANCH
