"""What the panel's server adds to the page's: the stream of states, pictures, and who gets none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from newtake.shells.panel.gate import BODY_BYTES_MAX, PICTURE_BYTES_MAX, new_token
from newtake.shells.panel.requests import (
    AboutRequest,
    LookUpRequest,
    SaveRequest,
    SettleRequest,
    TakesRequest,
)
from newtake.shells.panel.server import PageServer, application, page_files
from panel_desk import FakeDesk

TOKEN = new_token()
pytestmark = pytest.mark.anyio


async def a_picture(request: Request) -> Response:
    return Response(b"picture", media_type="image/jpeg", headers={"Cache-Control": "private"})


async def a_first_frame(request: Request) -> Response:
    return JSONResponse({"bytes": len(await request.body())})


MEDIA = (
    Route("/media/still/{clip}/{take}/{offset:int}.jpg", a_picture),
    Route("/api/first_frame", a_first_frame, methods=["POST"]),
)


@asynccontextmanager
async def served(desk: FakeDesk) -> AsyncIterator[tuple[httpx.AsyncClient, str, PageServer]]:
    server = PageServer()
    origin = f"http://127.0.0.1:{server.port}"
    async with anyio.create_task_group() as group:
        app = application(desk, TOKEN, server.port, server.ending, media=MEDIA)
        group.start_soon(server.serve, app)
        await server.answering()
        try:
            async with httpx.AsyncClient(base_url=origin, timeout=10) as client:
                yield client, origin, server
        finally:
            server.stop()


@asynccontextmanager
async def page(desk: FakeDesk | None = None) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    origin = "http://127.0.0.1:8123"
    app = application(desk or FakeDesk(), TOKEN, 8123, media=MEDIA)
    async with httpx.AsyncClient(base_url=origin, transport=httpx.ASGITransport(app)) as client:
        yield client, origin


async def test_every_state_is_pushed_and_the_end_is_told() -> None:
    desk = FakeDesk()
    seen: list[int] = []
    words: list[str] = []
    async with (
        served(desk) as (client, _, server),
        client.stream("GET", f"/{TOKEN}/api/events") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            words.append(line)
            if not line.startswith("data: {") or line == "data: {}":
                continue
            state = json.loads(line.removeprefix("data: "))
            seen.append(state["revision"])
            if len(seen) < 3:
                desk.move()
            else:
                server.stop()

    assert seen == [0, 1, 2]
    assert words[-3:-1] == ["event: ended", "data: {}"]


@pytest.mark.parametrize(
    "path", ["api/events", "api/edit", "api/styles", "api/tables", "api/rules"]
)
async def test_reading_needs_the_token_the_host_and_no_other_origin(path: str) -> None:
    async with page() as (client, origin):
        no_token = await client.get(f"/{path}")
        host = await client.get(f"/{TOKEN}/{path}", headers={"Host": "evil.example"})
        foreign = await client.get(f"/{TOKEN}/{path}", headers={"Origin": "http://evil.example"})
        site = await client.get(f"/{TOKEN}/{path}", headers={"Sec-Fetch-Site": "cross-site"})
        posted = await client.post(f"/{TOKEN}/{path}", json={}, headers={"Origin": origin})

    assert [each.status_code for each in (no_token, host, foreign, site, posted)] == [
        404, 421, 403, 403, 405,
    ]  # fmt: skip


async def test_pictures_are_behind_the_same_gate_and_say_how_long_they_hold() -> None:
    address = "media/still/0123456789abcdef/original/-3.jpg"
    async with page() as (client, _):
        no_token = await client.get(f"/{address.replace('-3', '3')}")
        host = await client.get(f"/{TOKEN}/{address}", headers={"Host": "127.0.0.1:80"})
        site = await client.get(f"/{TOKEN}/{address}", headers={"Sec-Fetch-Site": "same-site"})
        shown = await client.get(f"/{TOKEN}/{address.replace('-3', '3')}")

    assert [no_token.status_code, host.status_code, site.status_code] == [404, 421, 403]
    assert shown.content == b"picture"
    assert shown.headers.get_list("cache-control") == ["private"]
    assert "media-src 'self'" in shown.headers["content-security-policy"]


PATHS = (
    "file_desk.py", "../desk.py", "..%2fdesk.py", "%2e%2e%2fdesk.py", "..\\desk.py",
    "..%5cdesk.py", "front/main.js", "main.js%00.html", "//etc/passwd", "%2fetc%2fpasswd",
    "media/../main.js", "media/still/../../desk.py", "media/still/a/b/../../../desk.py",
    "media/still/%2e%2e/%2e%2e/1.jpg/..%2fdesk.py", "media/still/a/b//etc/passwd",
    "./main.js", "api/../main.js",
)  # fmt: skip


async def status_of(port: int, path: str) -> int:
    """Of a GET exactly as it is written: clients tidy paths before they send them."""
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        await stream.send(head.encode())
        return int((await stream.receive()).split(b" ", 2)[1])


async def test_nothing_is_served_by_walking_through_folders() -> None:
    statuses = {}
    async with served(FakeDesk()) as (_, _, server):
        for path in PATHS:
            statuses[path] = await status_of(server.port, f"/{TOKEN}/{path}")
        beside_the_token = await status_of(server.port, f"/x/../{TOKEN}/main.js")

    assert statuses == dict.fromkeys(PATHS, 404)
    assert beside_the_token == 404


async def test_a_first_frame_is_the_one_thing_that_is_no_json() -> None:
    png = {"Content-Type": "image/png"}
    async with page() as (client, origin):
        own = {"Origin": origin}

        async def sent(path: str, content: bytes, headers: dict[str, str]) -> int:
            answer = await client.post(f"/{TOKEN}/{path}", content=content, headers=headers)
            return answer.status_code

        statuses = {
            "picture": await sent("api/first_frame", b"x", own | png),
            "large": await sent("api/first_frame", b" " * (BODY_BYTES_MAX + 1), own | png),
            "too large": await sent("api/first_frame", b" " * (PICTURE_BYTES_MAX + 1), own | png),
            "no origin": await sent("api/first_frame", b"x", png),
            "other origin": await sent(
                "api/first_frame", b"x", png | {"Origin": "http://evil.example"}
            ),
            "json": await sent(
                "api/first_frame", b"{}", own | {"Content-Type": "application/json"}
            ),
            "svg": await sent("api/first_frame", b"x", own | {"Content-Type": "image/svg+xml"}),
            "form": await sent(
                "api/first_frame", b"x", own | {"Content-Type": "multipart/form-data"}
            ),
            "elsewhere": await sent("api/plan", b"x", own | png),
        }
        no_token = await client.post("/api/first_frame", content=b"x", headers=own | png)

    assert statuses == {
        "picture": 200, "large": 200, "too large": 413, "no origin": 403, "other origin": 403,
        "json": 415, "svg": 415, "form": 415, "elsewhere": 415,
    }  # fmt: skip
    assert no_token.status_code == 404


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("plan", '{"style": "../../etc/passwd"}'), ("plan", '{"style": "/tmp/a.toml"}'),
        ("plan", '{"first_frame": "/etc/passwd"}'), ("plan", '{"ranges": [[1]]}'),
        ("plan", '{"ranges": [[-1, 5]]}'), ("plan", '{"fields": {"../x": "1"}}'),
        ("plan", '{"track": "V1; rm"}'), ("plan", '{"clips": [""]}'),
        ("settle", '{"job": "a"}'), ("settle", '{"job": "a", "submission": "b", "not_sent": true}'),
        ("settle", '{"job": "../a", "not_sent": true}'),
        ("look_up", '{"job": "../a"}'), ("look_up", '{}'),
        ("takes", '{"changes": []}'),
        ("takes", '{"changes": [{"clip": "a", "what": "delete", "take": "b"}]}'),
        ("again", '{"clip": "a"}'), ("reveal", '{"path": "/etc/passwd"}'),
        ("save", '{"as": 5}'), ("reload", '{"path": "x"}'),
    ],
)  # fmt: skip
async def test_what_is_not_a_request_of_the_panel_is_refused(call: str, body: str) -> None:
    desk = FakeDesk()
    async with page(desk) as (client, origin):
        answer = await client.post(
            f"/{TOKEN}/api/{call}",
            content=body,
            headers={"Origin": origin, "Content-Type": "application/json"},
        )

    assert answer.status_code == 422, answer.text
    assert desk.asked == []


async def test_what_is_asked_comes_to_the_desk_as_it_was_said() -> None:
    desk = FakeDesk()
    async with page(desk) as (client, origin):
        for call, body in (
            ("save", {"as": "/edits/b.otio", "replace": True}),
            ("save", {"as": None, "replace": False, "even_if_changed": True}),
            ("settle", {"job": "1a", "submission": "gen-1", "not_sent": False}),
            ("takes", {"changes": [{"clip": "k", "what": "use", "take": "original"}]}),
            ("look_up", {"job": "1a"}),
            ("about", {"clip": "k", "take": "take_001"}),
        ):
            answer = await client.post(
                f"/{TOKEN}/api/{call}", json=body, headers={"Origin": origin}
            )
            assert answer.status_code == 200, answer.text

    assert desk.asked == [
        SaveRequest(to="/edits/b.otio", replace=True),
        SaveRequest(even_if_changed=True),
        SettleRequest(job="1a", submission="gen-1"),
        TakesRequest.model_validate(
            {"changes": [{"clip": "k", "what": "use", "take": "original"}]}
        ),
        LookUpRequest(job="1a"),
        AboutRequest(clip="k", take="take_001"),
    ]
    assert answer.json() == {"lines": [["Prompt", "noir"]], "notes": ["A HDR note."]}


async def test_the_front_loads_nothing_from_elsewhere_and_sets_text_as_text() -> None:
    files = page_files()

    assert {"index.html", "main.js", "base.css"} <= set(files)
    for name, file in files.items():
        text = file.content.decode().replace("http://www.w3.org/2000/svg", "")
        for word in ("http://", "https://", "innerHTML", "insertAdjacentHTML", "eval("):
            assert word not in text, f"{name}: {word}"
