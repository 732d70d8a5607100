"""Whether DaVinci Resolve is there, what is open in it, and the way there that we were given."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake.domain.errors import NewTakeError, TimelineError
from newtake.domain.files import HostDocument
from newtake.settings import home_of

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls
    from newtake.hosts.resolve.transports import Transport

MENU = "NEWTAKE_RESOLVE_MENU"
"""Environment variable: set by the bridge in Resolve's menu, whose child we are."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What is open now, and what is selected there."""

    product: str
    version: str
    document: HostDocument | None
    """None where no timeline is open."""
    follows: bool
    """Whether this Resolve tells scripts what is selected."""
    selection: tuple[tuple[Any, ...], ...] = ()
    """Of each selected item its id and its place: another value for another choice."""


async def glance(calls: ResolveCalls) -> Glance:
    """One quick look; two or three requests. Raises: HostAwayError, ResolveCallError."""
    from newtake.hosts.resolve.items import read_document
    from newtake.hosts.resolve.messages import Call

    hello = await calls.ready()
    follows = calls.has("Timeline", "GetSelectedClips")
    try:
        document = await read_document(calls)
    except TimelineError:
        return Glance(hello.product, hello.version_text, None, follows)
    if not follows:
        return Glance(hello.product, hello.version_text, document, follows)
    rows = await calls.each(
        Call("GetSelectedClips", want="list"),
        Call("GetStart", want="any"),
        Call("GetDuration", want="any"),
        Call("GetLeftOffset", want="any"),
    )
    selection = tuple(
        (row.object.uid, *(None if isinstance(each, NewTakeError) else each for each in row.values))
        for row in rows
    )
    return Glance(hello.product, hello.version_text, document, follows, selection)


@asynccontextmanager
async def resolve_as_started(
    spool: Path | None, environment: Mapping[str, str]
) -> AsyncIterator[ResolveCalls]:
    """A conversation with the Resolve that this process was started from, or else from outside.

    To be entered early: from a menu it takes over this process's standard output. When the script
    in the menu has ended, as with Resolve itself, Resolve is looked for from outside.

    Args:
        spool: The folder that a script in Lua waits in; None without one.
        environment: Of this process.

    Raises:
        StorageError: The folder cannot be used.
    """
    from newtake.hosts.resolve.changing import LOCK
    from newtake.hosts.resolve.connection import ResolveConnection
    from newtake.hosts.resolve.spool import SpoolFolder
    from newtake.hosts.resolve.transports import ChildBridge, OwnPipes

    first: Transport | None = None
    if spool is not None:
        first = SpoolFolder(spool, _profiles(environment))
    elif started_from_menu(environment):
        first = OwnPipes()
    unused = [first] if first is not None else []

    async def opened() -> Transport:
        return unused.pop() if unused else await ChildBridge.start()

    connection = ResolveConnection(opened, lock=home_of(environment) / LOCK)
    try:
        yield connection
    finally:
        await connection.aclose()
        for each in unused:
            await each.aclose()


def started_from_menu(environment: Mapping[str, str]) -> bool:
    return environment.get(MENU) == "1"


def _profiles(environment: Mapping[str, str]) -> Path | None:
    from newtake.hosts.resolve.places import places_of

    try:
        return places_of(sys.platform, environment).fusion_profiles
    except NewTakeError:
        # A system without a known place: answers are in the folder alone.
        return None
