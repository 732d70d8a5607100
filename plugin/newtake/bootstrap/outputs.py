"""Where the takes of a timeline file go when nobody says where."""

from __future__ import annotations

from pathlib import Path

from newtake import bootstrap
from newtake.domain.files import HostTarget


def default_output(timeline: Path) -> Path:
    """Beside the timeline, never over it, and in its format: what came as an EDL goes back as one.

    One of our own takes more takes: see `own_output`.
    """
    suffix = timeline.suffix.lower() if bootstrap.is_exported(timeline) else ".otio"
    return timeline.with_name(f"{timeline.stem}_newtake{suffix}")


async def own_output(timeline: Path) -> Path:
    """The default output; of a timeline that New Take wrote the timeline itself.

    It is no original, and takes are only added to it.

    Raises:
        TimelineError: It cannot be read.
    """
    host = bootstrap.timeline_host(HostTarget("otio", timeline, timeline))
    return timeline if await host.is_ours() else default_output(timeline)


def free_output(timeline: Path) -> Path:
    """The default output, or the next name like it that no file has, nor the .otio beside it."""
    wanted = default_output(timeline)
    path, number = wanted, 1
    while path.exists() or path.with_suffix(".otio").exists():
        number += 1
        path = wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}")
    return path
