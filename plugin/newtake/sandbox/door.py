"""The door of the API: records who came in, turns CLI clients away, and breaks what a fault asks.

An ASGI middleware. The record holds no key, no query (links carry signatures there) and no body.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newtake.sandbox import replies
from newtake.sandbox.faults import Faults, plate_of

HANG_UP = "newtake.hang_up"
"""Key in `scope["extensions"]` of a callable that closes the client's connection."""

_BODY_MAX_BYTES = 1 << 20
_PLACES: tuple[tuple[str, str, str], ...] = (
    ("POST", r"/api/ai/queue|/api/ai/videos/generate", "submit"),
    ("GET", r"/api/ai/queue/[^/]+", "poll"),
    ("GET", r"/api/ai/queue", "history"),
    ("DELETE", r"/api/ai/queue/[^/]+", "cancel"),
    ("GET", r"/api/ai/generations(/.*)?", "history"),
    ("GET", r"/api/ai/models(/.*)?", "models"),
    ("GET", r"/api/events", "events"),
    ("GET", r"/api/(authorize|users/me)", "account"),
    ("GET", r"/api/repos/[^/]+/[^/]+/file/presigned_url/.*", "presign"),
    ("POST", r"/api/repos/[^/]+/[^/]+/workbench/context", "upload"),
    ("PUT", r"/api/repos/[^/]+/[^/]+/file/.*", "upload"),
    ("POST", r"/api/repos/[^/]+/[^/]+/workspaces/[^/]+/files(/.*)?", "upload"),
    ("(PUT|POST)", r"/api/repos/[^/]+/[^/]+/workspaces.*", "workspace"),
    ("(GET|POST|DELETE)", r"/api/repos(/|/[^/]+/[^/]+)?", "repository"),
)


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request that came in. `authorized`: it carried an Authorization header of any kind.

    `at` is when, in seconds since 1970.
    """

    method: str
    path: str
    authorized: bool
    at: float = field(default_factory=time.time, compare=False)


def place_of(method: str, path: str) -> str | None:
    """The fault place of a request; None where no fault is possible."""
    for methods, paths, place in _PLACES:
        if re.fullmatch(methods, method) and re.fullmatch(paths, path):
            return place
    return None


class Door:
    """Wraps the API's application."""

    def __init__(self, inside: ASGIApp, faults: Faults, seen: list[SeenRequest]) -> None:
        self._inside = inside
        self._faults = faults
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        method, path = scope["method"], scope["path"]
        self._seen.append(SeenRequest(method, path, "authorization" in headers))
        if "oxen" in headers.get("user-agent", "").lower():
            refusal = replies.described(426, "upgrade_required", "Your Oxen version is too old")
            await refusal.response()(scope, receive, send)
            return
        place = place_of(method, path)
        about = path
        if place == "submit":
            receive, about = await _plate_of(receive)
        if place is None or not await self._broken(place, about, scope, receive, send):
            await self._inside(scope, receive, send)

    async def _broken(
        self, place: str, about: str, scope: Scope, receive: Receive, send: Send
    ) -> bool:
        """Whether a fault has answered (or cut) the request in place of the application."""
        delay = self._faults.take(place, "delay", about=about)
        if delay is not None:
            await anyio.sleep(delay.number)
        actions = (
            ["status", "drop-after"] if place == "events" else ["status", "drop", "drop-after"]
        )
        fault = self._faults.take(place, *actions, about=about)
        if fault is None:
            return False
        if fault.status is not None:
            await replies.fault_response(fault.status, fault.value)(scope, receive, send)
        elif fault.action == "drop":
            await hang_up(scope, receive)
        else:
            await self._inside(scope, receive, _swallow)
            await hang_up(scope, receive)
        return True


async def _plate_of(receive: Receive) -> tuple[Receive, str]:
    """The path of the video that a submission names, and its body to be received once more."""
    body, more = b"", True
    while more and len(body) <= _BODY_MAX_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = bool(message.get("more_body"))
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": more}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    return again, plate_of(given) if isinstance(given, dict) else ""


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the client's connection, after what is already written has gone out."""
    scope["extensions"][HANG_UP]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _swallow(message: Message) -> None:
    del message
