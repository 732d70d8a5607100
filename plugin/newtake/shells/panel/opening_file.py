"""`newtake panel TIMELINE`: the page of one timeline file, served until nobody needs it.

A second start for the same file brings the first one's page up and ends.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

import anyio

from newtake import bootstrap
from newtake.bootstrap.draft_places import place_of
from newtake.bootstrap.drafts import Draft, open_draft
from newtake.domain.errors import StorageError
from newtake.settings import Settings
from newtake.shells.panel.claim import Claim, FilePlace, claim
from newtake.shells.panel.entering import listening, other_page, show
from newtake.shells.panel.file_desk import FileDesk
from newtake.shells.panel.lifetime import Moment, reason_to_end
from newtake.shells.panel.server import application

_LOG = logging.getLogger("newtake")
_TICK_SECONDS = 1.0


async def open_timeline_page(timeline: Path, browser: bool = True) -> None:
    """Serve the page of a timeline file, or bring up the one that is served.

    Returns when that is over: a draft that is not saved stays for the next time.

    Raises:
        TimelineError: There is no such timeline, or it cannot be read.
        StorageError: NEWTAKE_HOME cannot be used.
    """
    settings = bootstrap.settings_now()
    timeline = Path(await anyio.Path(timeline).absolute())
    # Before anything is claimed: a wrong path should leave nothing behind.
    draft = await open_draft(timeline, settings.home)
    folder = place_of(timeline, settings.home)
    held = claim(folder)
    if held is None:
        other = await other_page(folder)
        if other is not None:
            await show(folder, other, browser=browser)
            return
        held = claim(folder)
    if held is None:
        raise StorageError(
            f"Another New Take holds the page of {timeline.name} and does not say where it is.",
            why=f"Its lock is in {folder}.",
            fix="Wait a moment and open it again; else end that process.",
        )
    await _serve(settings, draft, held, browser=browser)


async def _serve(settings: Settings, draft: Draft, held: Claim, *, browser: bool) -> None:
    server, address = listening(held)
    place = FilePlace(settings.home, held, address)
    try:
        async with anyio.create_task_group() as tasks:
            desk = FileDesk(settings, draft, tasks, place)
            media = desk.media.routes()
            app = application(desk, address.token, server.port, server.ending, media=media)
            tasks.start_soon(server.serve, app)
            try:
                await server.answering()
                held.publish(address)
                await show(held.folder, address, browser=browser)
                tasks.start_soon(desk.follow)
                await _until_useless(desk)
            finally:
                server.stop()
            tasks.cancel_scope.cancel()
    finally:
        place.held.release()


async def _until_useless(desk: FileDesk) -> None:
    started_at = time.monotonic()
    while True:
        reason = reason_to_end(
            Moment(
                now=time.monotonic(),
                started_at=started_at,
                page_at=desk.news.page_at,
                resolve_there=False,
                jobs_running=desk.queue.running,
            )
        )
        if reason is not None:
            _LOG.info("the page ends: %s", reason)
            return
        await anyio.sleep(_TICK_SECONDS)
