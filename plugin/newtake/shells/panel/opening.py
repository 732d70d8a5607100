"""`newtake resolve open`: one page for one NEWTAKE_HOME, served until nobody needs it.

Rule 1: nothing is written to standard output, which from Resolve's menu is the way to the bridge.
Rule 2: a second start brings the first one's page up and ends. Where the first one has lost Resolve
and the second one comes from Resolve, the second goes on in its place.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import httpx

from newtake import bootstrap
from newtake.bootstrap.resolve_presence import resolve_as_started, started_from_menu
from newtake.domain.errors import StorageError
from newtake.settings import Settings
from newtake.shells.panel.claim import Address, Claim, claim
from newtake.shells.panel.entering import (
    OTHER_SECONDS,
    claim_soon,
    listening,
    other_page,
    show,
)
from newtake.shells.panel.lifetime import Moment, reason_to_end
from newtake.shells.panel.resolve_desk import ResolveDesk
from newtake.shells.panel.server import application

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls

_LOG = logging.getLogger("newtake")
_TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Opening:
    """How the page is opened."""

    spool: Path | None = None
    browser: bool = True


async def open_page(opening: Opening) -> None:
    """Serve the page, or bring up the one that is served; returns when that is over.

    Raises:
        StorageError: NEWTAKE_HOME or the spool folder cannot be used.
    """
    settings = bootstrap.settings_now()
    from_resolve = opening.spool is not None or started_from_menu(os.environ)
    # Before all else: a browser that is started must not inherit the pipe to the bridge.
    async with resolve_as_started(opening.spool, os.environ) as calls:
        jobs: Sequence[str] = ()
        held = claim(settings.home)
        if held is None:
            other = await other_page(settings.home)
            if other is None:
                held = claim(settings.home)
            elif from_resolve and (left := await _taken_over(other)) is not None:
                jobs, held = left, await claim_soon(settings.home)
            else:
                await show(settings.home, other, browser=opening.browser)
                return
        if held is None:
            raise StorageError(
                "Another New Take holds the page and does not say where it is.",
                why=f"Its lock is in {settings.home}.",
                fix="Wait a moment and open it again; else end that process.",
            )
        try:
            await _serve(settings, calls, held, jobs, browser=opening.browser)
        finally:
            held.release()


async def _serve(
    settings: Settings, calls: ResolveCalls, held: Claim, jobs: Sequence[str], *, browser: bool
) -> None:
    server, address = listening(held)
    async with anyio.create_task_group() as tasks:
        desk = ResolveDesk(settings, calls, tasks)
        media = desk.media.routes()
        app = application(desk, address.token, server.port, server.ending, media=media)
        tasks.start_soon(server.serve, app)
        try:
            await server.answering()
            held.publish(address)
            await show(settings.home, address, browser=browser)
            tasks.start_soon(desk.follow)
            if jobs:
                await desk.queue.take_over(jobs)
            await _until_useless(desk)
        finally:
            server.stop()
        tasks.cancel_scope.cancel()


async def _until_useless(desk: ResolveDesk) -> None:
    started_at = time.monotonic()
    while not desk.handed_over.is_set():
        reason = reason_to_end(
            Moment(
                now=time.monotonic(),
                started_at=started_at,
                page_at=desk.news.page_at,
                resolve_there=desk.looking.is_there,
                jobs_running=desk.queue.running,
            )
        )
        if reason is not None:
            _LOG.info("the page ends: %s", reason)
            return
        with anyio.move_on_after(_TICK_SECONDS):
            await desk.handed_over.wait()
    _LOG.info("the page ends: another start goes on in its place")


async def _taken_over(other: Address) -> list[str] | None:
    """The jobs of the other one, if it ends in favour of us; None while it has Resolve itself."""
    origin = other.url.removesuffix(f"/{other.token}/")
    try:
        # To this machine only, whatever proxies the environment names.
        async with httpx.AsyncClient(trust_env=False, timeout=OTHER_SECONDS) as client:
            answer = await client.post(
                f"{other.url}api/hand_over", json={}, headers={"Origin": origin}
            )
        return [str(each) for each in answer.json()["jobs"]] if answer.is_success else None
    except (httpx.HTTPError, ValueError, KeyError):
        return None
