"""What a render changes in Resolve, as it was before: read, kept in a file, and put back.

A render needs the Deliver page, a format and a mode, and the clip's track alone. All of it is an
editor's own. It is written down before the first change, so that a process that comes after a
killed one can put it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from newtake.domain.errors import StorageError
from newtake.durable import write_new
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import TimelineFacts
from newtake.hosts.resolve.messages import Address, Call, Obj


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


async def put_back(calls: ResolveCalls, before: Before) -> tuple[str, ...]:
    """Put everything back, as far as Resolve lets us; what it did not is told.

    Raises:
        HostAwayError: Resolve cannot be reached; nothing, or some of it, was put back.
    """
    await _clear_queue(calls, before)
    restore = [Call("OpenPage", "resolve", ("edit",), "any")]
    if before.preset:
        restore += [
            Call("LoadRenderPreset", "project", (before.preset,), "any"),
            Call("DeleteRenderPreset", "project", (before.preset,), "any"),
        ]
    if before.format:
        pair = (before.format, before.codec)
        restore.append(Call("GetRenderCodecs", "project", (before.format,), "any"))
        restore.append(Call("SetCurrentRenderFormatAndCodec", "project", pair, "any"))
    restore.append(Call("SetCurrentRenderMode", "project", (before.mode,), "any"))
    restore += [
        Call("SetTrackEnable", before.address, ("video", int(number), enabled), "any")
        for number, enabled in before.tracks.items()
    ]
    await calls.run(*restore)
    await calls.run(Call("OpenPage", "resolve", (before.page,), "any"))
    # After the last change of pages: opening the Deliver page resets marks in some versions.
    await calls.run(*_marks(before))
    if before.playhead:
        await calls.run(
            Call("SetCurrentTimecode", before.address, (before.playhead,), "any"),
        )
    return await _differences(calls, before)


async def _clear_queue(calls: ResolveCalls, before: Before) -> None:
    """Stop and remove the jobs that are ours; others are neither started nor touched."""
    (jobs,) = await calls.run(Call("GetRenderJobList", "project", want="list"))
    for job in jobs or ():
        if not isinstance(job, dict) or job.get("TargetDir") != before.folder:
            continue
        uid = str(job.get("JobId"))
        status, busy = await calls.run(
            Call("GetRenderJobStatus", "project", (uid,), "any"),
            Call("IsRenderingInProgress", "project", want="any"),
        )
        word = status.get("JobStatus") if isinstance(status, dict) else None
        if busy is True and word not in ENDED:
            await calls.run(Call("StopRendering", "project", want="any"))
        await calls.run(Call("DeleteRenderJob", "project", (uid,), "any"))


ENDED = ("Complete", "Failed", "Cancelled")
"""Words of a job's status that were seen; others may come, and in other languages."""


def _marks(before: Before) -> list[Call]:
    if before.marks is None:
        return []
    calls = [Call("ClearMarkInOut", before.address, ("all",), "any")]
    for kind, marks in before.marks.items():
        if isinstance(marks, Mapping) and "in" in marks and "out" in marks:
            at = (round(marks["in"]), round(marks["out"]), kind)
            calls.append(Call("SetMarkInOut", before.address, at, "any"))
    return calls


async def _differences(calls: ResolveCalls, before: Before) -> tuple[str, ...]:
    page, playhead, current, mode, *enabled = await calls.run(
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
        (marks,) = await calls.run(Call("GetMarkInOut", before.address, want="any"))
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
