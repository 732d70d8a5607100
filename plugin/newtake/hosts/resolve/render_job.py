"""Starts one job of Resolve's render queue, and waits until it has ended."""

from __future__ import annotations

from typing import Any

import anyio

from newtake.domain.errors import HostError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.deliver import ENDED
from newtake.hosts.resolve.messages import Call, Check, ResolveCallError
from newtake.hosts.resolve.standing import check_open
from newtake.ports import Progress

_IDLE_POLLS = 3
"""So often in a row nothing may be rendering before a job without a known end has ended."""


async def start(calls: ResolveCalls, job: str) -> str:
    """Start the job; gives its word for not having begun, which may be in any language."""
    asked = Call("GetRenderJobStatus", "project", (job,), "any")
    status, _ = await calls.run(asked, Call("StartRendering", "project", ([job], False), "true"))
    return _word(status)


def _word(status: Any) -> str:
    return str(status.get("JobStatus") or "") if isinstance(status, dict) else ""


async def wait_for_end(
    calls: ResolveCalls,
    document: HostDocument,
    job: str,
    waiting: str,
    *,
    progress: Progress,
    poll_seconds: float,
    start_seconds: float,
) -> None:
    """Wait for the end of a job. Its words may be in other languages: it may also just be idle.

    Idle ends it only when it has begun, which is seen by another word than `waiting`, or by a
    Resolve that was busy.

    Args:
        calls: To Resolve.
        document: Whose project the job is of; it must stay open.
        job: Its id.
        waiting: What `start` gave.
        progress: Is told percent.
        poll_seconds: Between two looks.
        start_seconds: How long it may take to begin.

    Raises:
        HostError: It failed, was stopped, or did not begin.
        HostAwayError: Resolve is away, or has another project open.
    """
    idle, has_begun, latest = 0, False, anyio.current_time() + start_seconds
    same_project = Call("GetUniqueId", "project", check=Check("GetUniqueId", document.project))
    while True:
        try:
            _, status, busy = await calls.run(
                same_project,
                Call("GetRenderJobStatus", "project", (job,), "any"),
                Call("IsRenderingInProgress", "project", want="any"),
            )
        except ResolveCallError:
            await check_open(calls, document)
            raise
        word = _word(status)
        status = status if isinstance(status, dict) else {}
        percent = status.get("CompletionPercentage")
        if isinstance(percent, (int, float)):
            progress(min(100, round(percent)), 100)
        if status.get("Error") or word in ENDED[1:]:
            raise HostError(
                f"DaVinci Resolve did not render the clip: {word or 'it failed'}.",
                why=str(status.get("Error") or "It was stopped there."),
                fix="See that it renders on the Deliver page, then `newtake jobs resume`.",
            )
        has_begun = has_begun or busy is True or word not in ("", waiting)
        idle = 0 if busy is True else idle + 1
        if word == ENDED[0] or (has_begun and idle >= _IDLE_POLLS):
            return
        if not has_begun and anyio.current_time() > latest:
            raise HostError(
                "DaVinci Resolve did not begin to render the clip.",
                why=f"After {start_seconds:.0f} seconds its job still says: {word or 'nothing'}.",
                fix="See that it renders on the Deliver page, then `newtake jobs resume`.",
            )
        await anyio.sleep(poll_seconds)
