"""HTTP of the inference API: queue, history, the synchronous route, events and models."""

from __future__ import annotations

import base64
import math
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from newtake.sandbox import catalogue, replies
from newtake.sandbox.access import Keys
from newtake.sandbox.events import EventHub
from newtake.sandbox.faults import Faults, plate_of
from newtake.sandbox.generations import (
    ACTIVE,
    Generation,
    Generations,
    exr_fields,
    history_row,
    matching,
    public_row,
    total_cost,
)
from newtake.sandbox.provider import Provider
from newtake.sandbox.queue import Queue
from newtake.sandbox.repositories import Repositories
from newtake.sandbox.repository_routes import json_object, page_of
from newtake.sandbox.result_links import ResultLinks
from newtake.sandbox.store import Contents

_STEERING = (
    "model",
    "target_namespace",
    "target_repo",
    "target_directory",
    "response_format",
)
_MAX_GENERATIONS = 4


class QueueRoutes:
    """Each method answers one route; errors leave as `Refusal`."""

    def __init__(
        self,
        keys: Keys,
        faults: Faults,
        generations: Generations,
        queue: Queue,
        provider: Provider,
        events: EventHub,
        links: ResultLinks,
        repositories: Repositories,
        contents: Contents,
    ) -> None:
        self._keys = keys
        self._faults = faults
        self._generations = generations
        self._queue = queue
        self._provider = provider
        self._events = events
        self._links = links
        self._repositories = repositories
        self._contents = contents
        self.submissions = 0

    def routes(self) -> list[Route]:
        return [
            Route("/api/ai/queue", self.enqueue, methods=["POST"]),
            Route("/api/ai/queue", self.list_queue, methods=["GET"]),
            Route("/api/ai/queue/{generation_id}", self.show, methods=["GET"]),
            Route("/api/ai/queue/{generation_id}", self.cancel, methods=["DELETE"]),
            Route("/api/ai/generations", self.history, methods=["GET"]),
            Route("/api/ai/generations/{generation_id}", self.history_of, methods=["GET"]),
            Route("/api/ai/videos/generate", self.generate, methods=["POST"]),
            Route("/api/events", self.listen, methods=["GET"]),
            Route("/api/ai/models", self.models, methods=["GET"]),
            Route("/api/ai/models/search", self.search_models, methods=["GET"]),
            Route("/api/ai/models/{model:path}", self.model, methods=["GET"]),
        ]

    async def enqueue(self, request: Request) -> Response:
        body = await self._accepted_body(request)
        wanted = body.get("num_generations", 1)
        if not _is_count(wanted):
            raise replies.invalid_params(
                f"num_generations must be an integer between 1 and {_MAX_GENERATIONS}"
            )
        rows = [self._accept(body, sync=False) for _ in range(wanted)]
        return JSONResponse(
            {
                "generations": [
                    {"generation_id": row.generation_id, "status": "queued"} for row in rows
                ]
            }
        )

    async def list_queue(self, request: Request) -> Response:
        self._keys.require(request)
        rows = matching(self._queued(), request.query_params)
        if not request.query_params.get("status"):
            rows = [row for row in rows if row.status in ACTIVE]
        shown = [public_row(row, self._links.sign) for row in rows]
        return JSONResponse({"count": len(shown), "generations": shown})

    async def show(self, request: Request) -> Response:
        self._keys.require(request)
        return JSONResponse(public_row(self._named(request), self._links.sign))

    async def cancel(self, request: Request) -> Response:
        self._keys.require(request)
        row = self._named(request)
        self._queue.cancel(row)
        return JSONResponse({"status": "success", "generation_id": row.generation_id})

    async def history(self, request: Request) -> Response:
        self._keys.require(request)
        page, size = page_of(request, default_size=50, largest_size=1000)
        rows = list(reversed(matching(self._generations.all(), request.query_params)))
        shown = [
            history_row(row, self._links.sign) for row in rows[(page - 1) * size : page * size]
        ]
        return JSONResponse(
            {
                "count": len(shown),
                "generations": shown,
                "page_number": page,
                "page_size": size,
                "total_pages": math.ceil(len(rows) / size),
                "total_entries": len(rows),
                "total_cost": total_cost(rows),
            }
        )

    async def history_of(self, request: Request) -> Response:
        self._keys.require(request)
        row = self._named(request)
        return JSONResponse(
            {
                "status": "success",
                "status_message": "resource_found",
                "generation": history_row(row, self._links.sign),
            }
        )

    async def generate(self, request: Request) -> Response:
        body = await self._accepted_body(request)
        response_format = body.get("response_format") or "url"
        if response_format not in ("url", "b64_json"):
            raise replies.invalid_params("response_format must be url or b64_json")
        refusal = self._provider.refusal(body)
        if refusal is not None:
            raise replies.message(422, refusal)
        accepted = self._accept(body, sync=True)
        row = await self._queue.wait(accepted.generation_id)
        if row is None:
            return replies.fault_response(503, None)
        if row.video is None:
            raise replies.message(422, f"Getting model response error: 422 - {row.error_message}")
        video: dict[str, Any] = dict(exr_fields(row, self._links.sign))
        if response_format == "url":
            video["url"] = self._links.sign(row, row.video)
        else:
            video["b64_json"] = base64.b64encode(await self._bytes_of(row, row.video)).decode()
        created = int(row.completed_at or row.enqueued_at)
        return JSONResponse({"model": row.model, "created": created, "videos": [video]})

    async def listen(self, request: Request) -> Response:
        self._keys.require(request)
        return _Stream(self._events)

    async def models(self, request: Request) -> Response:
        self._keys.opens(request)
        cards = [catalogue.model_card()]
        developer = request.query_params.get("developer_name")
        if developer is not None:
            cards = [
                card for card in cards if card["developer"]["name"].lower() == developer.lower()
            ]
        return JSONResponse({"object": "list", "data": cards})

    async def search_models(self, request: Request) -> Response:
        self._keys.opens(request)
        sought = request.query_params.get("search", "").lower()
        card = catalogue.model_card()
        found = sought in f"{card['id']} {card['display_name']} {card['summary']}".lower()
        return JSONResponse({"object": "list", "data": [card] if found else []})

    async def model(self, request: Request) -> Response:
        self._keys.opens(request)
        if request.path_params["model"] != catalogue.MODEL:
            raise replies.model_not_found(request.path_params["model"])
        return JSONResponse(catalogue.model_card())

    async def _accepted_body(self, request: Request) -> dict[str, Any]:
        """What both paid routes check before they take a request."""
        self._keys.require(request)
        body = await json_object(request)
        if body.get("model") != catalogue.MODEL:
            raise replies.model_not_found(body.get("model"))
        for name in ("target_namespace", "target_repo", "target_directory"):
            if not isinstance(body.get(name), str | None):
                raise replies.invalid_params(f"{name} must be a string")
        if self._faults.take("credits", "none") is not None:
            raise replies.out_of_credits()
        return body

    def _accept(self, body: dict[str, Any], *, sync: bool) -> Generation:
        parameters = {name: value for name, value in body.items() if name not in _STEERING}
        row = self._generations.accept(catalogue.MODEL, parameters, body, sync)
        self.submissions += 1
        self._faults.call(row.generation_id, plate_of(row.parameters))
        self._queue.add(row)
        return row

    def _queued(self) -> list[Generation]:
        return [row for row in self._generations.all() if not row.synchronous]

    def _named(self, request: Request) -> Generation:
        row = self._generations.find(request.path_params["generation_id"])
        if row is None:
            raise replies.generation_not_found()
        return row

    async def _bytes_of(self, row: Generation, path: str) -> bytes:
        repository = self._repositories.get(row.namespace, row.result_repository)
        entry = self._repositories.entry(repository, row.revision or "main", path)
        return await anyio.Path(self._contents.path(entry["hash"])).read_bytes()


class _Stream(Response):
    """The event stream as a response."""

    def __init__(self, events: EventHub) -> None:
        super().__init__()
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._events.serve(scope, receive, send)


def _is_count(value: object) -> bool:
    good = isinstance(value, int) and not isinstance(value, bool)
    return good and 1 <= int(str(value)) <= _MAX_GENERATIONS
