"""Floor 4: settings in, wired ports out. The one place that knows every adapter.

Adapters are imported where they are wired: listing a timeline's clips must not load a web server.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newtake.domain.errors import NotAuthorisedError, SettingsError
from newtake.domain.files import HostTarget
from newtake.ports import Host, Journal, MediaTool, Ports, Uploader
from newtake.settings import Settings, read_settings

if TYPE_CHECKING:
    import httpx

    from newtake.adapters.toolchain import Toolchain
    from newtake.sandbox.service import Sandbox
    from otio_newtake.host import OtioHost

SANDBOX_KEY = "sandbox-needs-no-key"


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a shell gets for the time of one run."""

    ports: Ports
    listen: bool
    """Whether the event stream is to be held open."""
    base_url: str


Wired = AbstractAsyncContextManager[Wiring]


def settings_now() -> Settings:
    """The settings of this process's environment. Raises: SettingsError."""
    return read_settings(os.environ)


def open_journal(settings: Settings) -> Journal:
    """Raises: JournalError."""
    from newtake.adapters.journal import SqliteJournal

    return SqliteJournal(settings.journal_path)


def timeline_host(target: HostTarget) -> OtioHost:
    """The host of a timeline file, with what only files can do."""
    from otio_newtake.host import OtioHost

    return OtioHost(target)


def open_host(target: HostTarget) -> Host:
    """The host of a job, opened again in any later process."""
    if target.kind != "otio":
        raise SettingsError(f"There is no host of kind {target.kind!r}.")
    return timeline_host(target)


def toolchain(settings: Settings) -> Toolchain:
    """The ffmpeg in use. Raises: MediaToolError."""
    from newtake.adapters.toolchain import find_toolchain

    return find_toolchain(str(settings.ffmpeg) if settings.ffmpeg else None)


def media_tool(settings: Settings) -> MediaTool:
    from newtake.adapters.ffmpeg import FfmpegMediaTool

    return FfmpegMediaTool(toolchain(settings))


@asynccontextmanager
async def sandbox(
    settings: Settings,
    *,
    port: int = 0,
    folder: Path | None = None,
    faults: tuple[str, ...] = (),
    look: str | None = None,
) -> AsyncIterator[Sandbox]:
    """The embedded provider, serving on this machine only until the end of the context."""
    from newtake.sandbox.faults import Fault
    from newtake.sandbox.service import SandboxOptions, run_sandbox

    try:
        parsed = tuple(Fault.parse(text) for text in faults)
    except ValueError as error:
        raise SettingsError("The sandbox does not know this fault.", why=str(error)) from error
    options = SandboxOptions(
        folder=folder or settings.home / "sandbox",
        ffmpeg=toolchain(settings).executable,
        port=port,
        look="copy" if look == "copy" else None,
        faults=parsed,
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
    wait: str | None = None,
    needs_key: bool = False,
) -> AsyncIterator[Wiring]:
    """Everything a job needs, closed again at the end.

    Args:
        settings: This machine's.
        provider: "oxen" or "sandbox"; None takes the settings'.
        uploader: An uploader's word; None takes the settings'.
        fetch_url: With `put:`, where the file is read again.
        wait: events, poll or sync; None takes the settings'.
        needs_key: Refuse at once when there is no key, before anything is exported.

    Raises:
        NotAuthorisedError: If a key is needed and there is none.
        SettingsError: If the uploader's word is not known.
    """
    from newtake.adapters.clock import SystemClock
    from newtake.adapters.credentials import find_key
    from newtake.adapters.oxen import OxenProvider, open_client
    from newtake.adapters.takes import TakeFolder

    name = provider or settings.provider
    mode = wait or settings.wait
    journal = open_journal(settings)
    async with AsyncExitStack() as stack:
        if name == "sandbox":
            base_url = (await stack.enter_async_context(sandbox(settings))).base_url
            key: str | None = SANDBOX_KEY
        else:
            base_url, key = settings.base_url, find_key(settings.home)
            if key is None and needs_key:
                raise NotAuthorisedError("There is no key for Oxen on this machine.")
        client = await stack.enter_async_context(open_client(base_url, key))
        service = OxenProvider(
            client,
            base_url=base_url,
            name=name,
            mode=mode,
            cache_folder=settings.home / "cache" / name,
            result_max_bytes=settings.result_max_bytes,
        )
        word = uploader or settings.uploader
        ports = Ports(
            provider=service,
            uploader=_uploader(word, fetch_url or settings.fetch_url, client, base_url, journal),
            media=media_tool(settings),
            journal=journal,
            takes=TakeFolder(),
            clock=SystemClock(),
            open_host=open_host,
        )
        yield Wiring(ports, listen=mode == "events", base_url=base_url)
