"""The two uploaders that keep plates at the service, against a hub that keeps what it is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from keys import key_of
from newtake.adapters.http import open_client
from newtake.adapters.oxen_wire import OxenWire
from newtake.adapters.uploaders.fetchable import LinkCheck
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.adapters.uploaders.repository import RepositoryUploader
from newtake.adapters.uploaders.workbench import WorkbenchUploader
from newtake.domain.errors import (
    InputNotFetchableError,
    Money,
    NotAuthorisedError,
    UploadError,
)
from newtake.ports import Uploader
from newtake.testing import ManualClock, MemoryJournal

pytestmark = pytest.mark.anyio

BASE = "https://hub.example"
KEY = key_of("client")


@dataclass
class Hub:
    """Enough of the hub to keep files: repositories, a workbench, presigned links, workspaces."""

    user: str = "ann"
    repositories: dict[str, bool] = field(default_factory=dict)
    """Name -> public."""
    files: dict[str, bytes] = field(default_factory=dict)
    staged: dict[str, dict[str, bytes]] = field(default_factory=dict)
    generations: list[dict[str, Any]] = field(default_factory=list)
    put_max_bytes: int = 2 << 20
    needs_branch: bool = False
    conflicts: int = 0
    signed: int = 0
    answers: dict[str, list[httpx.Response]] = field(default_factory=dict)
    """Given once each before the real answer."""
    log: list[str] = field(default_factory=list)
    created: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        name = f"{request.method} {path}"
        self.log.append(name)
        for start, waiting in self.answers.items():
            if name.startswith(start) and waiting:
                return waiting.pop(0)
        if path.startswith("/signed/"):
            return self._file(request, path.removeprefix("/signed/"))
        match = re.fullmatch(r"/api/repos/([^/]+/[^/]+)(?:/(.*))?", path)
        authorised = request.headers.get("authorization") == f"Bearer {KEY}"
        if match and (match[2] or "").startswith("file/") and request.method in ("GET", "HEAD"):
            if not authorised and not self.repositories.get(match[1], False):
                return httpx.Response(403, json={"error": "private"})
            if not match[2].startswith("file/presigned_url/"):
                _, revision, rest = match[2].split("/", 2)
                known = revision in ("main", "c0ffee")
                return self._file(request, f"{match[1]}/{rest}" if known else "")
        if not authorised:
            return httpx.Response(401, json={"error": {"type": "unauthenticated"}})
        if path == "/api/users/me":
            return httpx.Response(200, json={"user": {"username": self.user}})
        if path == "/api/ai/generations":
            return httpx.Response(200, json={"generations": self.generations})
        if name == "POST /api/repos/":
            return self._create(request)
        if match is None or match[1] not in self.repositories:
            return httpx.Response(404, json={"error": {"type": "resource_not_found"}})
        return self._repository(request, match[1], match[2] or "")

    def _file(self, request: httpx.Request, key: str) -> httpx.Response:
        if key not in self.files:
            return httpx.Response(404)
        data = self.files[key]
        if request.headers.get("range") == "bytes=0-0":
            total = {"content-range": f"bytes 0-0/{len(data)}"}
            return httpx.Response(206, content=data[:1], headers=total)
        return httpx.Response(200, content=data)

    def _create(self, request: httpx.Request) -> httpx.Response:
        body = httpx.Response(200, content=request.content).json()
        name = f"{body.get('namespace', self.user)}/{body['name']}"
        if name in self.repositories:
            return httpx.Response(409, json={"error": "exists"})
        self.created.append(body)
        self.repositories[name] = body["visibility"] == "public"
        return httpx.Response(201, json={"repository": {"namespace": name.split("/")[0]}})

    def _repository(self, request: httpx.Request, name: str, route: str) -> httpx.Response:
        if not route:
            return httpx.Response(200, json={"repository": {"is_public": self.repositories[name]}})
        if route == "workbench/context":
            folder, file, data = form_of(request)
            self.files[f"{name}/{folder}/{file}"] = data
            return httpx.Response(200, json={"asset_path": f"{folder}/{file}"})
        if route.startswith("file/presigned_url/main/"):
            key = f"{name}/{route.removeprefix('file/presigned_url/main/')}"
            if key not in self.files:
                return httpx.Response(404, json={"error": {"type": "resource_not_found"}})
            self.signed += 1
            return httpx.Response(200, json={"url": f"{BASE}/signed/{key}?s={self.signed}"})
        if request.method == "PUT" and route.startswith("file/main/"):
            if len(request.content) > self.put_max_bytes:
                return httpx.Response(400, json={"error": "payload too large"})
            return self._commit(name, {route.removeprefix("file/main/"): form_of(request)[2]})
        if route in ("workspaces", "workspaces/get_or_create"):
            if self.needs_branch and not any(key.startswith(name) for key in self.files):
                return httpx.Response(404, json={"error": "no branch"})
            self.staged[f"w{len(self.staged)}"] = {}
            return httpx.Response(200, json={"workspace": {"id": list(self.staged)[-1]}})
        _, workspace, verb, *rest = route.split("/")
        if verb == "files":
            _, file, data = form_of(request)
            self.staged[workspace]["/".join([*rest, file])] = data
            return httpx.Response(200, json={"paths": [file]})
        if self.conflicts:
            self.conflicts -= 1
            return httpx.Response(409, json={"error": "behind"})
        return self._commit(name, self.staged[workspace])

    def _commit(self, name: str, files: dict[str, bytes]) -> httpx.Response:
        if all(self.files.get(f"{name}/{path}") == data for path, data in files.items()):
            return httpx.Response(422, json={"error": {"type": "no_changes", "title": "No"}})
        self.files.update({f"{name}/{path}": data for path, data in files.items()})
        return httpx.Response(200, json={"commit": {"id": "c0ffee"}})


def form_of(request: httpx.Request) -> tuple[str, str, bytes]:
    """The text part "directory", the file's name and its bytes; the length must be exact."""
    body = request.content
    assert int(request.headers["content-length"]) == len(body)
    boundary = b"--" + request.headers["content-type"].partition("boundary=")[2].encode()
    folder, found = "", None
    for part in body.split(boundary)[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        if name := re.search(rb'filename="([^"]+)"', head):
            found = (name[1].decode(), data[:-2])
        elif b'name="directory"' in head:
            folder = data[:-2].decode()
    assert found is not None
    return folder, *found


@asynccontextmanager
async def wired(hub: Hub, key: str = KEY) -> AsyncIterator[tuple[OxenWire, LinkCheck]]:
    transport, clock = httpx.MockTransport(hub), ManualClock()
    async with open_client(BASE, key, transport=transport) as client:
        links = LinkCheck(lambda: open_client(BASE, None, transport=transport), clock)
        yield OxenWire(client, BASE, clock), links


@pytest.fixture
def memory() -> UploadMemory:
    journal = MemoryJournal()
    return UploadMemory(journal.remembered, journal.remember)


def plate(folder: Path, size: int = 3000, name: str = "Secret Project.mp4") -> tuple[Path, str]:
    file = folder / name
    data = bytes(n * n % 251 for n in range(1000)) * (size // 1000)
    file.write_bytes(data)
    return file, hashlib.sha256(data).hexdigest()


async def stored_twice(
    uploader: Uploader, file: Path, sha256: str
) -> tuple[tuple[bool, bool], list[tuple[int, int | None]]]:
    seen: list[tuple[int, int | None]] = []
    first = await uploader.store(file, sha256, lambda *pair: seen.append(pair))
    second = await uploader.store(file, sha256, lambda *pair: seen.append(pair))
    assert (first.key, first.size_bytes) == (second.key, second.size_bytes)
    return (first.reused, second.reused), seen


async def test_the_playground_is_made_private_and_a_plate_goes_there_once(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub()
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        uploader = WorkbenchUploader(wire, memory, links)
        reused, seen = await stored_twice(uploader, file, sha256)
    assert reused == (False, True)
    assert seen[-1] == (3000, 3000)
    (made,) = hub.created
    assert (made["visibility"], made["is_public"], made["workbench"]) == ("private", False, True)
    assert hub.log.count("POST /api/repos/ann/playground/workbench/context") == 1
    assert list(hub.files) == [f"ann/playground/newtake/{sha256[:16]}.mp4"]


async def test_a_link_is_presigned_each_time_and_opens_without_the_key(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub(repositories={"ann/playground": False})
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        uploader = WorkbenchUploader(wire, memory, links)
        asset = await uploader.store(file, sha256, lambda _done, _total: None)
        first = await uploader.link(asset, "job")
        assert first != await uploader.link(asset, "job")
    assert first.startswith(f"{BASE}/signed/ann/playground/newtake/")


async def test_a_plate_that_was_deleted_there_is_sent_again(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub(repositories={"ann/playground": False})
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        uploader = WorkbenchUploader(wire, memory, links)
        asset = await uploader.store(file, sha256, lambda _done, _total: None)
        hub.files.clear()
        with pytest.raises(UploadError, match="no longer"):
            await uploader.link(asset, "job")
        again = await uploader.store(file, sha256, lambda _done, _total: None)
        assert not again.reused
        await uploader.link(again, "job")


async def test_an_organisations_playground_is_found_by_where_results_went(
    tmp_path: Path, memory: UploadMemory
) -> None:
    row = {"generation_id": "g", "status": "succeeded", "target_namespace": "studio"}
    hub = Hub(repositories={"studio/playground": False}, generations=[row])
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        await WorkbenchUploader(wire, memory, links).store(file, sha256, lambda *_: None)
    assert hub.created == []
    assert next(iter(hub.files)).startswith("studio/playground/")


async def test_a_public_playground_is_not_used(tmp_path: Path, memory: UploadMemory) -> None:
    hub = Hub(repositories={"ann/playground": True})
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        with pytest.raises(UploadError, match="public"):
            await WorkbenchUploader(wire, memory, links).store(file, sha256, lambda *_: None)
    assert hub.files == {}


@pytest.mark.parametrize("kind", ["workbench", "repository"])
async def test_a_wrong_key_says_so_and_nothing_was_sent(
    tmp_path: Path, memory: UploadMemory, kind: str
) -> None:
    file, sha256 = plate(tmp_path)
    async with wired(Hub(), key="wrong") as (wire, links):
        uploader: Uploader = WorkbenchUploader(wire, memory, links)
        if kind == "repository":
            uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        with pytest.raises(NotAuthorisedError) as caught:
            await uploader.store(file, sha256, lambda *_: None)
    assert caught.value.money is Money.NOT_SENT


@pytest.mark.parametrize("path", ["../../x", "/etc", "", 7, None])
async def test_a_place_that_is_not_one_is_refused(
    tmp_path: Path, memory: UploadMemory, path: Any
) -> None:
    odd = httpx.Response(200, json={"asset_path": path})
    hub = Hub(
        repositories={"ann/playground": False},
        answers={"POST /api/repos/ann/playground/workbench": [odd]},
    )
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        with pytest.raises(UploadError):
            await WorkbenchUploader(wire, memory, links).store(file, sha256, lambda *_: None)


async def test_an_upload_the_service_was_too_busy_for_is_sent_again(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub(
        repositories={"ann/playground": False},
        answers={"POST /api/repos/ann/playground/workbench": [httpx.Response(503)]},
    )
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        uploader = WorkbenchUploader(wire, memory, links)
        asset = await uploader.store(file, sha256, lambda *_: None)
        await uploader.link(asset, "job")


async def test_a_small_plate_goes_by_one_put_into_a_repository_made_for_it(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub()
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        reused, _ = await stored_twice(uploader, file, sha256)
        asset = await uploader.store(file, sha256, lambda *_: None)
        url = await uploader.link(asset, "job-1")
    assert reused == (False, True)
    assert hub.created[0]["is_public"] is True
    assert sum(each.startswith("PUT ") for each in hub.log) == 1
    assert url == (
        f"{BASE}/api/repos/ann/plates/file/c0ffee/newtake/{sha256[:16]}.mp4?newtake=job-1"
    )


@pytest.mark.parametrize(
    ("size", "put_max_bytes", "puts"), [(2_000_000, 2 << 20, 0), (1_000_000, 100_000, 1)]
)
async def test_a_large_plate_goes_through_a_workspace(
    tmp_path: Path, memory: UploadMemory, size: int, put_max_bytes: int, puts: int
) -> None:
    hub = Hub(put_max_bytes=put_max_bytes)
    file, sha256 = plate(tmp_path, size)
    async with wired(hub) as (wire, links):
        uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        asset = await uploader.store(file, sha256, lambda *_: None)
        await uploader.link(asset, "job")
    assert sum(each.startswith("PUT ") and "/file/" in each for each in hub.log) == puts
    assert hub.files[f"ann/plates/newtake/{sha256[:16]}.mp4"] == file.read_bytes()


async def test_an_empty_repository_gets_its_branch_first(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub(needs_branch=True)
    file, sha256 = plate(tmp_path, 2_000_000)
    async with wired(hub) as (wire, links):
        uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        await uploader.store(file, sha256, lambda *_: None)
    assert "ann/plates/newtake/about" in hub.files
    assert hub.files[f"ann/plates/newtake/{sha256[:16]}.mp4"] == file.read_bytes()


async def test_a_branch_that_moved_on_is_merged_from_a_new_workspace(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub(conflicts=2)
    file, sha256 = plate(tmp_path, 2_000_000)
    async with wired(hub) as (wire, links):
        uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        asset = await uploader.store(file, sha256, lambda *_: None)
        assert len(hub.staged) == 3
        hub.conflicts, hub.files = 9, {}
        with pytest.raises(UploadError):
            await uploader.store(file, sha256, lambda *_: None)
    assert asset.key.startswith("c0ffee/")


@pytest.mark.parametrize("size", [3000, 2_000_000])
async def test_bytes_that_are_there_already_are_a_success(
    tmp_path: Path, memory: UploadMemory, size: int
) -> None:
    file, sha256 = plate(tmp_path, size)
    there = {f"ann/plates/newtake/{sha256[:16]}.mp4": file.read_bytes()}
    # A HEAD that tells nothing leaves it to the commit to find out.
    hub = Hub(
        repositories={"ann/plates": True},
        files=there,
        answers={"HEAD ": [httpx.Response(405)]},
    )
    async with wired(hub) as (wire, links):
        uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        asset = await uploader.store(file, sha256, lambda *_: None)
        await uploader.link(asset, "job")
    assert asset.key.startswith("main/")


async def test_a_plate_stored_by_somebody_else_is_not_sent_again(
    tmp_path: Path, memory: UploadMemory
) -> None:
    file, sha256 = plate(tmp_path)
    there = {f"ann/plates/newtake/{sha256[:16]}.mp4": file.read_bytes()}
    hub = Hub(repositories={"ann/plates": True}, files=there)
    async with wired(hub) as (wire, links):
        uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        assert (await uploader.store(file, sha256, lambda *_: None)).reused
    assert not any(each.startswith("PUT ") for each in hub.log)


async def test_a_private_repositorys_link_is_found_out_before_submitting(
    tmp_path: Path, memory: UploadMemory
) -> None:
    hub = Hub(repositories={"ann/plates": False})
    file, sha256 = plate(tmp_path)
    async with wired(hub) as (wire, links):
        uploader = RepositoryUploader(wire, "ann/plates", memory, links)
        asset = await uploader.store(file, sha256, lambda *_: None)
        with pytest.raises(InputNotFetchableError) as caught:
            await uploader.link(asset, "job")
    assert caught.value.money is Money.NOT_SENT
    assert "--uploader" in caught.value.fix


async def test_a_file_that_is_not_there_is_said(tmp_path: Path, memory: UploadMemory) -> None:
    async with wired(Hub()) as (wire, links):
        uploader = WorkbenchUploader(wire, memory, links)
        with pytest.raises(UploadError, match="cannot be read"):
            await uploader.store(tmp_path / "gone.mp4", "0" * 64, lambda *_: None)
