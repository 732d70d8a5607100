"""Parts of a file as RFC 9110 has them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newtake.shells.panel.byte_ranges import UnsatisfiableError, byte_range, file_answer

pytestmark = pytest.mark.anyio
DATA = bytes(range(256)) * 4000


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=990-5000", (990, 1000)),
        ("bytes=990-", (990, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("BYTES=0-", (0, 1000)),
        ("bytes=20-10", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes 0-1", None),
        ("bytes=" + "9" * 4000 + "-", None),
        ("", None),
    ],
    ids=["first", "middle", "beyond", "open", "suffix", "long_suffix", "letters", "turned",
         "nothing", "words", "several", "unit", "syntax", "endless", "empty"],
)  # fmt: skip
def test_a_range_is_a_part_or_the_whole(said: str, wanted: tuple[int, int] | None) -> None:
    assert byte_range(said, 1000) == wanted


@pytest.mark.parametrize("said", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_what_lies_behind_the_end_cannot_be_satisfied(said: str) -> None:
    with pytest.raises(UnsatisfiableError):
        byte_range(said, 1000)
    with pytest.raises(UnsatisfiableError):
        byte_range("bytes=-5", 0)


async def asked(path: Path, method: str = "GET", **headers: str) -> httpx.Response:
    async def answer(request: Request) -> Response:
        return await file_answer(request, path, "video/mp4", cache="no-cache", tag="abc")

    inside = httpx.ASGITransport(Starlette(routes=[Route("/m", answer)]))
    async with httpx.AsyncClient(transport=inside, base_url="http://x") as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.request(method, "/m", headers=named)


async def test_parts_come_with_their_place_and_the_whole_without(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    whole = await asked(path)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (
        200, DATA, "bytes",
    )  # fmt: skip
    part = await asked(path, Range="bytes=300000-700000")
    assert (part.status_code, part.content) == (206, DATA[300000:700001])
    assert part.headers["content-range"] == f"bytes 300000-700000/{len(DATA)}"
    assert part.headers["content-length"] == "400001"
    beyond = await asked(path, Range=f"bytes={len(DATA)}-")
    assert (beyond.status_code, beyond.content) == (416, b"")
    assert beyond.headers["content-range"] == f"bytes */{len(DATA)}"


async def test_a_part_is_given_of_the_same_state_only(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    modified = (await asked(path)).headers["last-modified"]
    for condition, status in (
        ('"abc"', 206), (modified, 206), ('"abd"', 200), ('W/"abc"', 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200), ("abc", 200),
    ):  # fmt: skip
        got = await asked(path, Range="bytes=0-9", If_Range=condition)
        assert (got.status_code, len(got.content)) == (status, 10 if status == 206 else len(DATA))


async def test_head_says_what_the_whole_is(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    got = await asked(path, "HEAD", Range="bytes=0-9")
    assert (got.status_code, got.content) == (200, b"")
    assert got.headers["content-length"] == str(len(DATA))
    kept = await asked(path, If_None_Match='W/"x", "abc"', Range="bytes=0-9")
    assert (kept.status_code, kept.content) == (304, b"")


async def test_a_file_that_is_empty_or_gone(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(b"")
    assert (await asked(path)).content == b""
    assert (await asked(path, Range="bytes=0-")).status_code == 416
    path.unlink()
    with pytest.raises(FileNotFoundError):
        await asked(path)
