"""The account's key: checked with the service, then kept where this system keeps secrets."""

from __future__ import annotations

import os
from dataclasses import dataclass

from newtake import bootstrap
from newtake.bootstrap import logbook
from newtake.domain.errors import NoKeyError
from newtake.settings import Settings


def require_key(settings: Settings, provider: str) -> None:
    """Raise NoKeyError when the provider needs a key and there is none on this machine."""
    if provider != "sandbox" and bootstrap.stored_key(settings) is None:
        raise NoKeyError("There is no key for Oxen on this machine.")


async def check_key(settings: Settings, key: str) -> str:
    """The name of the account that the key belongs to. Raises: NotAuthorisedError and others."""
    from newtake.adapters.clock import SystemClock
    from newtake.adapters.credentials import checked_key
    from newtake.adapters.http import open_client
    from newtake.adapters.oxen_wire import OxenWire

    logbook.keep_out(key)
    async with open_client(settings.base_url, checked_key(key)) as client:
        return await OxenWire(client, settings.base_url, SystemClock()).user_name()


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a key was put, or removed from."""

    places: tuple[str, ...]
    """Each "keychain" or "file"."""
    text: str
    """The same as a sentence."""


def store_key(settings: Settings, key: str) -> Kept:
    """Keep the key."""
    from newtake.adapters.credentials import FILE_NAME

    place = bootstrap.credentials(settings).store(settings.base_url, key)
    if place == "keychain":
        return Kept((place,), "The key is in the system's keychain.")
    return Kept(
        (place,),
        "No keychain works here, so the key is in a file that only you can read: "
        f"{settings.home / FILE_NAME}",
    )


def forget_key(settings: Settings) -> Kept:
    """Remove stored keys."""
    from newtake.adapters.credentials import VARIABLE

    places = bootstrap.credentials(settings).delete(settings.base_url)
    gone = f"Removed from: {', '.join(places)}." if places else "No key was stored."
    if os.environ.get(VARIABLE):
        gone += f" {VARIABLE} is still set in this environment."
    return Kept(tuple(places), gone)
