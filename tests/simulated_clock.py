"""A clock for many sleepers at once: time goes on when everybody waits, to the next who wakes."""

from __future__ import annotations

import heapq
import itertools

import anyio
import anyio.lowlevel

_ROUNDS = 20


class SimulatedClock:
    """Implements `ports.Clock`. `run` must be one of the tasks; it ends when it is cancelled."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, anyio.Event]] = []

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        awake = anyio.Event()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), awake))
        await awake.wait()

    async def run(self) -> None:
        while True:
            # Everybody who is awake comes to the next wait; a task group takes some rounds.
            for _ in range(_ROUNDS):
                await anyio.lowlevel.checkpoint()
            if not self._sleepers:
                continue
            at, _, awake = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            awake.set()
