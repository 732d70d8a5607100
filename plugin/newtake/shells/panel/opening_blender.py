"""`newtake blender open`: the page of one running Blender, served until nobody needs it.

Rule 1: nothing is written to standard output, which is the way to the add-on.
Rule 2: each Blender has a page of its own, as each may have another file open. The add-on is told
where it is, and opens it where a person wants it.
Rule 3: where Blender ends, what is under way goes on to the take's file, which then waits.
"""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from newtake import bootstrap
from newtake.bootstrap.blender import blender_as_started, page_folder
from newtake.domain.errors import NewTakeError, StorageError
from newtake.settings import Settings
from newtake.shells.panel.blender_desk import BlenderDesk
from newtake.shells.panel.claim import Claim, claim
from newtake.shells.panel.entering import listening
from newtake.shells.panel.lifetime import Moment, reason_to_end
from newtake.shells.panel.server import application

if TYPE_CHECKING:
    from newtake.hosts.blender.connection import BlenderCalls

_LOG = logging.getLogger("newtake")
_TICK_SECONDS = 1.0
_CLAIMED_SECONDS = 60.0


async def open_blender_page() -> None:
    """Serve the page; returns when that is over.

    Raises:
        StorageError: NEWTAKE_HOME cannot be used.
        HostError: The add-on that started this process does not answer.
    """
    settings = bootstrap.settings_now()
    async with blender_as_started() as calls:
        folder = page_folder(settings.home)
        forget_dead(folder.parent)
        held = claim(folder)
        if held is None:
            raise StorageError(f"Another process holds {folder}.")
        try:
            await _serve(settings, calls, held)
        finally:
            held.release()
            shutil.rmtree(folder, ignore_errors=True)


def forget_dead(folder: Path) -> None:
    """Remove what processes that were killed left of their pages, the addresses with their tokens.

    Args:
        folder: Has a folder for each page; those that are claimed, or younger than the moment in
            which a page claims its own, are left alone.
    """
    for each in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError, StorageError):
            if time.time() - each.stat().st_mtime < _CLAIMED_SECONDS:
                continue
            if each.name.isdecimal() and (dead := claim(each)) is not None:
                dead.release()
                shutil.rmtree(each, ignore_errors=True)


async def _serve(settings: Settings, calls: BlenderCalls, held: Claim) -> None:
    server, address = listening(held)
    async with anyio.create_task_group() as tasks:
        desk = BlenderDesk(settings, calls, tasks)
        app = application(
            desk, address.token, server.port, server.ending, media=desk.media.routes()
        )
        tasks.start_soon(server.serve, app)
        try:
            await server.answering()
            held.publish(address)
            await calls.ask("page", url=address.url)
            tasks.start_soon(desk.follow)
            await _until_useless(desk)
        except NewTakeError as error:
            _LOG.warning("the page of Blender ends: %s", error)
            raise
        finally:
            server.stop()
        tasks.cancel_scope.cancel()


async def _until_useless(desk: BlenderDesk) -> None:
    started_at = time.monotonic()
    while True:
        reason = reason_to_end(
            Moment(
                now=time.monotonic(),
                started_at=started_at,
                # Without Blender nobody can open a page that was never opened.
                page_at=desk.news.page_at if desk.news.page_at is not None else started_at,
                resolve_there=desk.looking.is_there,
                jobs_running=desk.queue.running,
            )
        )
        if reason is not None:
            _LOG.info("the page ends: %s", reason)
            return
        await anyio.sleep(_TICK_SECONDS)
