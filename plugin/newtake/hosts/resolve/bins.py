"""Our own bin in the media pool: finding it, finding what lies in it, and importing into it.

An import lands in the bin that is current (measured), so ours is made current for one request, and
the editor's is made current again in the same request, whatever comes of the import.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.bin_notes import note_bin, note_file, noted_bin
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.labelling import PoolClip, label_of
from newtake.hosts.resolve.messages import Address, Call, Check, Obj, ResolveCallError, result
from newtake.hosts.resolve.standing import check_open, still_open

OUR_BIN = "New Take"


@dataclass(frozen=True, slots=True)
class OurBins:
    """The bins that are ours, and what lies in them."""

    top: Obj | None
    """The bin "New Take"; None where there is none yet."""
    below: Mapping[str, Obj]
    """The bins right below it by name: one for each timeline."""
    clips: list[PoolClip]
    """Of all of them, wherever an editor moved them in there."""


async def read_bins(calls: ResolveCalls) -> OurBins:
    """Raises: HostAwayError, ResolveCallError."""
    tops = [each for each, name in await _sub_folders(calls, "root_folder") if name == OUR_BIN]
    if not tops:
        return OurBins(None, {}, [])
    below = await _sub_folders(calls, tops[0].address)
    clips: list[PoolClip] = []
    waiting = [*tops, *(folder for folder, _ in below)]
    while waiting:
        folder = waiting.pop(0)
        clips += await _clips(calls, folder)
        if folder not in tops:
            waiting += [each for each, _ in await _sub_folders(calls, folder.address)]
    return OurBins(tops[0], {name: folder for folder, name in below}, clips)


async def _sub_folders(calls: ResolveCalls, folder: Address) -> list[tuple[Obj, str]]:
    rows = await calls.each(
        Call("GetSubFolderList", folder, want="list"), Call("GetName", want="any")
    )
    return [(row.object, str(row.values[0])) for row in rows]


async def _clips(calls: ResolveCalls, folder: Obj) -> list[PoolClip]:
    rows = await calls.each(
        Call("GetClipList", folder.address, want="list"), *_reads(calls, folder.address)
    )
    return [_pool_clip(row.object, row.values) for row in rows]


async def read_clips(calls: ResolveCalls, media: Collection[str]) -> list[PoolClip]:
    """Pool items by their unique ids, wherever they lie. Raises: as `read_bins`."""
    clips = []
    for uid in media:
        known = Obj("media", uid)
        clips.append(_pool_clip(known, await calls.run(*_reads(calls, known.address))))
    return clips


def _reads(calls: ResolveCalls, on: Address) -> list[Call]:
    reads = [
        Call("GetClipProperty", on, ("File Path",), "any"),
        Call("GetMetadata", on, ("Comments",), "any"),
    ]
    if calls.has("MediaPoolItem", "GetThirdPartyMetadata"):
        reads.append(Call("GetThirdPartyMetadata", on, want="any"))
    return reads


def _pool_clip(media: Obj, values: Sequence[Any]) -> PoolClip:
    path, comments, *third_party = values
    label = label_of(third_party[0] if third_party else None, comments)
    # The two places of a label are written one after the other: see `write_label`.
    is_told = label is not None and (not third_party or label_of(third_party[0], None) is not None)
    return PoolClip(media, path if isinstance(path, str) else "", label, is_told)


async def import_media(
    calls: ResolveCalls, bins: OurBins, wanted: HostDocument, info: Mapping[str, Any]
) -> list[Obj]:
    """Import one file or sequence into our bin for a timeline, which is made where it is missing.

    Args:
        calls: To Resolve.
        bins: As they were just read.
        wanted: The timeline, which must be open; its name is that of the bin below ours.
        info: As ImportMedia takes it.

    Returns:
        What came of it: more than one pool item where "Show Individual Frames" is on.

    Raises:
        HostError: Resolve does not import it.
        HostAwayError: Resolve, or the timeline, is not there any more; nothing was imported.
    """
    try:
        return await _imported(calls, bins, wanted, info)
    except ResolveCallError as error:
        # Another project may have been opened, which says more than what the call says.
        await check_open(calls, wanted)
        if error.call != "MediaPool.AddSubFolder":
            raise
        # Another New Take, in a process of its own, made the bin since ours were read.
        return await _imported(calls, await read_bins(calls), wanted, info)


async def _imported(
    calls: ResolveCalls, bins: OurBins, wanted: HostDocument, info: Mapping[str, Any]
) -> list[Obj]:
    timeline_name = wanted.timeline_name
    current = Call("GetCurrentFolder", "pool")
    _, before = await calls.run(still_open(wanted), current)
    noted = _note_file(calls, wanted.project)
    steps = [still_open(wanted), current]
    target = bins.below.get(timeline_name)
    if target is None:
        top: Any = bins.top
        if top is None:
            steps.append(Call("AddSubFolder", "pool", ({"$": "root_folder"}, OUR_BIN)))
            top = {"$": result(len(steps) - 1)}
        steps.append(Call("AddSubFolder", "pool", (top, timeline_name)))
    ours = target if target is not None else {"$": result(len(steps) - 1)}
    enter = Call("SetCurrentFolder", "pool", (ours,), "true")
    # A bin of somebody's that could not be entered must not get the import.
    landed = Call("ImportMedia", "pool", ([dict(info)],), "list")
    again = Check("GetCurrentFolder", before)
    # Back to what this very request found: an editor may have opened another since; and to
    # nothing where it broke off before it looked, since then it changed nothing either.
    back = Call("SetCurrentFolder", "pool", ({"$": result(1)},), "true", again)
    if noted is not None and isinstance(before, Obj):
        await anyio.to_thread.run_sync(note_bin, noted, before.uid)
    try:
        values = await calls.run(*steps, enter, landed, afterwards=[back])
    except HostAwayError:
        # The bridge may have died between the two; the next request starts another.
        back = Call("SetCurrentFolder", "pool", (before,), "true", again)
        with suppress(HostAwayError, ResolveCallError):
            await calls.run(still_open(wanted), back)
            await _forget(noted)
        raise
    except ResolveCallError as error:
        if not error.afterwards:
            await _forget(noted)
        raise
    await _forget(noted)
    imported: list[Obj] = [each for each in values[-1] if isinstance(each, Obj) and each.uid]
    if not imported:
        raise HostError(
            f"DaVinci Resolve does not import {info['FilePath']}.",
            why="It gives no reason; it may lack the codec, or not see the folder.",
            fix="Import the file by hand to see why, then `newtake jobs resume`.",
        )
    return imported


async def put_back_bin(calls: ResolveCalls, project: str) -> bool:
    """Open the bin again that was open before an import that broke off, unless an editor opened
    another since.

    Args:
        calls: To Resolve; its `changing` is held.
        project: Unique id of the one that is open.

    Returns:
        Whether ours was still the open one.
    Raises:
        HostAwayError, ResolveCallError: Resolve does not tell its bins.
    """
    file = _note_file(calls, project)
    uid = None if file is None else await anyio.to_thread.run_sync(noted_bin, file)
    if file is None or uid is None:
        return False
    bins = await read_bins(calls)
    (current,) = await calls.run(Call("GetCurrentFolder", "pool", want="any"))
    ours = {each.uid for each in (bins.top, *bins.below.values()) if each is not None}
    is_ours = isinstance(current, Obj) and current.uid in ours - {uid}
    if is_ours:
        same_project = Call("GetUniqueId", "project", check=Check("GetUniqueId", project))
        # It may have been deleted since.
        with suppress(ResolveCallError):
            await calls.run(
                same_project, Call("SetCurrentFolder", "pool", (Obj("folder", uid),), "true")
            )
    await _forget(file)
    return is_ours


async def _forget(note: Path | None) -> None:
    if note is not None:
        await anyio.Path(note).unlink(missing_ok=True)


def _note_file(calls: ResolveCalls, project: str) -> Path | None:
    folder = calls.changing.folder
    return None if folder is None else note_file(folder, project)


def where(timeline_name: str) -> str:
    """Our bin, for a person."""
    return f"the bin {OUR_BIN} / {timeline_name}"
