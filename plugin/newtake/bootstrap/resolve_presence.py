"""Whether DaVinci Resolve is there, what is open in it, and the way there that we were given."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake.domain.errors import NewTakeError, OutputError, TimelineError
from newtake.domain.files import HostDocument
from newtake.settings import home_of

if TYPE_CHECKING:
    from newtake.hosts.bridging.pipes import Transport
    from newtake.hosts.resolve.connection import ResolveCalls, ResolveConnection

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
        spool: The folder that a script in Lua waits in, or will look into where it is the one of
            `by_hand_folder`; None without one.
        environment: Of this process.

    Raises:
        StorageError: The folder cannot be used.
    """
    from newtake.hosts.resolve.changing import LOCK
    from newtake.hosts.resolve.connection import ResolveConnection
    from newtake.hosts.resolve.spool import BY_HAND, SpoolFolder
    from newtake.hosts.resolve.transports import ChildBridge, menu_pipes

    lock = home_of(environment) / LOCK
    if spool is not None and spool.name == BY_HAND:
        async with _by_hand(spool, environment, lock) as connection:
            yield connection
        return
    first: Transport | None = None
    if spool is not None:
        first = SpoolFolder(spool, _profiles(environment))
    elif started_from_menu(environment):
        first = menu_pipes()
    unused = [first] if first is not None else []

    async def opened() -> Transport:
        return unused.pop() if unused else await ChildBridge.start()

    connection = ResolveConnection(opened, lock=lock)
    try:
        yield connection
    finally:
        await connection.aclose()
        for each in unused:
            await each.aclose()


@asynccontextmanager
async def _by_hand(
    folder: Path, environment: Mapping[str, str], lock: Path
) -> AsyncIterator[ResolveConnection]:
    """Never from outside: where this way is taken, there is no other."""
    from newtake.hosts.resolve.by_hand import ByHand
    from newtake.hosts.resolve.connection import ResolveConnection

    way = ByHand(folder, _profiles(environment))
    connection = ResolveConnection(way.open, lock=lock)
    try:
        yield connection
    finally:
        await connection.aclose()
        await way.aclose()


@dataclass(frozen=True, slots=True)
class ByHandFolder:
    """Where a script that starts no program meets the newtake that the editor starts."""

    folder: Path
    entry: str
    """The menu entry's name in Resolve; empty where none in Lua is installed."""


def by_hand_folder(environment: Mapping[str, str]) -> ByHandFolder:
    """The folder that the installed menu entry looks into; without one, that of a new entry.

    Raises:
        OutputError: The environment names no home folder.
        StorageError: An entry cannot be read.
    """
    from newtake.bootstrap.resolve_menu import facts, target_here
    from newtake.hosts.resolve.spool import BY_HAND

    target, name = target_here(environment), ""
    with suppress(OutputError):
        # Of a system without a known place the folder may be given to `install` alone.
        for entry in facts(environment).entries:
            if entry.language == "lua" and entry.target is not None:
                target, name = entry.target, entry.path.stem
                break
    return ByHandFolder(Path(target.spool_parent) / BY_HAND, name)


def started_from_menu(environment: Mapping[str, str]) -> bool:
    return environment.get(MENU) == "1"


def _profiles(environment: Mapping[str, str]) -> Path | None:
    from newtake.hosts.resolve.places import places_of

    try:
        return places_of(sys.platform, environment).fusion_profiles
    except NewTakeError:
        # A system without a known place: answers are in the folder alone.
        return None
