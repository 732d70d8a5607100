"""Sockets and servers: one uvicorn server per origin, on the loopback interface, in our task group.

The servers install no signal handlers and end when told to, not when cancelled: a cancelled
uvicorn would leave its connections open.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import anyio
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from newtake.sandbox.door import HANG_UP

_GRACE_SECONDS = 1


class Origin:
    """One listening socket and its server."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_server((host, port), backlog=256)
        self._socket.setblocking(False)
        self._host = host
        self._port = int(self._socket.getsockname()[1])
        self._server: _Server | None = None
        self._started = anyio.Event()
        self._stopping = False

    @property
    def base_url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    async def serve(self, application: ASGIApp) -> None:
        """Serve until `stop`, cancelled or not."""
        if self._stopping:
            return
        config = uvicorn.Config(
            application,
            http=_HangUpProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self._server = _Server(config, self._started)
        with anyio.CancelScope(shield=True):
            await self._server.serve([self._socket])

    async def started(self) -> None:
        """Return when connections are answered."""
        await self._started.wait()

    def stop(self) -> None:
        """End the server soon; one that never started gives its port back now."""
        self._stopping = True
        if self._server is not None:
            self._server.should_exit = True
        else:
            self._socket.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, answering: anyio.Event) -> None:
        super().__init__(config)
        self._answering = answering

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._answering.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process's signals belong to whoever runs the sandbox."""
        yield


class _HangUpProtocol(H11Protocol):
    """Lets an application close its client's connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inside = self.app

        async def with_hang_up(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[HANG_UP] = transport.close
            await inside(scope, receive, send)

        self.app = with_hang_up
