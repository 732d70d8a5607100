"""How a command reaches Resolve: what processes that were killed left there goes first."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from newtake import bootstrap
from newtake.bootstrap.resolve_left_over import put_back_left
from newtake.settings import Settings
from newtake.shells.cli.drawing import console, say

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls


@asynccontextmanager
async def resolve_as_left(settings: Settings) -> AsyncIterator[ResolveCalls]:
    """Resolve from outside, with tracks, marks and bins as its editor left them.

    Before a clip is chosen: with a track that a dead process has switched off, the playhead would
    be over another one.
    """
    async with bootstrap.resolve_from_outside() as calls:
        for each in (await put_back_left(calls, settings)).said:
            say(console(sys.stderr), each)
        yield calls
