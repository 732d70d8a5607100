"""Bringing a page up: a server, its address, the browser, and the page that is served already."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.shells.panel.claim import Address, Claim, claim, published
from newtake.shells.panel.doorway import doorway_of
from newtake.shells.panel.gate import new_token
from newtake.shells.panel.server import PageServer

OTHER_SECONDS = 20.0
"""How long another start may take to say where its page is, or to end when it hands over."""


def listening(held: Claim) -> tuple[PageServer, Address]:
    """A server, where the one before was that died, so that open tabs find it again.

    Where the port is taken the token is new as well: whoever has that port may have seen it.

    Raises:
        OSError: No port is to be had.
    """
    if held.former is not None:
        try:
            return PageServer(held.former.port), held.former
        except OSError:
            pass
    server = PageServer()
    return server, Address(server.port, new_token())


async def show(folder: Path, address: Address, *, browser: bool) -> None:
    """Open the page in the browser; say where it is where that does not work or is not wanted.

    Args:
        folder: That the page's claim is of.
        address: The page's.
        browser: Whether a browser is wanted.
    """
    door = doorway_of(folder).absolute().as_uri()
    if browser and await anyio.to_thread.run_sync(webbrowser.open, door):
        return
    print(f"New Take: {address.url}", file=sys.stderr, flush=True)


async def other_page(folder: Path) -> Address | None:
    """The page of the one that holds the claim, as soon as it says where; None if it never does."""
    with anyio.move_on_after(OTHER_SECONDS):
        while True:
            if (address := published(folder)) is not None:
                return address
            if (held := claim(folder)) is not None:
                held.release()
                return None
            await anyio.sleep(0.1)
    return None


async def claim_soon(folder: Path) -> Claim | None:
    """The claim, as soon as its holder ends; None if that takes too long."""
    with anyio.move_on_after(OTHER_SECONDS):
        while True:
            if (held := claim(folder)) is not None:
                return held
            await anyio.sleep(0.1)
    return None
