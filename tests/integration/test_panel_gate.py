"""The page's server over real connections: who gets an answer, and what it forbids browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest

from newtake.shells.panel.gate import BODY_BYTES_MAX, new_token
from newtake.shells.panel.server import PageServer, application, page_files
from panel_desk import FakeDesk

TOKEN = new_token()


ORIGIN = "http://127.0.0.1:8123"


@asynccontextmanager
async def served(desk: FakeDesk | None = None) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A client of a real server on this machine, and the server's origin."""
    server = PageServer()
    origin = f"http://127.0.0.1:{server.port}"
    async with anyio.create_task_group() as group:
        app = application(desk or FakeDesk(), TOKEN, server.port, server.ending)
        group.start_soon(server.serve, app)
        await server.answering()
        try:
            async with httpx.AsyncClient(base_url=origin, timeout=10) as client:
                yield client, origin
        finally:
            server.stop()


@asynccontextmanager
async def page(desk: FakeDesk | None = None) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """The same without sockets between them."""
    inside = httpx.ASGITransport(application(desk or FakeDesk(), TOKEN, 8123))
    async with httpx.AsyncClient(base_url=ORIGIN, transport=inside) as client:
        yield client, ORIGIN


def asked(origin: str, **more: str) -> dict[str, str]:
    return {"Origin": origin, "Content-Type": "application/json", **more}


@pytest.mark.anyio
async def test_the_page_and_its_calls_answer_whoever_has_the_token() -> None:
    async with served() as (client, origin):
        shown = await client.get(f"/{TOKEN}/")
        called = await client.post(f"/{TOKEN}/api/collect", content="{}", headers=asked(origin))

    assert shown.status_code == 200
    assert "<title>New Take</title>" in shown.text
    assert called.json() == {"text": "2 takes were brought in."}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    ["/", "/main.js", "/api/collect", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/"],
    # Workers of one run must find the same names, and each makes a token of its own.
    ids=["nothing", "file", "call", "shorter", "longer"],
)
async def test_without_the_token_there_is_nothing(path: str) -> None:
    async with page() as (client, origin):
        got = await client.get(path)
        posted = await client.post(path, content="{}", headers=asked(origin))

    assert (got.status_code, posted.status_code) == (404, 404)
    assert TOKEN not in got.text + posted.text


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
async def test_a_name_that_was_made_to_lead_here_is_refused(host: str) -> None:
    async with page() as (client, _):
        answer = await client.get(f"/{TOKEN}/", headers={"Host": host})

    assert answer.status_code == 421


@pytest.mark.anyio
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", ""])
async def test_other_pages_cannot_ask_even_with_the_token(origin: str) -> None:
    desk = FakeDesk()
    async with page(desk) as (client, own):
        posted = await client.post(
            f"/{TOKEN}/api/look", content="{}", headers=asked(own) | {"Origin": origin}
        )
        got = await client.get(f"/{TOKEN}/", headers={"Origin": origin})

    assert (posted.status_code, got.status_code) == (403, 403)
    assert "access-control-allow-origin" not in posted.headers
    assert desk.asked == []


@pytest.mark.anyio
async def test_what_says_no_origin_changes_nothing() -> None:
    desk = FakeDesk()
    async with page(desk) as (client, _):
        answer = await client.post(
            f"/{TOKEN}/api/look", content="{}", headers={"Content-Type": "application/json"}
        )

    assert answer.status_code == 403
    assert desk.asked == []


@pytest.mark.anyio
async def test_a_link_on_another_site_does_not_open_it() -> None:
    async with page() as (client, _):
        linked = await client.get(f"/{TOKEN}/", headers={"Sec-Fetch-Site": "cross-site"})
        typed = await client.get(f"/{TOKEN}/", headers={"Sec-Fetch-Site": "none"})

    assert (linked.status_code, typed.status_code) == (403, 200)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_forms_cannot_ask(kind: str) -> None:
    desk = FakeDesk()
    async with page(desk) as (client, origin):
        answer = await client.post(
            f"/{TOKEN}/api/look", content="{}", headers={"Origin": origin, "Content-Type": kind}
        )

    assert answer.status_code == 415
    assert desk.asked == []


@pytest.mark.anyio
async def test_large_requests_are_refused_whether_they_say_their_size_or_not() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES_MAX // 1024 + 2):
            yield b" " * 1024

    async with served() as (client, origin):
        said = await client.post(
            f"/{TOKEN}/api/collect", content=b" " * (BODY_BYTES_MAX + 1), headers=asked(origin)
        )
        unsaid = await client.post(
            f"/{TOKEN}/api/collect", content=endless(), headers=asked(origin)
        )

    assert (said.status_code, unsaid.status_code) == (413, 413)


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_other_methods_are_not_answered(method: str) -> None:
    async with page() as (client, origin):
        answer = await client.request(method, f"/{TOKEN}/api/collect", headers=asked(origin))

    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.anyio
async def test_no_other_file_is_served() -> None:
    paths = (
        "server.py", "../server.py", "..%2fserver.py", "%2e%2e/server.py", "front/main.js",
        "//etc/passwd", "main.js/..", "desk.py", "__init__.py",
    )  # fmt: skip
    statuses = {}
    async with served() as (client, origin):
        for path in paths:
            request = client.build_request("GET", f"{origin}/{TOKEN}/")
            request.url = request.url.copy_with(raw_path=f"/{TOKEN}/{path}".encode())
            statuses[path] = (await client.send(request)).status_code

    assert statuses == dict.fromkeys(paths, 404)


@pytest.mark.anyio
async def test_the_page_is_served_as_what_it_is_and_loads_nothing_from_elsewhere() -> None:
    names = set(page_files())
    async with page() as (client, _):
        answers = {name: await client.get(f"/{TOKEN}/{name}") for name in names}
        refused = await client.get("/")

    assert {"index.html", "base.css", "main.js"} <= names
    for name, answer in answers.items():
        assert answer.status_code == 200, name
        assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", ""), name
        assert "https://" not in answer.text, name
        assert "innerHTML" not in answer.text, name
    assert answers["main.js"].headers["content-type"].startswith("text/javascript")
    for answer in (*answers.values(), refused):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("collect", "{"), ("collect", "[]"), ("takes", '{"changes": []}'),
        ("plan", '{"resolution": "8k"}'),
        ("plan", '{"first_frame": "/etc/passwd"}'), ("plan", '{"variations": 5}'),
        ("restyle", '{"plan": "../x", "price": "1"}'), ("restyle", '{"plan": "a"}'),
        ("restyle", '{"plan": "a", "price": "-1"}'), ("restyle", '{"plan": "a", "price": "NaN"}'),
        ("cancel", "{}"), ("look", '{"how": "everything"}'), ("collect", '{"all": true}'),
    ],
)  # fmt: skip
async def test_what_is_not_a_request_is_refused_with_the_reason(call: str, body: str) -> None:
    desk = FakeDesk()
    async with page(desk) as (client, origin):
        answer = await client.post(f"/{TOKEN}/api/{call}", content=body, headers=asked(origin))

    assert answer.status_code == 422
    assert answer.json()["why"]
    assert desk.asked == []


@pytest.mark.anyio
@pytest.mark.parametrize(("prefer", "status"), [("", 409), ("refusal=document", 200)])
async def test_an_error_arrives_with_its_four_parts(prefer: str, status: int) -> None:
    async with page() as (client, origin):
        answer = await client.post(
            f"/{TOKEN}/api/restyle",
            json={"plan": "unknown", "price": "1.08"},
            headers={"Origin": origin, "Prefer": prefer},
        )

    assert answer.status_code == status
    assert answer.headers.get("Preference-Applied", "") == prefer
    assert set(answer.json()) == {"error", "what", "why", "next", "money"}
    assert answer.json()["error"] == "Selection"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "mode", "dest", "status"),
    [
        ("", "navigate", "document", 200),
        ("", "navigate", "iframe", 403),
        ("", "no-cors", "document", 403),
        ("main.js", "navigate", "document", 403),
        ("main.js", "no-cors", "script", 403),
    ],
)
async def test_a_window_may_go_to_the_page_from_elsewhere_and_nothing_else_may(
    path: str, mode: str, dest: str, status: int
) -> None:
    sent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    async with page() as (client, _):
        got = await client.get(f"/{TOKEN}/{path}", headers=sent)

    assert got.status_code == status
