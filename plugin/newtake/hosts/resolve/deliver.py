"""What a render changes in Resolve, as it was before: read, kept in a file, and put back.

A render needs the Deliver page, a format and a mode, and the clip's track alone. All of it is an
editor's own. It is written down before the first change, so that a process that comes after a
killed one can put it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from newtake.domain.errors import HostAwayError, StorageError
from newtake.durable import write_new
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import TimelineFacts
from newtake.hosts.resolve.messages import Address, Call, Check, Obj, ResolveCallError


@dataclass(frozen=True, slots=True)
class Before:
    """An editor's state of things."""

    timeline: str
    """Unique id."""
    page: str
    playhead: str
    """Timecode."""
    format: str
    codec: str
    mode: int
    tracks: Mapping[str, bool]
    """Number of each video track, as text, and whether it is switched on."""
    marks: Mapping[str, Mapping[str, int]] | None
    """As `GetMarkInOut` has them; None before 19.1, where scripts cannot see them."""
    preset: str
    """A preset that holds the Deliver page's settings meanwhile; empty before 19.1, where a preset
    could not be deleted again."""
    folder: str
    """Where we have rendered to: the jobs of the queue that go there are ours."""
    name: str = ""
    """The timeline's, for a person."""
    track: int = 0
    """The video track that is rendered, alone; 0 where it is not known."""
    marked: tuple[int, int] = (-1, -1)
    """First and last frame of what is rendered, as marks count."""

    @property
    def address(self) -> Address:
        return Obj("timeline", self.timeline).address


async def read_before(
    calls: ResolveCalls, timeline: TimelineFacts, folder: Path, token: str
) -> Before:
    """How things are now; changes nothing. `token` makes the preset's name its own."""
    page, playhead, current, mode = await calls.run(
        Call("GetCurrentPage", "resolve", want="any"),
        Call("GetCurrentTimecode", want="any"),
        Call("GetCurrentRenderFormatAndCodec", "project", want="any"),
        Call("GetCurrentRenderMode", "project", want="any"),
    )
    marks = None
    if calls.has("Timeline", "GetMarkInOut"):
        (marks,) = await calls.run(Call("GetMarkInOut", want="any"))
        marks = marks if isinstance(marks, dict) else {}
    current = current if isinstance(current, dict) else {}
    can_delete = calls.has("Project", "DeleteRenderPreset")
    return Before(
        timeline=timeline.document.timeline,
        page=str(page or "edit"),
        playhead=str(playhead or ""),
        format=str(current.get("format") or ""),
        codec=str(current.get("codec") or ""),
        mode=mode if isinstance(mode, int) else 1,
        tracks={
            str(track.number): track.enabled
            for track in timeline.tracks
            if track.track_type == "video"
        },
        marks=marks,
        preset=f"New Take {token}" if can_delete else "",
        folder=str(folder),
        name=timeline.document.timeline_name,
    )


def keep(before: Before, file: Path) -> None:
    """Write it down. Raises: StorageError."""
    try:
        write_new(file, json.dumps(asdict(before)).encode())
    except OSError as error:
        raise StorageError(f"{file} cannot be written.", why=str(error)) from error


def kept(file: Path) -> Before | None:
    """What a process before this one wrote down and did not put back; None where it did."""
    try:
        return Before(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


async def since(calls: ResolveCalls, before: Before) -> Before:
    """What is to be put back after an editor went on working, whose own changes since then stay.

    He chooses clips by playhead, marks and tracks, so none that he set may give way to older ones.
    """
    page, playhead = await _run(
        calls,
        before,
        Call("GetCurrentPage", "resolve", want="any"),
        Call("GetCurrentTimecode", before.address, want="any"),
    )
    tracks, marks = before.tracks, before.marks
    if before.track:
        # Of the others it is known that the render left them as they were.
        tracks = {
            number: enabled
            for number, enabled in tracks.items()
            if enabled != (int(number) == before.track)
        }
    if marks is not None:
        (now,) = await _run(calls, before, Call("GetMarkInOut", before.address, want="any"))
        first, last = before.marked
        ours: tuple[dict[str, int], ...] = ({}, {"in": first, "out": last})
        own = {
            kind: at
            for kind, at in (now if isinstance(now, dict) else {}).items()
            if at not in ours
        }
        marks = {**marks, **own}
    return replace(
        before,
        page=before.page if page in (*_PAGES_OF_A_RENDER, None) else str(page),
        playhead=str(playhead or ""),
        tracks=tracks,
        marks=marks,
    )


_PAGES_OF_A_RENDER = ("edit", "deliver")
"""Opened by us in turn."""


async def put_back(calls: ResolveCalls, before: Before, job: str = "") -> tuple[str, ...]:
    """Put everything back, as far as Resolve lets us; what it did not is told.

    Args:
        calls: To Resolve.
        before: How things were.
        job: The id of our job in the queue, where it is known.

    Raises:
        HostAwayError: Resolve cannot be reached, or another project or timeline is open, whose
            settings are none of ours; nothing, or some of it, was put back.
    """
    told = await _clear_queue(calls, before, job)
    await _run(calls, before, Call("OpenPage", "resolve", ("edit",), "any"))
    if before.preset:
        told += await _settings(calls, before)
    restore = []
    if before.format:
        pair = (before.format, before.codec)
        restore.append(Call("GetRenderCodecs", "project", (before.format,), "any"))
        restore.append(Call("SetCurrentRenderFormatAndCodec", "project", pair, "any"))
    restore.append(Call("SetCurrentRenderMode", "project", (before.mode,), "any"))
    restore += [
        Call("SetTrackEnable", before.address, ("video", int(number), enabled), "any")
        for number, enabled in before.tracks.items()
    ]
    await _run(calls, before, *restore)
    await _run(calls, before, Call("OpenPage", "resolve", (before.page,), "any"))
    if before.marks is not None:
        # After the last change of pages: opening the Deliver page resets marks in some versions.
        (marks,) = await _run(calls, before, Call("GetMarkInOut", before.address, want="any"))
        await _run(calls, before, *_marks(before, marks if isinstance(marks, dict) else {}))
    if before.playhead:
        await _run(
            calls, before, Call("SetCurrentTimecode", before.address, (before.playhead,), "any")
        )
    return (*told, *await _differences(calls, before))


async def _settings(calls: ResolveCalls, before: Before) -> list[str]:
    """Load what else was set on the Deliver page; the preset goes once that is done, not before."""
    preset = ("project", (before.preset,))
    loaded, presets = await _run(
        calls,
        before,
        Call("LoadRenderPreset", *preset, "any"),
        Call("GetRenderPresetList", "project", want="any"),
    )
    if loaded is not True:
        if before.preset not in (presets or ()):
            # Put back by a process that ended before it could say so, or never changed.
            return []
        return [
            "what else was set on the Deliver page could not be put back: it is in the render "
            f"preset {before.preset!r}; load it there, then delete it"
        ]
    gone, presets = await _run(
        calls,
        before,
        Call("DeleteRenderPreset", *preset, "any"),
        Call("GetRenderPresetList", "project", want="any"),
    )
    if gone is not True and before.preset in (presets or ()):
        return [f"the render preset {before.preset!r} is ours and could not be deleted again"]
    return []


async def _run(calls: ResolveCalls, before: Before, *wanted: Call) -> list[Any]:
    """Make calls if the timeline is the open one, and with it its project; as `put_back` raises."""
    guard = Call("GetUniqueId", "timeline", check=Check("GetUniqueId", before.timeline))
    try:
        return (await calls.run(guard, *wanted))[1:]
    except ResolveCallError as error:
        if error.at > 0:
            raise
        raise HostAwayError(
            "Another timeline is open in DaVinci Resolve, and what a render changed in "
            f"{before.name or 'its own'} is not put back yet.",
            why="New Take switches no project and no timeline under an editor's hands.",
            fix="Open that timeline, then `newtake resolve collect`.",
        ) from error


async def _clear_queue(calls: ResolveCalls, before: Before, ours: str) -> list[str]:
    """Stop and remove the jobs that are ours; others are neither started nor touched.

    Returns:
        Notes of those that are still there.
    """
    told = []
    (jobs,) = await _run(calls, before, Call("GetRenderJobList", "project", want="list"))
    for job in jobs or ():
        if not isinstance(job, dict) or not (job.get("JobId") == ours or _goes_to(job, before)):
            continue
        uid = str(job.get("JobId"))
        status, busy = await _run(
            calls,
            before,
            Call("GetRenderJobStatus", "project", (uid,), "any"),
            Call("IsRenderingInProgress", "project", want="any"),
        )
        word = status.get("JobStatus") if isinstance(status, dict) else None
        stop = [Call("StopRendering", "project", want="any")]
        delete = Call("DeleteRenderJob", "project", (uid,), "any")
        *_, gone = await _run(
            calls, before, *(stop if busy is True and word not in ENDED else ()), delete
        )
        if gone is not True:
            name = job.get("RenderJobName") or uid
            told.append(f"our job {name} could not be removed from the render queue")
    return told


def _goes_to(job: Mapping[str, Any], before: Before) -> bool:
    """Whether a job renders into our folder, in whatever spelling: its name is no other's."""
    folder = str(job.get("TargetDir") or "").replace("\\", "/").rstrip("/")
    return PurePath(folder).name == PurePath(before.folder).name


ENDED = ("Complete", "Failed", "Cancelled")
"""Words of a job's status that were seen; others may come, and in other languages."""


def _marks(before: Before, now: Mapping[str, Any]) -> list[Call]:
    """What gives marks back. One mark without the other cannot be set, so it is left as it is."""
    calls, was = [], before.marks or {}
    for kind in sorted({*was, *now}):
        marks = was.get(kind) or {}
        if marks == (now.get(kind) or {}) or len(marks) == 1:
            continue
        calls.append(Call("ClearMarkInOut", before.address, (kind,), "any"))
        if "in" in marks and "out" in marks:
            at = (round(marks["in"]), round(marks["out"]), kind)
            calls.append(Call("SetMarkInOut", before.address, at, "any"))
    return calls


async def _differences(calls: ResolveCalls, before: Before) -> tuple[str, ...]:
    page, playhead, current, mode, *enabled = await _run(
        calls,
        before,
        Call("GetCurrentPage", "resolve", want="any"),
        Call("GetCurrentTimecode", before.address, want="any"),
        Call("GetCurrentRenderFormatAndCodec", "project", want="any"),
        Call("GetCurrentRenderMode", "project", want="any"),
        *(
            Call("GetIsTrackEnabled", before.address, ("video", int(number)), "any")
            for number in before.tracks
        ),
    )
    current = current if isinstance(current, dict) else {}
    pairs = [
        ("the page", page, before.page),
        ("the playhead", str(playhead or ""), before.playhead),
        ("the render mode", mode, before.mode),
        ("the render format", str(current.get("format") or ""), before.format),
        ("the render codec", str(current.get("codec") or ""), before.codec),
    ]
    for (number, was), now in zip(before.tracks.items(), enabled, strict=True):
        pairs.append((f"whether V{number} is switched on", now, was))
    if before.marks is not None:
        (marks,) = await _run(calls, before, Call("GetMarkInOut", before.address, want="any"))
        pairs.append(("the marks", marks or {}, before.marks))
    told = [
        f"{name} could not be put back as before: it was {was!r} and is {now!r}"
        for name, now, was in pairs
        if now != was
    ]
    if not before.preset:
        told.append(
            "before Resolve 19.1 a script cannot keep marks, nor what else is set on the Deliver "
            "page; look there before your next render"
        )
    return tuple(told)
