"""The panel's page served over canned answers: what a test gives is what the page gets.

The page's files, the gate and the server are the real ones; only the desk is not there. What the
page asks for is kept, in order.
"""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from newtake.shells.panel.gate import Gate, new_token
from newtake.shells.panel.page_rules import page_rules
from newtake.shells.panel.server import PageServer
from panel_pieces import Json, a_small_edit, a_state

FRONT = Path(str(files("newtake.shells.panel"))) / "front"
_KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css",
          ".svg": "image/svg+xml"}  # fmt: skip

ASKING_SECONDS = 10.0
"""How long the page may take to ask for what a test waits for."""


class Refused(Exception):
    """Raised by an answer to have the page told an error."""

    def __init__(self, what: str, status: int = 409, **words: str) -> None:
        super().__init__(what)
        self.status = status
        self.words = {"error": "Refused", "what": what, "why": "", "next": "", "money": ""} | words


class Stage:
    """What the page is given, and what it asked."""

    def __init__(self, state: Json | None = None, edit: Json | None = None) -> None:
        self.state = state or a_state()
        self.edit = edit or a_small_edit()
        self.styles: list[Json] = []
        self.tables: list[str] = []
        self.answers: dict[str, Callable[[Any], object]] = {}
        """What each POST is answered, by its name ("plan", "takes"); {} where it has none. May
        raise `Refused`. Gets the JSON, or the bytes of a picture."""
        self.asked: list[tuple[str, Any]] = []
        """Every POST: its name and what it held."""
        self.movies: dict[str, Path] = {}
        """The files of media/compare by their id."""
        self.still: Callable[[str, str, int, int], bytes | None] = a_still
        """The picture for a clip id, take key, offset and height; None is a 404. May raise
        `Refused`."""
        self.stills: list[tuple[str, str, int, int]] = []
        """The pictures that were asked for."""
        self.still_seconds = 0.0
        """How long each picture takes."""
        self.slow_stills: dict[int, float] = {}
        """How much longer those of an offset take."""
        self.address = ""
        self._moved = anyio.Event()
        self._portal: BlockingPortal | None = None

    def push(self, edit: Json | None = None, **changes: Any) -> None:
        """Have the page told a changed state, and the edit document with it where it changed."""

        def move() -> None:
            self.state = self.state | changes | {"revision": self.state["revision"] + 1}
            if edit is not None:
                revision = self.edit["revision"] + 1
                self.edit = edit | {"revision": revision}
                self.state["edit"] = self.state["edit"] | {"revision": revision}
            self._moved.set()
            self._moved = anyio.Event()

        assert self._portal is not None, "the stage is not open"
        self._portal.call(move)

    def of(self, name: str, times: int = 0) -> list[Any]:
        """What was asked of one POST, in order; where it was asked fewer `times`, wait for it.

        What the page shows at a click can be there before what it asks for has come.
        """
        deadline = time.monotonic() + ASKING_SECONDS
        while True:
            found = [what for asked, what in self.asked if asked == name]
            if len(found) >= times or time.monotonic() > deadline:
                return found
            time.sleep(0.01)

    def application(self, token: str, server: PageServer) -> Gate:
        async def events(request: Request) -> Response:
            return StreamingResponse(self._events(server), media_type="text/event-stream")

        inside = Starlette(
            routes=[
                Route("/api/events", events),
                Route("/api/edit", lambda request: JSONResponse(self.edit)),
                Route("/api/styles", lambda request: JSONResponse(self.styles)),
                Route("/api/tables", lambda request: JSONResponse(self.tables)),
                Route("/api/rules", lambda request: JSONResponse(page_rules())),
                Route("/api/{name}", self._post, methods=["POST"]),
                Route("/media/still/{clip}/{take}/{offset:int}.jpg", self._still),
                Route("/media/still/{clip}/{take}/r{frame:int}.jpg", self._still_of_record),
                Route("/media/still/{clip}/{take}/-{offset:int}.jpg", self._still_before),
                Route("/media/picture/{clip}/{take}/{offset:int}.png", self._still),
                Route("/media/picture/{clip}/{take}/-{offset:int}.png", self._still_before),
                Route("/media/compare/{name}.mp4", self._movie),
                Route("/{name:path}", _page_file),
            ]
        )
        return Gate(inside, token, server.port)

    async def _events(self, server: PageServer) -> Any:
        while not server.ending.is_set():
            moved = self._moved
            yield f"data: {json.dumps(self.state)}\n\n"
            async with anyio.create_task_group() as group:
                group.start_soon(_first, moved, group.cancel_scope)
                group.start_soon(_first, server.ending, group.cancel_scope)
        yield "event: ended\ndata: {}\n\n"

    async def _post(self, request: Request) -> Response:
        name, body = request.path_params["name"], await request.body()
        is_json = request.headers["content-type"].startswith("application/json")
        what = json.loads(body) if is_json else body
        self.asked.append((name, what))
        try:
            answer = self.answers.get(name, lambda what: {})(what)
        except Refused as refused:
            return JSONResponse(refused.words, status_code=refused.status)
        return JSONResponse(answer)

    async def _still_before(self, request: Request) -> Response:
        request.path_params["offset"] = -request.path_params["offset"]
        return await self._still(request)

    async def _still_of_record(self, request: Request) -> Response:
        """Clips of these edits show their media frame for frame."""
        clip, frame = request.path_params["clip"], request.path_params["frame"]
        starts = (
            item["start"]
            for track in self.edit["tracks"]
            for item in track["items"]
            if item["id"] == clip
        )
        start = next(starts, None)
        if start is None:
            return Response(status_code=404)
        request.path_params["offset"] = frame - start
        return await self._still(request)

    async def _still(self, request: Request) -> Response:
        clip, take, offset = (request.path_params[name] for name in ("clip", "take", "offset"))
        asked = (clip, take, offset, int(request.query_params.get("h", "288")))
        self.stills.append(asked)
        await anyio.sleep(self.still_seconds + self.slow_stills.get(offset, 0.0))
        try:
            picture = self.still(*asked)
        except Refused as refused:
            return JSONResponse(refused.words, status_code=404)
        if picture is None:
            return Response(status_code=404)
        return Response(picture, media_type="image/png")

    async def _movie(self, request: Request) -> Response:
        path = self.movies.get(request.path_params["name"])
        return Response(status_code=404) if path is None else FileResponse(path)


async def _first(event: anyio.Event, scope: anyio.CancelScope) -> None:
    await event.wait()
    scope.cancel()


async def _page_file(request: Request) -> Response:
    name = request.path_params["name"] or "index.html"
    path = FRONT / name
    if "/" in name or path.suffix not in _KINDS or not path.is_file():
        return Response(status_code=404)
    return Response(path.read_bytes(), media_type=_KINDS[path.suffix])


def still_colour(clip: str, take: str, offset: int) -> tuple[int, int, int]:
    """The colour that `a_still` is filled with; neighbours in time differ."""
    number = zlib.crc32(f"{clip}/{take}".encode())
    return (40 + number % 120, 40 + (number >> 8) % 120, 40 + offset * 3 % 200)


def a_still(clip: str, take: str, offset: int, height: int) -> bytes:
    """A PNG of 16:9 in one colour."""
    width = height * 16 // 9
    row = b"\0" + bytes(still_colour(clip, take, offset)) * width
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height, 1)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


@contextmanager
def opened(stage: Stage) -> Iterator[Stage]:
    """Serve it at `stage.address` while the context lasts."""
    with start_blocking_portal() as portal:
        server, token = portal.call(PageServer), new_token()
        stage._portal = portal
        stage.address = f"http://127.0.0.1:{server.port}/{token}/"
        serving = portal.start_task_soon(server.serve, stage.application(token, server))
        portal.call(server.answering)
        try:
            yield stage
        finally:
            stage._portal = None
            portal.call(server.stop)
            serving.result(timeout=30)
