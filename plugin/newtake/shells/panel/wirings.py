"""Ports for plans and runs of the page, several of which may be under way at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.abc

from newtake import bootstrap
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.blender.connection import BlenderCalls
    from newtake.hosts.resolve.connection import ResolveCalls


class Wirings:
    """Opens ports for as long as each is used; the sandbox once, and until the server ends.

    Two sandboxes on one folder would make each other's takes.
    """

    def __init__(
        self,
        settings: Settings,
        resolve: ResolveCalls | None,
        tasks: anyio.abc.TaskGroup,
        blender: BlenderCalls | None = None,
    ) -> None:
        """`resolve` and `blender`: how the running editor is spoken with; None: as
        `bootstrap.wired` has it."""
        self._settings = settings
        self._resolve = resolve
        self._blender = blender
        self._tasks = tasks
        self._turn = anyio.Lock()
        self._sandbox: bootstrap.Wiring | None = None

    @asynccontextmanager
    async def opened(
        self, provider: str, uploader: str | None = None, *, needs_key: bool = False
    ) -> AsyncIterator[bootstrap.Wiring]:
        """Arguments and errors as `bootstrap.wired` has them."""
        if provider == "sandbox":
            yield await self._shared_sandbox(uploader)
            return
        async with bootstrap.wired(
            self._settings,
            provider=provider,
            uploader=uploader,
            needs_key=needs_key,
            resolve=self._resolve,
            blender=self._blender,
        ) as wiring:
            yield wiring

    async def _shared_sandbox(self, uploader: str | None) -> bootstrap.Wiring:
        async with self._turn:
            if self._sandbox is None:
                self._sandbox = await self._tasks.start(self._keep_sandbox, uploader)
            return self._sandbox

    async def _keep_sandbox(
        self, uploader: str | None, *, task_status: anyio.abc.TaskStatus[bootstrap.Wiring]
    ) -> None:
        async with bootstrap.wired(
            self._settings,
            provider="sandbox",
            uploader=uploader,
            resolve=self._resolve,
            blender=self._blender,
        ) as wiring:
            task_status.started(wiring)
            await anyio.sleep_forever()
