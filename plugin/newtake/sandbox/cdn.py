"""The second origin, where results really lie: takes signed links only, and never a key.

Storage behind a real service refuses a request that brings both a signature and an Authorization
header, and a client must not send its key to another origin anyway; such requests are counted.
"""

from __future__ import annotations

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from newtake.sandbox import replies
from newtake.sandbox.access import Links
from newtake.sandbox.door import SeenRequest, hang_up
from newtake.sandbox.faults import Faults
from newtake.sandbox.repositories import media_type
from newtake.sandbox.store import Contents


class Cdn:
    """The application of the second origin, and the record of who came."""

    def __init__(self, contents: Contents, links: Links, faults: Faults) -> None:
        self._contents = contents
        self._links = links
        self._faults = faults
        self.seen: list[SeenRequest] = []
        self.refused = 0

    def application(self) -> Starlette:
        route = Route("/objects/{content_hash}/{name}", self.read, methods=["GET"])
        return Starlette(routes=[route], exception_handlers={replies.Refusal: refused})

    async def read(self, request: Request) -> Response:
        authorized = "authorization" in request.headers
        self.seen.append(SeenRequest(request.method, request.url.path, authorized))
        if authorized:
            self.refused += 1
            raise replies.described(400, "bad_request", "Only one auth mechanism is allowed")
        if not self._links.carried(request):
            raise replies.described(403, "forbidden", "The link is not signed")
        path = self._contents.path(request.path_params["content_hash"])
        if not path.is_file():
            raise replies.missing("Object")
        kind = media_type(request.path_params["name"])
        if request.method == "GET":
            about = request.path_params["name"]
            delay = self._faults.take("result", "delay", about=about)
            if delay is not None:
                await anyio.sleep(delay.number)
            fault = self._faults.take("result", "drop", "truncate", about=about)
            if fault is not None:
                data = path.read_bytes()
                if fault.action == "truncate":
                    return Response(data[: len(data) // 2], media_type=kind)
                return _CutDownload(data, kind)
        return FileResponse(path, media_type=kind)


class _CutDownload(Response):
    """Says the whole length, sends half, and hangs up."""

    def __init__(self, data: bytes, kind: str) -> None:
        super().__init__(data, media_type=kind)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        body = bytes(self.body)
        await send(
            {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        )
        await hang_up(scope, receive)


async def refused(request: Request, error: Exception) -> Response:
    """Starlette's handler of `Refusal`."""
    del request
    assert isinstance(error, replies.Refusal)
    return error.response()
