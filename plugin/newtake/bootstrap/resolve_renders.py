"""What renders of processes that were killed left changed in Resolve, put back by a later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newtake.ports import Journal
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls


async def put_back_renders(calls: ResolveCalls, settings: Settings, journal: Journal) -> int:
    """Put back what belongs to the open timeline; a render that is under way is left alone.

    Returns:
        How many renders had left something.
    Raises:
        HostAwayError: Resolve cannot be reached.
    """
    from newtake.hosts.resolve.rendering import put_back_left

    count = 0
    for job in journal.jobs():
        folder = settings.work_folder / job.id
        if job.order.clip.rendered is not None and not journal.is_held(job.id):
            count += await put_back_left(calls, folder)
    return count
