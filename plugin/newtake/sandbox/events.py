"""The event stream: everybody who listens now hears an event, nobody hears it later.

Lines follow the WHATWG's server-sent events. After each event a few padded comments follow: an awk
that buffers its input (mawk) holds a line back until 4096 more bytes have come, and a curl in front
of it notices that its reader is gone only when it writes again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import anyio
from starlette.types import Receive, Scope, Send

from newtake.sandbox.faults import Fault, Faults

COMPLETED = "media_generation_completed"
_KEEP_ALIVE = b": keep-alive\n\n"
_PADDING = b": keep-alive\n" + (b":" + b" " * 126 + b"\n") * 40 + b"\n"
_PADDING_AFTER_SECONDS = (0.0, 0.2, 0.6, 1.2)
_GARBAGE = (
    b"event: media_generation_completed\ndata: {not json\n\n"
    b"event: media_generation_completed\ndata: [1, 2]\n\n"
    b"data\nid\n\xff\xfe\x00\n: half a comment"
    b'\n\nevent: media_generation_completed\ndata: {"generation_id": 7}\n\n'
)


class EventHub:
    """The listeners of one account."""

    def __init__(self, heartbeat_seconds: float, faults: Faults) -> None:
        self._heartbeat = heartbeat_seconds
        self._faults = faults
        self._listeners: set[_Listener] = set()
        self._closed = False

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def publish(self, name: str, data: Mapping[str, Any]) -> None:
        """Give an event to everybody who listens now."""
        for listener in self._listeners:
            listener.put(event_bytes(name, data), str(data.get("generation_id", "")))

    def close(self) -> None:
        """End every stream; later ones end at once."""
        self._closed = True
        for listener in self._listeners:
            listener.wake.set()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one GET as an ASGI application, until the client leaves or the hub closes."""
        del scope
        listener = _Listener()
        self._listeners.add(listener)
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [
                        (b"content-type", b"text/event-stream; charset=utf-8"),
                        (b"cache-control", b"no-store"),
                    ],
                }
            )
            async with anyio.create_task_group() as tasks:

                async def leave_with_client() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    tasks.cancel_scope.cancel()

                tasks.start_soon(leave_with_client)
                await self._talk(listener, send)
                tasks.cancel_scope.cancel()
            if self._closed or listener.ended:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._listeners.discard(listener)

    async def _talk(self, listener: _Listener, send: Send) -> None:
        async def say(block: bytes) -> None:
            await send({"type": "http.response.body", "body": block, "more_body": True})

        if self._faults.take("events", "silent") is not None:
            await listener.sleep(None, lambda: self._closed)
            return
        # Other kinds of event share the stream; a client must pass over them.
        await say(_KEEP_ALIVE + event_bytes("deployment_status", {"status": "unchanged"}))
        paddings: deque[float] = deque()
        while not self._closed:
            if listener.waiting:
                event, about = listener.waiting.popleft()
                fault = self._faults.take("events", "drop", "garbage", "duplicate", about=about)
                if fault is not None and fault.action == "drop":
                    listener.ended = True
                    return
                await say(_broken(event, fault))
                paddings = deque(_PADDING_AFTER_SECONDS)
                continue
            pause = paddings.popleft() if paddings else None
            await listener.sleep(self._heartbeat if pause is None else pause, lambda: self._closed)
            if not self._closed and not listener.waiting:
                await say(_KEEP_ALIVE if pause is None else _PADDING)


class _Listener:
    """One open stream's events that wait to be sent."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[bytes, str]] = deque()
        """Each with the generation that it tells of."""
        self.wake = anyio.Event()
        self.ended = False

    def put(self, event: bytes, about: str) -> None:
        self.waiting.append((event, about))
        self.wake.set()

    async def sleep(self, seconds: float | None, is_closed: Callable[[], bool]) -> None:
        """Until the time is over, or something is to be sent, or the hub closes."""
        with anyio.move_on_after(seconds):
            while True:
                await self.wake.wait()
                if is_closed() or seconds is not None:
                    break
                self.wake = anyio.Event()
        if not is_closed():
            self.wake = anyio.Event()


def event_bytes(name: str, data: Mapping[str, Any]) -> bytes:
    """One event on the wire; its data is compact JSON on one line."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def _broken(event: bytes, fault: Fault | None) -> bytes:
    if fault is None:
        return event
    return _GARBAGE if fault.action == "garbage" else event + event
