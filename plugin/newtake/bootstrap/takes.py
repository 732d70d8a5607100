"""How the takes of a timeline file were made, as the timeline and their sidecars say it."""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread

from newtake import bootstrap
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.domain.selection import Selection, select_clips
from newtake.domain.take_record import TakeMedia, TakeRecord, record_of

TakeRecords = Mapping[str, Mapping[str, TakeRecord]]
"""Clip key -> take key -> how the take was made."""


async def take_records(target: HostTarget) -> TakeRecords:
    """Of every take of a timeline file, and of an output of it that is there already.

    A sidecar that is not there is done without.

    Raises:
        TimelineError: The timeline cannot be read.
    """
    media = await bootstrap.timeline_host(target).take_media()
    return await anyio.to_thread.run_sync(
        lambda: {
            clip: {key: _record(take) for key, take in takes.items()}
            for clip, takes in media.items()
        }
    )


async def record_named(target: HostTarget, entry: str) -> tuple[Clip, TakeRecord]:
    """How the take was made that `CLIP=TAKE` names, and its clip.

    Raises:
        SelectionError: There is no such clip or take.
        TimelineError: The timeline cannot be read.
    """
    name, named = clip_and_take(entry)
    # EXR frames were made with their movie.
    key = named.removesuffix("_exr")
    clips = await bootstrap.timeline_host(target).clips()
    (clip,) = select_clips(clips, Selection(clips=(name,)))
    records = (await take_records(target)).get(clip.key, {})
    if key not in records:
        known = ", ".join(records) or "none"
        raise SelectionError(
            f"The clip {clip.name} has no take {key!r}.", fix=f"Its takes are: {known}."
        )
    return clip, records[key]


def clip_and_take(entry: str) -> tuple[str, str]:
    """The two sides of `CLIP=TAKE`. Raises: SelectionError."""
    clip, separator, take = entry.rpartition("=")
    if not separator or not clip or not take:
        raise SelectionError(
            f"{entry!r} is no choice of a take.", fix="Write CLIP=TAKE, e.g. 2=take_001."
        )
    return clip, take


def _record(take: TakeMedia) -> TakeRecord:
    from newtake.adapters.sidecars import read_sidecar

    name = take.mark.get("sidecar")
    found = read_sidecar(take.movie, name if isinstance(name, str) else "")
    if found is None:
        return record_of(take.mark)
    return record_of(take.mark, found[1], found[0])
