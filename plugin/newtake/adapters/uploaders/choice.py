"""The uploader that a word of the settings or the command line names."""

from __future__ import annotations

import httpx

from newtake.adapters.http import OriginAuth, open_client
from newtake.adapters.http_addresses import is_loopback
from newtake.adapters.oxen_wire import OxenWire
from newtake.adapters.uploaders.absent import AbsentUploader
from newtake.adapters.uploaders.command import CommandUploader
from newtake.adapters.uploaders.fetchable import LinkCheck
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.adapters.uploaders.put import PresignedPutUploader
from newtake.adapters.uploaders.repository import RepositoryUploader
from newtake.adapters.uploaders.workbench import WorkbenchUploader
from newtake.domain.errors import SettingsError
from newtake.ports import Uploader

WORDS = "workbench, repository:NAMESPACE/NAME, put:URL or command:COMMAND"


def choose_uploader(
    word: str, *, wire: OxenWire, memory: UploadMemory, fetch_url: str | None = None
) -> Uploader:
    """The uploader of `word`, one of `WORDS`; a bare `put` or `command` is one that asks.

    Args:
        word: What the user wrote.
        wire: The service; `put` and `command` do not speak with it.
        memory: The journal's memory.
        fetch_url: With `put:`, where the file is read again if not at the same address.

    Raises:
        SettingsError: The word names none, or what follows it is not right.
    """

    def open_keyless() -> httpx.AsyncClient:
        client = open_client(wire.base_url, None)
        if isinstance(wire.client.auth, OriginAuth):
            client.auth = wire.client.auth.unsent(wire.base_url)
        return client

    here = is_loopback(httpx.URL(wire.base_url))
    links = LinkCheck(open_keyless, wire.clock, service_is_here=here)
    kind, _, rest = word.partition(":")
    if kind == "workbench" and not rest:
        return WorkbenchUploader(wire, memory, links)
    if kind == "repository":
        return RepositoryUploader(wire, rest, memory, links)
    if word in ("put", "command"):
        return AbsentUploader(word)
    if kind == "put":
        return PresignedPutUploader(
            rest,
            memory,
            links,
            open_client=open_keyless,
            clock=wire.clock,
            fetch_url=fetch_url,
        )
    if kind == "command":
        return CommandUploader(rest, memory, links)
    raise SettingsError(f"There is no uploader {word!r}.", fix=f"Give {WORDS}.")
