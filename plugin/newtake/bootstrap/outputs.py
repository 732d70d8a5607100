"""Where the takes of a timeline file go when nobody says where."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import anyio.to_thread

from newtake import bootstrap
from newtake.domain.files import HostTarget


def timeline_target(timeline: Path, output: Path | None = None) -> HostTarget:
    """A timeline file, to be looked at as it is where no output is given.

    An EDL is read at the rate that was told when one of its jobs was planned.

    Raises:
        JournalError: Of an EDL, when the journal cannot be read.
    """
    return HostTarget("otio", timeline, output or timeline, edl_rate=edl_rate_of(timeline))


def edl_rate_of(timeline: Path, told: str | None = None) -> str:
    """What a person says now that an EDL counts at, else what was said for its last job; "" for
    what was never said and for other formats.

    Args:
        timeline: An absolute path.
        told: Said now.

    Raises:
        JournalError: The journal cannot be read.
    """
    if timeline.suffix.lower() != ".edl":
        return ""
    told = told or os.environ.get("NEWTAKE_EDL_RATE")
    settings = bootstrap.settings_now()
    if told or not settings.journal_path.exists():
        return told or ""
    jobs = bootstrap.open_journal(settings).jobs()
    same = [job for job in jobs if job.order.host.timeline == timeline]
    return max(same, key=lambda job: job.created_at).order.host.edl_rate if same else ""


async def planned_on(target: HostTarget) -> HostTarget:
    """The target of what is planned on its timeline as that is now; see `HostTarget.planned_on`.

    Raises:
        TimelineError: The timeline cannot be read.
    """
    from otio_newtake.reading import sha256_of

    if target.output == target.timeline:
        return target
    state = await anyio.to_thread.run_sync(sha256_of, target.timeline)
    return replace(target, planned_on=state)


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
    host = bootstrap.timeline_host(timeline_target(timeline))
    return timeline if await host.is_ours() else default_output(timeline)


def free_output(timeline: Path) -> Path:
    """The default output, or the next name like it that no file has, nor the .otio beside it."""
    wanted = default_output(timeline)
    path, number = wanted, 1
    while path.exists() or path.with_suffix(".otio").exists():
        number += 1
        path = wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}")
    return path
