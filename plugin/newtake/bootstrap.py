"""Settings in, wired ports out: the one file that knows every adapter."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from otio_newtake.host import OtioHost

from newtake.adapters.clock import SystemClock
from newtake.adapters.credentials import find_key
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.journal import SqliteJournal
from newtake.adapters.oxen import OxenProvider, open_client
from newtake.adapters.takes import TakeFolder
from newtake.adapters.toolchain import Toolchain, find_toolchain
from newtake.domain.errors import NotAuthorisedError, SettingsError
from newtake.domain.files import HostTarget
from newtake.ports import Host, Journal, Ports
from newtake.sandbox.service import run_sandbox
from newtake.settings import Settings, read_settings

SANDBOX_KEY = "sandbox-needs-no-key"
_CONSENT = "consent:public:"


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a shell gets for the time of one run."""

    ports: Ports
    listen: bool
    """Whether the event stream is to be held open."""
    base_url: str


Wired = AbstractAsyncContextManager[Wiring]


def settings_now() -> Settings:
    """The settings of this process's environment."""
    return read_settings(os.environ)


def open_journal(settings: Settings) -> Journal:
    return SqliteJournal(settings.journal_path)


def open_host(target: HostTarget) -> Host:
    """The host of a timeline."""
    if target.kind != "otio":
        raise SettingsError(f"There is no host of kind {target.kind!r}.")
    return OtioHost(target)


def toolchain(settings: Settings) -> Toolchain:
    """The ffmpeg in use. Raises: MediaToolError."""
    return find_toolchain(str(settings.ffmpeg) if settings.ffmpeg else None)


@asynccontextmanager
async def wired(
    settings: Settings,
    *,
    provider: str | None = None,
    uploader: str | None = None,
    fetch_url: str | None = None,
    wait: str | None = None,
    needs_key: bool = False,
    faults: tuple[str, ...] = (),
) -> AsyncIterator[Wiring]:
    """Everything a job needs, closed again at the end.

    Args:
        settings: This machine's.
        provider: "oxen" or "sandbox"; None takes the settings'.
        uploader: An uploader's word; None takes the settings'.
        fetch_url: With `put:`, where the file is read again.
        wait: events, poll or sync; None takes the settings'.
        needs_key: Refuse at once when there is no key, before anything is exported.
        faults: Misbehaviour asked of the sandbox.

    Raises:
        NotAuthorisedError: If a key is needed and there is none.
        SettingsError: If the uploader's word is not known.
    """
    name = provider or settings.provider
    mode = wait or settings.wait
    tools = toolchain(settings)
    journal = open_journal(settings)
    async with AsyncExitStack() as stack:
        if name == "sandbox":
            sandbox = await stack.enter_async_context(
                run_sandbox(sandbox_options(settings, tools, faults=faults))
            )
            base_url, key = sandbox.base_url, SANDBOX_KEY
        else:
            base_url, found = settings.base_url, find_key(settings.home)
            if found is None and needs_key:
                raise NotAuthorisedError("There is no key for Oxen on this machine.")
            key = found.value if found else ""
        client = await stack.enter_async_context(open_client(base_url, key))
        ports = Ports(
            provider=OxenProvider(
                client,
                base_url=base_url,
                name=name,
                mode=mode,
                cache_folder=settings.home / "cache",
                result_max_bytes=settings.result_max_bytes,
            ),
            uploader=_uploader(
                uploader or settings.uploader,
                fetch_url or settings.fetch_url,
                client,
                base_url,
                journal,
            ),
            media=FfmpegMediaTool(tools),
            journal=journal,
            takes=TakeFolder(),
            clock=SystemClock(),
            open_host=open_host,
        )
        yield Wiring(ports, listen=mode == "events", base_url=base_url)
