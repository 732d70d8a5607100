"""What processes that were killed left changed in Resolve, put back by the next one."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from newtake import bootstrap
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls

TURN_SECONDS = 1.0
"""How long another New Take that changes the project is waited for."""
_RENDER = "What a render that was cut off had changed in Resolve is as before again."
_BIN = "The bin that was open before an import that was cut off is open again."
_BUSY = (
    "A New Take is rendering in this timeline at the moment, with tracks switched off: what lies "
    "under the playhead may be another clip than before."
)


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put back."""

    renders: int = 0
    said: tuple[str, ...] = ()
    """Sentences for a person: what was put back, and what was not."""


async def put_back_left(calls: ResolveCalls, settings: Settings) -> PutBack:
    """Put back what belongs to the open timeline; a render that is under way is left alone.

    Nothing is asked of Resolve where nothing is left.

    Raises:
        HostAwayError, ResolveCallError: Resolve cannot be reached, or does not answer.
        TimelineError: No timeline is open.
    """
    from newtake.hosts.resolve import left_over
    from newtake.hosts.resolve.bin_notes import has_notes
    from newtake.hosts.resolve.bins import put_back_bin
    from newtake.hosts.resolve.items import read_document

    left = await anyio.to_thread.run_sync(left_over.left_in, settings.work_folder)
    folder = calls.changing.folder
    has_bin = folder is not None and await anyio.to_thread.run_sync(has_notes, folder)
    if not left and not has_bin:
        return PutBack()
    await calls.ready()
    document = await read_document(calls)
    here = [each for each in left if each.before.timeline == document.timeline]
    if not here and not has_bin:
        return PutBack()
    journal = bootstrap.open_journal(settings)
    if any(journal.is_held(each.job) for each in here):
        return PutBack(said=(_BUSY,))
    async with AsyncExitStack() as turn:
        with anyio.move_on_after(TURN_SECONDS) as waiting:
            await turn.enter_async_context(calls.changing)
        if waiting.cancelled_caught:
            return PutBack(said=(_BUSY,) if here else ())
        done = await left_over.put_back_left(calls, here, journal.is_held)
        has_bin = await put_back_bin(calls, document.project)
    said = (*((_RENDER,) if done.renders else ()), *done.notes, *((_BIN,) if has_bin else ()))
    return PutBack(done.renders, said)
