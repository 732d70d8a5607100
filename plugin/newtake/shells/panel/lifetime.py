"""When the server ends by itself: with nobody to serve and nothing to do."""

from __future__ import annotations

from dataclasses import dataclass

PAGE_SECONDS = 90.0
"""A page that has not asked for this long is closed. Browsers let pages in the background ask at
least once a minute."""
START_SECONDS = 120.0
"""How long a browser may take to show the page at all."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known when it is asked; times are of one monotonic clock, in seconds."""

    now: float
    started_at: float
    page_at: float | None
    """When a page asked last; None before the first one."""
    resolve_there: bool
    """False for a timeline file as well."""
    jobs_running: int


def reason_to_end(moment: Moment) -> str | None:
    """Why the server is of no more use, as a sentence; None while it is.

    It stays while Resolve is there, since takes are brought there and the menu opens the same page
    again; while a page is open; and while a job is under way.
    """
    if moment.jobs_running or moment.resolve_there:
        return None
    if moment.page_at is None:
        if moment.now - moment.started_at < START_SECONDS:
            return None
        return "No page was opened."
    if moment.now - moment.page_at < PAGE_SECONDS:
        return None
    return "The page is closed, and no job is under way."
