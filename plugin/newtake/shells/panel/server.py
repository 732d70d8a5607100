"""The server of the page: its files, what can be asked for, and the stream of states."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import TypeVar

import anyio
import anyio.to_thread
import uvicorn
from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from newtake.domain.errors import NewTakeError
from newtake.shells.panel.desk import Desk
from newtake.shells.panel.events import states
from newtake.shells.panel.gate import Gate
from newtake.shells.panel.page_rules import page_rules
from newtake.shells.panel.page_words import told
from newtake.shells.panel.requests import (
    AboutRequest,
    AgainRequest,
    CancelRequest,
    CollectRequest,
    HandOverRequest,
    LookRequest,
    LookUpRequest,
    PlanRequest,
    ReloadRequest,
    RestyleRequest,
    ResumeRequest,
    RevealRequest,
    SaveRequest,
    SettleRequest,
    TakesRequest,
)

_LOG = logging.getLogger("newtake")
_KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_GRACE_SECONDS = 1
_REFUSAL_AS_DOCUMENT = "refusal=document"
"""What a page prefers (RFC 7240) that tells refusals from answers by the header that comes back."""
R = TypeVar("R", bound=BaseModel)
Call = Callable[[Request], Awaitable[Response]]


def application(
    desk: Desk,
    token: str,
    port: int,
    ending: anyio.Event | None = None,
    *,
    media: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """The page's application. Its files are read once: no request names a file.

    Args:
        desk: What is asked through it.
        token: That every path begins with.
        port: Where it is served.
        ending: Ends what waits for news, see `PageServer.ending`.
        media: Routes for pictures and what belongs to them. They are behind the gate as well, and
            their errors are told as the others'.
    """
    calls, shown = _Calls(desk, ending), page_files()
    inside = Starlette(
        routes=[
            *(Route(f"/{name}", file.answer, methods=["GET"]) for name, file in shown.items()),
            Route("/", shown["index.html"].answer, methods=["GET"]),
            Route("/api/events", calls.events, methods=["GET"]),
            Route("/api/edit", calls.edit, methods=["GET"]),
            Route("/api/styles", calls.styles, methods=["GET"]),
            Route("/api/tables", calls.tables, methods=["GET"]),
            Route("/api/rules", _rules, methods=["GET"]),
            *(Route(f"/api/{name}", call, methods=["POST"]) for name, call in calls.posts.items()),
            *media,
        ],
        exception_handlers={NewTakeError: _told, ValidationError: _not_understood},
    )
    inside.router.redirect_slashes = False
    return Gate(inside, token, port)


def page_files() -> dict[str, _PageFile]:
    """The files of the page by name, as they are served."""
    found = {}
    for file in (files("newtake.shells.panel") / "front").iterdir():
        kind = _KINDS.get(f".{file.name.rpartition('.')[2]}")
        if kind is not None:
            found[file.name] = _PageFile(file.read_bytes(), kind)
    return found


@dataclass(frozen=True, slots=True)
class _PageFile:
    content: bytes
    kind: str

    async def answer(self, request: Request) -> Response:
        del request
        return Response(self.content, media_type=self.kind)


class _Calls:
    """One method for each route: a checked request to the desk, its value as JSON back."""

    def __init__(self, desk: Desk, ending: anyio.Event | None) -> None:
        self._desk = desk
        self._ending = ending or anyio.Event()

    @property
    def posts(self) -> dict[str, Call]:
        """What does something, by the word that asks for it."""
        return {
            "look": self.look,
            "plan": self.plan,
            "restyle": self.restyle,
            "cancel": self.cancel,
            "resume": self.resume,
            "settle": self.settle,
            "look_up": self.look_up,
            "takes": self.takes,
            "again": self.again,
            "about": self.about,
            "save": self.save,
            "reload": self.reload,
            "reveal": self.reveal,
            "collect": self.collect,
            "hand_over": self.hand_over,
        }

    async def events(self, request: Request) -> Response:
        del request
        stream = states(self._desk, self._ending)
        return StreamingResponse(stream, media_type="text/event-stream")

    async def edit(self, request: Request) -> Response:
        del request
        document = await self._desk.edit()
        # Large ones take a while, in which the states go on.
        body = await anyio.to_thread.run_sync(
            lambda: json.dumps(told(asdict(document)), ensure_ascii=False).encode()
        )
        return Response(body, media_type="application/json")

    async def styles(self, request: Request) -> Response:
        del request
        return JSONResponse([asdict(each) for each in await self._desk.styles()])

    async def tables(self, request: Request) -> Response:
        del request
        return JSONResponse(list(await self._desk.tables()))

    async def look(self, request: Request) -> Response:
        await self._desk.look(await _read(request, LookRequest))
        return JSONResponse({})

    async def plan(self, request: Request) -> Response:
        plan = await self._desk.plan(await _read(request, PlanRequest))
        return JSONResponse(told(asdict(plan)))

    async def restyle(self, request: Request) -> Response:
        jobs = await self._desk.restyle(await _read(request, RestyleRequest))
        return JSONResponse({"jobs": jobs})

    async def cancel(self, request: Request) -> Response:
        return JSONResponse({"text": await self._desk.cancel(await _read(request, CancelRequest))})

    async def resume(self, request: Request) -> Response:
        return JSONResponse({"jobs": await self._desk.resume(await _read(request, ResumeRequest))})

    async def settle(self, request: Request) -> Response:
        return JSONResponse({"text": await self._desk.settle(await _read(request, SettleRequest))})

    async def look_up(self, request: Request) -> Response:
        await self._desk.look_up(await _read(request, LookUpRequest))
        return JSONResponse({})

    async def takes(self, request: Request) -> Response:
        return JSONResponse({"text": await self._desk.takes(await _read(request, TakesRequest))})

    async def again(self, request: Request) -> Response:
        again = await self._desk.again(await _read(request, AgainRequest))
        return JSONResponse(told(asdict(again)))

    async def about(self, request: Request) -> Response:
        report = await self._desk.about(await _read(request, AboutRequest))
        return JSONResponse(told(asdict(report)))

    async def save(self, request: Request) -> Response:
        return JSONResponse(asdict(await self._desk.save(await _read(request, SaveRequest))))

    async def reload(self, request: Request) -> Response:
        await _read(request, ReloadRequest)
        return JSONResponse({"text": await self._desk.reload()})

    async def reveal(self, request: Request) -> Response:
        return JSONResponse({"text": await self._desk.reveal(await _read(request, RevealRequest))})

    async def collect(self, request: Request) -> Response:
        await _read(request, CollectRequest)
        return JSONResponse({"text": await self._desk.collect()})

    async def hand_over(self, request: Request) -> Response:
        await _read(request, HandOverRequest)
        return JSONResponse({"jobs": await self._desk.hand_over()})


async def _rules(request: Request) -> Response:
    del request
    return JSONResponse(page_rules())


async def _read(request: Request, kind: type[R]) -> R:
    return kind.model_validate_json(await request.body())


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, NewTakeError)
    _LOG.info("page: %s: %s", request.url.path, error.code)
    document = told(error.as_dict())
    # Browsers list every answer with an error's status as a fault of the page.
    if request.headers.get("prefer") == _REFUSAL_AS_DOCUMENT:
        applied = {"Preference-Applied": _REFUSAL_AS_DOCUMENT}
        return JSONResponse(document, headers=applied)
    return JSONResponse(document, status_code=409)


async def _not_understood(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, ValidationError)
    problems = "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'request'}: {each['msg']}" for each in error.errors()
    )
    document = {
        "error": "Request",
        "what": "The page asked for something that cannot be.",
        "why": f"{problems}.",
        "next": "Load the page again.",
        "money": "",
    }
    return JSONResponse(document, status_code=422)


class PageServer:
    """A listening socket on the loopback interface, and its server."""

    def __init__(self, port: int = 0) -> None:
        """Raises: OSError."""
        self._socket = socket.create_server(("127.0.0.1", port), backlog=64)
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])
        self._server: _Server | None = None
        self._answering = anyio.Event()
        self.ending = anyio.Event()
        """Set when it is to stop; whoever waits for news then waits no longer."""

    async def serve(self, app: ASGIApp) -> None:
        """Serve until `stop`, cancelled or not: a cancelled server would leave connections open."""
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            limit_concurrency=64,
        )
        self._server = _Server(config, self._answering)
        with anyio.CancelScope(shield=True):
            await self._server.serve([self._socket])

    async def answering(self) -> None:
        await self._answering.wait()

    def stop(self) -> None:
        self.ending.set()
        if self._server is not None:
            self._server.should_exit = True
        else:
            self._socket.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, answering: anyio.Event) -> None:
        super().__init__(config)
        self._starting = answering

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._starting.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process's signals belong to the command."""
        yield
