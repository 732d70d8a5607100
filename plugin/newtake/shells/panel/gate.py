"""Who may ask: every request is checked here before anything of the page sees it.

The page runs with this user's rights, and anything that runs in a browser can send requests to a
port of this machine. So a request must name this machine as its host (else another name was made to
lead here), carry the token in its path, and come from the page itself where it asks for something;
answers forbid the browser to load from, or be framed by, anything else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 1 << 20
"""A prompt has at most 6000 characters; thousands of clips can be named by their keys."""
PICTURE_BYTES_MAX = 32 << 20
PICTURE_PATH = "/api/first_frame"
"""The one address that reads something else than JSON."""
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob:; media-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The address holds the token.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def new_token() -> str:
    """256 random bits as text that fits into an address."""
    return secrets.token_urlsafe(32)


class Gate:
    """An ASGI application in front of another one, which sees paths without the token."""

    def __init__(self, inside: ASGIApp, token: str, port: int) -> None:
        self._inside = inside
        self._token = token
        hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost")]
        self._hosts = frozenset(hosts)
        self._origins = frozenset(f"http://{host}" for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is None and scope["method"] == "POST":
            most = PICTURE_BYTES_MAX if self._is_picture(scope) else BODY_BYTES_MAX
            body = await _body(receive, most)
            if body is None:
                refusal = (413, "The request is too large.")
            else:
                receive = _given(body, receive)
        if refusal is not None:
            await _refuse(send, *refusal)
            return
        path = scope["path"][1 + len(self._token) :]
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_headers(message["headers"])]
            await send(message)

        await self._inside(inner, receive, guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Why the request is not let in: a status and words; None where it is."""
        headers = _Headers(scope["headers"])
        if headers.only("host") not in self._hosts:
            return 421, "This is not the host that was asked for."
        named, _, _ = scope["path"].removeprefix("/").partition("/")
        if not secrets.compare_digest(named.encode(), self._token.encode()):
            return 404, "There is nothing here."
        if headers.has("origin") and headers.only("origin") not in self._origins:
            return 403, "The request comes from another page."
        if (
            headers.has("sec-fetch-site")
            and headers.only("sec-fetch-site")
            not in (
                "same-origin",
                "none",
            )
            and not self._is_entering(scope, headers)
        ):
            return 403, "The request comes from another site."
        if scope["method"] in ("GET", "HEAD"):
            return None
        if scope["method"] != "POST":
            return 405, "Only GET and POST are answered."
        if not headers.has("origin"):
            return 403, "The request does not say which page it comes from."
        kind = headers.only("content-type").partition(";")[0].strip().lower()
        if self._is_picture(scope):
            if kind not in PICTURE_TYPES:
                return 415, "Only PNG, JPEG and WebP pictures are read."
        elif kind != "application/json":
            return 415, "Only JSON is read."
        return None

    def _is_picture(self, scope: Scope) -> bool:
        return bool(scope["path"] == f"/{self._token}{PICTURE_PATH}")

    def _is_entering(self, scope: Scope, headers: _Headers) -> bool:
        """Whether a browser's window goes to the page, as from the file that leads there.

        Nothing is done by it, and a page of somebody else's neither frames it nor reads it.
        """
        return (
            scope["method"] == "GET"
            and scope["path"] == f"/{self._token}/"
            and headers.only("sec-fetch-mode") == "navigate"
            and headers.only("sec-fetch-dest") == "document"
        )


class _Headers:
    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in raw:
            self._values.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))

    def has(self, name: str) -> bool:
        return name in self._values

    def only(self, name: str) -> str:
        """The value; "" where the header is missing or there twice."""
        values = self._values.get(name, [])
        return values[0] if len(values) == 1 else ""


async def _body(receive: Receive, most: int) -> bytes | None:
    """The whole body; None for one that has more than `most` bytes or was broken off."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _given(body: bytes, receive: Receive) -> Receive:
    """Gives the body once; what comes after it, such as a browser that goes away, as it comes."""
    parts = [body]

    async def received() -> MutableMapping[str, Any]:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        return await receive()

    return received


def _headers(own: Iterable[tuple[bytes, bytes]] = ()) -> list[tuple[bytes, bytes]]:
    """What every answer carries. How long a picture may be kept it says itself (`own`)."""
    said = {name.lower() for name, _ in own}
    return [
        (name.lower().encode(), value.encode())
        for name, value in _HEADERS.items()
        if name != "Cache-Control" or b"cache-control" not in said
    ]


async def _refuse(send: Send, status: int, text: str) -> None:
    body = json.dumps({"error": "Refused", "what": text, "why": "", "next": "", "money": ""})
    head = [(b"content-type", b"application/json"), (b"connection", b"close"), *_headers()]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body.encode()})
