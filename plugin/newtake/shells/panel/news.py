"""A number that grows with every change, and whoever waits for the next one."""

from __future__ import annotations

import time

import anyio

from newtake.shells.panel.lifetime import PAGE_SECONDS

CALM_SECONDS = 0.15
"""Changes that come together are told together: progress comes many times a second."""


class News:
    def __init__(self) -> None:
        self.revision = 0
        self.page_at: float | None = None
        """When a page asked last, on the monotonic clock; None before the first time."""
        self._moved = anyio.Event()

    @property
    def page_is_open(self) -> bool:
        return self.page_at is not None and time.monotonic() - self.page_at < PAGE_SECONDS

    def tell(self) -> None:
        """Something changed."""
        self.revision += 1
        self._moved.set()
        self._moved = anyio.Event()

    async def after(self, seen: int, seconds: float) -> int:
        """The revision, as soon as it is another than `seen`, or when the time is over."""
        self.page_at = time.monotonic()
        if seen == self.revision:
            with anyio.move_on_after(seconds):
                await self._moved.wait()
                await anyio.sleep(CALM_SECONDS)
        self.page_at = time.monotonic()
        return self.revision
