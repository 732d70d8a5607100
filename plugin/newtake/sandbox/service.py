"""The sandbox as one thing: options in, a running service with Oxen's contract out."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from newtake.domain.errors import SettingsError, StorageError
from newtake.durable import make_private
from newtake.sandbox.access import USER, Keys, Links
from newtake.sandbox.cdn import Cdn, refused
from newtake.sandbox.door import Door, SeenRequest
from newtake.sandbox.events import EventHub
from newtake.sandbox.faults import Fault, Faults
from newtake.sandbox.file_routes import FileRoutes
from newtake.sandbox.generations import Generations
from newtake.sandbox.origins import Origin
from newtake.sandbox.provider import Provider
from newtake.sandbox.queue import Queue
from newtake.sandbox.queue_routes import QueueRoutes
from newtake.sandbox.renders import Renders
from newtake.sandbox.replies import Refusal, missing
from newtake.sandbox.repositories import Repositories
from newtake.sandbox.repository_routes import RepositoryRoutes
from newtake.sandbox.result_links import ResultLinks
from newtake.sandbox.sample import SampleClip
from newtake.sandbox.store import Contents, Documents, link_secret

_PORT_MAX = 65535
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How a sandbox runs.

    Attributes:
        folder: Its state; made when missing, kept afterwards. One sandbox at a time per folder.
        ffmpeg: Path of an ffmpeg of version 5.1 or later with libx264, libx265 and zscale.
        host: A loopback address; any other is refused.
        port: 0 takes a free one. A fixed port keeps links good across restarts.
        cdn_port: Of the second origin, which holds the results.
        api_key: The one good key; None takes any key but an empty one and `wrong...`.
        min_render_seconds: No queued generation ends sooner, so that a client has the time to
            connect to the event stream, which has no replay.
        link_lifetime_seconds: Of presigned links.
        heartbeat_seconds: Between comments on an idle event stream.
        look: None restyles; "copy" leaves every frame as it is but for the stamp.
        faults: What goes wrong.
        seed: Of the faults that happen by chance.
        concurrency: Generations rendered at once.
        job_seconds: What each of them takes at least, once it is its turn.
        result: A video that every request gets, so that rendering takes no processor's time.
        renders: A folder where results are kept and looked for, which sandboxes may share; None
            renders each anew.
    """

    folder: Path
    ffmpeg: str
    host: str = "127.0.0.1"
    port: int = 0
    cdn_port: int = 0
    api_key: str | None = None
    min_render_seconds: float = 2.0
    link_lifetime_seconds: float = 3600.0
    heartbeat_seconds: float = 15.0
    look: Literal["copy"] | None = None
    faults: tuple[Fault, ...] = ()
    seed: int = 0
    concurrency: int = 2
    job_seconds: float = 0.0
    result: Path | None = None
    renders: Path | None = None

    def __post_init__(self) -> None:
        if self.host not in _LOOPBACK:
            raise ValueError(f"The sandbox listens on loopback only, not on {self.host}.")

    def __repr__(self) -> str:
        return f"SandboxOptions(folder={str(self.folder)!r}, port={self.port})"


class Sandbox:
    """A running sandbox, as tests and the command line see it."""

    def __init__(self, api: Origin, cdn_origin: Origin, options: SandboxOptions) -> None:
        make_private(options.folder)
        self.base_url = api.base_url
        self.cdn_url = cdn_origin.base_url
        self.requests: list[SeenRequest] = []
        """Every request to the API, in order."""
        self._documents = Documents(options.folder / "sandbox.sqlite")
        self._former_urls = self._remember_url()
        self.faults = faults = Faults(options.faults, options.seed)
        contents = Contents(options.folder / "contents")
        keys = Keys(options.api_key)
        links = Links(link_secret(self._documents), options.link_lifetime_seconds)
        repositories = Repositories(self._documents)
        self._generations = generations = Generations(self._documents)
        result_links = ResultLinks(links, lambda: self.base_url)
        kept = None if options.renders is None else Renders(options.renders, options.ffmpeg)
        provider = Provider(
            options.ffmpeg, faults, options.look == "copy", self._own_url, options.result, kept
        )
        self.events = EventHub(options.heartbeat_seconds, faults)
        self.queue = Queue(
            generations,
            provider,
            self.events,
            repositories,
            contents,
            result_links,
            options.folder / "work",
            options.concurrency,
            options.min_render_seconds,
            options.job_seconds,
        )
        self._queue_routes = QueueRoutes(
            keys,
            faults,
            generations,
            self.queue,
            provider,
            self.events,
            result_links,
            repositories,
            contents,
        )
        files = FileRoutes(
            repositories,
            contents,
            keys,
            links,
            faults,
            SampleClip(options.folder, options.ffmpeg),
            lambda: self.base_url,
            lambda: self.cdn_url,
        )
        account = _AccountRoutes(keys)
        application = Starlette(
            routes=[
                *account.routes(),
                *self._queue_routes.routes(),
                *files.routes(),
                *RepositoryRoutes(repositories, contents, keys).routes(),
            ],
            exception_handlers={Refusal: refused, 404: _unknown_route},
        )
        application.router.redirect_slashes = False
        self.application = Door(application, faults, self.requests)
        self.cdn = Cdn(contents, links, faults)

    @property
    def submissions(self) -> int:
        """Generations accepted since the start, by either paid route."""
        return self._queue_routes.submissions

    @property
    def ends(self) -> dict[str, float]:
        """When each generation that is over ended, in seconds since 1970, by its id."""
        return {
            row.generation_id: row.completed_at
            for row in self._generations.all()
            if row.completed_at is not None
        }

    @property
    def cdn_requests(self) -> list[SeenRequest]:
        """Every request to the second origin, in order."""
        return self.cdn.seen

    @property
    def cdn_refusals(self) -> int:
        """Requests to the second origin that brought an Authorization header."""
        return self.cdn.refused

    def close(self) -> None:
        """End streams and waits; called once, before the servers stop."""
        self.events.close()
        self.queue.close()

    def close_store(self) -> None:
        self._documents.close()

    def _remember_url(self) -> set[str]:
        """The origins of earlier runs on this folder; inputs of unfinished rows name them."""
        kept = self._documents.get("origins", "api") or {"urls": []}
        former = set(kept["urls"])
        self._documents.put("origins", "api", {"urls": sorted({*former, self.base_url})[-50:]})
        return former - {self.base_url}

    def _own_url(self, url: str) -> str:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return self.base_url + url[len(origin) :] if origin in self._former_urls else url


@asynccontextmanager
async def run_sandbox(options: SandboxOptions) -> AsyncIterator[Sandbox]:
    """A sandbox that answers for as long as the context is open.

    On leaving, streams end, renders are stopped (their rows stay unfinished and are taken up by the
    next run on the folder) and both ports are closed.

    Raises:
        SettingsError: A port is taken or not allowed.
        StorageError: The folder cannot be used.
    """
    api, cdn, sandbox = _opened(options)
    failure: Exception | None = None
    async with anyio.create_task_group() as servers:
        servers.start_soon(api.serve, sandbox.application)
        servers.start_soon(cdn.serve, sandbox.cdn.application())
        try:
            await api.started()
            await cdn.started()
            async with anyio.create_task_group() as work:
                sandbox.queue.start(work)
                try:
                    yield sandbox
                except Exception as error:
                    # Raised again outside, so that it is not wrapped into an exception group.
                    failure = error
                sandbox.close()
                work.cancel_scope.cancel()
        finally:
            sandbox.close()
            api.stop()
            cdn.stop()
    sandbox.close_store()
    if failure is not None:
        raise failure


def _opened(options: SandboxOptions) -> tuple[Origin, Origin, Sandbox]:
    """Both ports and the state; none of them stays open when another cannot be had."""
    with ExitStack() as undo:
        api = _listening(options.host, options.port)
        undo.callback(api.stop)
        cdn = _listening(options.host, options.cdn_port)
        undo.callback(cdn.stop)
        try:
            sandbox = Sandbox(api, cdn, options)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"The sandbox cannot keep its state in {options.folder}.",
                why=str(error),
                fix="Give another --folder that can be written to.",
            ) from error
        undo.pop_all()
    return api, cdn, sandbox


def _listening(host: str, port: int) -> Origin:
    try:
        if not 0 <= port <= _PORT_MAX:
            raise OSError(f"Ports go from 0 to {_PORT_MAX}.")
        return Origin(host, port)
    except OSError as error:
        raise SettingsError(
            f"The sandbox cannot listen on port {port}.",
            why=str(error),
            fix="Give another --port; 0 takes a free one.",
        ) from error


class _AccountRoutes:
    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def routes(self) -> list[Route]:
        return [
            Route("/api/authorize", self.show, methods=["GET"]),
            Route("/api/users/me", self.show, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        self._keys.require(request)
        return JSONResponse({"status": "success", "status_message": "resource_found", "user": USER})


async def _unknown_route(request: Request, error: Exception) -> Response:
    del error
    return missing(f"Route {request.url.path}").response()
