"""The sandbox's repositories over HTTP: who may read, both upload forms, workspaces, listings."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import httpx
import pytest

from newtake.sandbox.service import Sandbox, SandboxOptions, run_sandbox

pytestmark = pytest.mark.anyio

_KEY = {"Authorization": "Bearer a-key"}
_WHO = {"name": "Ada", "email": "ada@example.org"}
_REPOSITORY = "/api/repos/sandbox/plates"


@pytest.fixture
async def sandbox(tmp_path: Path, require_program: Callable[[str], str]) -> AsyncIterator[Sandbox]:
    folder = tmp_path / "sandbox"
    options = SandboxOptions(folder, require_program("ffmpeg"), link_lifetime_seconds=0.6)
    async with run_sandbox(options) as running:
        yield running


@pytest.fixture
async def stranger(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.base_url) as client:
        yield client


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.base_url, headers=_KEY) as owner:
        yield owner


async def _create(client: httpx.AsyncClient, **more: object) -> httpx.Response:
    return await client.post("/api/repos", json={"namespace": "sandbox", "name": "plates", **more})


async def _put(
    client: httpx.AsyncClient, path: str, data: bytes, part: str = "file", **form: str
) -> httpx.Response:
    return await client.put(
        f"{_REPOSITORY}/file/{path}",
        files={part: ("plate.mp4", data)},
        data={**_WHO, "message": "add", **form},
    )


async def test_keys_open_the_account_and_wrong_ones_do_not(stranger: httpx.AsyncClient) -> None:
    good = await stranger.get("/api/users/me", headers=_KEY)
    none = await stranger.get("/api/authorize")
    empty = await stranger.get("/api/authorize", headers={"Authorization": "Bearer"})
    wrong = await stranger.get("/api/authorize", headers={"Authorization": "Bearer wrong-1"})

    assert good.json()["user"]["username"] == "sandbox"
    assert [none.status_code, empty.status_code, wrong.status_code] == [401, 401, 401]
    assert none.json()["error"]["type"] == "unauthenticated"
    assert wrong.json()["error"]["message"] == "Invalid API key"


async def test_files_that_come_in_at_once_are_all_kept(client: httpx.AsyncClient) -> None:
    await _create(client)
    await client.post("/api/repos", json={"namespace": "sandbox", "name": "playground"})

    async def put(number: int) -> None:
        assert (await _put(client, f"main/put/{number}.mp4", bytes([number]) * 5000)).is_success

    async def context(number: int) -> None:
        files = {"file": (f"{number}.mp4", bytes([number]) * 5000)}
        answer = await client.post("/api/repos/sandbox/playground/workbench/context", files=files)
        assert answer.is_success

    async with anyio.create_task_group() as group:
        for number in range(12):
            group.start_soon(put, number)
            group.start_soon(context, number)

    for name in ("plates/dir/main/put", "playground/dir/main/context"):
        listed = await client.get(f"/api/repos/sandbox/{name}")
        assert listed.json()["total_entries"] == 12


async def test_a_configured_key_is_the_only_one(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    options = SandboxOptions(tmp_path / "s", require_program("ffmpeg"), api_key="the-one")
    async with run_sandbox(options) as sandbox, httpx.AsyncClient() as client:
        url = sandbox.base_url + "/api/authorize"
        good = await client.get(url, headers={"Authorization": "Bearer the-one"})
        other = await client.get(url, headers=_KEY)

    assert (good.status_code, other.status_code) == (200, 401)
    assert "the-one" not in repr(options)


async def test_the_command_line_clients_agent_is_turned_away(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/users/me", headers={"User-Agent": "my-Oxen-thing/1"})

    assert answer.status_code == 426


async def test_a_repository_is_made_once_shown_and_deleted(client: httpx.AsyncClient) -> None:
    made = await _create(client, is_public=True)
    again = await client.post(
        "/api/repos/", json={"name": "plates", "visibility": "private", "workbench": True}
    )
    shown = await client.get(_REPOSITORY)
    gone = [
        (await client.delete(_REPOSITORY)).status_code,
        (await client.get(_REPOSITORY)).status_code,
    ]

    assert (made.json()["status_message"], again.status_code) == ("resource_created", 409)
    assert shown.json()["repository"]["is_public"] is True
    assert gone == [200, 404]


async def test_visibility_private_hides_and_public_shows(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await client.post("/api/repos/", json={"name": "open", "visibility": "public"})
    await client.post("/api/repos/", json={"name": "shut", "visibility": "private"})

    seen = [
        (await stranger.get(f"/api/repos/sandbox/{name}")).status_code for name in ("open", "shut")
    ]

    assert seen == [200, 401]


async def test_put_makes_the_branch_of_an_empty_repository_and_reads_back(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await _create(client, is_public=True)

    done = await _put(client, "main/shots/one.mp4", b"picture")
    commit = done.json()["commit"]["id"]
    by_branch = await stranger.get(f"{_REPOSITORY}/file/main/shots/one.mp4")
    by_commit = await stranger.get(f"{_REPOSITORY}/file/{commit}/shots/one.mp4")
    head = await stranger.head(f"{_REPOSITORY}/file/main/shots/one.mp4")

    assert (by_branch.content, by_commit.content) == (b"picture", b"picture")
    assert ("video/mp4", commit) == (
        by_branch.headers["content-type"],
        by_branch.headers["oxen-revision-id"],
    )
    assert (head.status_code, head.headers["content-length"]) == (200, "7")


async def test_put_of_several_takes_a_folder_and_the_parts_names(client: httpx.AsyncClient) -> None:
    await _create(client)

    done = await _put(client, "main/shots", b"picture", part="files[]")
    read = await client.get(f"{_REPOSITORY}/file/main/shots/plate.mp4")

    assert (done.status_code, read.content) == (200, b"picture")


async def test_put_refuses_what_the_service_refuses(client: httpx.AsyncClient) -> None:
    await _create(client)
    both = await client.put(
        f"{_REPOSITORY}/file/main/a.mp4",
        files=[("file", ("a", b"1")), ("files[]", ("b", b"2"))],
        data=_WHO,
    )
    nameless = await _put(client, "main/a.mp4", b"1", name="")
    mailless = await _put(client, "main/a.mp4", b"1", email=" ")
    too_big = await _put(client, "main/a.mp4", bytes((2 << 20) + 1))
    climbing = await _put(client, "main/a/..%2F..%2Fb.mp4", b"1")
    await _put(client, "main/a.mp4", b"1")
    same = await _put(client, "main/a.mp4", b"1")
    other_branch = await _put(client, "dev/a.mp4", b"2")

    refused = [both, nameless, mailless, too_big, climbing]
    assert [answer.status_code for answer in refused] == [400] * 5
    assert nameless.json()["status_description"] == "Name is required"
    assert mailless.json()["status_description"] == "Email is required"
    assert (
        same.status_code,
        same.json()["error"]["type"],
        same.json()["status_message"],
    ) == (422, "no_changes", "bad_request")
    assert other_branch.status_code == 404


async def test_the_workbench_keeps_a_file_and_a_presigned_link_shows_it_for_a_while(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await _create(client, visibility="private", workbench=True)
    url = f"{_REPOSITORY}/workbench/context"
    form = {"directory": "newtake"}
    first = await client.post(url, files={"file": ("p.mp4", b"one")}, data=form)
    again = await client.post(url, files={"file": ("p.mp4", b"one")}, data=form)
    other = await client.post(url, files={"file": ("p.mp4", b"two")}, data=form)
    asset = first.json()["asset_path"]

    hidden = await stranger.get(f"{_REPOSITORY}/file/main/{asset}")
    link = (await client.get(f"{_REPOSITORY}/file/presigned_url/main/{asset}")).json()["url"]
    shown = await stranger.get(link)
    forged = await stranger.get(link[:-1] + ("0" if link[-1] != "0" else "1"))
    nonsense = await stranger.get(link.split("?")[0] + "?expires=soon&signature=1")
    await anyio.sleep(0.8)
    expired = await stranger.get(link)

    assert ("newtake/p.mp4", asset) == (asset, again.json()["asset_path"])
    assert asset != other.json()["asset_path"]
    assert (hidden.status_code, shown.status_code, shown.content) == (401, 200, b"one")
    assert [each.status_code for each in (forged, nonsense, expired)] == [403, 403, 403]
    absent = await client.get(f"{_REPOSITORY}/file/presigned_url/main/none.mp4")
    assert absent.status_code == 404


async def test_a_workspace_takes_large_files_and_merges_once(client: httpx.AsyncClient) -> None:
    await _create(client)
    workspace_id = str(uuid.uuid4())
    body = {"workspace_id": workspace_id, "branch_name": "main", "name": None}
    opened = await client.put(f"{_REPOSITORY}/workspaces", json=body)
    same = await client.put(f"{_REPOSITORY}/workspaces/get_or_create", json=body)
    workspace = f"{_REPOSITORY}/workspaces/{workspace_id}"
    large = bytes(3 << 20)

    staged = await client.post(f"{workspace}/files/shots", files={"file": ("big.mp4", large)})
    before = await client.get(f"{workspace}/files/shots/big.mp4")
    by_revision = await client.get(f"{_REPOSITORY}/file/{workspace_id}/shots/big.mp4")
    listed = await client.get(f"{_REPOSITORY}/dir/{workspace_id}/shots")
    who = {"message": "m", "author": "Ada", "email": "a@example.org"}
    nobody = await client.post(f"{workspace}/merge/main", json={"message": "m"})
    merged = await client.post(f"{workspace}/merge/main", json=who)
    gone = await client.post(f"{workspace}/merge/main", json=who)
    after = await client.get(f"{_REPOSITORY}/file/main/shots/big.mp4")

    assert [workspace_id] * 2 == [each.json()["workspace"]["id"] for each in (opened, same)]
    assert staged.json()["paths"] == ["shots/big.mp4"]
    assert [large] * 3 == [each.content for each in (before, by_revision, after)]
    assert [entry["filename"] for entry in listed.json()["entries"]] == ["big.mp4"]
    assert (nobody.status_code, merged.status_code, gone.status_code) == (400, 200, 404)


async def test_merging_nothing_new_is_422_and_a_conflict_is_409(client: httpx.AsyncClient) -> None:
    await _create(client)
    await _put(client, "main/a.mp4", b"one")
    who = {"message": "m", "author": "Ada", "email": "a@example.org"}
    ids = [str(uuid.uuid4()) for _ in range(2)]
    for workspace_id, data in zip(ids, (b"one", b"mine"), strict=True):
        await client.put(
            f"{_REPOSITORY}/workspaces", json={"workspace_id": workspace_id, "branch_name": "main"}
        )
        url = f"{_REPOSITORY}/workspaces/{workspace_id}/files"
        await client.post(url, files={"file": ("a.mp4", data)})

    nothing = await client.post(f"{_REPOSITORY}/workspaces/{ids[0]}/merge/main", json=who)
    await _put(client, "main/a.mp4", b"theirs")
    conflict = await client.post(f"{_REPOSITORY}/workspaces/{ids[1]}/merge/main", json=who)
    no_branch = await client.put(
        f"{_REPOSITORY}/workspaces", json={"workspace_id": "w", "branch_name": "none"}
    )

    assert (nothing.status_code, "NoChanges" in nothing.text) == (422, True)
    assert (conflict.status_code, no_branch.status_code) == (409, 404)


async def test_staged_files_can_be_taken_back(client: httpx.AsyncClient) -> None:
    await _create(client)
    await client.put(f"{_REPOSITORY}/workspaces", json={"workspace_id": "w"})
    files = f"{_REPOSITORY}/workspaces/w/files"
    await client.post(files, files={"file": ("a.mp4", b"1")})

    taken = await client.request("DELETE", files, json=["a.mp4"])
    again = await client.request("DELETE", files, json=["a.mp4"])

    assert (taken.status_code, again.status_code) == (200, 404)
    assert (await client.get(f"{files}/a.mp4")).status_code == 404


async def test_a_folder_lists_folders_first_in_pages(client: httpx.AsyncClient) -> None:
    await _create(client)
    for path in ("b.mp4", "a.mp4", "sub/c.zip"):
        await _put(client, f"main/{path}", path.encode())

    whole = (await client.get(f"{_REPOSITORY}/dir/main/")).json()
    second = (await client.get(f"{_REPOSITORY}/dir/main?page=2&page_size=2")).json()
    broken = await client.get(f"{_REPOSITORY}/dir/main?page=0")

    assert [entry["filename"] for entry in whole["entries"]] == ["sub", "a.mp4", "b.mp4"]
    assert (
        [each["filename"] for each in second["entries"]],
        second["total_entries"],
    ) == (["b.mp4"], 3)
    assert tuple(whole["entries"][1][name] for name in ("extension", "mime_type", "size")) == (
        "mp4",
        "video/mp4",
        5,
    )
    assert broken.status_code == 400


async def test_the_examples_clip_is_public_and_a_real_video(stranger: httpx.AsyncClient) -> None:
    url = "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"

    clip = await stranger.get(url, timeout=30)

    assert (clip.status_code, clip.content[4:8]) == (200, b"ftyp")


async def test_unknown_routes_and_repositories_are_404_with_a_body(
    client: httpx.AsyncClient,
) -> None:
    answers = [await client.get(path) for path in ("/api/nothing", "/api/repos/a/b/file/main/c")]

    assert [(each.json()["status"], each.status_code) for each in answers] == [("error", 404)] * 2


async def test_the_record_of_requests_holds_no_key(
    sandbox: Sandbox, client: httpx.AsyncClient
) -> None:
    await client.get("/api/users/me?token=secret")

    (seen,) = sandbox.requests
    assert (seen.method, seen.path, seen.authorized) == ("GET", "/api/users/me", True)
    assert "a-key" not in repr(seen)
