"""Ports for plans and runs of the page, several of which may be under way at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.abc

from newtake import bootstrap
from newtake.settings import Settings
from newtake.shells.panel.requests import PlanRequest

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
        self._sandbox: str | None = None
        """The running sandbox's address."""

    @asynccontextmanager
    async def opened(
        self,
        provider: str,
        uploader: str | None = None,
        *,
        fetch_url: str | None = None,
        needs_key: bool = False,
    ) -> AsyncIterator[bootstrap.Wiring]:
        """Arguments and errors as `bootstrap.wired` has them; the sandbox needs no key."""
        is_sandbox = provider == "sandbox"
        async with bootstrap.wired(
            self._settings,
            provider=provider,
            uploader=uploader,
            fetch_url=fetch_url,
            needs_key=needs_key and not is_sandbox,
            resolve=self._resolve,
            blender=self._blender,
            sandbox_at=await self._shared_sandbox() if is_sandbox else None,
        ) as wiring:
            yield wiring

    def asked(
        self, request: PlanRequest, *, needs_key: bool = False
    ) -> AbstractAsyncContextManager[bootstrap.Wiring]:
        """Ports for what the page asks for."""
        return self.opened(
            request.provider or self._settings.provider,
            request.uploader,
            fetch_url=request.fetch_url,
            needs_key=needs_key,
        )

    async def _shared_sandbox(self) -> str:
        async with self._turn:
            if self._sandbox is None:
                self._sandbox = await self._tasks.start(self._keep_sandbox)
            return self._sandbox

    async def _keep_sandbox(self, *, task_status: anyio.abc.TaskStatus[str]) -> None:
        async with bootstrap.sandbox(self._settings) as running:
            task_status.started(running.base_url)
            await anyio.sleep_forever()
