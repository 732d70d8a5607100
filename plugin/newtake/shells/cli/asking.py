"""Questions to a person, on the terminal; without one the answer is no."""

from __future__ import annotations

import sys

from newtake.domain.errors import ConsentError
from newtake.pipeline.consent import has_consent, remember_consent
from newtake.ports import Ports
from newtake.shells.cli.printable import printable


def ask(question: str) -> bool:
    """A yes-or-no question.

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
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def agree_to_publish(ports: Ports, agreed: bool) -> None:
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
    if not agreed and not ask(question):
        raise ConsentError("Nothing was done: no consent to make plates public.")
    remember_consent(ports.journal, uploader.consent_key)
