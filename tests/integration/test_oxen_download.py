"""Results come whole or not at all, from renewed links if need be; the key goes nowhere else."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from keys import key_of
from newtake.adapters.http import open_client
from newtake.adapters.oxen import OxenProvider
from newtake.domain.errors import (
    NotFoundError,
    ProviderError,
    ResultError,
    StorageError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.ports import Submission
from newtake.testing import ManualClock

pytestmark = pytest.mark.anyio

BASE = "https://hub.example"
KEY = key_of("client")
MP4 = b"\0\0\0\x18ftypisom" + bytes(range(256)) * 2000
EXR = b"\x76\x2f\x31\x01" + bytes(100)
RESULT = f"{BASE}/api/repos/ox/playground/file/main/out/a.mp4"


class Body(httpx.AsyncByteStream):
    """A response's body that is still to come, as from a real connection."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


def body(data: bytes, **headers: str) -> httpx.Response:
    length = {"content-length": str(len(data)), **headers}
    return httpx.Response(200, headers=length, stream=Body(data[:1000], data[1000:]))


class Web:
    """Answers by full address without its query; remembers who showed a key where."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.with_key: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        address = str(request.url)
        self.asked.append(address)
        if "authorization" in request.headers:
            self.with_key.append(address)
        answer = self.answers.get(address, self.answers.get(address.partition("?")[0]))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            return body(answer)
        if isinstance(answer, int):
            return httpx.Response(answer)
        if isinstance(answer, dict):
            return httpx.Response(200, json=answer)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(404, json={})


def to(address: str, status: int = 302) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(status, headers={"location": address})


def needs_key(data: bytes) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        allowed = request.headers.get("authorization") == f"Bearer {KEY}"
        return body(data) if allowed else httpx.Response(401)

    return answer


def ended(url: str | None = RESULT, **fields: Any) -> Submission:
    return Submission("g1", "succeeded", result_url=url, fields=fields)


def row(url: str) -> dict[str, Any]:
    return {"generation_id": "g1", "status": "succeeded", "result_url": url}


QUEUE = f"{BASE}/api/ai/queue/g1"


async def fetch(
    web: Web,
    folder: Path,
    submission: Submission,
    *,
    exr: bool = False,
    max_bytes: int = 1 << 20,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> tuple[Path, Path | None]:
    async with open_client(BASE, KEY, transport=httpx.MockTransport(web)) as client:
        service = OxenProvider(
            client, base_url=BASE, clock=ManualClock(), result_max_bytes=max_bytes
        )
        target = folder / "deep" / "result.mp4"
        await service.download(submission, target, progress)
        if not exr:
            return target, None
        exr_to = folder / "deep" / "result.exr"
        return target, await service.download_exr(submission, exr_to, progress)


async def test_a_result_is_fetched_without_the_key_and_counted(tmp_path: Path) -> None:
    web = Web({RESULT: MP4})
    seen: list[tuple[int, int | None]] = []
    video, exr = await fetch(
        web, tmp_path, ended(RESULT + "?sig=1"), progress=lambda *pair: seen.append(pair)
    )
    assert video.read_bytes() == MP4
    assert exr is None
    assert web.with_key == []
    assert (len(MP4), len(MP4)) == seen[-1]
    assert [video] == list(video.parent.iterdir())


async def test_the_key_is_shown_when_the_api_itself_asks_for_it(tmp_path: Path) -> None:
    web = Web({RESULT: needs_key(MP4)})
    video, _ = await fetch(web, tmp_path, ended())
    assert video.read_bytes() == MP4
    assert web.with_key == [RESULT]


async def test_the_key_never_follows_a_redirect(tmp_path: Path) -> None:
    storage = "https://cdn.example/a.mp4"

    def hub(request: httpx.Request) -> httpx.Response:
        known = "authorization" in request.headers
        return httpx.Response(302, headers={"location": storage}) if known else httpx.Response(401)

    web = Web({RESULT: hub, storage: MP4})
    video, _ = await fetch(web, tmp_path, ended())
    assert video.read_bytes() == MP4
    assert web.with_key == [RESULT]


async def test_the_key_does_not_follow_a_redirect_on_its_own_host_either(tmp_path: Path) -> None:
    other = f"{BASE}/elsewhere/a.mp4"
    web = Web({RESULT: to(other), other: needs_key(MP4), QUEUE: row(RESULT)})
    with pytest.raises(NotFoundError):
        await fetch(web, tmp_path, ended())
    assert other not in web.with_key


@pytest.mark.parametrize("status", [401, 403])
async def test_a_foreign_host_that_asks_for_a_key_gets_none(tmp_path: Path, status: int) -> None:
    foreign = "https://cdn.example/a.mp4"
    web = Web({foreign: status, QUEUE: row(foreign)})
    with pytest.raises(NotFoundError):
        await fetch(web, tmp_path, ended(foreign))
    assert {QUEUE} == set(web.with_key)


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_an_expired_link_is_renewed_from_the_row(tmp_path: Path, status: int) -> None:
    fresh = "https://cdn.example/fresh.mp4"
    web = Web({RESULT: status, QUEUE: row(fresh), fresh: MP4})
    video, _ = await fetch(web, tmp_path, ended())
    assert video.read_bytes() == MP4


async def test_a_submission_without_a_link_is_read_again(tmp_path: Path) -> None:
    web = Web({QUEUE: row(RESULT), RESULT: MP4})
    video, _ = await fetch(web, tmp_path, ended(None))
    assert video.read_bytes() == MP4


async def test_links_that_never_open_are_given_up(tmp_path: Path) -> None:
    web = Web({RESULT: 410, QUEUE: row(RESULT)})
    with pytest.raises(NotFoundError, match="g1"):
        await fetch(web, tmp_path, ended())
    assert web.asked.count(RESULT) == 4


async def test_a_transfer_that_broke_is_begun_anew(tmp_path: Path) -> None:
    cut = httpx.Response(200, stream=Body(MP4[:1000], httpx.ReadError("reset")))
    short = httpx.Response(200, headers={"content-length": str(len(MP4))}, stream=Body(MP4[:50]))
    web = Web({RESULT: [cut, short, 503, MP4]})
    video, _ = await fetch(web, tmp_path, ended())
    assert video.read_bytes() == MP4
    assert len(web.asked) == 4


async def test_a_service_that_stays_away_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        await fetch(Web({RESULT: 503}), tmp_path, ended())
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>not a video, with a page instead</html>",
        b"short",
        b"",
    ],
)
async def test_what_is_no_mp4_is_not_kept(tmp_path: Path, answer: Any) -> None:
    with pytest.raises(ResultError):
        await fetch(Web({RESULT: answer}), tmp_path, ended())
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


async def test_a_result_beyond_the_limit_is_refused_before_and_while_it_comes(
    tmp_path: Path,
) -> None:
    endless = httpx.Response(200, stream=Body(*[MP4] * 100))
    for answer in (MP4, endless):
        with pytest.raises(ResultError, match="MB"):
            await fetch(Web({RESULT: answer}), tmp_path, ended(), max_bytes=100_000)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("a file where the folder belongs")
    with pytest.raises(StorageError):
        await fetch(Web({RESULT: MP4}), tmp_path, ended())


@pytest.mark.parametrize(
    "location",
    ["http://cdn.example/a.mp4", "ftp://cdn.example/a", "file:///etc/passwd", "", "https://"],
)
async def test_an_unsafe_redirect_is_not_followed(tmp_path: Path, location: str) -> None:
    web = Web({RESULT: to(location)})
    with pytest.raises(ProviderError):
        await fetch(web, tmp_path, ended())
    assert {RESULT} == set(web.asked)


async def test_redirects_in_a_circle_end(tmp_path: Path) -> None:
    web = Web({RESULT: to(RESULT)})
    with pytest.raises(UnknownProviderError, match="circle"):
        await fetch(web, tmp_path, ended())
    assert len(web.asked) == 6


async def test_five_redirects_are_followed(tmp_path: Path) -> None:
    hops = [RESULT, *(f"https://cdn{n}.example/a.mp4" for n in range(5))]
    answers: dict[str, Any] = {a: to(b, 307) for a, b in itertools.pairwise(hops)}
    video, _ = await fetch(Web({**answers, hops[-1]: MP4}), tmp_path, ended())
    assert video.read_bytes() == MP4


def a_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("f.0000.exr", EXR)
    return data.getvalue()


@pytest.mark.parametrize(("data", "suffix"), [(EXR, ".exr"), (a_zip(), ".zip")])
async def test_an_exr_that_the_row_names_gets_the_suffix_of_its_bytes(
    tmp_path: Path, data: bytes, suffix: str
) -> None:
    named = "https://cdn.example/frames"
    web = Web({RESULT: MP4, named: data})
    _, exr = await fetch(web, tmp_path, ended(exr_file={"url": named}), exr=True)
    assert exr is not None
    assert suffix == exr.suffix
    assert data == exr.read_bytes()


async def test_an_exr_beside_the_video_is_found(tmp_path: Path) -> None:
    listing = f"{BASE}/api/repos/ox/playground/dir/main/out"
    entries = [{"filename": "b.zip"}, {"filename": "a exr.zip"}]
    beside = f"{BASE}/api/repos/ox/playground/file/main/out/a%20exr.zip"
    packed = a_zip()
    web = Web({RESULT: MP4, listing: {"entries": entries}, beside: needs_key(packed)})
    _, exr = await fetch(web, tmp_path, ended(RESULT + "?sig=1"), exr=True)
    assert exr is not None
    assert packed == exr.read_bytes()


async def test_an_exr_is_found_on_a_later_page_of_its_folder(tmp_path: Path) -> None:
    def listing(request: httpx.Request) -> httpx.Response:
        names = {"1": [f"b{n}.zip" for n in range(100)], "2": ["a_exr.zip"]}
        page = names[request.url.params["page"]]
        return httpx.Response(200, json={"entries": [{"filename": name} for name in page]})

    folder = f"{BASE}/api/repos/ox/playground"
    beside = f"{folder}/file/main/out/a_exr.zip"
    web = Web({RESULT: MP4, f"{folder}/dir/main/out": listing, beside: a_zip()})
    _, exr = await fetch(web, tmp_path, ended(), exr=True)
    assert exr is not None


async def test_the_exr_of_a_submission_without_links_is_looked_up(tmp_path: Path) -> None:
    named = "https://cdn.example/frames"
    web = Web({QUEUE: {**row(RESULT), "exr_url": named}, RESULT: MP4, named: EXR})
    _, exr = await fetch(web, tmp_path, ended(None), exr=True)
    assert exr is not None
    assert web.asked.count(named) == 1


async def test_an_expired_exr_link_is_renewed_and_fetched_once(tmp_path: Path) -> None:
    old, fresh = "https://cdn.example/old", "https://cdn.example/fresh"
    web = Web({RESULT: MP4, old: 403, fresh: a_zip(), QUEUE: {**row(RESULT), "exr_url": fresh}})
    video, exr = await fetch(web, tmp_path, ended(exr_url=old), exr=True)
    assert exr is not None
    assert (web.asked.count(old), web.asked.count(fresh), web.asked.count(RESULT)) == (1, 1, 1)
    assert sorted(video.parent.iterdir()) == [video, exr]


async def test_an_exr_that_was_named_and_is_named_no_more_is_not_called_absent(
    tmp_path: Path,
) -> None:
    old = "https://cdn.example/old"
    web = Web({RESULT: MP4, old: 403, QUEUE: row(RESULT)})
    with pytest.raises(NotFoundError, match="EXR"):
        await fetch(web, tmp_path, ended(exr_url=old), exr=True)


async def test_what_is_no_exr_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    named = "https://cdn.example/frames"
    web = Web({RESULT: MP4, named: MP4})
    with pytest.raises(ResultError):
        await fetch(web, tmp_path, ended(exr_url=named), exr=True)
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["result.mp4"]


async def test_an_exr_whose_place_is_taken_by_a_folder_is_said(tmp_path: Path) -> None:
    named = "https://cdn.example/frames"
    (tmp_path / "deep" / "result.zip").mkdir(parents=True)
    web = Web({RESULT: MP4, named: a_zip()})
    with pytest.raises(StorageError):
        await fetch(web, tmp_path, ended(exr_url=named), exr=True)


@pytest.mark.parametrize("listing", [404, 403, {"entries": []}, {"entries": None}])
async def test_an_exr_that_is_nowhere_is_absent(tmp_path: Path, listing: Any) -> None:
    web = Web({RESULT: MP4, f"{BASE}/api/repos/ox/playground/dir/main/out": listing})
    video, exr = await fetch(web, tmp_path, ended(), exr=True)
    assert video.read_bytes() == MP4
    assert exr is None


async def test_a_foreign_address_is_never_listed(tmp_path: Path) -> None:
    foreign = "https://cdn.example/api/repos/ox/playground/file/main/out/a.mp4"
    web = Web({foreign: MP4})
    _, exr = await fetch(web, tmp_path, ended(foreign), exr=True)
    assert exr is None
    assert [foreign] == web.asked


async def test_an_exr_that_is_named_and_gone_is_an_error_and_the_video_stays(
    tmp_path: Path,
) -> None:
    gone = "https://cdn.example/frames.zip"
    web = Web({RESULT: MP4, gone: 410, QUEUE: {**row(RESULT), "exr_url": gone}})
    with pytest.raises(NotFoundError, match="EXR"):
        await fetch(web, tmp_path, ended(exr_url=gone), exr=True)
    assert (tmp_path / "deep" / "result.mp4").read_bytes() == MP4


async def test_an_exr_is_not_looked_for_unless_asked(tmp_path: Path) -> None:
    web = Web({RESULT: MP4})
    _, exr = await fetch(web, tmp_path, ended(exr_url="https://cdn.example/x.zip"))
    assert exr is None
    assert web.asked == [RESULT]
