"""A scripted hub, and the provider that talks with it: only the transport is not real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from keys import key_of
from newtake.adapters.http import open_client
from newtake.adapters.oxen import Mode, OxenProvider
from newtake.domain.edit import EditSettings
from newtake.testing import ManualClock

BASE = "https://hub.example"
KEY = key_of("client")
VIDEO = "https://cdn.example/plate.mp4?signature=1"
SETTINGS = EditSettings("oil painting", resolution="720p", edit_strength="flex_2")
QUEUED = {"generations": [{"generation_id": "g1", "status": "queued"}]}
REQUEST = httpx.Request("POST", BASE)
Answer = httpx.Response | Exception


class Hub:
    """Answers by "METHOD path"; a list of answers is used up one by one, its last one kept."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        host = "" if request.url.host == "hub.example" else request.url.host
        name = f"{request.method} {host}{request.url.path}"
        if name not in self.answers:
            return httpx.Response(404, json={"error": {"type": "resource_not_found"}})
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # The same scripted answer may be given again; a response's stream is read once.
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return httpx.Response(200, json=answer)

    def count(self, name: str) -> int:
        return sum(f"{each.method} {each.url.path}" == name for each in self.requests)


@asynccontextmanager
async def provider(
    hub: Hub, *, mode: Mode = "events", cache: Path | None = None, max_bytes: int = 1 << 20
) -> AsyncIterator[OxenProvider]:
    async with open_client(BASE, KEY, transport=httpx.MockTransport(hub)) as client:
        yield OxenProvider(
            client,
            base_url=BASE,
            clock=ManualClock(),
            mode=mode,
            cache_folder=cache,
            result_max_bytes=max_bytes,
        )


def row(name: str, status: str = "queued", **more: Any) -> dict[str, Any]:
    return {"generation_id": name, "status": status, "prompt": "p", "enqueued_at": 1e9, **more}
