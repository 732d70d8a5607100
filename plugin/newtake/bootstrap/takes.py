"""How the takes of a timeline file were made, as the timeline and their sidecars say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.written_places import written_file
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.domain.selection import Selection, select_clips
from newtake.domain.take_record import TakeMedia, TakeRecord, record_of

_NAMED = 6

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

    Clips are counted where takes are: in the output, once there is one.

    Raises:
        SelectionError: There is no such clip or take; says where they were counted, and which
            clips have a take of that name.
        TimelineError: The timeline cannot be read.
    """
    name, named = clip_and_take(entry)
    # EXR frames were made with their movie.
    key = named.removesuffix("_exr")
    clips = await bootstrap.timeline_host(target).clips()
    file = await anyio.to_thread.run_sync(_counted_in, target)
    found = await take_records(target)
    try:
        (clip,) = select_clips(clips, Selection(clips=(name,)))
    except SelectionError as error:
        why = f"Takes are counted in {file}. {error.why}".strip()
        fix = " ".join(filter(None, (error.fix, _holders(clips, found, key, file))))
        raise SelectionError(error.what, why=why, fix=fix) from error
    records = found.get(clip.key, {})
    if key not in records:
        known = ", ".join(records) or "none"
        raise SelectionError(
            f"Clip {clip.index} ({clip.name}) of {file} has no take {key!r}.",
            why=f"Its takes are: {known}.",
            fix=_holders(clips, found, key, file),
        )
    return clip, records[key]


def _counted_in(target: HostTarget) -> str:
    """The name of the file whose clips `record_named` counts."""
    output = written_file(target.output)
    return (output if output.exists() else target.timeline).name


def _holders(clips: Sequence[Clip], found: TakeRecords, key: str, file: str) -> str:
    """Which clips have a take of this name, and what lists all."""
    there = [f"{clip.index} ({clip.name})" for clip in clips if key in found.get(clip.key, {})]
    some = ", ".join(there[:_NAMED]) + (", ..." if len(there) > _NAMED else "")
    held = f"{key} is a take of {some}; " if there else ""
    return f"{held}`newtake takes {file}` lists all takes by their clips' numbers."


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
    record = record_of(take.mark, *(found[1], found[0]) if found is not None else ())
    return replace(record, is_missing=take.movie is not None and not take.movie.exists())
