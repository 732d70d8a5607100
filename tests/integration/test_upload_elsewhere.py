"""Uploads to the user's own storage: a presigned PUT, and a command."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from newtake.adapters.http import open_client
from newtake.adapters.uploaders.command import CommandUploader
from newtake.adapters.uploaders.fetchable import LinkCheck
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.adapters.uploaders.put import PresignedPutUploader
from newtake.domain.errors import InputNotFetchableError, UploadError
from newtake.testing import ManualClock, MemoryJournal

pytestmark = pytest.mark.anyio


class Storage:
    """A bucket that takes a PUT with the right signature and reads to anybody, unless private."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[httpx.Request] = []
        self.waiting: list[int] = []
        self.private = False
        self.redirect: str | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        path = request.url.path
        if request.method == "PUT":
            self.puts.append(request)
            if self.waiting:
                return httpx.Response(self.waiting.pop(0))
            if request.url.params.get("sig") != "good":
                return httpx.Response(403)
            assert int(request.headers["content-length"]) == len(request.content)
            self.objects[path] = request.content
            return httpx.Response(200)
        if self.redirect is not None and request.url.host == "s3.example":
            return httpx.Response(302, headers={"location": self.redirect + path})
        if path not in self.objects:
            return httpx.Response(404)
        if self.private:
            return httpx.Response(403)
        return httpx.Response(200, content=self.objects[path])

    def client(self) -> httpx.AsyncClient:
        return open_client("https://hub.example", None, transport=httpx.MockTransport(self))


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def memory() -> UploadMemory:
    journal = MemoryJournal()
    return UploadMemory(journal.remembered, journal.remember)


def plate(folder: Path, content: bytes = b"frames" * 100) -> tuple[Path, str]:
    file = folder / f"plate {len(content)}.mp4"
    file.write_bytes(content)
    return file, hashlib.sha256(content).hexdigest()


def quiet(_done: int, _total: int | None) -> None: ...


def putting(
    storage: Storage, memory: UploadMemory, put_url: str, fetch_url: str | None = None
) -> PresignedPutUploader:
    clock = ManualClock()
    return PresignedPutUploader(
        put_url,
        memory,
        LinkCheck(storage.client, clock),
        open_client=storage.client,
        clock=clock,
        fetch_url=fetch_url,
    )


ONE = "https://s3.example/bucket/one.mp4?sig=good"
EACH = "https://s3.example/bucket/{name}?sig=good"


async def test_a_plate_is_put_and_read_from_the_address_without_its_signature(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    file, sha256 = plate(tmp_path)
    uploader = putting(storage, memory, ONE)
    asset = await uploader.store(file, sha256, quiet)
    assert await uploader.link(asset, "j") == "https://s3.example/bucket/one.mp4?newtake=j"
    assert storage.objects == {"/bucket/one.mp4": file.read_bytes()}
    assert "good" not in asset.key
    assert storage.puts[0].headers["content-type"] == "video/mp4"


async def test_the_same_bytes_are_put_once_also_by_a_later_run(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    file, sha256 = plate(tmp_path)
    for expected in (False, True, True):
        uploader = putting(storage, memory, EACH)
        assert (await uploader.store(file, sha256, quiet)).reused is expected
    assert len(storage.puts) == 1


async def test_an_address_for_one_plate_refuses_a_second_in_the_same_run(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = putting(storage, memory, ONE)
    await uploader.store(*plate(tmp_path, b"first"), quiet)
    with pytest.raises(UploadError, match="another plate"):
        await uploader.store(*plate(tmp_path, b"the second"), quiet)
    assert len(storage.puts) == 1


async def test_an_address_for_one_plate_is_not_trusted_to_hold_an_older_one(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    first, second = plate(tmp_path, b"first"), plate(tmp_path, b"other!")
    for file, sha256 in (first, second, first):
        assert not (await putting(storage, memory, ONE).store(file, sha256, quiet)).reused
    assert storage.objects["/bucket/one.mp4"] == b"first"


async def test_an_address_with_a_name_takes_many(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = putting(storage, memory, EACH)
    for content in (b"first", b"the second"):
        await uploader.store(*plate(tmp_path, content), quiet)
    assert sorted(storage.objects.values()) == [b"first", b"the second"]


async def test_a_storage_that_was_away_is_tried_again(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    storage.waiting = [503, 429]
    file, sha256 = plate(tmp_path)
    await putting(storage, memory, ONE).store(file, sha256, quiet)
    assert storage.objects["/bucket/one.mp4"] == file.read_bytes()


async def test_a_refused_put_says_what_to_do_and_hides_the_signature(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = putting(storage, memory, ONE.replace("good", "stale-secret"))
    with pytest.raises(UploadError) as caught:
        await uploader.store(*plate(tmp_path), quiet)
    assert "presigned" in caught.value.fix
    assert "stale-secret" not in str(caught.value)
    assert len(storage.puts) == 1


async def test_a_private_address_is_found_out_before_submitting(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = putting(storage, memory, ONE)
    asset = await uploader.store(*plate(tmp_path), quiet)
    storage.private = True
    with pytest.raises(InputNotFetchableError):
        await uploader.link(asset, "j")
    storage.objects.clear()
    with pytest.raises(UploadError, match="does not open"):
        await uploader.link(asset, "j")


async def test_an_address_that_holds_something_else_is_found_out(tmp_path: Path) -> None:
    def other(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(206, content=b"x", headers={"content-range": "bytes 0-0/77"})

    client = lambda: open_client("https://x", None, transport=httpx.MockTransport(other))  # noqa: E731
    check = LinkCheck(client, ManualClock())
    await check.check("https://s3.example/a", 77)
    with pytest.raises(UploadError, match="another file"):
        await check.check("https://s3.example/a", 78)


async def test_a_link_that_opens_on_this_machine_only_is_refused_for_a_service_elsewhere(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = putting(storage, memory, ONE, "http://127.0.0.1:9/one.mp4")
    asset = await uploader.store(*plate(tmp_path), quiet)
    with pytest.raises(UploadError, match="this network only"):
        await uploader.link(asset, "j")


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.9", "[fe80::1]", "nas.local", "127.1"])
async def test_a_plate_is_not_put_into_this_network(
    storage: Storage, memory: UploadMemory, tmp_path: Path, host: str
) -> None:
    uploader = putting(storage, memory, f"https://{host}/one.mp4?sig=good")
    with pytest.raises(UploadError) as caught:
        await uploader.store(*plate(tmp_path), quiet)
    assert "not connected to" in caught.value.why
    assert storage.puts == []


async def test_a_link_that_redirects_into_this_network_is_not_followed(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = putting(storage, memory, ONE)
    asset = await uploader.store(*plate(tmp_path), quiet)
    storage.redirect = "https://169.254.169.254"
    with pytest.raises(UploadError, match="could not be checked"):
        await uploader.link(asset, "j")


async def test_a_link_that_redirects_is_followed_to_its_end(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = putting(storage, memory, ONE)
    asset = await uploader.store(*plate(tmp_path), quiet)
    storage.redirect = "https://cdn.example"
    await uploader.link(asset, "j")
    storage.redirect = "http://plain.example"
    with pytest.raises(UploadError, match="could not be checked"):
        await uploader.link(asset, "j")


def commanded(
    storage: Storage, memory: UploadMemory, script: str, *more: str, seconds: float = 30
) -> CommandUploader:
    return CommandUploader(
        [sys.executable, "-c", script, *more],
        memory,
        LinkCheck(storage.client, ManualClock()),
        timeout_seconds=seconds,
    )


COPY = """
import pathlib, sys
with open(sys.argv[2], "a") as log: log.write(sys.argv[1] + "\\n")
print("uploading", pathlib.Path(sys.argv[1]).stat().st_size, "bytes")
print("https://s3.example/bucket/copy.mp4")
print()
"""


async def test_a_command_gets_the_file_and_prints_its_address(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    file, sha256 = plate(tmp_path)
    storage.objects["/bucket/copy.mp4"] = file.read_bytes()
    log = tmp_path / "log"
    uploader = commanded(storage, memory, COPY, "{file}", str(log))
    asset = await uploader.store(file, sha256, quiet)
    assert (await uploader.store(file, sha256, quiet)).reused
    assert await uploader.link(asset, "j") == "https://s3.example/bucket/copy.mp4?newtake=j"
    assert log.read_text() == f"{file}\n"


async def test_a_command_runs_again_when_its_address_no_longer_opens(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    uploader = commanded(storage, memory, COPY, "{file}", str(log))
    for _ in range(2):
        assert not (await uploader.store(*plate(tmp_path), quiet)).reused
    assert len(log.read_text().splitlines()) == 2


SIGNED = """
import sys
with open(sys.argv[2], "a") as log: log.write(sys.argv[1] + "\\n")
with open(sys.argv[2]) as log: runs = len(log.readlines())
print(f"https://s3.example/bucket/signed.mp4?X-Signature=se-cret{runs}")
"""


async def test_a_signed_address_is_in_no_note_and_is_had_again_by_the_command(
    storage: Storage, tmp_path: Path
) -> None:
    file, sha256 = plate(tmp_path)
    storage.objects["/bucket/signed.mp4"] = file.read_bytes()
    log = tmp_path / "log"
    journal = MemoryJournal()
    noted: list[str] = []

    def remember(key: str, value: str) -> None:
        noted.append(key + value)
        journal.remember(key, value)

    def opened() -> CommandUploader:
        memory = UploadMemory(journal.remembered, remember)
        return commanded(storage, memory, SIGNED, "{file}", str(log))

    first = opened()
    asset = await first.store(file, sha256, quiet)
    assert (await first.store(file, sha256, quiet)).reused
    assert (await first.link(asset, "j")).endswith("=se-cret1")
    assert (await opened().link(asset, "j")).endswith("=se-cret2")
    assert "se-cret" not in asset.key + "".join(noted)


async def test_an_address_that_expired_is_made_anew_and_one_that_never_opened_is_not(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    file, sha256 = plate(tmp_path)
    log = tmp_path / "log"
    uploader = commanded(storage, memory, SIGNED, "{file}", str(log))
    asset = await uploader.store(file, sha256, quiet)
    with pytest.raises(UploadError, match="does not open"):
        await uploader.link(asset, "j")
    assert len(log.read_text().splitlines()) == 1
    storage.objects["/bucket/signed.mp4"] = file.read_bytes()
    await uploader.link(asset, "j")
    storage.private = True
    with pytest.raises(InputNotFetchableError):
        await uploader.link(asset, "j")
    assert len(log.read_text().splitlines()) == 2


@pytest.mark.parametrize("content", [None, b"other"])
async def test_a_plate_that_is_gone_or_another_is_not_sent_for_a_new_link(
    storage: Storage, memory: UploadMemory, tmp_path: Path, content: bytes | None
) -> None:
    file, sha256 = plate(tmp_path)
    log = str(tmp_path / "log")
    asset = await commanded(storage, memory, SIGNED, "{file}", log).store(file, sha256, quiet)
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(UploadError) as caught:
        await commanded(storage, memory, SIGNED, "{file}", log).link(asset, "j")
    assert "newtake restyle" in caught.value.fix


async def test_a_commands_complaint_is_quoted_without_its_secrets(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    said = (
        "PUT https://me:pass-w0rd@s3.example/b/x.mp4?X-Amz-Signature=abc123 failed: 403 for "
        "AKIAIOSFODNN7EXAMPLE1 secret_key=hunter2 token: hunter3"
    )
    script = f"import sys; sys.stderr.write({said!r}); sys.exit(1)"
    with pytest.raises(UploadError) as caught:
        await commanded(storage, memory, script).store(*plate(tmp_path), quiet)
    why = caught.value.why
    assert "https://s3.example/[...] failed: 403" in why
    for secret in ("pass-w0rd", "abc123", "AKIA", "hunter"):
        assert secret not in why


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import sys; print('bucket is full', file=sys.stderr); sys.exit(3)", "bucket is full"),
        ("print('done')", "no web address"),
        ("print('file:///etc/passwd')", "no web address"),
        ("", "no web address"),
        ("import sys; sys.stderr.write('x' * 10_000_000); sys.exit(1)", "xxx"),
    ],
)
async def test_a_command_that_fails_is_quoted(
    storage: Storage, memory: UploadMemory, tmp_path: Path, script: str, expected: str
) -> None:
    with pytest.raises(UploadError) as caught:
        await commanded(storage, memory, script).store(*plate(tmp_path), quiet)
    assert expected in str(caught.value)
    assert len(str(caught.value)) < 2000


async def test_a_command_that_hangs_is_ended(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    uploader = commanded(storage, memory, "import time; time.sleep(60)", seconds=0.5)
    began = time.monotonic()
    with pytest.raises(UploadError, match="took more"):
        await uploader.store(*plate(tmp_path), quiet)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("words", [["/no/such/program"], ["nul\0byte"]])
async def test_a_command_that_does_not_exist_is_said(
    storage: Storage, memory: UploadMemory, tmp_path: Path, words: list[str]
) -> None:
    links = LinkCheck(storage.client, ManualClock())
    with pytest.raises(UploadError, match="cannot be started"):
        await CommandUploader(words, memory, links).store(*plate(tmp_path), quiet)


async def test_no_shell_reads_the_command(
    storage: Storage, memory: UploadMemory, tmp_path: Path
) -> None:
    links = LinkCheck(storage.client, ManualClock())
    trap = tmp_path / "trap"
    program = f"{sys.executable} -c 'print(1)' ; touch {trap}"
    uploader: Callable[..., CommandUploader] = CommandUploader
    with pytest.raises(UploadError):
        await uploader(program, memory, links).store(*plate(tmp_path), quiet)
    assert not trap.exists()
