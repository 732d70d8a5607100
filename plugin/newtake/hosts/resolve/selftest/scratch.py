"""The scratch project of a self-test: made beside the open project, and taken away again.

Rule 1: the open project is saved before another opens, which closes it, and is opened again in any
case. Nothing else of it is written to.
Rule 2: only the project that was made here is deleted, and only while another one is open.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import anyio

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.messages import Call, Check, Obj, ResolveCallError
from newtake.hosts.resolve.selftest.report import Cleanup

PREFIX = "New Take self-test"
UNTITLED = "Untitled Project"
"""A project that was never saved: saving it by a script blocks behind a dialog (observed)."""


@dataclass(frozen=True, slots=True)
class Before:
    """Where the person was."""

    project: str
    project_uid: str
    page: str
    timeline: Obj | None
    playhead: str
    bin: Obj | None
    leftovers: tuple[str, ...]
    """Projects that an earlier self-test left, by their names."""


async def read_before(calls: ResolveCalls) -> Before:
    """Look where the person is; nothing is changed.

    Raises:
        HostError: No project is open, or not one that could be opened again.
        HostAwayError: Resolve cannot be reached.
    """
    hello = await calls.ready()
    try:
        name, uid = await calls.run(Call("GetName", "project"), Call("GetUniqueId", "project"))
    except ResolveCallError as error:
        raise HostError(
            "No project is open in DaVinci Resolve.",
            why=error.why,
            fix="Open a project of yours; it is saved, closed for a while and opened again.",
        ) from error
    names = [str(each) for each in await _projects(calls)]
    if name == UNTITLED or name not in names:
        raise HostError(
            "The project that is open was never saved, or is not in the project manager's folder.",
            why="It must be closed for the self-test, and could not be opened again by its name.",
            fix="Save it under a name (File > Save Project), or open the project manager at its "
            "folder; then start again.",
        )
    leftovers = tuple(each for each in names if each.startswith(PREFIX))
    if name in leftovers:
        raise HostError(
            f"The open project, {name}, is what an earlier self-test left.",
            fix="Open a project of yours, delete that one in the project manager, and start again.",
        )
    timeline = await _object(calls, Call("GetCurrentTimeline", "project", want="any"))
    playhead = ""
    if timeline is not None:
        (found,) = await calls.run(Call("GetCurrentTimecode", timeline.address, want="any"))
        playhead = str(found or "")
    folder = await _object(calls, Call("GetCurrentFolder", "pool", want="any"))
    return Before(str(name), str(uid), hello.page, timeline, playhead, folder, leftovers)


@asynccontextmanager
async def scratch_project(
    calls: ResolveCalls, before: Before, cleanup: Cleanup
) -> AsyncIterator[str]:
    """A new, empty project that is open; gives its name.

    Args:
        calls: To Resolve.
        before: Where the person was, and will be again.
        cleanup: Told what was put back, also when this ends by an error or an interrupt; raises
            nothing by itself. With `kept` the scratch project stays.

    Raises:
        ResolveCallError: The open project could not be saved, or no other be made.
        HostAwayError: Resolve is not there any more.
    """
    name = f"{PREFIX} {uuid.uuid4().hex[:8]}"
    if name in await _projects(calls):
        raise HostError(f"There is a project {name} already.", fix="Start again.")
    await calls.run(Call("SaveProject", "project_manager", want="true"))
    opened = Check("GetName", name, on="project")
    try:
        await calls.run(Call("CreateProject", "project_manager", (name,), "value", opened))
        yield name
    finally:
        with anyio.CancelScope(shield=True):
            await _put_back(calls, before, name, cleanup)


async def _put_back(calls: ResolveCalls, before: Before, name: str, cleanup: Cleanup) -> None:
    try:
        await _open_again(calls, before, name)
        cleanup.project_is_back = True
    except HostError as error:
        cleanup.left.append(
            f"{before.project} is not open again ({_words(error)}): open it in the project "
            f"manager; it was saved. Then delete {name} there."
        )
        return
    await _look_again(calls, before, cleanup)
    if cleanup.kept:
        return
    try:
        if name in await _projects(calls):
            await calls.run(Call("DeleteProject", "project_manager", (name,), "true"))
        cleanup.scratch_is_deleted = name not in await _projects(calls)
    except HostError as error:
        cleanup.left.append(f"{name} is still there ({_words(error)}): delete it by hand.")


async def _open_again(calls: ResolveCalls, before: Before, name: str) -> None:
    current = await _open_project(calls)
    if current == before.project_uid:
        return
    if current is not None and (await calls.run(Call("GetName", "project")))[0] == name:
        # One with changes might ask, in a dialog, what to do about them.
        await calls.run(Call("SaveProject", "project_manager", want="any"))
    back = Check("GetUniqueId", before.project_uid, on="project")
    await calls.run(Call("LoadProject", "project_manager", (before.project,), "value", back))


async def _look_again(calls: ResolveCalls, before: Before, cleanup: Cleanup) -> None:
    """The page, timeline, bin and playhead; each is only touched where it is another one."""
    try:
        if before.bin is not None:
            (folder,) = await calls.run(Call("GetCurrentFolder", "pool", want="any"))
            if folder != before.bin:
                await calls.run(Call("SetCurrentFolder", "pool", (before.bin,), "true"))
        if before.timeline is not None:
            timeline = await _object(calls, Call("GetCurrentTimeline", "project", want="any"))
            if timeline != before.timeline:
                await calls.run(Call("SetCurrentTimeline", "project", (before.timeline,), "true"))
            where = Call("GetCurrentTimecode", "timeline", want="any")
            if before.playhead and (await calls.run(where))[0] != before.playhead:
                await calls.run(Call("SetCurrentTimecode", "timeline", (before.playhead,), "any"))
        (page,) = await calls.run(Call("GetCurrentPage", "resolve", want="any"))
        if before.page and page != before.page:
            await calls.run(Call("OpenPage", "resolve", (before.page,), "any"))
    except HostError as error:
        cleanup.left.append(f"Page, timeline or bin may be another one now ({_words(error)}).")


async def _open_project(calls: ResolveCalls) -> str | None:
    try:
        return str((await calls.run(Call("GetUniqueId", "project")))[0])
    except HostAwayError:
        raise
    except ResolveCallError:
        return None


async def _projects(calls: ResolveCalls) -> list[str]:
    listing = Call("GetProjectListInCurrentFolder", "project_manager", want="list")
    names: list[str] = (await calls.run(listing))[0]
    return names


async def _object(calls: ResolveCalls, call: Call) -> Obj | None:
    with suppress(ResolveCallError):
        (found,) = await calls.run(call)
        if isinstance(found, Obj) and found.uid:
            return found
    return None


def _words(error: HostError) -> str:
    return f"{error.what} {error.why}".strip()
