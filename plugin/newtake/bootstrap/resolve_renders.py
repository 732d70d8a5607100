"""What renders of processes that were killed left changed in Resolve, put back by a later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newtake.bootstrap.resolve_left_over import put_back_left
from newtake.ports import Journal
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls


async def put_back_renders(calls: ResolveCalls, settings: Settings, journal: Journal) -> int:
    """How many renders had left something; see `put_back_left`."""
    del journal
    return (await put_back_left(calls, settings)).renders
