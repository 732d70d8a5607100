"""Floor 4: settings in, wired ports out. The one place that knows every adapter.

Adapters are imported where they are wired: listing a timeline's clips must not load a web server.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from newtake.bootstrap.logbook import keep_out
from newtake.bootstrap.media import check_first_frame as check_first_frame
from newtake.bootstrap.media import images_named as images_named
from newtake.bootstrap.media import look_up_table as look_up_table
from newtake.bootstrap.media import media_tool as media_tool
from newtake.bootstrap.media import part_tool as part_tool
from newtake.bootstrap.media import proxy_maker as proxy_maker
from newtake.bootstrap.media import toolchain as toolchain
from newtake.bootstrap.media import write_cuts as write_cuts
from newtake.domain.choices import WaitMode
from newtake.domain.errors import NotAuthorisedError, ProviderError, SettingsError
from newtake.domain.files import HostTarget
from newtake.ports import Host, Journal, Ports
from newtake.settings import Settings, home_of, read_settings

if TYPE_CHECKING:
    from newtake.adapters.credentials import Credentials
    from newtake.adapters.oxen_wire import OxenWire
    from newtake.hosts.blender.connection import BlenderCalls
    from newtake.hosts.blender.host import BlenderHost
    from newtake.hosts.resolve.connection import ResolveCalls
    from newtake.sandbox.service import Sandbox
    from otio_newtake.host import OtioHost

SANDBOX_KEY = "sandbox-needs-no-key"
_given: dict[str, str] = {}
"""What this process was told beside its environment; see `give_key`."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a shell gets for the time of one run."""

    ports: Ports
    listen: bool
    """Whether the event stream is to be held open."""
    base_url: str


Wired = AbstractAsyncContextManager[Wiring]


@dataclass(frozen=True, slots=True)
class SandboxPace:
    """How fast the embedded provider works, where that is to be like a real service's."""

    at_once: int = 2
    """Generations that it works on at a time."""
    job_seconds: float = 0.0
    """What each takes at least, once it is its turn."""
    result: Path | None = None
    """A video that every request gets, so that rendering takes no processor's time."""


def settings_now() -> Settings:
    """The settings of this process's environment. Raises: SettingsError."""
    return read_settings(os.environ)


def open_journal(settings: Settings) -> Journal:
    """Raises: JournalError."""
    from newtake.adapters.journal import SqliteJournal
    from newtake.adapters.mortal_journal import VARIABLE, MortalJournal

    if point := os.environ.get(VARIABLE):
        return MortalJournal(settings.journal_path, point)
    return SqliteJournal(settings.journal_path)


def timeline_host(target: HostTarget) -> OtioHost:
    """The host of a timeline file, with what only files can do."""
    from otio_newtake.host import OtioHost

    return OtioHost(target)


def is_exported(timeline: Path) -> bool:
    """Whether a timeline of this name is of a format that is written from the .otio beside it."""
    from otio_newtake.formats import format_of

    return format_of(timeline) is not None


def open_host(
    target: HostTarget,
    resolve: ResolveCalls | None = None,
    clip_colour: str = "Purple",
    blender: BlenderCalls | None = None,
) -> Host:
    """The host of a job, opened again in any later process.

    Args:
        target: The job's.
        resolve: How a running DaVinci Resolve is spoken with; of use for its timelines only.
        clip_colour: There, of a clip while a take is made for it.
        blender: How the Blender that started this process is spoken with; None: its files are out
            of reach, and takes for them wait.
    """
    if target.kind == "otio":
        return timeline_host(target)
    if target.kind == "blender":
        return blender_host(target, blender)
    if target.kind == "resolve" and resolve is not None:
        from newtake.hosts.resolve.host import ResolveHost

        return ResolveHost(target, resolve, colour=clip_colour)
    raise SettingsError(f"There is no host of kind {target.kind!r}.")


def blender_host(target: HostTarget, calls: BlenderCalls | None) -> BlenderHost:
    """The host of a scene in Blender, with what only it can do; `calls` as for `open_host`."""
    from newtake.hosts.blender.connection import AwayCalls
    from newtake.hosts.blender.host import BlenderHost

    return BlenderHost(target, calls or AwayCalls(), media_tool(settings_now()))


def end_children(afterwards: Callable[[], object], *, known_only: bool = False) -> None:
    """End every program that this process has started, then the process, by what `afterwards` does;
    see `children.end_children`."""
    from newtake import children

    children.end_children(afterwards, known_only=known_only)


@asynccontextmanager
async def resolve_from_outside() -> AsyncIterator[ResolveCalls]:
    """A conversation with the DaVinci Resolve that runs on this machine.

    The bridge is started at the first request, in which errors come, and ended with the context.
    """
    from newtake.hosts.resolve.changing import LOCK
    from newtake.hosts.resolve.connection import ResolveConnection
    from newtake.hosts.resolve.transports import ChildBridge

    connection = ResolveConnection(ChildBridge.start, lock=home_of(os.environ) / LOCK)
    try:
        yield connection
    finally:
        await connection.aclose()


@asynccontextmanager
async def sandbox(
    settings: Settings,
    *,
    port: int = 0,
    folder: Path | None = None,
    faults: tuple[str, ...] = (),
    seed: int = 0,
    look: str | None = None,
    pace: SandboxPace = SandboxPace(),
) -> AsyncIterator[Sandbox]:
    """The embedded provider, serving on this machine only until the end of the context.

    Raises:
        SettingsError: A fault is not known, or the port cannot be had.
        StorageError: The folder cannot be used.
    """
    from newtake.sandbox.faults import Fault
    from newtake.sandbox.service import SandboxOptions, run_sandbox

    try:
        parsed = tuple(Fault.parse(text) for text in faults)
    except ValueError as error:
        raise SettingsError(
            "The sandbox does not know this fault.",
            why=str(error),
            fix="`newtake sandbox --help` says how a fault is written.",
        ) from error
    options = SandboxOptions(
        folder=folder or settings.home / "sandbox",
        ffmpeg=toolchain(settings).executable,
        port=port,
        look="copy" if look == "copy" else None,
        faults=parsed,
        seed=seed,
        concurrency=pace.at_once,
        job_seconds=pace.job_seconds,
        result=pace.result,
        renders=settings.sandbox_renders,
    )
    async with run_sandbox(options) as running:
        yield running


@asynccontextmanager
async def wired(
    settings: Settings,
    *,
    provider: str | None = None,
    uploader: str | None = None,
    fetch_url: str | None = None,
    wait: WaitMode | None = None,
    needs_key: bool = False,
    resolve: ResolveCalls | None = None,
    blender: BlenderCalls | None = None,
    sandbox_at: str | None = None,
) -> AsyncIterator[Wiring]:
    """Everything a job needs, closed again at the end.

    Args:
        settings: This machine's.
        provider: "oxen" or "sandbox"; None takes the settings'.
        uploader: An uploader's word; None takes the settings'.
        fetch_url: With `put:`, where the file is read again.
        wait: events, poll or sync; None takes the settings'.
        needs_key: Refuse at once when there is no key or a wrong one, before anything is exported.
        resolve: A conversation with DaVinci Resolve that is the caller's to end. None: jobs of its
            timelines reach it from outside, and only when they get there.
        blender: A conversation with the Blender that started this process, the caller's to end.
        sandbox_at: The address of a sandbox that runs already; None: one is started where needed.

    Raises:
        NotAuthorisedError: If a key is needed and there is none, or the service refuses it.
        SettingsError: If the uploader's word is not known.
    """
    from newtake.adapters.clock import SystemClock
    from newtake.adapters.http import open_client
    from newtake.adapters.oxen import OxenProvider
    from newtake.adapters.oxen_wire import OxenWire
    from newtake.adapters.takes import TakeFolder
    from newtake.adapters.uploaders.choice import choose_uploader
    from newtake.adapters.uploaders.memory import UploadMemory

    name = provider or settings.provider
    mode = wait or settings.wait
    journal, clock = open_journal(settings), SystemClock()
    async with AsyncExitStack() as stack:
        if resolve is None:
            # Nothing is started by this; see ResolveConnection.
            resolve = await stack.enter_async_context(resolve_from_outside())
        if name == "sandbox":
            if sandbox_at is None:
                sandbox_at = (await stack.enter_async_context(sandbox(settings))).base_url
            base_url = sandbox_at
            key: str | None = SANDBOX_KEY
        else:
            base_url, key = settings.base_url, stored_key(settings)
            if key is None and needs_key:
                raise NotAuthorisedError("There is no key for Oxen on this machine.")
        client = await stack.enter_async_context(open_client(base_url, key))
        wire = OxenWire(client, base_url, clock)
        if needs_key:
            await _refuse_wrong_key(wire)
        ports = Ports(
            provider=OxenProvider(
                client,
                base_url=base_url,
                clock=clock,
                name=name,
                mode=mode,
                # The sandbox has a new port each time, and its card is always at hand.
                cache_folder=None if name == "sandbox" else settings.home / "cache" / name,
                result_max_bytes=settings.result_max_bytes,
            ),
            uploader=choose_uploader(
                uploader or settings.uploader,
                wire=wire,
                memory=UploadMemory(
                    lambda key: journal.remembered(_lasting(key, base_url, name)),
                    lambda key, value: journal.remember(_lasting(key, base_url, name), value),
                ),
                fetch_url=fetch_url or settings.fetch_url,
            ),
            media=media_tool(settings),
            parts=part_tool(settings),
            journal=journal,
            takes=TakeFolder(),
            clock=clock,
            open_host=partial(
                open_host,
                resolve=resolve,
                clip_colour=settings.resolve_clip_colour,
                blender=blender,
            ),
        )
        yield Wiring(ports, listen=mode == "events", base_url=base_url)


async def _refuse_wrong_key(wire: OxenWire) -> None:
    """Raise for a key that the service refuses; any other trouble is for the step that meets it."""
    try:
        await wire.user_name()
    except NotAuthorisedError as error:
        # Without a status the service knew the key and only did not name the account.
        if error.http_status is not None:
            raise
    except ProviderError:
        return


def _lasting(key: str, base_url: str, provider: str) -> str:
    """The embedded sandbox takes a new port each time and keeps its files all the same."""
    return key.replace(base_url, provider) if provider == "sandbox" else key


def stored_key(settings: Settings) -> str | None:
    """The key for the service, wherever it is kept."""
    found = credentials(settings).find(settings.base_url)
    if found is None:
        return None
    keep_out(found.key)
    return found.key


def give_key(key: str) -> None:
    """Use this key in this process, before any that is set or stored."""
    _given["key"] = key


def credentials(settings: Settings) -> Credentials:
    """The keys of this user."""
    from newtake.adapters.credentials import Credentials

    return Credentials(settings.home, os.environ, _given.get("key", ""))
