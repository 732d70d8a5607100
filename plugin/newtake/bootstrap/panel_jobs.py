"""Whether a job's takes come to the timeline of a page."""

from __future__ import annotations

from newtake.domain.errors import TimelineError
from newtake.domain.files import HostTarget


def takes_go_to(target: HostTarget, own: HostTarget) -> bool:
    """Whether the takes of a job are added to the page's timeline, or were added to it.

    Args:
        target: The job's.
        own: The page's, with a draft.
    """
    if target.kind != "otio":
        return False
    if target.draft is None:
        # Of a command: its takes are in the file that it wrote.
        return target.output.resolve() == own.timeline.resolve()
    from otio_newtake.drafting import followed

    try:
        now = followed(target)
    except TimelineError:
        now = target
    return now.draft == own.draft or now.timeline.resolve() == own.timeline.resolve()
