"""Reports of single takes: what the timeline and the sidecar beside the take know of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.panel_takes import check_take
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.domain.take_record import TakeMedia
from newtake.domain.take_report import TakeReport, take_report

_EXR = "_exr"


async def report_in_file(target: HostTarget, clip: Clip, take: str) -> TakeReport:
    """The report of a take in a timeline file.

    Args:
        target: The timeline.
        clip: Of it.
        take: The take's key; EXR frames were made with their movie.

    Raises:
        SelectionError: There is no such take.
        TimelineError: The timeline cannot be read.
    """
    check_take(clip, take)
    found = (await bootstrap.timeline_host(target).take_media()).get(clip.key, {})
    media = found.get(take.removesuffix(_EXR))
    if media is None:
        raise SelectionError(f"Nothing says how {take} of {clip.name} was made.")
    return await anyio.to_thread.run_sync(_report, media)


async def report_beside(clip: Clip, take: str) -> TakeReport:
    """The report of a take in a running editor, by the sidecar beside its file.

    Raises:
        SelectionError: There is no such take.
    """
    check_take(clip, take)
    key = take.removesuffix(_EXR)
    url = next((each.url for each in clip.takes if each.key == key), "")
    return await anyio.to_thread.run_sync(_report, TakeMedia({}, Path(url) if url else None))


def _report(media: TakeMedia) -> TakeReport:
    from newtake.adapters.sidecars import read_sidecar

    name = media.mark.get("sidecar")
    found = read_sidecar(media.movie, name if isinstance(name, str) else "")
    sidecar: Mapping[str, Any] | None = None if found is None else found[1]
    movie = "" if media.movie is None else str(media.movie)
    return take_report(media.mark, sidecar, movie=movie, zone=None)
