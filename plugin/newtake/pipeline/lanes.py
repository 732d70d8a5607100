"""How much of each kind of work a run does at a time; the stages go on side by side.

Cutting plates and making takes have lanes of their own, so that a result does not wait for all
plates that are still to be cut. Plates go before takes all the same: the service works on what was
sent while takes are made, and on nothing that waits to be cut.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

LEAST_AT_WORK, MOST_AT_WORK = 2, 8
PLATES_FIRST_SECONDS = 10.0
UPLOADS_AT_ONCE, DOWNLOADS_AT_ONCE, LOOKS_AT_ONCE = 3, 4, 8


def works_at_once() -> int:
    """Programs on pictures at a time: each keeps about two cores busy, and more cost only memory.

    Measured on two cores; the most bounds the memory of large machines.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return min(max(LEAST_AT_WORK, cores // 2), MOST_AT_WORK)


def _lane(places: int) -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(places)


@dataclass(slots=True)
class Lanes:
    """First come, first served, each."""

    make: anyio.CapacityLimiter = field(init=False, default_factory=lambda: _lane(works_at_once()))
    """What is done to results: played to their ends, made into takes."""
    upload: anyio.CapacityLimiter = field(default_factory=lambda: _lane(UPLOADS_AT_ONCE))
    download: anyio.CapacityLimiter = field(default_factory=lambda: _lane(DOWNLOADS_AT_ONCE))
    look: anyio.CapacityLimiter = field(default_factory=lambda: _lane(LOOKS_AT_ONCE))
    """Readings of rows: when a stream breaks off, everybody looks."""
    plates_first_seconds: float = PLATES_FIRST_SECONDS
    """So long a take waits for plates at most."""
    _cut: anyio.CapacityLimiter = field(init=False, default_factory=lambda: _lane(works_at_once()))
    _to_cut: int = field(init=False, default=0)
    """Plates in the lane and waiting for it."""
    _all_cut: anyio.Event = field(init=False, default_factory=anyio.Event)

    @asynccontextmanager
    async def cutting(self) -> AsyncIterator[None]:
        """A place to cut a plate out of its source; the lane of takes is half as wide meanwhile."""
        if not self._to_cut:
            self._all_cut = anyio.Event()
            self.make.total_tokens = max(1, works_at_once() // 2)
        self._to_cut += 1
        try:
            async with self._cut:
                yield
        finally:
            self._to_cut -= 1
            if not self._to_cut:
                self._all_cut.set()
                self.make.total_tokens = works_at_once()

    @asynccontextmanager
    async def taking(self) -> AsyncIterator[None]:
        """A place to make a take, once all plates are cut or were waited for."""
        if self._to_cut:
            with anyio.move_on_after(self.plates_first_seconds):
                await self._all_cut.wait()
        async with self.make:
            yield


def lanes_of(*, uploads: int, downloads: int) -> Lanes:
    """Lanes with so many transfers at a time; the rest by this machine's cores."""
    return Lanes(upload=_lane(uploads), download=_lane(downloads))
