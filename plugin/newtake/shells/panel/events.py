"""States as they are pushed: each one whole, at once and whenever something changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict

import anyio

from newtake.domain.errors import NewTakeError
from newtake.shells.panel.desk import Desk, State
from newtake.shells.panel.page_words import told

ALIVE_SECONDS = 15.0
"""Without news a comment is sent after this long, so that a connection that is gone is noticed."""


async def states(desk: Desk, ending: anyio.Event) -> AsyncIterator[bytes]:
    """The stream as `text/event-stream` has it, until the server ends.

    Args:
        desk: Whose states they are.
        ending: Set when the server ends.
    """
    seen = -1
    while (found := await state_before(ending, desk, seen, ALIVE_SECONDS)) is not None:
        if found.revision == seen:
            yield b": still here\n\n"
            continue
        seen = found.revision
        # JSON has no line breaks of its own, so that it is one line of the stream.
        yield b"data: " + json.dumps(told(asdict(found)), ensure_ascii=False).encode() + b"\n\n"
    yield b"event: ended\ndata: {}\n\n"


async def state_before(
    ending: anyio.Event, desk: Desk, seen: int, wait_seconds: float
) -> State | None:
    """As `Desk.state`; None as soon as the server ends."""
    state: State | None = None
    trouble: NewTakeError | None = None
    async with anyio.create_task_group() as group:

        async def give_up() -> None:
            await ending.wait()
            group.cancel_scope.cancel()

        group.start_soon(give_up)
        try:
            state = await desk.state(seen, wait_seconds)
        except NewTakeError as error:
            # Raised again outside, so that it is not wrapped into an exception group.
            trouble = error
        group.cancel_scope.cancel()
    if trouble is not None:
        raise trouble
    return state
