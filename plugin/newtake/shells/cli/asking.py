"""Questions to a person, on the terminal; without one the answer is no."""

from __future__ import annotations

import os
import sys

import anyio

from newtake.domain.errors import ConsentError
from newtake.pipeline.consent import has_consent, remember_consent
from newtake.ports import Ports
from newtake.shells.cli.printable import printable


async def ask(question: str) -> bool:
    """A yes-or-no question; Ctrl-C at it ends the command as anywhere else.

    Raises:
        ConsentError: There is no terminal; it says what to type instead.
    """
    if not sys.stdin.isatty():
        raise ConsentError(
            f"Not answered: {question}",
            why="There is no terminal to ask on.",
            fix="Say --yes (and --agree-public, where something becomes public).",
        )
    print(f"{printable(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    if os.name == "posix":
        # A read that blocks would hold up what Ctrl-C does; a terminal gives whole lines.
        await anyio.wait_readable(sys.stdin)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


async def agree_to_publish(ports: Ports, agreed: bool) -> None:
    """Ask once for each uploader that makes plates public; the answer is remembered.

    Raises:
        ConsentError: Nobody agreed.
    """
    uploader = ports.uploader
    if not uploader.public or has_consent(ports.journal, uploader.consent_key):
        return
    question = (
        f"Each plate, and each first-frame image, would go {uploader.audience}. Whoever knows or "
        "guesses its address can watch these frames of your footage, and deleting the file later "
        "does not call back copies. "
        "Agree, now and for later runs?"
    )
    if not agreed and not await ask(question):
        raise ConsentError("Nothing was done: no consent to make plates public.")
    remember_consent(ports.journal, uploader.consent_key)
