"""Waiting: an event is a reason to look, and the row is the truth."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from newtake.domain.errors import (
    NotAuthorisedError,
    NotFoundError,
    RateLimitedError,
    StillRunningError,
    UnavailableError,
)
from newtake.pipeline.wait import POLL_LAST_SECONDS, EventFeed, wait_for_end
from newtake.testing import FakeProvider, ManualClock

pytestmark = pytest.mark.anyio


def provider(*statuses: str) -> FakeProvider:
    made = FakeProvider(script={"gen-1": list(statuses)})
    made.submitted.append({"id": "gen-1", "url": "u", "prompt": "p", "image": None})
    return made


async def wait(made: FakeProvider, clock: ManualClock, minutes: float = 30) -> str:
    ended = await wait_for_end(made, "gen-1", clock, feed=None, deadline_seconds=minutes * 60)
    return ended.status


async def test_polling_slows_down_and_never_stops_early() -> None:
    clock = ManualClock()

    status = await wait(provider(*["queued"] * 5, *["processing"] * 10, "succeeded"), clock)

    assert status == "succeeded"
    assert clock.slept[0] < clock.slept[-1] <= POLL_LAST_SECONDS * 1.1


async def test_trouble_in_between_is_survived() -> None:
    made = provider("processing", "succeeded")
    made.read_errors = [
        UnavailableError("502"),
        RateLimitedError("slow down", retry_after_seconds=90),
        UnavailableError("no network", sent=False),
        NotFoundError("not there yet"),
    ]
    clock = ManualClock()

    assert await wait(made, clock) == "succeeded"
    assert max(clock.slept) >= 80


async def test_a_submission_that_stays_unknown_ends_the_waiting() -> None:
    made = FakeProvider()

    with pytest.raises(NotFoundError):
        await wait(made, ManualClock())


async def test_a_wrong_key_ends_the_waiting_at_once() -> None:
    made = provider("processing")
    made.read_errors = [NotAuthorisedError("wrong key")]

    with pytest.raises(NotAuthorisedError):
        await wait(made, ManualClock())


async def test_the_deadline_ends_the_waiting_and_says_that_the_submission_goes_on() -> None:
    clock = ManualClock()
    began = clock.now()

    with pytest.raises(StillRunningError, match="resume"):
        await wait(provider("processing"), clock, minutes=10)

    assert 600 <= clock.now() - began < 660


class Scripted(FakeProvider):
    """Event connections that behave as told, one after the other."""

    def __init__(self, connections: list[object]) -> None:
        super().__init__()
        self.connections = connections
        self.opened = 0

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[str | None]]:
        self.opened += 1
        behaviour = self.connections.pop(0) if self.connections else None
        if isinstance(behaviour, Exception):
            raise behaviour
        yield self._listen(behaviour)

    async def _listen(self, behaviour: object) -> AsyncIterator[str | None]:
        for each in behaviour if isinstance(behaviour, list) else ():
            yield each
        if behaviour is None:
            await anyio.sleep_forever()


async def test_a_stream_that_breaks_is_opened_again_and_everybody_looks_once() -> None:
    made = Scripted([UnavailableError("refused"), [None, "other"], ["gen-1"], None])
    made.script = {"gen-1": ["processing", "processing", "succeeded"]}
    made.submitted.append({"id": "gen-1", "url": "u", "prompt": "p", "image": None})
    clock = ManualClock()
    feed = EventFeed(made, clock)

    async with anyio.create_task_group() as group:
        group.start_soon(feed.listen)
        await feed.tried.wait()
        ended = await wait_for_end(made, "gen-1", clock, feed=feed, deadline_seconds=1800)
        group.cancel_scope.cancel()

    assert ended.status == "succeeded"
    assert made.opened >= 2
