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
from newtake.ports import Submission
from newtake.testing import FakeProvider, ManualClock
from simulated_clock import SimulatedClock

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
    assert max(clock.slept) >= 90


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


async def test_a_service_that_asks_for_more_time_than_there_is_is_not_asked_again() -> None:
    made = provider("processing")
    made.read_errors = [RateLimitedError("slow down", retry_after_seconds=3600)]
    clock = ManualClock()

    with pytest.raises(StillRunningError, match="not waited for any longer"):
        await wait(made, clock, minutes=10)

    assert clock.slept == []


class Busy(FakeProvider):
    """A generation that goes on; counts how often it is looked at and listened for."""

    def __init__(self, clock: SimulatedClock, pieces: int, pause_seconds: float) -> None:
        super().__init__(script={"gen-1": ["processing"]})
        self.submitted.append({"id": "gen-1", "url": "u", "prompt": "p", "image": None})
        self.clock, self.pieces, self.pause_seconds = clock, pieces, pause_seconds
        self.looked = self.opened = 0

    async def submission(self, submission_id: str) -> Submission:
        self.looked += 1
        return await super().submission(submission_id)

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[str | None]]:
        self.opened += 1
        yield self._pieces()

    async def _pieces(self) -> AsyncIterator[str | None]:
        for _ in range(self.pieces):
            await self.clock.sleep(self.pause_seconds)
            yield "gen-1"


@pytest.mark.parametrize(
    ("pieces", "pause_seconds"),
    [
        pytest.param(1, 0.0, id="one line, then cut off"),
        pytest.param(10_000, 0.2, id="the same news again and again"),
        pytest.param(20, 3.1, id="news just after each look"),
    ],
)
async def test_a_stream_makes_nobody_ask_more_often_than_polling(
    pieces: int, pause_seconds: float
) -> None:
    clock = SimulatedClock()
    made = Busy(clock, pieces, pause_seconds)
    feed = EventFeed(made, clock)

    async with anyio.create_task_group() as group:
        group.start_soon(clock.run)
        group.start_soon(feed.listen)
        with pytest.raises(StillRunningError):
            await wait_for_end(made, "gen-1", clock, feed=feed, deadline_seconds=300)
        group.cancel_scope.cancel()

    # Polling alone looks 19 times in 300 s.
    assert made.looked <= 30
    assert made.opened <= 15


async def test_news_is_looked_at_soon() -> None:
    clock = SimulatedClock()
    began = clock.now()
    made = Busy(clock, 1, 100.0)
    feed = EventFeed(made, clock)

    async with anyio.create_task_group() as group:
        group.start_soon(clock.run)
        group.start_soon(feed.listen)
        await feed.tried.wait()
        group.start_soon(ends_at, made, clock, began + 100.0)
        ended = await wait_for_end(made, "gen-1", clock, feed=feed, deadline_seconds=300)
        group.cancel_scope.cancel()

    assert ended.status == "succeeded"
    assert clock.now() - began <= 101.5


async def ends_at(made: Busy, clock: SimulatedClock, at: float) -> None:
    await clock.sleep(at - clock.now())
    made.script["gen-1"] = ["succeeded"]


async def test_a_dead_network_is_told_once_and_so_is_its_return() -> None:
    made = provider("processing", "succeeded")
    made.read_errors = [UnavailableError("oxen.test does not answer.")] * 8
    notes: list[str] = []

    ended = await wait_for_end(
        made, "gen-1", ManualClock(), feed=None, deadline_seconds=1800, note=notes.append
    )

    assert ended.status == "succeeded"
    assert [each.split(",")[0] for each in notes] == [
        "oxen.test does not answer; it is asked again until it answers",
        "the service answers again",
    ]


async def test_trouble_that_passes_at_once_is_not_told() -> None:
    made = provider("processing", "succeeded")
    made.read_errors = [UnavailableError("502")]
    notes: list[str] = []

    await wait_for_end(
        made, "gen-1", ManualClock(), feed=None, deadline_seconds=1800, note=notes.append
    )

    assert notes == []
