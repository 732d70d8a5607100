"""What the panel's real server refuses: whoever asks wrongly, and all that is not its own."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from panel_door import Door, door

JSON = "application/json"
EVIL = "http://evil.example"


class Caller:
    """Sends requests as they are written: no client tidies the path or adds a header."""

    def __init__(self, panel: Door) -> None:
        self.panel = panel
        parts = urlsplit(panel.url)
        assert parts.hostname
        assert parts.port
        self.host, self.port = parts.hostname, parts.port
        self.origin = f"http://{self.host}:{self.port}"
        self.base = parts.path

    def __call__(
        self, method: str, path: str, body: object = None, *, inside: bool = True, **headers: str
    ) -> tuple[int, bytes]:
        """Ask; a path is one of the page's unless not `inside`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items() if value}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.putrequest(
                method,
                f"{self.base}{path}" if inside else path,
                skip_host="Host" in sent,
                skip_accept_encoding=True,
            )
            data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
            if method not in ("GET", "HEAD"):
                sent["Content-Length"] = str(len(data))
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(data if method not in ("GET", "HEAD") else None)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def post(self, what: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """As the page itself asks."""
        status, answer = self("POST", f"api/{what}", body, Origin=self.origin, Content_Type=JSON)
        return status, json.loads(answer)


@pytest.fixture(scope="module")
def ask(
    tmp_path_factory: pytest.TempPathFactory, numbered_film: Path, service_url: str
) -> Iterator[Caller]:
    """One panel for all of them: at the end it has written nothing and paid nothing."""
    folder = tmp_path_factory.mktemp("refusals")
    (folder / "beside.mov").write_bytes(numbered_film.read_bytes())
    with door(folder, numbered_film, service_url) as panel:
        before = panel.timeline.read_bytes()
        edit, sent = panel.get("api/edit"), panel.submissions()
        yield Caller(panel)
        # Reading it anew may count on; what it says is the same.
        assert panel.get("api/edit") | {"revision": edit["revision"]} == edit
        assert panel.timeline.read_bytes() == before
        assert panel.submissions() == sent
    assert sorted(each.name for each in folder.iterdir()) == ["beside.mov", "cut.otio", "home"]


def test_what_the_page_asks_is_answered(ask: Caller) -> None:
    clip = ask.panel.clips()[0]
    assert ask("GET", "")[0] == 200
    assert ask("GET", "api/edit", Origin=ask.origin)[0] == 200
    assert ask("GET", f"media/still/{clip['id']}/original/0.jpg?h=72")[0] == 200
    assert ask.post("plan", {"clips": [clip["key"]], "prompt": "noir"})[0] == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/api/edit", "/api/save", "/api/events", "/media/still/a/b/0.jpg"]
)
def test_without_the_token_there_is_nothing(ask: Caller, path: str, method: str) -> None:
    status, answer = ask(
        method, path, {"as": None}, inside=False, Origin=ask.origin, Content_Type=JSON
    )
    assert status == 404
    assert ask.base.strip("/").encode() not in answer


@pytest.mark.parametrize("change", ["shorter", "longer", "upper case", "other"])
def test_a_token_that_is_nearly_right_is_none(ask: Caller, change: str) -> None:
    token = ask.base.strip("/")
    other = "B" if token[-1] == "A" else "A"
    tried = {
        "shorter": token[:-1],
        "longer": token + "A",
        "upper case": token.swapcase(),
        "other": token[:-1] + other,
    }[change]
    assert ask("GET", f"/{tried}/api/edit", inside=False)[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]", "0.0.0.0"])
def test_another_host_is_refused(ask: Caller, host: str) -> None:
    assert ask("GET", "", Host=host)[0] == 421
    status, _ = ask("POST", "api/save", {}, Host=host, Origin=f"http://{host}", Content_Type=JSON)
    assert status == 421


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "https://127.0.0.1", "http://127.0.0.1:1", "file://"]
)
def test_another_origin_is_refused(ask: Caller, origin: str) -> None:
    for method, path in (("GET", "api/edit"), ("GET", "api/events"), ("POST", "api/save")):
        assert ask(method, path, {}, Origin=origin, Content_Type=JSON)[0] == 403, path


def test_what_does_not_say_where_it_comes_from_does_nothing(ask: Caller) -> None:
    assert ask("POST", "api/save", {}, Content_Type=JSON)[0] == 403
    assert ask("GET", "api/edit", Sec_Fetch_Site="cross-site")[0] == 403
    assert ask("GET", "media/compare/a.mp4", Sec_Fetch_Site="same-site")[0] == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FETCH"])
@pytest.mark.parametrize("path", ["", "api/save", "api/edit"])
def test_other_methods_are_refused(ask: Caller, method: str, path: str) -> None:
    assert ask(method, path, {}, Origin=ask.origin, Content_Type=JSON)[0] == 405


@pytest.mark.parametrize("what", ["save", "takes", "restyle", "plan", "reveal", "first_frame"])
def test_reading_does_nothing(ask: Caller, what: str) -> None:
    assert ask("GET", f"api/{what}")[0] in (404, 405)


@pytest.mark.parametrize("path", ["api/edit", "api/events", "media/still/a/original/0.jpg", ""])
def test_what_is_read_cannot_be_posted_to(ask: Caller, path: str) -> None:
    assert ask("POST", path, {}, Origin=ask.origin, Content_Type=JSON)[0] in (404, 405)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]
)
@pytest.mark.parametrize("what", ["save", "first_frame"])
def test_other_types_are_refused(ask: Caller, what: str, kind: str) -> None:
    assert ask("POST", f"api/{what}", {}, Origin=ask.origin, Content_Type=kind)[0] == 415


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"save"', b'{"as": 7}', b'{"as": null, "more": 1}', b"\xff"]
)
def test_what_is_no_request_is_refused(ask: Caller, body: bytes) -> None:
    status, answer = ask("POST", "api/save", body, Origin=ask.origin, Content_Type=JSON)
    assert status == 422
    assert json.loads(answer)["what"]


def test_a_picture_has_to_be_one(ask: Caller) -> None:
    status, answer = ask(
        "POST", "api/first_frame", b"no picture", Origin=ask.origin, Content_Type="image/png"
    )
    assert status in (409, 422)
    assert json.loads(answer)["what"]
    status, _ = ask(
        "POST", "api/save", b" " * (1 << 20) + b"{}", Origin=ask.origin, Content_Type=JSON
    )
    assert status == 413


OUTSIDE = [
    "../../../../etc/passwd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..\\..\\etc\\passwd",
    "/etc/passwd",
    "//etc/passwd",
    "%00",
    "main.js%00.html",
    "./../page/index.html",
    "../server.py",
    "media/../../../../etc/passwd",
]


@pytest.mark.parametrize("path", OUTSIDE, ids=[str(number) for number in range(len(OUTSIDE))])
def test_no_path_leads_out_of_the_page(ask: Caller, path: str) -> None:
    status, answer = ask("GET", path)
    assert status == 404
    assert b"root:" not in answer
    assert b"<title>" not in answer
    assert b"import " not in answer


PLACES = [
    "{file}",
    "media/{file}",
    "media/still/{file}/original/0.jpg",
    "media/still/{clip}/{file}/0.jpg",
    "media/picture/{file}/original/0.png",
    "media/picture/{clip}/{file}/0.png",
    "media/compare/{file}",
    "media/compare/{file}.mp4",
    "media/first_frame/{file}",
]


@pytest.mark.parametrize("name", ["cut.otio", "beside.mov", "home/journal.sqlite", "the media"])
@pytest.mark.parametrize("place", PLACES, ids=[str(number) for number in range(len(PLACES))])
def test_no_file_is_served_by_its_path(ask: Caller, place: str, name: str) -> None:
    folder = ask.panel.timeline.parent
    media = ask.panel.media_of(ask.panel.written()[0].media_reference)
    file = media if name == "the media" else folder / name
    clip = ask.panel.clips()[0]["id"]
    for written in (
        str(file),
        quote(str(file), safe=""),
        f"..%2f{quote(name)}",
        quote(f"file://{file}"),
    ):
        status, answer = ask("GET", place.format(file=written, clip=clip))
        assert status == 404, written
        assert len(answer) < 1000


def test_only_what_the_timeline_names_is_shown(ask: Caller) -> None:
    clip = ask.panel.clips()[0]["id"]
    for path in (
        f"media/still/{'0' * 16}/original/0.jpg",
        f"media/still/{clip}/take_001/0.jpg",
        f"media/still/{clip}/original/100000.jpg",
        f"media/still/{clip}/original/0.jpg?h=4000",
        f"media/picture/{'0' * 16}/original/0.png",
        f"media/compare/{'0' * 64}.mp4",
        f"media/first_frame/{'0' * 64}",
    ):
        assert ask("GET", path)[0] == 404, path


def test_no_request_names_a_file_that_is_not_the_timelines(ask: Caller) -> None:
    key = ask.panel.clips()[0]["key"]
    plan = {"clips": [key], "prompt": "noir"}
    film = str(ask.panel.timeline.with_name("beside.mov"))
    for what, body in (
        ("plan", {**plan, "first_frame": "/etc/passwd"}),
        ("plan", {**plan, "first_frame": "../../" + "0" * 58}),
        ("plan", {**plan, "style": "../../../etc/passwd"}),
        ("plan", {**plan, "style": "/etc/passwd"}),
        ("plan", {"clips": [film], "prompt": "noir"}),
        ("plan", {**plan, "lut": "/etc/passwd"}),
        ("plan", {**plan, "lut": "../../../../../../etc/passwd"}),
        ("plan", {**plan, "uploader": "command:cat /etc/passwd"}),
        ("about", {"clip": key, "take": film}),
        ("reveal", {"clip": film, "take": "original"}),
        ("reveal", {"clip": key, "take": "/etc/passwd"}),
        ("compare", {"clip": key, "sides": ["original", film]}),
        ("compare", {"clip": film, "sides": ["original", "take_001"]}),
        ("takes", {"changes": [{"clip": key, "what": "use", "take": film}]}),
        ("again", {"clip": key, "take": film}),
        ("restyle", {"plan": "0" * 32, "price": "0.72"}),
        ("save", {"as": film, "replace": False, "even_if_changed": False}),
        ("save", {"as": film, "replace": True, "even_if_changed": False}),
    ):
        status, answer = ask.post(what, body)
        assert status in (404, 409, 422), (what, body, answer)
        assert answer["what"]
        assert "root:" not in json.dumps(answer)
